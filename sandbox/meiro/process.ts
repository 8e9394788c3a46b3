import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axios from 'axios';

import { freePort } from '../n8n/ports';
import { Program } from '../program';
import type { ArrivedEvent, Fault } from './types';

const ROOT = join(__dirname, '../..');

/** The stand-in as a process of its own, so that it can be killed; its store outlives it. */
export interface MeiroProcess {
	url: string;
	/** What came from `since` (ISO 8601) on, oldest first. */
	events(source: string, since: string): Promise<ArrivedEvent[]>;
	misbehave(plan: Fault[]): Promise<void>;
	kill(): Promise<void>;
	restart(): Promise<void>;
	close(): Promise<void>;
}

export async function startMeiroProcess(): Promise<MeiroProcess> {
	const folder = await mkdtemp(join(tmpdir(), 'klaviyo-meiro-stand-in-'));
	const port = await freePort(4450);
	const url = `http://127.0.0.1:${port}`;
	const http = axios.create({ baseURL: url, maxContentLength: Infinity });
	const program = new Program({
		command: process.execPath,
		args: [
			'--import',
			'tsx',
			join(__dirname, 'main.ts'),
			'--port',
			String(port),
			'--database',
			join(folder, 'events.sqlite'),
		],
		cwd: ROOT,
		logFile: join(folder, 'meiro.log'),
		isReady: async () =>
			await http.get('/').then(
				() => true,
				() => false,
			),
		readyWithinMs: 30_000,
		stopWithinMs: 10_000,
	});
	await program.start();
	return {
		url,
		events: async (source, since) =>
			(await http.get<ArrivedEvent[]>('/_sandbox/events', { params: { source, since } })).data,
		async misbehave(plan) {
			await http.put('/_sandbox/faults', plan);
		},
		kill: async () => await program.kill(),
		restart: async () => await program.start(),
		async close() {
			await program.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}
