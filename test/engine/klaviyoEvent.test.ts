// Event of the Klaviyo node: in n8n's real engine, against the stand-in.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, INode } from 'n8n-workflow';

import { normalise } from '../../nodes/Klaviyo/normalise/flowDelivery';
import { takeEvent } from '../../nodes/MeiroEvents/build/take';
import { startKlaviyo, type KlaviyoOptions, type KlaviyoStandIn } from '../../sandbox/klaviyo';
import { byId, executeKlaviyo } from './support/klaviyo';
import { inVolume, VOLUME } from '../support/volume';

let klaviyo: KlaviyoStandIn;

beforeEach(async () => {
	klaviyo = await startKlaviyo();
});
afterEach(async () => {
	await klaviyo.close();
});

async function startWith(options: KlaviyoOptions): Promise<void> {
	await klaviyo.close();
	klaviyo = await startKlaviyo(options);
}

const survey = {
	metricName: 'Answered Survey',
	identifiers: { email: '={{ $json.email }}' },
	eventId: '={{ $json.id }}',
	eventTime: '={{ $json.time }}',
	propertiesFrom: 'json',
	propertiesJson: '={{ { score: $json.score } }}',
};

async function create(
	items: IDataObject[],
	parameters: IDataObject = survey,
	onError?: INode['onError'],
) {
	return await executeKlaviyo({
		apiUrl: klaviyo.apiUrl,
		resource: 'event',
		operation: 'create',
		parameters,
		items,
		...(onError === undefined ? {} : { onError }),
	});
}

const answer = (number: number, more: IDataObject = {}): IDataObject => ({
	id: `survey-${number}`,
	email: `person-${number}@shop.example`,
	time: '2026-02-03T04:05:06Z',
	score: number + 1,
	...more,
});
const answers = (count: number) => Array.from({ length: count }, (_, number) => answer(number));
const posts = () => klaviyo.apiCalls().filter(({ method }) => method === 'POST');

