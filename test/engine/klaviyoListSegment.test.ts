// List and Segment of the Klaviyo node: in n8n's real engine, against the stand-in.
import type { IDataObject, INode } from 'n8n-workflow';

import { startKlaviyo, type KlaviyoStandIn } from '../../sandbox/klaviyo';
import { byId, executeKlaviyo } from './support/klaviyo';

const LIST = 'NewsLt';
const SEGMENT = 'VipSeg';

let klaviyo: KlaviyoStandIn;

beforeEach(async () => {
	klaviyo = await startKlaviyo({
		lists: [{ id: LIST, name: 'The "best" \\ news' }],
		segments: [{ id: SEGMENT, name: 'VIP' }],
	});
});
afterEach(async () => {
	await klaviyo.close();
});

async function run(
	resource: string,
	operation: string,
	parameters: IDataObject = {},
	items: IDataObject[] = [{}],
	onError?: INode['onError'],
) {
	return await executeKlaviyo({
		apiUrl: klaviyo.apiUrl,
		resource,
		operation,
		parameters,
		items,
		...(onError === undefined ? {} : { onError }),
	});
}

const calls = () => klaviyo.apiCalls();
const GROUPS = [
	['list', LIST, 24, 'The "best" \\ news'],
	['segment', SEGMENT, 13, 'VIP'],
] as const;

describe.each(GROUPS)('%s: Get Many', (resource, id, count, name) => {
	it('returns all, ten in a page, or as many as wanted', async () => {
		const { main } = await run(resource, 'getAll', { returnAll: true });
		expect(main).toHaveLength(count);
		expect(calls()).toHaveLength(Math.ceil(count / 10));
		expect((await run(resource, 'getAll', { limit: 3 })).main).toHaveLength(3);
	});

	it('finds one by its name, whatever is in it', async () => {
		const { main } = await run(resource, 'getAll', { filters: { name } });
		expect(main.map(({ json }) => json)).toMatchObject([{ id, name }]);
		const raw = await run(resource, 'getAll', { filters: { name }, simplify: false });
		expect(raw.main[0]!.json).toMatchObject({ type: resource, attributes: { name } });
	});

	it('names a filter that is no date', async () => {
		const { failure } = await run(resource, 'getAll', { filters: { createdAfter: 'once' } });
		expect(failure?.message).toMatch(/'Created After' is not a date/);
	});
});

describe.each(GROUPS)('%s: Get Profiles', (resource, id) => {
	const which = { [`${resource}Id`]: byId(id) };

	it('gives who is in it, since when, with consent when asked for', async () => {
		const ids = klaviyo.seedProfiles(130);
		klaviyo.seedMembers(id, ids.slice(1));
		klaviyo.seedMembers(id, [{ id: ids[0]!, joined: new Date('2026-02-03T04:05:06Z') }]);
		const { main } = await run(resource, 'getProfiles', {
			...which,
			returnAll: true,
			includeSubscriptions: true,
		});
		expect(main).toHaveLength(130);
		expect(calls()).toHaveLength(2);
		expect(main.at(-1)!.json).toMatchObject({
			klaviyo_id: ids[0],
			joined_group_at: '2026-02-03T04:05:06.000Z',
			consent: [],
		});
		const early = await run(resource, 'getProfiles', {
			...which,
			filters: { joinedBefore: '2026-02-04T00:00:00Z', email: String(main.at(-1)!.json.email) },
		});
		expect(early.main).toHaveLength(1);
	});

	it('names the parameter whose ID Klaviyo does not have', async () => {
		const { failure } = await run(resource, 'getProfiles', { [`${resource}Id`]: byId('Nobody') });
		expect(failure?.message).toMatch(resource === 'list' ? /'List'/ : /'Segment'/);
	});
});

describe('Count Profiles', () => {
	const marketing = (consent: string, ...suppression: string[]) => ({
		marketing: {
			consent,
			suppression: suppression.map((reason) => ({
				reason,
				timestamp: '2026-02-03T04:05:06+00:00',
			})),
		},
	});
	const PEOPLE: Array<Record<string, ReturnType<typeof marketing>>> = [
		{ email: marketing('SUBSCRIBED') },
		{ email: marketing('SUBSCRIBED'), sms: marketing('SUBSCRIBED') },
		// Klaviyo sends no email in spite of the consent.
		{ email: marketing('SUBSCRIBED', 'HARD_BOUNCE') },
		{ email: marketing('UNSUBSCRIBED', 'UNSUBSCRIBE'), sms: marketing('SUBSCRIBED') },
		{ email: marketing('NEVER_SUBSCRIBED') },
	];
	const COUNTS = {
		profiles: 130,
		reachable: 78,
		email_subscribed: 78,
		sms_subscribed: 52,
		email_suppressed: 52,
	};

	beforeEach(() => {
		const ids = klaviyo.seedProfiles(
			Array.from({ length: 130 }, (_, index) => ({
				attributes: { email: `person-${index}@shop.example` },
				subscriptions: PEOPLE[index % PEOPLE.length]!,
			})),
		);
		klaviyo.seedMembers(LIST, ids);
		klaviyo.seedMembers(SEGMENT, ids.slice(0, 2));
	});

	it.each([
		['profile', {}, COUNTS],
		['list', { listId: byId(LIST) }, COUNTS],
		[
			'segment',
			{ segmentId: byId(SEGMENT) },
			{ profiles: 2, reachable: 2, email_subscribed: 2, sms_subscribed: 1, email_suppressed: 0 },
		],
	])('of %s tells who may be written to', async (resource, which, counts) => {
		const { main } = await run(resource, 'countProfiles', which);
		expect(main.map(({ json }) => json)).toEqual([counts]);
		expect(calls()).toHaveLength(Math.ceil(counts.profiles / 100));
		expect(calls()[0]!.query['fields[profile]']).toBe('subscriptions');
	});

	it('names the parameter whose ID Klaviyo does not have', async () => {
		const { failure } = await run('list', 'countProfiles', { listId: byId('Nobody') });
		expect(failure?.message).toMatch(/'List'/);
	});
});

