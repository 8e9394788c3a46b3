// Every template on a real n8n, as the demo plays it: imported, filled in, published, used.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { dataTableRows, insertRows } from '../../sandbox/n8n/dataTables';
import { runByHand } from '../../sandbox/n8n/executions';
import { pipesSchemas } from '../../sandbox/demo/pipesSource';
import { bodyOf, nameOfScenario, play } from '../../sandbox/demo/scenario';
import { compileSchemas } from '../../sandbox/meiro/payloadSchemas';
import { SCENARIOS } from '../../sandbox/demo/scenarios';
import { surveyAnswers } from '../../sandbox/demo/scenarios/surveyAnswers';
import { erasure, formOf, giveOutPassword, submit } from '../../sandbox/demo/scenarios/erasure';
import {
	chosen,
	publishTemplate,
	type PublishedTemplate,
	type World,
} from '../../sandbox/demo/world';
import { createTablesOf, ensureNet, importTemplate } from '../../sandbox/n8n/templates';
import { runWith } from './support/byHand';
import { withWorld } from './support/world';

const TEMPLATES = join(__dirname, '../../templates');

let world: World;
withWorld((one) => void (world = one));

beforeEach(() => {
	world.meiro.misbehave([]);
});

/** Tables that templates make, as far as they are made; erasure knows those with people. */
async function rowsWithPeople(): Promise<Record<string, unknown>> {
	const { nodes } = JSON.parse(readFileSync(join(TEMPLATES, 'erasure.json'), 'utf8')) as {
		nodes: Array<{ name: string; parameters: object }>;
	};
	const known = JSON.stringify(nodes.find(({ name }) => name === 'Tables with People'));
	const names = [...known.matchAll(/'([^']+)'/g)].map(([, name]) => name!);
	expect(names).toContain('Klaviyo open carts');
	const rows = names.map(async (name) => await dataTableRows(world, name).catch(() => []));
	return Object.fromEntries((await Promise.all(rows)).map((each, index) => [names[index], each]));
}

describe.each(SCENARIOS.map((scenario) => ({ name: nameOfScenario(scenario), scenario })))(
	'$name',
	({ scenario }) => {
		let published: PublishedTemplate;

		it('loses nothing, sends nothing twice, and does what it says', async () => {
			await scenario.prepare?.(world);
			published = await publishTemplate(world, scenario);
			const { result, problems } = await play(world, scenario, published, () => undefined);
			expect(problems).toEqual([]);
			expect(result).toMatchObject({
				acknowledged: result.sent,
				delivered: result.sent,
				duplicate: 0,
				lost: 0,
			});
			expect(result.sent).toBeGreaterThan(0);
			expect(result.executed).toBeGreaterThan(0);
		});

		it('runs by hand with what is pinned: Meiro gets no sample but the first event, Klaviyo and the tables with people get none', async () => {
			const { pinData = {} } = JSON.parse(
				readFileSync(join(TEMPLATES, `${scenario.template}.json`), 'utf8'),
			) as {
				pinData?: Record<string, unknown>;
			};
			const before = world.meiro.count();
			const deletions = world.klaviyo.deletionJobs().length;
			const told = world.klaviyo.writtenEvents().length;
			const tables = await rowsWithPeople();
			const triggers = Object.keys(published.triggers);
			expect(Object.keys(pinData)).toEqual(expect.arrayContaining(triggers));
			for (const name of Object.keys(pinData))
				await runByHand(world, published.workflowId, name, { pinned: true });
			// It is there to show that an event arrives; the sample says that it is a test.
			const samples = scenario.template === 'first-event' ? 1 : 0;
			expect(world.meiro.count()).toBe(before + samples);
			expect(world.klaviyo.deletionJobs()).toHaveLength(deletions);
			expect(world.klaviyo.writtenEvents().length).toBe(told);
			expect(await rowsWithPeople()).toEqual(tables);
		});
	},
);

