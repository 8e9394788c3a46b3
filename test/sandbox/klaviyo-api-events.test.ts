import type { KlaviyoOptions, NewSeedEvent } from '../../sandbox/klaviyo';
import { startKlaviyo } from '../../sandbox/klaviyo';
import {
	allOf,
	clientOf,
	errorOf,
	heldClock,
	pagesOf,
} from '../../sandbox/klaviyo/api/example-client';
import { closeAll, HURRY, kept } from './klaviyo-receiver';
import { inVolume, VOLUME } from '../support/volume';

afterEach(closeAll);

const NOON = Date.parse('2031-03-05T12:00:00.000Z');
const MINUTE = 60_000;
const ANA = 'ana@shop.example';

async function startApi(options: KlaviyoOptions = {}) {
	const clock = heldClock('2031-03-05T12:00:00.000Z');
	const settings = { ...HURRY, rateLimits: false, now: clock.now, ...options };
	const klaviyo = kept(await startKlaviyo(settings));
	return { klaviyo, api: clientOf(klaviyo.apiUrl), clock };
}

const metric = (name: string, service?: string) => ({
	data: { type: 'metric', attributes: { name, ...(service && { service }) } },
});
const person = (attributes: object, more: object = {}) => ({
	data: { type: 'profile', attributes, ...more },
});
const event = (more: object = {}) => ({
	data: {
		type: 'event',
		attributes: {
			...{ properties: { OrderId: 'o-1' }, metric: metric('Placed Order') },
			...{ profile: person({ email: ANA }), ...more },
		},
	},
});

