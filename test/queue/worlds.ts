import { startInstance, type Instance } from '../../sandbox/instance';
import { startMeiroProcess, type MeiroProcess } from '../../sandbox/meiro/process';
import type { N8nInstallation } from '../../sandbox/n8n/cache';
import { startCluster, type Cluster } from '../../sandbox/n8n/cluster';
import { startN8n, type N8nServer } from '../../sandbox/n8n/server';
import { queueSettings } from '../../sandbox/n8n/settings';
import {
	createDatabase,
	databaseBytes,
	dropDatabase,
	givenPostgres,
	startPostgres,
	type Database,
	type OwnPostgres,
	type PostgresServer,
} from '../../sandbox/services/postgres';
import {
	clearSpace,
	givenRedis,
	ownSpace,
	startRedis,
	type OwnRedis,
	type RedisServer,
} from '../../sandbox/services/redis';

/** An n8n, alone or in queue mode. */
export interface Setup {
	instance: Instance;
	/** Those that take deliveries. */
	front: N8nServer[];
	workers: N8nServer[];
	/** Of every process of n8n. */
	pids(): number[];
	databaseBytes(): Promise<number>;
	close(): Promise<void>;
}

export type Parts = { webhooks: number; workers: number };

/** n8n in queue mode, with a database and keys of its own on these servers. */
export async function startQueue(
	installation: N8nInstallation,
	servers: { postgres: PostgresServer; redis: RedisServer },
	parts: Parts,
	env: Record<string, string> = {},
): Promise<Setup> {
	const database = await createDatabase(servers.postgres);
	const space = await ownSpace(servers.redis);
	let cluster!: Cluster;
	const settings = { ...queueSettings(database, space), ...env };
	const instance = await startInstance(installation, settings, async (options) => {
		cluster = await startCluster(installation, { ...options, keepUp: true }, parts);
		return cluster.main;
	});
	instance.onClose(async () => await cluster.stopParts());
	const all = [cluster.main, ...cluster.webhooks, ...cluster.workers];
	return {
		instance,
		front: cluster.webhooks,
		workers: cluster.workers,
		pids: () => all.map(({ pid }) => pid),
		databaseBytes: async () => await databaseBytes(database),
		async close() {
			await instance.close();
			await dropDatabase(database);
			await clearSpace(space);
		},
	};
}

/** One n8n that does everything; on PostgreSQL where a database is given, else on SQLite. */
export async function startSingle(
	installation: N8nInstallation,
	env: Record<string, string>,
	database?: Database,
): Promise<Setup> {
	const instance = await startInstance(
		installation,
		env,
		async (options) => await startN8n(installation, { ...options, keepUp: true }),
	);
	return {
		instance,
		front: [instance.n8n],
		workers: [],
		pids: () => [instance.n8n.pid],
		databaseBytes: async () => (database ? await databaseBytes(database) : 0),
		close: async () => await instance.close(),
	};
}

/** A setup in which everything may be killed. */
export interface CrashWorld extends Setup {
	meiro: MeiroProcess;
	postgres?: OwnPostgres;
	redis?: OwnRedis;
}

/**
 * What has to be over before nothing more can happen by itself: a worker's lock runs out, n8n finds its job stalled, and
 * then looks for half a minute whether it has ended after all.
 */
export const STALLED = {
	QUEUE_WORKER_LOCK_DURATION: '10000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
	QUEUE_WORKER_STALLED_INTERVAL: '5000',
};

/** As docs/operating.md recommends: what went well leaves nothing, so the list holds what needs a look. */
const KEEP_FAILED_ONLY = { EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'none' };

export async function startCrashQueue(installation: N8nInstallation): Promise<CrashWorld> {
	const postgres = await startPostgres();
	const redis = await startRedis();
	const meiro = await startMeiroProcess();
	const env = { ...STALLED, ...KEEP_FAILED_ONLY };
	const setup = await startQueue(
		installation,
		{ postgres, redis },
		{ webhooks: 2, workers: 2 },
		env,
	);
	return {
		...setup,
		...{ meiro, postgres, redis },
		async close() {
			await setup.close();
			await Promise.all([meiro.close(), redis.close(), postgres.close()]);
		},
	};
}

export async function startCrashSingle(installation: N8nInstallation): Promise<CrashWorld> {
	const meiro = await startMeiroProcess();
	const setup = await startSingle(installation, KEEP_FAILED_ONLY);
	return {
		...setup,
		meiro,
		async close() {
			await setup.close();
			await meiro.close();
		},
	};
}

export interface Servers {
	postgres: PostgresServer;
	redis: RedisServer;
	close(): Promise<void>;
}

/** For what kills nothing: the servers that the environment names or this machine runs, else own ones. */
export async function usableServers(say: (line: string) => void): Promise<Servers> {
	const closing: Array<() => Promise<void>> = [];
	const orOwn = async <T, O extends T & { close(): Promise<void> }>(
		given: () => Promise<T>,
		variable: string,
		start: () => Promise<O>,
	): Promise<T> => {
		try {
			return await given();
		} catch (error) {
			// Who names a server wants that one.
			if (process.env[variable] !== undefined) throw error;
			say(`${(error as Error).message}; one is started for this run`);
			const own = await start();
			closing.push(async () => await own.close());
			return own;
		}
	};
	return {
		postgres: await orOwn<PostgresServer, OwnPostgres>(givenPostgres, 'PGHOST', startPostgres),
		redis: await orOwn<RedisServer, OwnRedis>(givenRedis, 'REDIS_HOST', startRedis),
		async close() {
			for (const close of closing) await close();
		},
	};
}