it('sends from no template what the schemas of meiro/pipes would refuse', () => {
	const schemas = pipesSchemas();
	const check = compileSchemas(schemas);
	const events = world.meiro.events();
	const refused = events.flatMap((event) =>
		check(event.event_name, bodyOf(event)).map((error) => ({ ...error, event: event.event_name })),
	);
	expect(refused.slice(0, 3)).toEqual([]);
	// Chosen by the user of consent-sync and of import; what self-check sends is only for a test source.
	const unknown = new Set(
		events.map(({ event_name }) => event_name).filter((name) => !schemas[name]),
	);
	const known = ['opened_email', 'n8n_self_check', 'n8n_self_check_unknown'];
	expect([...unknown].filter((name) => !known.includes(name))).toEqual([]);
});

it('publishes a template that was imported twice, each with an address of its own', async () => {
	const imported = [
		await publishTemplate(world, surveyAnswers),
		await publishTemplate(world, surveyAnswers),
	];
	const urls = imported.map(({ url }) => url);
	expect(new Set(urls).size).toBe(2);
	for (const url of urls) expect(url).toMatch(/\/webhook\/[0-9a-f-]{36}\/klaviyo$/);
});

it('keeps nothing in n8n of an erasure that succeeded', async () => {
	await giveOutPassword(world);
	const { template, credentials } = erasure;
	const published = await publishTemplate(world, { template, credentials: credentials! });
	expect(await submit(await formOf(world, published), 'ben@shop.example')).toBe(200);
	// The form is answered before n8n is done with the execution.
	const kept = async () => await world.client.executions(published.workflowId);
	for (const deadline = Date.now() + 10_000; (await kept()).length > 0 && Date.now() < deadline; );
	expect(await kept()).toEqual([]);
});

it('keep-what-failed sends more in one run than it reads at a time', async () => {
	const TABLE = 'klaviyo_meiro_failed_events';
	const COUNT = 1100;
	await createTablesOf(world, 'keep-what-failed');
	const workflowId = await ensureNet(world);
	const ids = Array.from({ length: COUNT }, (_, index) => `many-${index}`);
	const at = new Date(Date.now() - 3_600_000).toISOString();
	await insertRows(
		world,
		TABLE,
		ids.map((event_id) => ({
			...{ event_id, event_name: 'placed_order', email: `${event_id}@shop.example` },
			...{ klaviyo_id: '', source: '', status: 'waiting', reason: '', attempts: 1, item: '' },
			...{ failed_at: at, last_tried_at: at },
			event: JSON.stringify({
				...{ event_id, event_name: 'placed_order', event_version: 1, event_time: at },
				...{ profile: { email: `${event_id}@shop.example` }, properties: {} },
			}),
		})),
	);
	await runByHand(world, workflowId, 'Every 15 Minutes');
	const arrived = new Set(world.meiro.events().map((event) => bodyOf(event).event_id));
	expect(ids.filter((id) => !arrived.has(id))).toEqual([]);
	expect(await dataTableRows(world, TABLE, ['status', 'waiting'])).toEqual([]);
});

