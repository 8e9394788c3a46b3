import { meaningOf, ONE, THREE } from '../unit/shared/support/answers';
import { measureBuilding, measureRun, measureSingles } from './support/meiroMemory';
import { BAD_DAY, requestsPerThousand, sendThrough } from './support/meiroStorm';
import { atLeast, atMost, none, type Check, type Findings } from './support/report';

const EVENTS = 20_000;
const LARGE_RUN = 100_000;
const LOOPS = 50_000;
const AIM_BUILD_US = 20;
const MAX_GROWTH_MB = 300;
const LEAST_ANSWERS = 40;

/** Delivery on a bad day of Meiro's, and what it costs on a good one. */
export async function meiroFindings(seed: number, scale: number): Promise<Findings> {
	const events = EVENTS * scale;
	const largeRun = LARGE_RUN * scale;
	const building = measureBuilding(LOOPS * scale);
	const perThousand = {
		meiro_pipes: await requestsPerThousand('meiroPipes'),
		meiro_events: await requestsPerThousand('meiroEvents'),
	};
	const source = await sendThrough(
		'meiroEvents',
		events,
		BAD_DAY,
		{ options: { concurrency: 64 } },
		seed,
	);
	const pipes = await sendThrough(
		'meiroPipes',
		events,
		BAD_DAY,
		{ options: { concurrency: 32 }, compatibility: { batchSize: 10 } },
		seed,
	);
	const run = await measureRun(largeRun);
	const singles = await measureSingles(largeRun);
	const answers = readAnswers();
	return {
		checks: [
			none(
				'answers (status × body) told as delivered that a person would not call so',
				answers.delivered.length,
				answers.tried,
			),
			none('answers that mean something else', answers.wrong.length, answers.tried),
			atLeast('answers tried', answers.tried, LEAST_ANSWERS),
			...checksOf('webhook source', source),
			...checksOf('Pipes', pipes),
			atMost('requests per 1,000 events to Pipes', perThousand.meiro_pipes, 10),
			atMost('requests per 1,000 events to a webhook source', perThousand.meiro_events, 1000),
			atMost(`MB of growth in a run of ${largeRun} items`, run.growth_mb, MAX_GROWTH_MB),
			atMost(`MB of growth by ${largeRun} requests of one event`, singles.growth_mb, MAX_GROWTH_MB),
		],
		figures: {
			bad_day: { webhook_source: source, pipes },
			requests_per_1000: perThousand,
			memory: { run, singles },
			building,
			answers,
		},
		notes: [
			`Building an event of ${building.event_bytes} bytes: ${building.build_us} µs (aim: under ${AIM_BUILD_US}); hashed, redacted and flat: ${building.build_hashed_and_flat_us} µs`,
		],
	};
}

/** Every answer of the table, to one event and to three; in letters as there. */
function readAnswers(): { tried: number; delivered: unknown[]; wrong: unknown[] } {
	const rows = [
		...ONE.map(([status, type, body, wanted]) => ({ status, type, body, count: 1, wanted })),
		...THREE.map(([status, body, wanted]) => ({ status, type: '', body, count: 3, wanted })),
	];
	const read = rows.map(({ status, type, body, count, wanted }) => {
		const meaning = meaningOf(status, type, body, count);
		return { status, body, wanted, meaning };
	});
	return {
		tried: read.length,
		delivered: read.filter(({ meaning, wanted }) =>
			[...meaning].some((letter, position) => letter === 'd' && wanted[position] !== 'd'),
		),
		wrong: read.filter(({ meaning, wanted }) => meaning !== wanted),
	};
}

function checksOf(
	target: string,
	{ sent, ...weather }: Awaited<ReturnType<typeof sendThrough>>,
): Check[] {
	const unsettled = sent - weather.delivered - weather.rejected;
	return [
		none(`${target}, bad day: events without an end`, unsettled, sent),
		none(`${target}, bad day: undelivered without a reason`, weather.without_reason, sent),
		none(`${target}, bad day: lost`, weather.lost, sent),
		none(
			`${target}, bad day: duplicates with another event_id`,
			weather.duplicates_with_another_event_id,
			sent,
		),
		none(`${target}, bad day: people whose events are out of order`, weather.people_out_of_order),
	];
}
