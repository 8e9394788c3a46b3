import { inventEntry } from '../../klaviyo/profiles';
import type { Entry } from '../../klaviyo';
import { itemsOf } from '../../n8n/executions';
import { createdFlow, type Scenario, type Stage } from '../scenario';
import { dataTableRows } from '../../n8n/dataTables';
import { METRICS, type World } from '../world';
import { people } from './people';

const HOUR_MS = 3_600_000;
const METRIC = 'Placed Order';
const THIS_HOUR = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;

/** So many hours ago, full hours. */
const hour = (ago: number) => THIS_HOUR - ago * HOUR_MS;

/** Orders of one hour, whose webhooks carry their time. */
const ordersOf = (ago: number, numbers: number[]): Entry[] =>
	numbers.map((number, index) => {
		const { profile, event } = inventEntry(number, METRIC, { hostile: true });
		const time = new Date(hour(ago) + index * 60_000).toISOString();
		return {
			profile,
			event: { ...event!, time, properties: { ...event!.properties, timestamp: time } },
		};
	});

/** Five hours ago nothing happened. */
const QUIET = 5;
const MATCHED = 4;
const GAP = 3;
const SILENT = 2;
const matched = ordersOf(MATCHED, people(110_000, 12));
const gap = ordersOf(GAP, people(110_100, 12));
const silent = ordersOf(SILENT, people(110_200, 6));
/** Of those of the gap, so many come in time. */
const IN_TIME = 5;
const inTime = [...matched, ...gap.slice(0, IN_TIME)];
const late = gap.slice(IN_TIME);

/** By hours ago: the count in Klaviyo, the count delivered, and the state. */
type Noted = Record<number, readonly [inKlaviyo: number, delivered: number, state: string]>;

async function problemsOf(world: World, wanted: Noted): Promise<string[]> {
	const rows = await dataTableRows(world, 'Klaviyo delivery watch');
	return Object.entries(wanted).flatMap(([ago, counts]) => {
		const row = rows.find((each) => each.hour === new Date(hour(Number(ago))).toISOString());
		const noted = [row?.in_klaviyo, row?.delivered, row?.state];
		return noted.join() === counts.join()
			? []
			: [`${ago} hours ago: ${noted.join()}, wanted ${counts.join()}`];
	});
}

/** Runs the watch and sees what it notes, and how often it has told someone by then. */
async function watch({ world, published, run }: Stage, wanted: Noted, told: number): Promise<void> {
	await run('Every Hour');
	const problems = await problemsOf(world, wanted);
	const tellings = await itemsOf(world, published, 'Tell someone of the gap');
	if (tellings !== told) problems.push(`Someone was told ${tellings} times, wanted ${told}`);
	if (problems.length > 0) throw new Error(problems.join('; '));
}

/**
 * An hour without orders, one of which everything arrives, one of which seven orders are missing, and one of which
 * nothing arrives. Then the seven come late.
 */
export const deliveryWatch: Scenario = {
	template: 'delivery-watch',
	count: inTime.length + late.length,
	parameters: {
		'Order Placed': {
			metricId: METRICS[METRIC],
			options: { flowStatus: 'live', eventProperties: 'timestamp' },
		},
		'What to Watch': {
			assignments: {
				assignments: [
					{ id: '1', name: 'metrics', type: 'array', value: JSON.stringify([METRIC]) },
					{ id: '2', name: 'events_that_may_be_missing', type: 'number', value: 2 },
					{ id: '3', name: 'share_that_may_be_missing', type: 'number', value: 0.1 },
					// The hour after it is the first to be judged.
					{
						id: '4',
						name: 'since',
						type: 'string',
						value: new Date(hour(QUIET) - 1).toISOString(),
					},
				],
			},
		},
	},
	prepare: ({ klaviyo }) =>
		void klaviyo.seedEvents(
			[...matched, ...gap, ...silent].map(({ profile, event }) => ({
				metric: METRIC,
				service: 'Lamp Shop',
				profile: profile.email!,
				time: new Date(event!.time),
				unique_id: event!.unique_id!,
			})),
		),
	async play(stage) {
		const flowId = createdFlow(stage.world, stage.published.url);
		await stage.enter({ flowId, entries: inTime });
		await stage.finished();
		const others: Noted = {
			[QUIET]: [0, 0, 'quiet'],
			[MATCHED]: [12, 12, 'matched'],
			[SILENT]: [6, 0, 'silent'],
		};
		await watch(stage, { ...others, [GAP]: [12, IN_TIME, 'gap'] }, 2);
		// Nobody is told twice.
		await watch(stage, { ...others, [GAP]: [12, IN_TIME, 'gap'] }, 2);
		await stage.enter({ flowId, entries: late });
		await stage.finished();
		await watch(stage, { ...others, [GAP]: [12, 12, 'matched'] }, 2);
	},
	expected: [...inTime, ...late].map(({ profile, event }) => ({
		event_name: 'placed_order',
		person: profile.email!,
		body: { event_time: event!.time },
	})),
};
