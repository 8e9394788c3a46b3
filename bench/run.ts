import type { Case, Round } from './cases';
import type { Instance } from '../sandbox/instance';
import { pause } from './load';
import type { ProcessMeter, Usage } from './meter';
import { DEFAULT, type Settings } from './settings';

/** The figures of one case under one set of n8n settings. */
export interface CaseResult {
	name: string;
	what: string;
	settings: string;
	events_per_second: number;
	/** Slowest and fastest round. */
	spread: [number, number];
	ack_p50_ms: number;
	ack_p99_ms: number;
	cpu_s_per_1000: number;
	db_bytes_per_event: number;
	requests_per_1000: number;
	peak_rss_mb: number;
	lost: number;
	rounds: Array<{
		events: number;
		ms: number;
		events_per_second: number;
		cpu_s: number;
		db_bytes: number;
	}>;
}

interface Measured extends Round, Usage {
	requests: number;
}

/** An n8n under measurement. */
export interface Bench {
	instance: Instance;
	settings: Settings;
	meter: ProcessMeter;
}

/** Plays all cases in turn, `rounds` times, so that whatever else the machine does meets them alike. */
export async function runCases(
	{ instance, meter, settings }: Bench,
	cases: Case[],
	rounds: number,
	scale: number,
	say: (line: string) => void,
): Promise<CaseResult[]> {
	const numbers = { next: 0 };
	const runners = [];
	for (const one of cases)
		runners.push({
			one,
			run: await one.prepare(instance, settings.connections),
			measured: [] as Measured[],
		});
	for (const { one, run } of runners) {
		// What happens for the first time is not what is measured.
		const warmUp = Math.max(one.name.includes('system') ? 1000 : 20, Math.ceil(one.count * 0.05));
		await run(numbers.next, warmUp);
		numbers.next += warmUp;
	}
	for (let round = 1; round <= rounds; round++) {
		for (const { one, run, measured } of runners) {
			// Even in a reduced round as many as are under way at once at n8n's default settings.
			const count = Math.max(DEFAULT.connections, Math.round(one.count * scale));
			const events = one.name.includes('system') ? Math.ceil(count / 1000) * 1000 : count;
			const requests = instance.meiro.requestCount();
			const { result, usage } = await meter.around(async () => {
				const done = await run(numbers.next, events);
				await idle(meter);
				return done;
			});
			numbers.next += events;
			measured.push({ ...result, ...usage, requests: instance.meiro.requestCount() - requests });
			const rate = Math.round((events / result.ms) * 1000);
			say(`${settings.name} ${round}/${rounds} ${one.name}: ${rate} events/s, ${result.lost} lost`);
		}
	}
	return runners.map(({ one, measured }) => summary(one, settings.name, measured));
}

/** n8n goes on writing after its last answer; the next case must not pay for it. */
async function idle(meter: ProcessMeter): Promise<void> {
	for (let quiet = 0; quiet < 3; ) {
		const before = meter.cpuSeconds();
		await pause(100);
		quiet = meter.cpuSeconds() - before < 0.03 ? quiet + 1 : 0;
	}
}

function summary(one: Case, settings: string, measured: Measured[]): CaseResult {
	const rates = measured.map(({ events, ms }) => (events / ms) * 1000);
	const acks = measured.flatMap(({ acks_ms }) => acks_ms).sort((a, b) => a - b);
	const events = measured.reduce((sum, round) => sum + round.events, 0);
	const per = (of: (round: Measured) => number) =>
		measured.reduce((sum, round) => sum + of(round), 0) / events;
	return {
		name: one.name,
		what: one.what,
		settings,
		events_per_second: round1(median(rates)),
		spread: [round1(Math.min(...rates)), round1(Math.max(...rates))],
		ack_p50_ms: round1(quantile(acks, 0.5)),
		ack_p99_ms: round1(quantile(acks, 0.99)),
		cpu_s_per_1000: round2(per(({ cpu_s }) => cpu_s) * 1000),
		db_bytes_per_event: Math.round(per(({ db_bytes }) => db_bytes)),
		requests_per_1000: round1(per(({ requests }) => requests) * 1000),
		peak_rss_mb: Math.max(...measured.map(({ peak_rss_mb }) => peak_rss_mb)),
		lost: measured.reduce((sum, { lost }) => sum + lost, 0),
		rounds: measured.map(({ events: count, ms, cpu_s, db_bytes }) => ({
			events: count,
			ms: Math.round(ms),
			events_per_second: round1((count / ms) * 1000),
			cpu_s: round2(cpu_s),
			db_bytes,
		})),
	};
}

export function median(values: number[]): number {
	return quantile(
		[...values].sort((a, b) => a - b),
		0.5,
	);
}

/** Of sorted values; the lower of two neighbours. */
export function quantile(sorted: number[], share: number): number {
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

export const round1 = (value: number) => Math.round(value * 10) / 10;
export const round2 = (value: number) => Math.round(value * 100) / 100;