describe('Event: Create', () => {
	it('records the events of all items in one request and tells the outcome of each', async () => {
		const { main, failure } = await create(answers(3));

		expect(failure).toBeUndefined();
		expect(posts().map(({ path }) => path)).toEqual(['/api/event-bulk-create-jobs']);
		expect(main.map(({ json }) => json)).toEqual(
			[0, 1, 2].map((number) => ({
				metric: 'Answered Survey',
				event_id: `survey-${number}`,
				event_time: '2026-02-03T04:05:06.000Z',
				profile: { email: `person-${number}@shop.example` },
				status: 'accepted',
				http_status: 202,
			})),
		);
		expect(main.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(klaviyo.writtenEvents().map(({ properties }) => properties)).toEqual(
			[1, 2, 3].map((score) => ({ score, meiro_origin: true, $event_id: `survey-${score - 1}` })),
		);
	});

	it(`${VOLUME} creates 1,000 events with a request`, async () => {
		const count = inVolume(10_000);
		const { main } = await create(answers(count));
		expect(klaviyo.apiCalls()).toHaveLength(count / 1000);
		expect(klaviyo.writtenEvents()).toHaveLength(count);
		expect(main.filter(({ json }) => json.status === 'accepted')).toHaveLength(count);
	});

	it('keeps below 5 MB a request', async () => {
		const items = Array.from({ length: 60 }, (_, number) =>
			answer(number, { score: 'x'.repeat(95_000) }),
		);
		await create(items);
		expect(posts().map(({ status }) => status)).toEqual([202, 202]);
		expect(klaviyo.writtenEvents()).toHaveLength(60);
	});

	it('makes no second event when it runs again, or when an answer got lost', async () => {
		klaviyo.misbehave({ path: '/api/event-bulk-create-jobs', answer: 'reset', carriedOut: true });
		await create(answers(3));
		await create(answers(3));
		expect(klaviyo.writtenEvents()).toHaveLength(3);
	});

	it.each(['', 'None', ' 0 '])('makes an ID of the content when it is %j', async (eventId) => {
		const withoutId = { ...survey, eventId };
		const { main } = await create(answers(2), withoutId);
		await create(answers(2), withoutId);
		expect(klaviyo.writtenEvents()).toHaveLength(2);
		expect(main[0]!.json.event_id).toMatch(/^[0-9a-f]{64}$/);
		expect(main[0]!.json.event_id).not.toBe(main[1]!.json.event_id);
	});

	it('records equal items without ID and time each', async () => {
		const same = { ...survey, eventId: '', eventTime: '' };
		await create([answer(1), answer(1)], same);
		expect(klaviyo.writtenEvents()).toHaveLength(2);
	});

	it('sends an event that another item has already once', async () => {
		const { main } = await create([answer(1), answer(1), answer(2)]);
		expect(main.map(({ json }) => json.status)).toEqual(['accepted', 'skipped', 'accepted']);
		expect(klaviyo.writtenEvents()).toHaveLength(2);
	});

	it('starts no flow when told so', async () => {
		await create(answers(2), {
			...survey,
			options: { backfill: true, value: '41.50', currency: 'EUR' },
		});
		expect(klaviyo.writtenEvents()).toMatchObject([
			{ backfill: true, properties: { $value: 41.5, $value_currency: 'EUR' } },
			{ backfill: true },
		]);
	});

	it('takes free fields', async () => {
		await create([answer(1)], {
			...survey,
			propertiesFrom: 'fields',
			properties: {
				assignments: [{ id: '1', name: 'Colour', value: '={{ "re" + "d" }}', type: 'string' }],
			},
		});
		expect(klaviyo.writtenEvents()[0]!.properties).toMatchObject({
			Colour: 'red',
			meiro_origin: true,
		});
	});

	it('takes a refused request apart, so that all but the bad events are recorded', async () => {
		const items = answers(9);
		// Klaviyo points to the first by its position, to the second not at all.
		items[3] = answer(3, { time: '1991-01-01T00:00:00Z' });
		items[6] = answer(6, { email: 'nobody' });
		const { main, error } = await create(items, survey, 'continueErrorOutput');

		expect(main).toHaveLength(7);
		expect(klaviyo.writtenEvents()).toHaveLength(7);
		expect(error).toHaveLength(2);
		expect(error[0]!.json).toMatchObject({
			error: expect.stringMatching(/Klaviyo refused 'Event Time' \(400\)/),
			details: { event_id: 'survey-3', status: 'rejected', http_status: 400 },
		});
		expect(error[1]!.json).toMatchObject({
			error: expect.stringMatching(/refused 'Email' \(400\)/),
			details: { event_id: 'survey-6' },
		});
		expect(error.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 3 }, { item: 6 }]);
	});

	it.each([
		['Metric Name', { metricName: ' ' }],
		['Profile Identifiers', { identifiers: {} }],
		['Event Time', { eventTime: 'soon' }],
		['Value', { options: { value: 'much' } }],
		['Properties \\(JSON\\)', { propertiesJson: '[1]' }],
	])('names the parameter that is wrong: %s', async (label, parameters) => {
		const { failure } = await create([answer(1)], { ...survey, ...parameters });
		expect(failure?.message).toMatch(new RegExp(`'${label}'.*\\[item 0\\]`));
		expect(klaviyo.apiCalls()).toHaveLength(0);
	});

	it('sends the good items, and then stops the execution for the bad one', async () => {
		const { failure } = await create([answer(1), answer(2, { email: '' }), answer(3)]);
		expect(failure?.message).toMatch(
			/1 of 3 events did not reach Klaviyo.*'Profile Identifiers' is empty.*\[item 1\]/,
		);
		expect(klaviyo.writtenEvents()).toHaveLength(2);
	});

	it('asks once, not per thousand, with a key that lacks the scope', async () => {
		await startWith({ apiKeys: [{ key: 'pk_sandbox', scopes: ['events:read'] }] });
		const { error } = await create(answers(2500), survey, 'continueErrorOutput');
		expect(error).toHaveLength(2500);
		expect(error[2400]!.json.error).toMatch(/events:write/);
		expect(klaviyo.apiCalls()).toHaveLength(1);
	});
});