describe('writing an event', () => {
	it('is answered 202 without a body; the event and the new profile are there', async () => {
		const { klaviyo, api } = await startApi();
		const more = {
			time: '2031-03-01T10:00:00.789Z',
			value: 41.5,
			value_currency: 'EUR',
			unique_id: 'o-1',
		};
		const answer = await api.post('/api/events', event(more));
		expect([answer.status, answer.data]).toEqual([202, '']);
		const [page] = await pagesOf(api, '/api/events', { include: 'profile,metric' });
		expect(page?.data[0]?.attributes).toMatchObject({
			...{ timestamp: Date.parse('2031-03-01T10:00:00Z') / 1000 },
			datetime: '2031-03-01T10:00:00+00:00',
			event_properties: { OrderId: 'o-1', $value: 41.5, $value_currency: 'EUR', $event_id: 'o-1' },
		});
		expect(page?.included).toMatchObject([
			{ type: 'profile', attributes: { email: ANA, last_event_date: '2031-03-01T10:00:00+00:00' } },
			{ type: 'metric', attributes: { name: 'Placed Order', integration: { key: 'api' } } },
		]);
		expect(klaviyo.writtenEvents()).toHaveLength(1);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it.each([
		['the same unique_id again', { unique_id: 'a' }, { unique_id: 'a' }, 1],
		['another unique_id', { unique_id: 'a' }, { unique_id: 'b' }, 2],
		[
			'the same one under another metric',
			{ unique_id: 'a' },
			{ unique_id: 'a', metric: metric('Shipped') },
			2,
		],
		[
			'the same one of another service',
			{ unique_id: 'a' },
			{ unique_id: 'a', metric: metric('Placed Order', 'shopify') },
			2,
		],
		[
			'the same one of another person',
			{ unique_id: 'a' },
			{ unique_id: 'a', profile: person({ email: 'b@shop.example' }) },
			2,
		],
		['no unique_id in the same second', {}, {}, 1],
		[
			'no unique_id in another second',
			{ time: '2031-03-01T10:00:00Z' },
			{ time: '2031-03-01T10:00:01Z' },
			2,
		],
	])('with %s: both are accepted, of events there are %#', async (_name, first, second, count) => {
		const { klaviyo, api } = await startApi();
		for (const more of [first, second]) {
			expect((await api.post('/api/events', event(more))).status).toBe(202);
		}
		expect(klaviyo.writtenEvents()).toHaveLength(count);
	});

	it('leaves out what is 0, null or empty, and keeps what is false', async () => {
		const { klaviyo, api } = await startApi();
		const properties = { zero: 0, nothing: null, empty: '', no: false, list: [] };
		await api.post('/api/events', event({ properties, value: 0 }));
		expect(klaviyo.writtenEvents()[0]?.properties).toMatchObject({ no: false, list: [] });
		expect(Object.keys(klaviyo.writtenEvents()[0]!.properties)).toEqual([
			...['no', 'list', '$event_id'],
		]);
	});

	it('has its Unix second as $event_id when the sender gave none, seeded events as well', async () => {
		const { klaviyo, api } = await startApi();
		const time = '2031-02-03T04:05:06.789Z';
		await api.post('/api/events', event({ time }));
		klaviyo.seedEvents([{ metric: 'Shipped', profile: ANA, time: new Date(time) }]);
		expect(klaviyo.events().map(({ properties }) => properties.$event_id)).toEqual([
			'1927857906',
			'1927857906',
		]);
	});

	it('changes the person, not by what is the same', async () => {
		const { klaviyo, api, clock } = await startApi();
		const [id] = klaviyo.seedProfiles([{ attributes: { email: ANA, first_name: 'Ana' } }]);
		clock.pass(MINUTE);
		await api.post('/api/events', event({ profile: person({ email: ANA, first_name: 'Ana' }) }));
		expect(klaviyo.profile(id as string)?.updated).toEqual(new Date(NOON));
		const profile = person({ email: ANA, properties: { size: 'L' } });
		await api.post('/api/events', event({ profile, unique_id: 'b' }));
		expect(klaviyo.profile(id as string)).toMatchObject({
			...{ updated: new Date(NOON + MINUTE), attributes: { properties: { size: 'L' } } },
		});
	});

	const deep = (levels: number): object => (levels === 0 ? {} : { in: deep(levels - 1) });
	const many = (count: number) =>
		Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, 1]));
	const at = '/data/attributes';
	it.each([
		[
			'a metric name of 128 characters',
			{ metric: metric('x'.repeat(128)) },
			`${at}/metric/data/attributes/name`,
		],
		['nobody', { profile: person({ first_name: 'Ana' }) }, `${at}/profile/data`],
		['a time long ago', { time: '1989-12-31T00:00:00Z' }, `${at}/time`],
		['a time in two years', { time: '2033-01-01T00:00:00Z' }, `${at}/time`],
		['301 properties', { properties: many(301) }, `${at}/properties`],
		['eleven levels', { properties: deep(11) }, `${at}/properties${'/in'.repeat(10)}`],
		[
			'4,001 items',
			{ properties: { list: many(0), long: Array(4001).fill(1) } },
			`${at}/properties/long`,
		],
		[
			'a text of more than 100 kB',
			{ properties: { long: 'x'.repeat(100_001) } },
			`${at}/properties/long`,
		],
		['a unique_id of 256 characters', { unique_id: 'x'.repeat(256) }, `${at}/unique_id`],
	])('is refused with %s', async (_name, more, pointer) => {
		const { klaviyo, api } = await startApi();
		const answer = await api.post('/api/events', event(more));
		expect([answer.status, errorOf(answer).source]).toEqual([400, { pointer }]);
		expect(klaviyo.events()).toEqual([]);
	});

	it('takes what is just within the limits', async () => {
		const { api } = await startApi();
		const properties = { ...many(298), deep: deep(8), long: 'x'.repeat(100_000) };
		const more = { properties, metric: metric('x'.repeat(127)), unique_id: 'x'.repeat(255) };
		expect((await api.post('/api/events', event(more))).status).toBe(202);
	});

	it('is visible once it was processed', async () => {
		const { api, clock } = await startApi({ processingMs: MINUTE });
		await api.post('/api/events', event());
		expect(await allOf(api, '/api/events')).toEqual([]);
		clock.pass(MINUTE);
		expect(await allOf(api, '/api/events')).toHaveLength(1);
	});
});

