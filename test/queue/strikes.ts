import { pause } from '../../bench/load';
import type { N8nServer } from '../../sandbox/n8n/server';
import type { CrashWorld } from './worlds';

/** One thing that goes wrong in the middle of a load, and how it comes back. */
export interface Strike {
	name: string;
	/** In words, for the docs. */
	what: string;
	happen(world: CrashWorld): Promise<void>;
	/** Nobody asks n8n whether it is ready before it sends. */
	isUnguarded?: boolean;
	/** Why n8n itself keeps nothing to retry of some events that it has acknowledged when they were saved: told, not judged. */
	losesSaved?: string;
}

const DOWN_MS = 3000;

const CHECK_FAILS =
	'Before it saves an execution n8n checks its credentials. When that check can’t be made in this very moment, n8n saves an empty failed execution and answers 200 all the same.';

const EMPTY_RUN =
	'n8n writes an empty run over what it had saved when it finds out that the worker is gone.';

interface Mortal {
	kill(): Promise<void>;
	restart(): Promise<void>;
}

async function killed(one: Mortal | undefined): Promise<void> {
	await one!.kill();
	await pause(DOWN_MS);
	await one!.restart();
}

async function stopped(one: N8nServer | undefined): Promise<void> {
	await one!.stop();
	await one!.restart();
}

const meiroKilled: Strike = {
	name: 'meiro_killed',
	what: 'Meiro killed, back after some seconds',
	happen: async ({ meiro }) => await killed(meiro),
};

/** One n8n that does everything. */
export const SINGLE: Strike[] = [
	{
		name: 'n8n_killed',
		what: 'n8n killed (`kill -9`), started again',
		happen: async ({ front }) => await killed(front[0]),
	},
	{
		name: 'n8n_stopped',
		what: 'n8n stopped (SIGTERM) and started again, as in an update',
		happen: async ({ front }) => await stopped(front[0]),
	},
	meiroKilled,
	{
		name: 'n8n_killed_unguarded',
		what: 'n8n killed and started again, with no readiness check in front of it',
		happen: async ({ front }) => await killed(front[0]),
		isUnguarded: true,
	},
];

export const QUEUE: Strike[] = [
	{
		name: 'worker_killed',
		what: 'a worker killed in mid-delivery, started again',
		happen: async ({ workers }) => await killed(workers[0]),
		losesSaved: EMPTY_RUN,
	},
	{
		name: 'webhook_killed',
		what: 'a webhook process killed in mid-group, started again',
		happen: async ({ front }) => await killed(front[0]),
	},
	{
		name: 'main_killed',
		what: 'main killed, started again',
		happen: async ({ instance }) => await killed(instance.n8n),
	},
	{
		name: 'redis_killed',
		what: 'Redis killed, back with its append-only file',
		happen: async ({ redis }) => await killed(redis),
		losesSaved: `Redis answers LOADING while it reads its file again. ${CHECK_FAILS}`,
	},
	{
		name: 'redis_emptied',
		what: 'Redis killed, back with nothing, as one without persistence',
		happen: async ({ redis }) =>
			await killed({
				kill: async () => await redis!.kill(),
				restart: async () => await redis!.restartEmpty(),
			}),
	},
	{
		name: 'postgres_killed',
		what: 'PostgreSQL killed, started again',
		happen: async ({ postgres }) => await killed(postgres),
		losesSaved: CHECK_FAILS,
	},
	meiroKilled,
	{
		name: 'worker_stopped',
		what: 'a worker stopped (SIGTERM) and started again',
		happen: async ({ workers }) => await stopped(workers[0]),
		losesSaved: `A stopping worker cuts its connection to Redis (Bull’s pause without waiting): what Redis hands over in this very moment nobody runs. ${EMPTY_RUN}`,
	},
	{
		name: 'webhook_stopped',
		what: 'a webhook process stopped (SIGTERM) and started again',
		happen: async ({ front }) => await stopped(front[0]),
	},
];