describe('Event: Get', () => {
	const get = async (parameters: IDataObject, items: IDataObject[] = [{}]) =>
		await executeKlaviyo({
			...{ apiUrl: klaviyo.apiUrl, resource: 'event', operation: 'get' },
			...{ parameters, items },
		});
	const seedOrder = () =>
		klaviyo.seedEvents([
			{
				metric: 'Placed Order',
				profile: 'ana@shop.example',
				time: new Date('2026-02-03T04:05:06Z'),
				unique_id: 'order-1',
				value: 41.5,
				properties: { Items: ['Lamp'] },
			},
		])[0]!;

	it('gives the event of an item as our triggers emit it', async () => {
		const id = seedOrder();
		const { main } = await get({ account: 'shop-cz' }, [
			{ trigger_event: { klaviyo_event_id: id } },
		]);
		expect(main[0]!.json).toMatchObject({
			event_name: 'placed_order',
			event_time: '2026-02-03T04:05:06.000Z',
			account: 'shop-cz',
			trigger_event: { id: 'order-1', klaviyo_event_id: id, value: 41.5 },
			profile: { email: 'ana@shop.example' },
			properties: { Items: ['Lamp'] },
		});
	});

	it('gives the same event_id as a listing of all events', async () => {
		const id = seedOrder();
		const { main } = await get({ klaviyoEventId: id });
		const listed = await executeKlaviyo({
			...{ apiUrl: klaviyo.apiUrl, resource: 'event', operation: 'getAll' },
		});
		expect(main[0]!.json.event_id).toBe(listed.main[0]!.json.event_id);
	});

	it('gives what Klaviyo says when it is not to simplify', async () => {
		const id = seedOrder();
		const { main } = await get({ klaviyoEventId: id, simplify: false });
		expect(main[0]!.json).toMatchObject({ type: 'event', id });
	});

	it.each([
		['is empty', '={{ $json.none }}', /'Klaviyo Event ID' is empty/],
		['nobody has', '4vRpBT45kFx', /'Klaviyo Event ID'/],
		['leads elsewhere', '..', /'Klaviyo Event ID'|another endpoint/],
	])('names the field when the ID %s', async (_, klaviyoEventId, sentence) => {
		const { failure } = await get({ klaviyoEventId });
		expect(failure?.message).toMatch(sentence);
	});
});

describe('Event: Get Many', () => {
	const getMany = async (parameters: IDataObject = {}) =>
		await executeKlaviyo({
			apiUrl: klaviyo.apiUrl,
			resource: 'event',
			operation: 'getAll',
			parameters,
		});

	beforeEach(() => {
		klaviyo.seedEvents(
			[1, 2, 3].map((day) => ({
				metric: day === 2 ? 'Viewed Product' : 'Placed Order',
				profile: 'ana@shop.example',
				time: new Date(`2026-02-0${day}T04:05:06Z`),
				unique_id: `e-${day}`,
				value: day,
				properties: { day },
			})),
		);
	});

	it('gives events as the triggers emit them, which Meiro Events takes as they are', async () => {
		const { main } = await getMany();
		expect(main.map(({ json }) => json)).toMatchObject([
			{ event_name: 'placed_order', event_time: '2026-02-03T04:05:06.000Z' },
			{ event_name: 'viewed_product', trigger_event: { metric: 'Viewed Product', value: 2 } },
			{ properties: { day: 1 }, profile: { email: 'ana@shop.example' }, received_via: 'import' },
		]);
		const settings = {
			what: 'event',
			subject: { kind: 'person' },
			mapped: null,
			account: '',
			now: '',
			timezone: 'UTC',
		} as const;
		expect(takeEvent(main[0]!.json, settings).event).toEqual(main[0]!.json);
	});

	it('gives an event the ID that a trigger with the same label of the account gives it', async () => {
		const { main } = await getMany({ account: ' shop-cz ' });
		const { id, profile_id } = klaviyo.events().at(-1)!;
		const order = normalise(
			{
				body: {
					metric: 'Placed Order',
					klaviyo_id: profile_id,
					event: { $event_id: 'e-3', $value: '3', day: 3 },
				},
				raw: '',
				flowId: 'AbC123',
				receivedAt: '2026-02-03T04:06:00.000Z',
			},
			{ account: 'shop-cz', fallbackEventName: '', includeRaw: false },
		);
		expect(main[0]!.json).toMatchObject({
			event_id: order.event_id,
			account: 'shop-cz',
			trigger_event: { id: 'e-3', klaviyo_event_id: id },
		});
		expect((await getMany()).main[0]!.json.event_id).not.toBe(order.event_id);
	});

	it('filters by metric, profile and time, and sorts', async () => {
		const { profile_id, metric_id } = klaviyo.events().at(-1)!;
		const { main } = await getMany({
			metricId: byId(metric_id),
			filters: {
				klaviyoId: profile_id,
				since: '2026-02-01T04:05:06Z',
				until: '2026-02-03T04:05:06Z',
			},
			sort: 'datetime',
			simplify: false,
		});
		expect(main.map(({ json }) => json.attributes)).toMatchObject([
			{ datetime: '2026-02-01T04:05:06+00:00' },
		]);
	});

	it('returns all pages, or as many as wanted', async () => {
		klaviyo.seedEvents(
			Array.from({ length: 1200 }, (_, number) => ({
				metric: 'Opened Email',
				profile: 'ben@shop.example',
				time: new Date(1_760_000_000_000 + number * 1000),
			})),
		);
		expect((await getMany({ returnAll: true })).main).toHaveLength(1203);
		expect(klaviyo.apiCalls()).toHaveLength(2);
		expect((await getMany({ limit: 2 })).main).toHaveLength(2);
	});

	it('names a filter that is no date', async () => {
		const { failure } = await getMany({ filters: { since: 'yesterday' } });
		expect(failure?.message).toMatch(/'Since' is not a date: 'yesterday'/);
	});
});

