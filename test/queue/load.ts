import { flowTarget, publishOurs, throughMeiro, type Runner } from '../../bench/cases';
import { sendAll } from '../../bench/load';
import { ProcessMeter } from '../../bench/meter';
import { median, round1, round2 } from '../../bench/run';
import { RECOMMENDED } from '../../bench/settings';
import { growthOf, type Growth } from '../../bench/special';
import type { N8nInstallation } from '../../sandbox/n8n/cache';
import type { N8nServer } from '../../sandbox/n8n/server';
import { postgresSettings } from '../../sandbox/n8n/settings';
import { createDatabase, dropDatabase } from '../../sandbox/services/postgres';
import { atMost, none, type Findings } from '../faults/support/report';
import { Balancer } from './balance';
import { startQueue, startSingle, usableServers, type Servers, type Setup } from './worlds';

export interface Rate {
	name: string;
	what: string;
	events: number;
	/** Until Meiro has the last event; median of the rounds. */
	events_per_second: number;
	/** Slowest and fastest round. */
	spread: [number, number];
	/** Processor time of all processes of n8n together, without PostgreSQL and Redis. */
	cpu_ms_per_event: number;
	/** The same, for each part of n8n. */
	cpu_ms_by_part: Record<string, number>;
	/** Events that n8n takes with one second of one core. */
	events_per_core_second: number;
	peak_rss_mb: number;
	lost: number;
}

export interface Load {
	rates: Rate[];
	growth: Growth[];
	growth_cost_ratio: number;
}

export interface LoadSizes {
	rounds: number;
	events: number;
	growth: number[];
	/** Whether the other set-ups are measured beside queue mode in full. */
	compares: boolean;
}

const WARM_UP = 300;
const LONG_RUN = 50_000;

/** The same workflow on one n8n with either database, and in queue mode. */
export async function measureLoad(
	installation: N8nInstallation,
	sizes: LoadSizes,
	say: (line: string) => void,
): Promise<Load> {
	const servers = await usableServers(say);
	try {
		return await measureOn(installation, servers, sizes, say);
	} finally {
		await servers.close();
	}
}

async function measureOn(
	installation: N8nInstallation,
	servers: Servers,
	sizes: LoadSizes,
	say: (line: string) => void,
): Promise<Load> {
	const rates: Rate[] = [];
	const rate = async (name: string, what: string, setup: Setup, close = true) => {
		try {
			rates.push(await measureRate(name, what, setup, sizes));
			say(JSON.stringify(rates.at(-1)));
		} finally {
			if (close) await setup.close();
		}
	};
	if (sizes.compares) {
		await rate('single_sqlite', 'one n8n, SQLite', await startSingle(installation, {}));

		const database = await createDatabase(servers.postgres);
		const onPostgres = await startSingle(installation, postgresSettings(database), database);
		await rate('single_postgres', 'one n8n, PostgreSQL', onPostgres).finally(
			async () => await dropDatabase(database),
		);

		const one = await startQueue(installation, servers, { webhooks: 1, workers: 1 });
		await rate('queue_1_1', 'queue mode, 1 webhook process, 1 worker', one);
	}

	const two = await startQueue(installation, servers, { webhooks: 2, workers: 2 });
	try {
		await rate('queue_2_2', 'queue mode, 2 webhook processes, 2 workers', two, false);
		const growth = await measureGrowth(two, sizes.growth, say);
		const costs = growth.map(({ cpu_ms_per_event }) => cpu_ms_per_event);
		return { rates, growth, growth_cost_ratio: round2(costs.at(-1)! / costs[0]!) };
	} finally {
		await two.close();
	}
}

export function judgeLoad({ rates, growth, growth_cost_ratio }: Load): Findings {
	const rows = [...rates, ...growth];
	const sum = (of: 'lost' | 'events') => rows.reduce((all, one) => all + one[of], 0);
	// A short run costs what the processes happen to clear away in it; it takes a long one to tell of growth.
	const isLong = growth.at(-1)!.events >= LONG_RUN;
	return {
		checks: [
			none('lost', sum('lost'), sum('events')),
			...(isLong
				? [
						atMost(
							'cost of an event in the longest run against the shortest, ratio',
							growth_cost_ratio,
							1.2,
						),
					]
				: []),
		],
		figures: { rates, growth, growth_cost_ratio },
		notes: [
			`Cost of an event in queue mode, ${growth.at(-1)!.events} events against ${growth[0]!.events}: ${growth_cost_ratio} times`,
		],
	};
}

async function measureRate(
	name: string,
	what: string,
	setup: Setup,
	{ rounds, events }: LoadSizes,
): Promise<Rate> {
	return await withSender(setup, async (run) => {
		const meter = new ProcessMeter(setup.pids, setup.databaseBytes);
		const parts = partsOf(setup);
		const before = parts.map(({ meter: own }) => own.cpuSeconds());
		const measured = [];
		for (let round = 0; round < rounds; round++) {
			const { result, usage } = await meter.around(
				async () => await run(WARM_UP + round * events, events),
			);
			measured.push({ ...result, ...usage });
		}
		const speeds = measured.map(({ ms }) => (events / ms) * 1000);
		const cpuMs = (measured.reduce((sum, { cpu_s }) => sum + cpu_s, 0) * 1000) / (rounds * events);
		return {
			...{ name, what },
			events: rounds * events,
			events_per_second: round1(median(speeds)),
			spread: [round1(Math.min(...speeds)), round1(Math.max(...speeds))],
			cpu_ms_per_event: round2(cpuMs),
			cpu_ms_by_part: Object.fromEntries(
				parts.map(({ name: part, meter: own }, index) => [
					part,
					round2(((own.cpuSeconds() - before[index]!) * 1000) / (rounds * events)),
				]),
			),
			events_per_core_second: round1(1000 / cpuMs),
			peak_rss_mb: Math.max(...measured.map(({ peak_rss_mb }) => peak_rss_mb)),
			lost: measured.reduce((sum, one) => sum + one.lost, 0),
		};
	});
}

/** The processes by what they do; one n8n alone does everything. */
function partsOf({
	instance,
	front,
	workers,
	databaseBytes,
}: Setup): Array<{ name: string; meter: ProcessMeter }> {
	const part = (name: string, servers: N8nServer[]) => ({
		name,
		meter: new ProcessMeter(() => servers.map(({ pid }) => pid), databaseBytes),
	});
	if (workers.length === 0) return [part('n8n', front)];
	return [part('main', [instance.n8n]), part('webhook processes', front), part('workers', workers)];
}

async function measureGrowth(
	setup: Setup,
	amounts: number[],
	say: (line: string) => void,
): Promise<Growth[]> {
	return await withSender(setup, async (run) => {
		const meter = new ProcessMeter(setup.pids, setup.databaseBytes);
		return await growthOf(run, meter, amounts, 1_000_000, say);
	});
}

/** Publishes the workflow, and warms n8n up: what happens for the first time is not what is measured. */
async function withSender<T>(
	{ instance, front }: Setup,
	work: (run: Runner) => Promise<T>,
): Promise<T> {
	const path = new URL(await publishOurs(instance, {})).pathname;
	const balancer = new Balancer(front);
	const target = flowTarget(instance, () => balancer.next(path));
	const run: Runner = async (first, count) =>
		await throughMeiro(
			instance,
			count,
			async () => await sendAll(target, first, count, { connections: RECOMMENDED.connections }),
		);
	try {
		await run(900_000, WARM_UP);
		return await work(run);
	} finally {
		balancer.close();
	}
}
