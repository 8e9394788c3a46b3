import { flowTarget, OURS, publishOurs } from '../../bench/cases';
import { pause, sendAll } from '../../bench/load';
import { meterOf, type ProcessMeter } from '../../bench/meter';
import { median, round1, round2 } from '../../bench/run';
import { RECOMMENDED } from '../../bench/settings';
import { startInstance, type Instance } from '../../sandbox/instance';
import { ensureN8n } from '../../sandbox/n8n/cache';
import { memoryChart } from './support/memoryChart';
import { atMost, none, type Findings } from './support/report';

const CAPACITY_EVENTS = 6000;
const WARM_UP_EVENTS = 600;
const SHARE_OF_CAPACITY = 0.5;
const SAMPLE_EVERY_MS = 1000;
/** One sample in so many is told: the curve can be seen all the same. */
const TOLD_EVERY_S = 10;
/** The memory of a garbage-collected process is a saw: its middle over this time is compared. */
const WINDOW_S = 20;
const MAX_GROWTH = 1.1;
const CONNECTIONS = 256;
const ARRIVE_WITHIN_MS = 60_000;
/** From here on the memory must stay: after two minutes, in shorter runs after half a minute. */
const settledAfterS = (minutes: number) => (minutes >= 5 ? 120 : 30);

/** Half of what n8n can take, for minutes on end: nothing is lost, and its memory does not grow. */
export async function soakFindings(minutes: number): Promise<Findings> {
	const installation = await ensureN8n(console.log);
	const instance = await startInstance(installation, RECOMMENDED.env);
	try {
		const meter = meterOf(instance, installation);
		const capacity = await capacityOf(instance);
		return findingsOf(
			minutes,
			capacity,
			await soak(instance, meter, capacity * SHARE_OF_CAPACITY, minutes),
		);
	} finally {
		await instance.close();
	}
}

/** Events a second that this n8n takes, on this machine, now. */
async function capacityOf(instance: Instance): Promise<number> {
	const run = await OURS.prepare(instance, RECOMMENDED.connections);
	await run(0, WARM_UP_EVENTS);
	const { ms, lost } = await run(WARM_UP_EVENTS, CAPACITY_EVENTS);
	if (lost > 0)
		throw new Error(
			`${lost} of ${CAPACITY_EVENTS} events were lost while the capacity was measured`,
		);
	return (CAPACITY_EVENTS / ms) * 1000;
}

interface Soaked {
	events: number;
	per_second: number;
	resent: number;
	lost: number;
	/** Resident memory of n8n and its children, once a second. */
	rss_mb: number[];
}

async function soak(
	instance: Instance,
	meter: ProcessMeter,
	perSecond: number,
	minutes: number,
): Promise<Soaked> {
	const events = Math.round(perSecond * minutes * 60);
	const target = flowTarget(instance, await publishOurs(instance, {}));
	const before = instance.meiro.count();
	const rss_mb: number[] = [];
	const sampling = setInterval(() => rss_mb.push(round1(meter.residentMb())), SAMPLE_EVERY_MS);
	const { resent } = await sendAll(target, WARM_UP_EVENTS + CAPACITY_EVENTS, events, {
		connections: CONNECTIONS,
		dueMs: (number) => (number / perSecond) * 1000,
	}).finally(() => clearInterval(sampling));
	// Pipes stores no event twice, so its count is that of different events.
	const there = () => instance.meiro.count() - before;
	const deadline = Date.now() + ARRIVE_WITHIN_MS;
	while (there() < events && Date.now() < deadline) await pause(50);
	return { events, per_second: round1(perSecond), resent, lost: events - there(), rss_mb };
}

function findingsOf(minutes: number, capacity: number, { rss_mb, ...soaked }: Soaked): Findings {
	const settledAfter = settledAfterS(minutes);
	const first = median(rss_mb.slice(settledAfter, settledAfter + WINDOW_S));
	const last = median(rss_mb.slice(-WINDOW_S));
	const growth_ratio = round2(last / first);
	const title = `Resident memory of n8n at ${soaked.per_second} events a second`;
	const told = rss_mb.filter((_, second) => second % TOLD_EVERY_S === 0);
	return {
		checks: [
			none(`lost in ${minutes} minutes`, soaked.lost, soaked.events),
			atMost(
				`resident memory at the end against that after ${settledAfter} s, ratio`,
				growth_ratio,
				MAX_GROWTH,
			),
		],
		figures: {
			soak: {
				minutes,
				reduced: minutes < 10,
				capacity_per_second: round1(capacity),
				...soaked,
				settled_after_s: settledAfter,
				rss_settled_mb: first,
				rss_end_mb: last,
				growth_ratio,
				rss_every_10_s_mb: told,
			},
		},
		pictures: { 'soak.svg': { title, svg: memoryChart(told, TOLD_EVERY_S, title) } },
		notes: [
			`Soak: ${soaked.events} events in ${minutes} minutes at ${soaked.per_second}/s, half of the capacity; memory ${first} MB after ${settledAfter} s, ${last} MB at the end`,
		],
	};
}
