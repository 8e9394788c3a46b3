import type { CdpOptions } from '../../sandbox/meiro';
import { cleanUp, customerEvent, logIn, start } from './meiro-client';

afterEach(cleanUp);

async function open(cdp: CdpOptions = {}) {
	const meiro = await start({ cdp });
	return { meiro, ...(await logIn(meiro)) };
}

const eventTypes = Array.from({ length: 45 }, (_, n) => ({
	source_id: 'klaviyo',
	type: `type_${String(n).padStart(2, '0')}`,
	version: '1-0-0',
}));

describe.each([
	['/events', 'events', { eventTypes: eventTypes.map((row) => ({ ...row, id: row.type })) }],
	['/customers/sources', 'sources', { sources: eventTypes.map(({ type }) => ({ id: type })) }],
	['/attributes', 'attributes', { attributes: eventTypes.map(({ type }) => ({ id: type })) }],
])('the list at %s', (path, name, seeds) => {
	const cdp: CdpOptions = { eventTypes: [], ...seeds };
	const ids = (data: Record<string, Array<{ id: string }>>) => data[name]?.map(({ id }) => id);

	it('has 20 rows unless told, newest first, and says how it was selected', async () => {
		const { data } = await (await open(cdp)).api('GET', path);
		expect(ids(data)).toHaveLength(20);
		expect(ids(data)?.[0]).toBe('type_44');
		expect(data.selection_settings).toEqual({
			limit: 20,
			offset: null,
			order_by: 'created',
			order_dir: 'DESC',
			show_hidden: false,
		});
	});

	it('gives every row once, page by page', async () => {
		const { api } = await open(cdp);
		const seen: string[] = [];
		for (const offset of [0, 20, 40, 60]) {
			const { data } = await api('GET', `${path}?limit=20&offset=${offset}`);
			expect(data.selection_settings).toMatchObject({ limit: 20, offset });
			seen.push(...(ids(data) ?? []));
		}
		expect(seen).toHaveLength(45);
		expect(new Set(seen).size).toBe(45);
	});

	it('is ordered as asked', async () => {
		const { api } = await open(cdp);
		const first = async (dir: string) =>
			ids((await api('GET', `${path}?limit=1&order_by=id&order_dir=${dir}`)).data);
		expect([await first('ASC'), await first('desc')]).toEqual([['type_00'], ['type_44']]);
	});

	it.each(['limit=x', 'limit=-1', 'offset=1.5', 'limit=1&limit=2', 'order_dir=up', 'order_by=x'])(
		'refuses %s with 400',
		async (query) => {
			const { status, data } = await (await open(cdp)).api('GET', `${path}?${query}`);
			expect([status, data]).toEqual([400, { message: expect.any(String) }]);
		},
	);

	it('tells the total when that is assumed', async () => {
		const { api } = await open({ ...cdp, assumptions: { totalCountField: 'total' } });
		expect((await api('GET', path)).data.selection_settings).toMatchObject({ total: 45 });
	});

	it('leaves hidden rows out unless they are asked for', async () => {
		const hide = (rows: object[]) => rows.map((row, at) => ({ ...row, is_hidden: at % 2 }));
		const hidden = Object.fromEntries(
			Object.entries(seeds).map(([key, rows]) => [key, hide(rows)]),
		);
		const { api } = await open({ ...cdp, ...hidden });
		const count = async (query: string) =>
			ids((await api('GET', `${path}?limit=100&${query}`)).data)?.length;
		expect([await count(''), await count('show_hidden=1')]).toEqual([23, 45]);
	});
});