describe('writing many events', () => {
	const bulk = (groups: Array<{ email: string; events: object[]; backfill?: boolean }>) => ({
		data: {
			type: 'event-bulk-create-job',
			attributes: {
				'events-bulk-create': {
					data: groups.map(({ email, events, backfill = false }) => ({
						type: 'event-bulk-create',
						attributes: {
							...{ backfill, profile: person({ email }) },
							events: {
								data: events.map((each) => ({
									type: 'event',
									attributes: { properties: {}, metric: metric('Placed Order'), ...each },
								})),
							},
						},
					})),
				},
			},
		},
	});
	const path = '/api/event-bulk-create-jobs';
	const numbered = (count: number) =>
		Array.from({ length: count }, (_, i) => ({ unique_id: `o-${i}` }));

	it('records them by person', async () => {
		const { klaviyo, api } = await startApi();
		const groups = [
			{ email: ANA, events: numbered(2), backfill: true },
			{ email: 'b@shop.example', events: numbered(1) },
		];
		expect((await api.post(path, bulk(groups))).status).toBe(202);
		const written = klaviyo.writtenEvents();
		const ana = klaviyo.profile(ANA)?.id;
		expect(written.map(({ profile_id, backfill }) => [profile_id === ana, backfill])).toEqual([
			...[
				[true, true],
				[true, true],
				[false, false],
			],
		]);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('takes a thousand and no more, or none', async () => {
		const { klaviyo, api } = await startApi();
		const twice = (count: number) => [
			{ email: ANA, events: numbered(500) },
			{ email: 'b@shop.example', events: numbered(count) },
		];
		expect((await api.post(path, bulk(twice(501)))).status).toBe(400);
		expect(klaviyo.events()).toEqual([]);
		expect((await api.post(path, bulk(twice(500)))).status).toBe(202);
		expect(klaviyo.events()).toHaveLength(1000);
	});

	it('refuses all of them when one is wrong or repeated', async () => {
		const { klaviyo, api } = await startApi();
		const late = [{ unique_id: 'a' }, { unique_id: 'b', time: '2040-01-01T00:00:00Z' }];
		const answer = await api.post(path, bulk([{ email: ANA, events: late }]));
		expect(answer.status).toBe(400);
		expect(errorOf(answer).source).toEqual({
			pointer:
				'/data/attributes/events-bulk-create/data/0/attributes/events/data/1/attributes/time',
		});
		const repeated = [{ unique_id: 'a' }, { unique_id: 'a' }];
		expect((await api.post(path, bulk([{ email: ANA, events: repeated }]))).status).toBe(400);
		expect(klaviyo.events()).toEqual([]);
	});

	it('must not exceed 5 MB', async () => {
		const { api } = await startApi();
		const long = Array.from({ length: 51 }, (_, i) => ({
			...{ unique_id: `o-${i}`, properties: { note: 'x'.repeat(99_000) } },
		}));
		expect((await api.post(path, bulk([{ email: ANA, events: long }]))).status).toBe(413);
		expect((await api.post(path, bulk([{ email: ANA, events: long.slice(1) }]))).status).toBe(202);
	});
});

describe('reading events', () => {
	const seeds = (count: number): NewSeedEvent[] =>
		Array.from({ length: count }, (_, index) => ({
			...{ metric: index % 2 ? 'Placed Order' : 'Viewed Product', profile: ANA },
			...{ time: new Date(NOON - (count - index) * 1000), unique_id: `e-${index}` },
		}));

	it(`${VOLUME} gives two hundred unasked and a thousand at most, each once`, async () => {
		const { klaviyo, api } = await startApi();
		const count = inVolume(20_000);
		const ids = klaviyo.seedEvents(seeds(count));
		const pages = await pagesOf(api, '/api/events', { sort: '-datetime' });
		expect(pages.map(({ data }) => data.length)).toEqual(Array(count / 200).fill(200));
		const seen = pages.flatMap(({ data }) => data.map(({ id }) => id));
		expect(seen).toEqual(ids.reverse());
		expect(await pagesOf(api, '/api/events', { 'page[size]': 1000 })).toHaveLength(count / 1000);
		expect((await api.get('/api/events?page[size]=1001')).status).toBe(400);
	});

	it('filters by metric, person and time', async () => {
		const { klaviyo, api } = await startApi({ metrics: [{ id: 'OwnMet', name: 'Own' }] });
		klaviyo.seedEvents([
			{ metric: 'Own', profile: ANA, time: new Date(NOON - 3 * MINUTE) },
			{ metric: 'Own', profile: 'b@shop.example', time: new Date(NOON - 2 * MINUTE) },
			{ metric: 'Other', profile: ANA, time: new Date(NOON - MINUTE) },
		]);
		const ana = klaviyo.profile(ANA)?.id;
		const count = async (filter: string) => (await allOf(api, '/api/events', { filter })).length;
		expect(await count('equals(metric_id,"OwnMet")')).toBe(2);
		expect(await count(`equals(metric_id,["OwnMet"]),equals(profile_id,"${ana}")`)).toBe(1);
		expect(await count('greater-than(datetime,2031-03-05T11:58:00Z)')).toBe(1);
		expect(await count('greater-or-equal(datetime,2031-03-05T11:58:00+00:00)')).toBe(2);
		expect(await count(`less-than(timestamp,${NOON / 1000 - 120})`)).toBe(1);
		expect(await count('has(profile),has(metric)')).toBe(3);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('shows what arrives late at its own time, once it has arrived', async () => {
		const { klaviyo, api, clock } = await startApi();
		const visible = new Date(NOON + MINUTE);
		const late = {
			metric: 'Placed Order',
			profile: ANA,
			time: new Date(NOON - 60 * MINUTE),
			visible,
		};
		expect(klaviyo.seedEvents([late])).toEqual([null]);
		const since = { filter: 'greater-or-equal(datetime,2031-03-05T10:00:00Z)' };
		expect(await allOf(api, '/api/events', since)).toEqual([]);
		clock.pass(MINUTE);
		const [arrived] = await allOf(api, '/api/events', since);
		expect(arrived?.attributes.datetime).toBe('2031-03-05T11:00:00+00:00');
		expect(klaviyo.events()[0]?.recorded).toEqual(visible);
		const after = { filter: 'greater-or-equal(datetime,2031-03-05T12:00:00Z)' };
		expect(await allOf(api, '/api/events', after)).toEqual([]);
	});

	it('answers one by its id, 404 for another and 400 for what is no id', async () => {
		const { klaviyo, api } = await startApi();
		const [id] = klaviyo.seedEvents(seeds(1));
		const { data } = await api.get(`/api/events/${id}?include=profile`);
		expect(data.included).toMatchObject([{ type: 'profile', attributes: { email: ANA } }]);
		expect((await api.get('/api/events/4AbCdEfGhIj')).status).toBe(404);
		expect((await api.get('/api/events/first')).status).toBe(400);
		expect(klaviyo.contractViolations()).toEqual([]);
	});
});

describe('metric aggregates', () => {
	const query = (more: object = {}) => ({
		data: {
			type: 'metric-aggregate',
			attributes: {
				...{ metric_id: 'OwnMet', measurements: ['count', 'sum_value', 'unique'] },
				filter: [
					'greater-or-equal(datetime,2031-03-01T00:00:00)',
					'less-than(datetime,2031-03-04T00:00:00)',
				],
				...more,
			},
		},
	});

	async function seeded() {
		const started = await startApi({ metrics: [{ id: 'OwnMet', name: 'Own' }] });
		const own = { metric: 'Own', profile: ANA };
		started.klaviyo.seedEvents([
			{ ...own, time: new Date('2031-03-01T23:30:00Z'), value: 10, properties: { List: 'News' } },
			{ ...own, time: new Date('2031-03-03T08:00:00Z'), value: 5 },
			{ ...own, time: new Date('2031-03-03T09:00:00Z'), value: 2, profile: 'b@shop.example' },
			{ ...own, time: new Date('2031-03-04T00:00:00Z'), properties: { List: 'Late' } },
		]);
		const ask = async (more: object = {}) =>
			await started.api.post('/api/metric-aggregates', query(more));
		return { ...started, ask };
	}

	it('count, add up and tell people apart, a day at a time', async () => {
		const { klaviyo, ask } = await seeded();
		const { data } = await ask();
		expect(data.data.attributes).toEqual({
			dates: [1, 2, 3].map((day) => `2031-03-0${day}T00:00:00+00:00`),
			data: [
				{
					dimensions: [],
					measurements: { count: [1, 0, 2], sum_value: [10, 0, 7], unique: [1, 0, 2] },
				},
			],
		});
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('know the days of the time zone', async () => {
		const { ask } = await seeded();
		const { data } = await ask({ timezone: 'Europe/Prague', measurements: ['count'] });
		expect(data.data.attributes.dates[0]).toBe('2031-02-28T23:00:00+00:00');
		expect(data.data.attributes.data[0].measurements.count).toEqual([0, 1, 2]);
	});

	it('group by a property', async () => {
		const { ask } = await seeded();
		const { data } = await ask({ by: ['List'], interval: 'month', sort: '-count' });
		const rows = data.data.attributes.data as Array<{ dimensions: string[] }>;
		expect(rows.map(({ dimensions }) => dimensions)).toEqual([[''], ['News']]);
	});

	it.each([
		['no time', { filter: [] }, 400],
		[
			'more than a year',
			{
				filter: [
					'greater-or-equal(datetime,2029-01-01T00:00:00)',
					'less-than(datetime,2031-01-01T00:00:00)',
				],
			},
			400,
		],
		['a time zone that is none', { timezone: 'Moon/Base' }, 400],
		['a metric that is not there', { metric_id: 'NoneXX' }, 404],
	])('are refused with %s', async (_name, more, status) => {
		const { ask } = await seeded();
		expect((await ask(more)).status).toBe(status);
	});
});
