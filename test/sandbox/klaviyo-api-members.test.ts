import type { KlaviyoOptions } from '../../sandbox/klaviyo';
import { startKlaviyo } from '../../sandbox/klaviyo';
import {
	allOf,
	clientOf,
	errorOf,
	heldClock,
	pagesOf,
} from '../../sandbox/klaviyo/api/example-client';
import { closeAll, HURRY, kept } from './klaviyo-receiver';

afterEach(closeAll);

const NOON = Date.parse('2031-03-05T12:00:00.000Z');
const MINUTE = 60_000;
const MEMBERS = '/api/lists/OwnLis/relationships/profiles';

async function startApi(options: KlaviyoOptions = {}) {
	const clock = heldClock('2031-03-05T12:00:00.000Z');
	const own = { lists: [{ id: 'OwnLis', name: 'Own' }], segments: [{ id: 'OwnSeg', name: 'Own' }] };
	const settings = { ...HURRY, rateLimits: false, now: clock.now, ...own, ...options };
	const klaviyo = kept(await startKlaviyo(settings));
	return { klaviyo, api: clientOf(klaviyo.apiUrl), clock };
}

const named = (ids: string[]) => ({ data: ids.map((id) => ({ type: 'profile', id })) });

describe('the members of a list', () => {
	it('are added and removed, a thousand at most; consent stays', async () => {
		const { klaviyo, api } = await startApi();
		const ids = klaviyo.seedProfiles(1001);
		expect((await api.post(MEMBERS, named(ids))).status).toBe(400);
		const answer = await api.post(MEMBERS, named(ids.slice(1)));
		expect([answer.status, answer.data]).toEqual([204, '']);
		expect([...klaviyo.members('OwnLis').keys()]).toEqual(ids.slice(1));
		const data = named(ids.slice(3));
		expect((await api.delete(MEMBERS, { data })).status).toBe(204);
		expect([...klaviyo.members('OwnLis').keys()]).toEqual(ids.slice(1, 3));
		expect(klaviyo.profiles()[1]?.subscriptions).toMatchObject({
			email: { marketing: { consent: 'NEVER_SUBSCRIBED' } },
		});
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it.each([
		['an id that nobody has', '01JZ0000000000000000000001', 404],
		['what is no id', 'ana@shop.example', 400],
	])('stay as they are when one of the new ones is %s', async (_name, id, status) => {
		const { klaviyo, api } = await startApi();
		const [known] = klaviyo.seedProfiles(1) as [string];
		expect((await api.post(MEMBERS, named([known, id]))).status).toBe(status);
		expect(klaviyo.members('OwnLis').size).toBe(0);
	});

	it('joined when they were added first', async () => {
		const { klaviyo, api, clock } = await startApi();
		const [id] = klaviyo.seedProfiles(1) as [string];
		await api.post(MEMBERS, named([id]));
		clock.pass(MINUTE);
		await api.post(MEMBERS, named([id]));
		expect(klaviyo.members('OwnLis').get(id)).toEqual(new Date(NOON));
	});

	it('are counted on request, at a lower rate', async () => {
		const { klaviyo, api } = await startApi({ rateLimits: true });
		klaviyo.seedMembers('OwnLis', klaviyo.seedProfiles(3));
		const asked = 'additional-fields[list]=profile_count';
		const { data, headers } = await api.get(encodeURI(`/api/lists/OwnLis?${asked}`));
		expect(data.data.attributes.profile_count).toBe(3);
		expect(headers['ratelimit-limit']).toContain('1;w=1, 15;w=60');
		const plain = await api.get('/api/lists/OwnLis');
		expect(plain.data.data.attributes).not.toHaveProperty('profile_count');
	});
});

describe.each([
	['list', 'OwnLis'],
	['segment', 'OwnSeg'],
])('the members of a %s', (type, groupId) => {
	const path = `/api/${type}s/${groupId}/profiles`;

	it('are shown with the time they joined, in that order, since a time', async () => {
		const { klaviyo, api } = await startApi();
		const ids = klaviyo.seedProfiles(250);
		const joined = (index: number) => new Date(NOON - (ids.length - index) * MINUTE);
		const members = ids.map((id, index) => ({ id, joined: joined(index) }));
		klaviyo.seedMembers(groupId, members);
		const pages = await pagesOf(api, path, { sort: '-joined_group_at', 'page[size]': 100 });
		expect(pages.map(({ data }) => data.length)).toEqual([100, 100, 50]);
		const shown = pages.flatMap(({ data }) => data.map(({ id }) => id));
		expect(shown).toEqual([...ids].reverse());
		const filter = `greater-than(joined_group_at,${joined(247).toISOString()})`;
		const rows = await allOf(api, path, { filter });
		expect(rows.map(({ id }) => id)).toEqual(ids.slice(248));
		expect(rows[1]?.attributes.joined_group_at).toBe('2031-03-05T11:59:00.000+00:00');
		expect((await api.get(`${path}?page[size]=101`)).status).toBe(400);
		expect(klaviyo.contractViolations().map(({ where }) => where)).not.toContain('answer');
	});

	it('are found by address, shown by id alone, and lead back to it', async () => {
		const { klaviyo, api } = await startApi();
		const ids = klaviyo.seedProfiles(3);
		klaviyo.seedMembers(groupId, ids);
		const { email } = klaviyo.profile(ids[1] as string)?.attributes ?? {};
		const filter = `equals(email,["${email as string}"])`;
		expect((await allOf(api, path, { filter })).map(({ id }) => id)).toEqual([ids[1]]);
		const relationship = `/api/${type}s/${groupId}/relationships/profiles`;
		expect((await allOf(api, relationship)).map(({ id }) => id).sort()).toEqual([...ids].sort());
		const groups = await allOf(api, `/api/profiles/${ids[0]}/${type}s`);
		expect(groups.map(({ id }) => id)).toEqual([groupId]);
		const { data } = await api.get(`/api/profiles/${ids[0]}?include=${type}s`);
		expect(data.included).toMatchObject([{ type, id: groupId }]);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('are answered 404 where there is no such group', async () => {
		const { api } = await startApi();
		expect((await api.get(`/api/${type}s/NoneXX/profiles`)).status).toBe(404);
	});
});

it('nobody is missed when members leave while the pages are turned', async () => {
	const { klaviyo, api } = await startApi();
	const ids = klaviyo.seedProfiles(60);
	klaviyo.seedMembers(
		'OwnLis',
		ids.map((id, index) => ({ id, joined: new Date(NOON - (60 - index) * MINUTE) })),
	);
	const pages = await pagesOf(api, '/api/lists/OwnLis/profiles', {}, async (page) => {
		if (page === 1) await api.delete(MEMBERS, { data: named(ids.slice(0, 20)) });
	});
	expect(pages.flatMap(({ data }) => data.map(({ id }) => id))).toEqual(ids);
});

it('a cursor that was not given, or for another order, is refused', async () => {
	const { klaviyo, api } = await startApi();
	klaviyo.seedProfiles(30);
	const { data } = await api.get('/api/profiles?sort=created');
	const turned = (data.links.next as string).replace('sort=created', 'sort=-created');
	for (const path of [turned, '/api/profiles?page[cursor]=abc', '/api/lists?page[cursor]=abc']) {
		const answer = await api.get(path);
		expect([answer.status, errorOf(answer).source]).toEqual([400, { parameter: 'page[cursor]' }]);
	}
});

it('a new list is there at once, and needs a name', async () => {
	const { klaviyo, api } = await startApi();
	const list = (attributes: object) => ({ data: { type: 'list', attributes } });
	const { status, data } = await api.post('/api/lists', list({ name: 'Fair' }));
	expect([status, data.data.attributes.opt_in_process]).toEqual([201, 'single_opt_in']);
	expect((await api.get(`/api/lists/${data.data.id}`)).status).toBe(200);
	expect(klaviyo.contractViolations()).toEqual([]);
	expect((await api.post('/api/lists', list({ name: '' }))).status).toBe(400);
});
