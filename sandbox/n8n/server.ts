import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import axios from 'axios';

import type { N8nInstallation } from './cache';
import { freePort } from './ports';

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 20_000;

export interface N8nOptions {
	/** n8n's home: database, settings and community packages go to `.n8n` in it. */
	userFolder: string;
	port?: number;
	/** Further settings of n8n, or other values for those set here. */
	env?: Record<string, string>;
}

/** A running n8n. */
export interface N8nServer {
	url: string;
	pid: number;
	logFile: string;
	/** Ends n8n as an operator would (SIGTERM), by force when it takes too long. */
	stop(): Promise<void>;
	/** Ends n8n as a power cut would (SIGKILL). */
	kill(): Promise<void>;
}

/** Starts n8n on 127.0.0.1 and waits until it is ready. @throws when it ends or isn't ready in time */
export async function startN8n(
	installation: N8nInstallation,
	{ userFolder, port = 5678, env = {} }: N8nOptions,
): Promise<N8nServer> {
	await mkdir(userFolder, { recursive: true });
	const chosen = await freePort(port);
	const url = `http://127.0.0.1:${chosen}`;
	const logFile = join(userFolder, 'n8n.log');
	const log = createWriteStream(logFile, { fd: openSync(logFile, 'a') });

	const child = spawn(join(installation.binDirectory, 'node'), [installation.n8nScript, 'start'], {
		cwd: userFolder,
		env: {
			...process.env,
			PATH: [installation.binDirectory, process.env.PATH].join(delimiter),
			...quietLocalSettings(userFolder, chosen, await freePort(5679)),
			...env,
		},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	child.stdout.pipe(log);
	child.stderr.pipe(log, { end: false });
	const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));

	try {
		await ready(child, url, logFile);
	} catch (error) {
		child.kill('SIGKILL');
		await ended;
		throw error;
	}
	return {
		url,
		pid: child.pid!,
		logFile,
		stop: async () => await end(child, ended, 'SIGTERM'),
		kill: async () => await end(child, ended, 'SIGKILL'),
	};
}

/** https://docs.n8n.io/hosting/configuration/environment-variables/ : nothing leaves the machine. */
function quietLocalSettings(
	userFolder: string,
	port: number,
	brokerPort: number,
): Record<string, string> {
	const off = [
		'DIAGNOSTICS',
		'VERSION_NOTIFICATIONS',
		'VERSION_NOTIFICATIONS_WHATS_NEW',
		'TEMPLATES',
		'PERSONALIZATION',
		'HIRING_BANNER',
		'DYNAMIC_BANNERS',
		'VERIFIED_PACKAGES',
	];
	return {
		// Not that of a test runner, in which n8n would behave otherwise.
		NODE_ENV: 'production',
		N8N_LOG_LEVEL: 'info',
		N8N_USER_FOLDER: userFolder,
		N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
		N8N_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_WEBHOOK_URL: `http://127.0.0.1:${port}/`,
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_SECURE_COOKIE: 'false',
		N8N_METRICS: 'true',
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true',
		...Object.fromEntries(off.map((name) => [`N8N_${name}_ENABLED`, 'false'])),
	};
}

/** n8n has no event that another process could await, so its readiness address is asked until it answers. */
async function ready(child: ChildProcess, url: string, logFile: string): Promise<void> {
	const deadline = Date.now() + READY_WITHIN_MS;
	while (Date.now() < deadline) {
		if (child.exitCode !== null || child.signalCode !== null) {
			throw new Error(`n8n ended with ${child.exitCode ?? child.signalCode}; see ${logFile}`);
		}
		const answer = await axios
			.get(`${url}/healthz/readiness`, { validateStatus: () => true, timeout: 2000 })
			.catch(() => null);
		if (answer?.status === 200) return;
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
	throw new Error(`n8n was not ready after ${READY_WITHIN_MS / 1000} s; see ${logFile}`);
}

async function end(child: ChildProcess, ended: Promise<void>, signal: NodeJS.Signals): Promise<void> {
	if (child.exitCode === null && child.signalCode === null) child.kill(signal);
	const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
	await ended;
	clearTimeout(timer);
}