describe('List: Create', () => {
	it('makes a list, which is there afterwards', async () => {
		const { main } = await run('list', 'create', { listName: '={{ $json.name }}' }, [
			{ name: 'Winter "Sale"' },
		]);
		expect(main[0]!.json).toEqual({
			id: expect.stringMatching(/^\w{6}$/),
			name: 'Winter "Sale"',
			opt_in_process: 'single_opt_in',
			created: expect.stringMatching(/Z$/),
			updated: expect.stringMatching(/Z$/),
		});
		const found = await run('list', 'getAll', { filters: { name: 'Winter "Sale"' } });
		expect(found.main.map(({ json }) => json.id)).toEqual([main[0]!.json.id]);
	});

	it('gives what Klaviyo says when it is not to simplify', async () => {
		const { main } = await run('list', 'create', { listName: 'News', simplify: false });
		expect(main[0]!.json).toMatchObject({ type: 'list', attributes: { name: 'News' } });
	});

	it('names the parameter that is empty, and asks for nothing', async () => {
		const { failure } = await run('list', 'create', { listName: ' ' });
		expect(failure?.message).toMatch(/'List Name' is empty/);
		expect(calls()).toEqual([]);
	});
});

describe('List: Add Profiles and Remove Profiles', () => {
	const which = { listId: byId(LIST) };
	const itemsOf = (ids: string[]) => ids.map((klaviyo_id) => ({ klaviyo_id }));

	it('moves a thousand in a request, and tells each', async () => {
		const ids = klaviyo.seedProfiles(2500);
		const { main } = await run('list', 'addProfiles', which, itemsOf(ids));
		expect(calls().map(({ method, status }) => `${method} ${status}`)).toEqual(
			Array(3).fill('POST 204'),
		);
		expect(klaviyo.members(LIST).size).toBe(2500);
		expect(main[2400]!.json).toEqual({
			list_id: LIST,
			klaviyo_id: ids[2400],
			status: 'added',
			http_status: 204,
		});
		const removed = await run('list', 'removeProfiles', which, itemsOf(ids.slice(0, 2400)));
		expect(removed.main[0]!.json.status).toBe('removed');
		expect(klaviyo.members(LIST).size).toBe(100);
	});

	it('takes the ID of a trigger’s event, and one that comes twice once', async () => {
		const [id] = klaviyo.seedProfiles(1);
		const { main } = await run('list', 'addProfiles', which, [
			{ profile: { klaviyo_id: id } },
			{ klaviyo_id: id },
		]);
		expect(main.map(({ json }) => json.status)).toEqual(['added', 'added']);
		expect(klaviyo.members(LIST).size).toBe(1);
	});

	it.each([
		['that nobody has', '01JZ0000000000000000000000'],
		['that is none', 'nobody'],
	])('adds all but an ID %s', async (_, bad) => {
		const ids = klaviyo.seedProfiles(8);
		const items = itemsOf([...ids.slice(0, 3), bad, ...ids.slice(3)]);
		const { main, error } = await run('list', 'addProfiles', which, items, 'continueErrorOutput');
		expect(main).toHaveLength(8);
		expect(klaviyo.members(LIST).size).toBe(8);
		expect(error).toMatchObject([{ json: { details: { klaviyo_id: bad, status: 'rejected' } } }]);
		expect(calls()).toHaveLength(2);
	});

	it.each(['addProfiles', 'removeProfiles'])(
		'%s: asks once for a list that is not there',
		async (operation) => {
			const ids = klaviyo.seedProfiles(9);
			const { failure } = await run('list', operation, { listId: byId('NoList') }, itemsOf(ids));
			expect(failure?.message).toMatch(/None of the 9 profiles reached Klaviyo.*'List'/);
			expect(calls()).toHaveLength(1);
		},
	);

	it('names the parameter that is empty', async () => {
		const { failure } = await run('list', 'addProfiles', which, [{}]);
		expect(failure?.message).toMatch(/'Klaviyo ID' is empty/);
	});
});