describe('event types', () => {
	const body = {
		id: 'order_returned',
		source_id: 'klaviyo',
		type: 'order_returned',
		version: '1-0-0',
		name: 'Order returned',
		schema: { title: 'Order returned', display: [] },
		ttl: 0,
		ttl_mutable: 0,
		priority: 0,
	};

	it('are made with 201, and customer events of theirs are taken from then on', async () => {
		const { meiro, api } = await open();
		const events = { customer_events: [customerEvent({ type: 'order_returned' })] };
		expect((await api('POST', '/customer_events/', { body: events })).status).toBe(400);
		const { status, data } = await api('POST', '/events', { body });
		expect([status, data]).toEqual([
			201,
			{
				event: {
					...body,
					description: null,
					is_hidden: 0,
					is_system: 0,
					examples: [],
					modified: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
					created: expect.any(String),
				},
			},
		]);
		expect(meiro.cdp.eventTypes()).toContainEqual(data.event);
		expect((await api('GET', '/events?limit=1')).data.events).toEqual([data.event]);
		expect((await api('POST', '/customer_events/', { body: events })).status).toBe(201);
	});

	it.each([
		...Object.keys(body).map((name) => [name, { [name]: undefined }] as const),
		['type', { type: '' }] as const,
		['schema', { schema: 7 }] as const,
		['ttl', { ttl: '0' }] as const,
		['description', { description: 7 }] as const,
		['source_id', { source_id: 'made_up' }] as const,
	])('without a right %s are refused', async (name, change) => {
		const { meiro, api } = await open();
		const { status, data } = await api('POST', '/events', { body: { ...body, ...change } });
		expect([status, data]).toEqual([400, { message: expect.stringContaining(name) }]);
		expect(meiro.cdp.eventTypes()).toHaveLength(3);
	});

	it('are made once per id, and once per source, type and version', async () => {
		const { api } = await open({ assumptions: { existingIdStatus: 422 } });
		const statuses: number[] = [];
		for (const change of [{}, { type: 'other' }, { id: 'other' }, { id: 'v2', version: '2-0-0' }]) {
			statuses.push((await api('POST', '/events', { body: { ...body, ...change } })).status);
		}
		expect(statuses).toEqual([201, 422, 422, 201]);
	});

	it('need the id that their customer events will carry when that is assumed', async () => {
		const { api } = await open({ assumptions: { eventTypeIdMustBeMd5: true } });
		expect((await api('POST', '/events', { body })).status).toBe(400);
		const source = { id: 'bank_app', name: 'Bank', type: 'app' };
		await api('POST', '/customers/sources', { body: source });
		const id = '870bcfd3-abf0-f6a7-0b2f-577d3997dc21';
		const right = { ...body, id, source_id: 'bank_app', type: 'app_transaction' };
		expect((await api('POST', '/events', { body: right })).status).toBe(201);
	});

	it('show their source when the full structure is asked for', async () => {
		const { api } = await open();
		const { data } = await api('GET', '/events?load_full_structure=1&limit=1');
		expect(data.events).toMatchObject([{ source_id: 'klaviyo', source: { name: 'Klaviyo' } }]);
		expect((await api('GET', '/events?limit=1')).data.events[0]).not.toHaveProperty('source');
	});

	it('bring their source with them when they are there from the start', async () => {
		const { meiro } = await open({
			eventTypes: [
				{ source_id: 'a', type: 't', version: '1' },
				{ source_id: 'a', type: 'u', version: '1' },
			],
		});
		expect(meiro.cdp.sources().map(({ id }) => id)).toEqual(['klaviyo', 'a']);
	});
});

describe('data sources', () => {
	it('are made with 201 and listed without what only their form needs', async () => {
		const { meiro, api } = await open();
		const body = { id: 'shop', name: 'Shop', type: 'e-shop', frontend_settings: { icon: 'cart' } };
		const { status, data } = await api('POST', '/customers/sources', { body });
		expect([status, data.source]).toMatchObject([201, { ...body, is_hidden: 0, is_system: 0 }]);
		expect(meiro.cdp.sources()).toContainEqual(data.source);
		const [listed] = (await api('GET', '/customers/sources')).data.sources;
		expect(listed).toMatchObject({ id: 'shop' });
		expect(listed).not.toHaveProperty('frontend_settings');
		expect((await api('POST', '/customers/sources', { body })).status).toBe(409);
		expect((await api('POST', '/customers/sources', { body: { ...body, type: 1 } })).status).toBe(
			400,
		);
		expect((await api('POST', '/customers/sources', { body: [] })).status).toBe(400);
	});
});

