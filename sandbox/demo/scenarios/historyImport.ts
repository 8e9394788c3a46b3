import type { NewSeedEvent } from '../../klaviyo';
import { inventProfile } from '../../klaviyo/profiles';
import { bodyOf, type Scenario } from '../scenario';
import { dataTableRows } from '../../n8n/dataTables';
import { chosen, chosenMetric } from '../world';
import { people } from './people';

const DAY_MS = 86_400_000;
const DAYS_PER_RUN = 3;
/** Six days before the demo, to the second as Klaviyo has it: two runs, and a third with nothing to do. */
const FROM = Math.floor(Date.now() / 1000) * 1000 - 2 * DAYS_PER_RUN * DAY_MS;
const BORDER = FROM + DAYS_PER_RUN * DAY_MS;

const order = (number: number, time: number): NewSeedEvent => ({
	metric: 'Placed Order',
	service: 'Lamp Shop',
	profile: inventProfile(number).email!,
	time: new Date(time),
	unique_id: `history-${number}`,
	value: 41.5,
	value_currency: 'EUR',
	properties: { OrderId: `history-${number}`, Note: 'two\nlines, "quotes" and žluťoučký 🐎' },
});

/** More than a page of Klaviyo's in the first days, the last of them a second before the border. */
const first = people(80_000, 1_200).map((number, index) =>
	order(number, BORDER - (1_200 - index) * 1000),
);
/** The first of these at the border itself. */
const second = people(85_000, 100).map((number, index) => order(number, BORDER + index * 60_000));
/** Told to Klaviyo between the two runs. */
const late = people(86_000, 20).map((number, index) =>
	order(number, BORDER + DAY_MS + index * 1000),
);
/** Before what the user asks for. */
const tooEarly = order(87_000, FROM - 1000);

const assignment = (name: string, value: string | number) => ({
	id: name,
	name,
	value,
	type: typeof value,
});

/**
 * Three days a run. Meiro can't process the first upload, so the second run imports the same days; then two runs at
 * once go on where it stopped, with what is new since; the last one finds no events.
 */
export const historyImport: Scenario = {
	template: 'history-import',
	count: first.length + second.length + late.length,
	parameters: {
		'What to Import': {
			assignments: {
				assignments: [
					assignment('import', 'placed_order'),
					assignment('from', new Date(FROM).toISOString()),
					assignment('days_per_run', DAYS_PER_RUN),
					assignment('hours_left_for_later', 0),
				],
			},
		},
		'Get the Events': { metricId: chosenMetric('Placed Order') },
		'Upload to Meiro': { dataSourceId: chosen('Klaviyo', 'klaviyo') },
	},
	prepare: ({ klaviyo }) => void klaviyo.seedEvents([tooEarly, ...first, ...second]),
	async play({ world: { klaviyo, meiro }, run, runInVain, arrived }) {
		meiro.cdp.failNextUpload('The disk is full');
		await runInVain('Import Now', /'Say Why': Not imported: .*The disk is full/);
		meiro.misbehave([{ kind: 'status', status: 503, times: 1 }]);
		await run('Import Now');
		await arrived(first.length);
		klaviyo.seedEvents(late);
		await Promise.all([run('Import Now'), run('Every 15 Minutes')]);
		await run('Every 15 Minutes');
	},
	expected: [...first, ...second, ...late].map(({ profile, unique_id }) => ({
		event_name: 'placed_order',
		person: profile,
		body: { properties: { OrderId: unique_id } },
	})),
	async check(world) {
		const rows = await dataTableRows(world, 'Klaviyo history imports');
		const until = Date.parse(String(rows[0]?.imported_until));
		const imported = world.meiro.events({ product: 'meiro_cdp' }).map((event) => bodyOf(event));
		return [
			...(rows.length === 1 && until >= FROM + 2 * DAYS_PER_RUN * DAY_MS
				? []
				: [`The cursor: ${JSON.stringify(rows)}`]),
			...(JSON.stringify(imported).includes(tooEarly.unique_id!)
				? ['An event from before the chosen time was imported']
				: []),
		];
	},
};