it('shows the last 3 orders by the node of the template as the trigger would make them, and sends nothing', async () => {
	const { nodes } = JSON.parse(
		readFileSync(join(__dirname, '../../templates/post-purchase.json'), 'utf8'),
	) as { nodes: Array<{ name: string; parameters: IDataObject }> };
	const { resource, operation, ...parameters } = nodes.find(
		({ name }) => name === 'Your Last 3 Orders',
	)!.parameters;
	const metric = 'Placed Order';
	const hour = (number: number) => new Date(Date.UTC(2026, 1, 3, number));
	klaviyo.seedEvents([
		{ metric: 'Viewed Product', profile: 'ana@shop.example', time: hour(9) },
		...[1, 4, 2, 3].map((number) => ({
			...{ metric, profile: 'ana@shop.example', time: hour(number), unique_id: `order-${number}` },
			properties: { OrderId: `${number}`, Items: [{ SKU: 'L-1' }] },
		})),
	]);
	const metricId = klaviyo.events().find(({ properties }) => properties.OrderId)!.metric_id;
	const { main, failure } = await executeKlaviyo({
		apiUrl: klaviyo.apiUrl,
		resource: String(resource),
		operation: String(operation),
		parameters: { ...parameters, metricId: byId(metricId) },
	});
	expect(failure).toBeUndefined();
	const { klaviyo_id } = main[0]!.json.profile as IDataObject;
	const ofTrigger = (number: number) =>
		normalise(
			{
				body: {
					...{ metric, event_name: 'placed_order', trigger_type: 'metric' },
					profile: { klaviyo_id, email: 'ana@shop.example' },
					event: { $event_id: `order-${number}` },
				},
				...{ raw: '', flowId: 'AbC123', receivedAt: '2026-02-03T12:00:00.000Z' },
			},
			{ account: null, fallbackEventName: '', includeRaw: false },
		).event_id;
	expect(main.map(({ json }) => json)).toMatchObject(
		[4, 3, 2].map((number) => ({
			event_id: ofTrigger(number),
			event_name: 'placed_order',
			event_time: hour(number).toISOString(),
			properties: { OrderId: `${number}`, Items: [{ SKU: 'L-1' }] },
		})),
	);
	expect(klaviyo.apiCalls().every(({ method }) => method === 'GET')).toBe(true);
});