describe('attributes', () => {
	const attributes = [
		{ id: 'a', name: 'First name', source_id: 'x', tags: ['t1'] },
		{ id: 'b', name: 'Last name', source_id: 'y', tags: ['t1', 't2'] },
		{ id: 'c', name: 'Lists', source_id: 'z', is_hidden: 1 },
	];

	it.each([
		['name_filter=NAME', ['a', 'b']],
		['source_ids=x&source_ids=y', ['a', 'b']],
		['source_ids=y,z', ['b']],
		['source_ids%5B%5D=x', ['a']],
		['tag_ids=t2', ['b']],
		['show_hidden=1&name_filter=li', ['c']],
	])('are found by %s', async (query, ids) => {
		const { api } = await open({ attributes });
		const { data } = await api('GET', `/attributes?order_by=id&order_dir=ASC&${query}`);
		expect((data.attributes as Array<{ id: string }>).map(({ id }) => id)).toEqual(ids);
	});

	const customers = [
		{
			customer_entity_id: '00ab',
			attributes: { lists: ['A', 'B', 'C'], first_name: 'Jana', secret: 1 },
			eventsCount: 500,
			identifiersCount: 5,
		},
	];
	const known = [{ id: 'lists' }, { id: 'first_name' }, { id: 'secret', is_hidden: 1 }];

	it('of a customer come with values, counts and settings', async () => {
		const { api } = await open({ customers, attributes: known });
		const { status, data } = await api('GET', '/customers/00ab/attributes');
		expect([status, data]).toEqual([
			200,
			{
				customer_attributes: [
					{ customer_entity_id: '00ab', attribute_id: 'lists', value: ['A', 'B', 'C'] },
					{ customer_entity_id: '00ab', attribute_id: 'first_name', value: 'Jana' },
				],
				customer_events_count: 500,
				customer_identifiers_count: 5,
				selection_settings: { show_hidden: false, attribute_values_max_count: 10 },
			},
		]);
	});

	it('of a customer are cut, shown when hidden, and full, as asked', async () => {
		const { api } = await open({ customers, attributes: known });
		const query = 'attribute_values_max_count=2&show_hidden=1&load_full_structure=1';
		const { data } = await api('GET', `/customers/00ab/attributes?${query}`);
		expect(data.customer_attributes).toMatchObject([
			{ value: ['A', 'B'], attribute: { id: 'lists' } },
			{ value: 'Jana' },
			{ value: 1, attribute: { is_hidden: 1 } },
		]);
		expect(data.selection_settings).toEqual({ show_hidden: true, attribute_values_max_count: 2 });
	});

	it('of a customer are read one by one, in pages', async () => {
		const { api } = await open({ customers, attributes: known });
		const read = async (path: string) =>
			(await api('GET', `/customers/00ab/attributes${path}`)).data;
		expect(await read('/lists')).toEqual({
			customer_attribute_values: ['A', 'B', 'C'],
			selection_settings: { limit: 20, offset: null },
		});
		expect(await read('/lists?limit=1&offset=1')).toEqual({
			customer_attribute_values: ['B'],
			selection_settings: { limit: 1, offset: 1 },
		});
		expect(await read('/first_name')).toMatchObject({ customer_attribute_values: ['Jana'] });
	});

	it.each(['/customers/made_up/attributes', '/customers/00ab/attributes/constructor'])(
		'at %s are not found',
		async (path) => {
			const { status, data } = await (
				await open({ customers, attributes: known })
			).api('GET', path);
			expect([status, data]).toEqual([404, { message: expect.any(String) }]);
		},
	);
});
