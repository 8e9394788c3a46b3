import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import axios from 'axios';

import { Program } from '../program';
import type { N8nInstallation } from './cache';
import { freePort } from './ports';
import { QUIET, RECOMMENDED } from './settings';

/** A limit, not a measure: five processes that start at once on two cores take a minute, and several on a busy machine. */
const READY_WITHIN_MS = 600_000;
/** n8n gives itself 30 s to end (N8N_GRACEFUL_SHUTDOWN_TIMEOUT). */
const STOP_WITHIN_MS = 40_000;

/** As n8n's own documentation has it. */
const FIRST_PORT = 5678;

/** What a process does: everything, or in queue mode its part. https://docs.n8n.io/hosting/scaling/queue-mode/ */
export type N8nKind = 'start' | 'webhook' | 'worker';

export interface N8nOptions {
	/** n8n's home: database, settings and community packages go to `.n8n` in it. */
	userFolder: string;
	kind?: N8nKind;
	/** Where to look for a free one; the broker's is the next. */
	port?: number;
	/** Further settings of n8n, or other values for those set here. */
	env?: Record<string, string>;
	/** Starts it again when it ends by itself, as Docker and systemd can. */
	keepUp?: boolean;
}

/** A running n8n. */
export interface N8nServer {
	url: string;
	readonly pid: number;
	logFile: string;
	/** How often it ended by itself and was started again. */
	readonly ownEnds: number;
	/** Ends n8n as an operator would (SIGTERM), by force when it takes too long. */
	stop(): Promise<void>;
	/** Ends n8n as a power cut would (SIGKILL). */
	kill(): Promise<void>;
	/** Starts it as it was, after its end. */
	restart(): Promise<void>;
}

/** Starts n8n on 127.0.0.1 and waits until it is ready. @throws when it ends or isn't ready in time */
export async function startN8n(
	installation: N8nInstallation,
	{ userFolder, kind = 'start', port = FIRST_PORT, env = {}, keepUp }: N8nOptions,
): Promise<N8nServer> {
	await mkdir(userFolder, { recursive: true });
	const chosen = await freePort(port);
	const url = `http://127.0.0.1:${chosen}`;
	const logFile = join(userFolder, 'n8n.log');
	const program = new Program({
		command: join(installation.binDirectory, 'node'),
		args: [installation.n8nScript, kind],
		cwd: userFolder,
		env: {
			...process.env,
			PATH: [installation.binDirectory, process.env.PATH].join(delimiter),
			// Of n8n's thousands of modules: a start takes a sixth less. https://nodejs.org/docs/latest-v24.x/api/module.html#module-compile-cache
			NODE_COMPILE_CACHE: join(installation.directory, 'compile-cache'),
			...localSettings(userFolder, chosen, await freePort(chosen + 1)),
			...(kind === 'worker' ? workerSettings(chosen) : {}),
			...env,
		},
		logFile,
		isReady: async () => await isReady(url),
		readyWithinMs: READY_WITHIN_MS,
		stopWithinMs: STOP_WITHIN_MS,
		keepUp,
	});
	await program.start();
	return {
		url,
		logFile,
		get pid() {
			return program.pid;
		},
		get ownEnds() {
			return program.ownEnds;
		},
		stop: async () => await program.stop(),
		kill: async () => await program.kill(),
		restart: async () => await program.start(),
	};
}

/** What a load balancer asks before it sends anything to an n8n. */
export async function isReady(url: string): Promise<boolean> {
	return await axios.get(`${url}/healthz/readiness`, { timeout: 2000 }).then(
		() => true,
		() => false,
	);
}

function localSettings(
	userFolder: string,
	port: number,
	brokerPort: number,
): Record<string, string> {
	return {
		// Not that of a test runner, in which n8n would behave otherwise.
		NODE_ENV: 'production',
		N8N_LOG_LEVEL: 'info',
		N8N_USER_FOLDER: userFolder,
		N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
		N8N_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_WEBHOOK_URL: `http://127.0.0.1:${port}/`,
		// Before n8n 2.30 it had this name alone.
		WEBHOOK_URL: `http://127.0.0.1:${port}/`,
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_SECURE_COOKIE: 'false',
		N8N_METRICS: 'true',
		...RECOMMENDED,
		...QUIET,
	};
}

/** A worker listens for nothing but questions after its health. */
function workerSettings(port: number): Record<string, string> {
	return {
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		QUEUE_HEALTH_CHECK_PORT: String(port),
		N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
	};
}
