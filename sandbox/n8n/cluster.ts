import { randomBytes } from 'node:crypto';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { N8nInstallation } from './cache';
import { startN8n, type N8nKind, type N8nOptions, type N8nServer } from './server';

/** Ports of the processes, two for each: its own and its broker's. */
const FIRST_PORT = 5820;

/** n8n in queue mode: every process with a home of its own, as on machines of their own. */
export interface Cluster {
	main: N8nServer;
	webhooks: N8nServer[];
	workers: N8nServer[];
	/** Ends all but main, which its owner ends. */
	stopParts(): Promise<void>;
}

/**
 * Starts n8n in queue mode. The package must be installed in `userFolder`; each process gets a copy of it.
 *
 * @param options of main; `env` holds for all
 */
export async function startCluster(
	installation: N8nInstallation,
	{ userFolder, env = {}, keepUp }: N8nOptions,
	parts: { webhooks: number; workers: number },
): Promise<Cluster> {
	const shared = { N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'), ...env };
	let next = FIRST_PORT;
	const start = async (kind: N8nKind, home: string) =>
		await startN8n(installation, {
			userFolder: home,
			kind,
			port: (next += 2),
			env: shared,
			keepUp,
		});
	const part = async (kind: N8nKind, number: number) => {
		const home = join(userFolder, `${kind}-${number}`);
		await mkdir(join(home, '.n8n'), { recursive: true });
		await cp(join(userFolder, '.n8n/nodes'), join(home, '.n8n/nodes'), { recursive: true });
		return await start(kind, home);
	};
	// Main alone makes the database's tables.
	const main = await start('start', userFolder);
	const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
	const [webhooks, workers] = await Promise.all([
		Promise.all(numbers(parts.webhooks).map(async (number) => await part('webhook', number))),
		Promise.all(numbers(parts.workers).map(async (number) => await part('worker', number))),
	]);
	return {
		main,
		webhooks,
		workers,
		async stopParts() {
			await Promise.all([...webhooks, ...workers].map(async (one) => await one.stop()));
		},
	};
}