describe('the template birthday', () => {
	const TABLE = 'Birthday points';
	const GRANTED = 'birthday_points_granted';
	const ID = '01JZ00000000000000000BDAY1';
	const PERSON = { email: 'case1@shop.example', external_id: 'customer-case-1' };
	let workflowId: string;

	const deliver = async (...items: Array<Record<string, unknown>>) =>
		await runWith(
			world,
			workflowId,
			'Birthday',
			items.map((item, index) => ({
				event_id: `${index}`.padStart(64, 'b'),
				event_name: 'birthday',
				event_version: 1,
				event_time: '2031-01-01T04:05:06.000Z',
				event_time_source: 'received',
				received_at: '2031-01-01T04:05:06.000Z',
				received_via: 'flow_webhook',
				...{ account: null, flow: null, trigger_event: null, list: null, segment: null },
				properties: {},
				...{ from_meiro: false, is_test: false },
				...item,
			})),
		);
	const outside = () => ({
		meiro: world.meiro.events().filter(({ event_name }) => event_name === GRANTED),
		klaviyo: world.klaviyo.writtenEvents(),
	});
	const booked = async () =>
		(await dataTableRows(world, TABLE)).filter(({ person }) => person === ID);

	beforeAll(async () => {
		world.klaviyo.seedProfiles([
			{ id: ID, attributes: { ...PERSON, properties: { Birthday: '1990-12-31' } } },
		]);
		const { template, parameters } = SCENARIOS.find((one) => one.template === 'birthday')!;
		({ workflowId } = await publishTemplate(world, { template, parameters }));
	});

	it('changes nothing outside by a test', async () => {
		const before = outside();
		expect((await deliver({ profile: { klaviyo_id: ID, ...PERSON }, is_test: true })).status).toBe(
			'success',
		);
		expect(outside()).toEqual(before);
		expect(await booked()).toEqual([]);
	});

	it('grants once a person and year, by whatever ID, address or day, and names nobody in a key', async () => {
		const before = outside();
		await deliver({ profile: { email: 'Case1@shop.example' }, event_day: '2030-12-31' });
		await deliver(
			{ profile: { email: 'case1@shop.example' }, event_day: '2031-01-01' },
			{ profile: { external_id: PERSON.external_id }, event_day: '2030-12-31' },
		);
		await deliver({ profile: { klaviyo_id: ID, email: 'new@shop.example' } });
		const after = outside();
		expect(after.meiro.length - before.meiro.length).toBe(1);
		expect(after.klaviyo.length - before.klaviyo.length).toBe(1);
		const rows = await booked();
		expect(rows).toMatchObject([{ state: 'granted', points: 50, year: 2030 }]);
		expect(rows[0]!.booking).toMatch(/^[0-9a-f]{64}$/);
		const { event_id } = after.meiro.at(-1)!.body as { event_id: string };
		expect(event_id).toBe(`birthday-points ${String(rows[0]!.booking)}`);
	});
});

describe('what a note offers to leave out is left out', () => {
	const without: Array<[string, string[], string[]]> = [
		['win-back', ['Every Day', 'Who Lapsed Already'], []],
		['win-back', ['Ask Meiro'], []],
		[
			'survey-answers',
			['Order Placed', 'Sign the Link', 'Survey Form', 'Check the Link'],
			['Survey Answered'],
		],
		['post-purchase', ['Order Refunded'], []],
		['import', ['Send to Meiro'], ['Upload to the CDP']],
	];

	it.each(without)('%s is published without %j', async (template, deactivated, activated) => {
		const { parameters = {}, credentials = {} } = SCENARIOS.find(
			(one) => one.template === template,
		)!;
		const note = readFileSync(join(TEMPLATES, `${template}.json`), 'utf8');
		for (const name of [...deactivated, ...activated]) expect(note).toContain(`**${name}**`);
		// Nothing is filled in there.
		const filledIn = <T>(all: Record<string, T>) =>
			Object.fromEntries(Object.entries(all).filter(([name]) => !deactivated.includes(name)));
		const upload = { 'Upload to the CDP': { dataSourceId: chosen('Klaviyo', '1') } };
		await importTemplate(world, {
			...{ template, deactivated, activated },
			parameters: {
				...filledIn(parameters),
				...(activated.includes('Upload to the CDP') ? upload : {}),
			},
			credentials: filledIn(credentials),
		});
	});
});

it('plays every template there is', () => {
	const files = readdirSync(TEMPLATES)
		.filter((name) => name.endsWith('.json'))
		.map((name) => name.replace('.json', ''));
	const played = new Set(SCENARIOS.map(({ template }) => template));
	expect([...played].sort()).toEqual(files.sort());
});

it('keeps to Klaviyo’s specification in every call', () => {
	expect(world.klaviyo.contractChecked()).toBeGreaterThan(0);
	expect(world.klaviyo.contractViolations()).toEqual([]);
});
