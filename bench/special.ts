// Questions that one rate does not answer: cost over a long run, thin traffic, and more than n8n can take.
import { bodyOf, flowTarget, OURS, publishOurs, type Case, type Runner } from './cases';
import type { Instance } from '../sandbox/instance';
import { pause, sendAll } from './load';
import type { ProcessMeter } from './meter';
import { median, quantile, round1, round2, type Bench } from './run';

export interface Growth {
	events: number;
	events_per_second: number;
	/** n8n's processor time: what an event costs, whatever else the machine does. */
	cpu_ms_per_event: number;
	lost: number;
}

/** The same workflow with more and more events in one go. */
export async function measureGrowth(
	{ instance, meter, settings }: Bench,
	sizes: number[],
	first: number,
): Promise<Growth[]> {
	const run = await OURS.prepare(instance, settings.connections);
	await run(first, 200);
	return await growthOf(run, meter, sizes, first + 200);
}

/** Costs of a workflow that is warm. */
export async function growthOf(
	run: Runner,
	meter: ProcessMeter,
	sizes: number[],
	first: number,
	say: (line: string) => void = () => undefined,
): Promise<Growth[]> {
	const rows: Growth[] = [];
	let next = first;
	for (const events of sizes) {
		const { result, usage } = await meter.around(async () => await run(next, events));
		next += events;
		rows.push({
			events,
			events_per_second: round1((events / result.ms) * 1000),
			cpu_ms_per_event: round2((usage.cpu_s * 1000) / events),
			lost: result.lost,
		});
		say(JSON.stringify(rows.at(-1)));
	}
	return rows;
}

export interface Thin {
	events: number;
	events_per_second: number;
	grouped_ack_p50_ms: number;
	alone_ack_p50_ms: number;
}

/** Two events a second, with and without sharing an execution, in turn. */
export async function measureThinTraffic(
	{ instance }: Bench,
	events: number,
	first: number,
): Promise<Thin> {
	const perSecond = 2;
	const acks = { grouped: [] as number[], alone: [] as number[] };
	const targets = {
		grouped: flowTarget(instance, await publishOurs(instance, {})),
		alone: flowTarget(
			instance,
			await publishOurs(instance, { options: { eventsPerExecution: 1 } }),
		),
	};
	for (const target of Object.values(targets)) await sendAll(target, first, 5, { connections: 1 });
	for (let number = 0; number < events; number++) {
		for (const name of ['grouped', 'alone'] as const) {
			const started = performance.now();
			const { acks_ms } = await sendAll(targets[name], first + 10 + number, 1, { connections: 1 });
			acks[name].push(...acks_ms);
			await pause(Math.max(0, 1000 / perSecond - (performance.now() - started)));
		}
	}
	return {
		events,
		events_per_second: perSecond,
		grouped_ack_p50_ms: round1(median(acks.grouped)),
		alone_ack_p50_ms: round1(median(acks.alone)),
	};
}

export interface Memory {
	case: string;
	settings: string;
	events: number;
	peak_rss_mb: number;
}

/** On an n8n that has done nothing else: a process hardly ever gives memory back. */
export async function measureMemory(
	{ instance, meter, settings }: Bench,
	one: Case,
	events: number,
): Promise<Memory> {
	const run = await one.prepare(instance, settings.connections);
	const { usage } = await meter.around(async () => await run(0, events));
	return {
		case: one.name,
		settings: settings.name,
		events,
		peak_rss_mb: usage.peak_rss_mb,
	};
}

export interface Overload {
	offered_per_second: number;
	sent: number;
	acknowledged: number;
	resent: number;
	delivered: number;
	duplicates: number;
	lost: number;
	ack_p99_ms: number;
}

/** Four times as many events as n8n can take, from a sender that sends again as Klaviyo does, only faster. */
export async function measureOverload(
	{ instance }: Bench,
	capacityPerSecond: number,
	seconds: number,
	first: number,
): Promise<Overload> {
	const offered = Math.max(1, Math.round(4 * capacityPerSecond));
	const count = offered * seconds;
	const target = flowTarget(instance, await publishOurs(instance, {}, 'source'));
	const before = instance.meiro.count();
	const acknowledgements = await sendAll(target, first, count, {
		connections: 1000,
		timeoutMs: 5_000,
		waitMs: (attempt) => Math.min(8_000, 250 * 2 ** attempt),
		dueMs: (number) => (number / offered) * 1000,
	});
	await settled(instance, before);
	// A webhook source stores repeats as well, so each event is looked for by its own id.
	const arrived = new Map<string, number>();
	for (const { body } of instance.meiro.events({ product: 'meiro_events' })) {
		// What the stock nodes sent has none.
		const id = (body as { trigger_event?: { id?: string } | null }).trigger_event?.id;
		if (id !== undefined) arrived.set(id, (arrived.get(id) ?? 0) + 1);
	}
	const wanted = Array.from({ length: count }, (_, number) => orderOf(first + number));
	const there = wanted.filter((id) => arrived.has(id));
	return {
		offered_per_second: offered,
		sent: count,
		acknowledged: acknowledgements.acks_ms.length,
		resent: acknowledgements.resent,
		delivered: there.length,
		duplicates: there.reduce((sum, id) => sum + arrived.get(id)! - 1, 0),
		lost: count - there.length,
		ack_p99_ms: round1(
			quantile(
				acknowledgements.acks_ms.sort((a, b) => a - b),
				0.99,
			),
		),
	};
}

function orderOf(number: number): string {
	return (JSON.parse(bodyOf(number)) as { event: { $event_id: string } }).event.$event_id;
}

/** Until nothing new has come to Meiro for a while. */
async function settled({ meiro }: Instance, before: number): Promise<void> {
	let last = -1;
	for (let quiet = 0; quiet < 30 || meiro.count() === before; ) {
		quiet = meiro.count() === last ? quiet + 1 : 0;
		last = meiro.count();
		if (quiet > 300) return;
		await pause(100);
	}
}
