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

const MINUTE = 60_000;
const NOBODY = '01JZ0000000000000000000001';

async function startApi(options: KlaviyoOptions = {}) {
	const clock = heldClock('2031-03-05T12:00:00.000Z');
	const settings = { ...HURRY, rateLimits: false, now: clock.now, ...options };
	const klaviyo = kept(await startKlaviyo(settings));
	return { klaviyo, api: clientOf(klaviyo.apiUrl), clock };
}

const profile = (attributes: object, more: object = {}) => ({
	data: { type: 'profile', attributes, ...more },
});
const ANA = {
	email: 'ana@shop.example',
	first_name: 'Ana',
	properties: { size: 'M', tags: ['a'] },
};

describe('a profile', () => {
	it('is created once: a second one with its identifier is a conflict that names it', async () => {
		const { klaviyo, api } = await startApi();
		const first = await api.post('/api/profiles', profile({ ...ANA, external_id: 'c-1' }));
		expect(first.status).toBe(201);
		const { id } = first.data.data;
		expect(id).toMatch(/^[0-9A-Z]{26}$/);
		for (const again of [{ email: 'ANA@shop.example' }, { external_id: 'c-1' }]) {
			const answer = await api.post('/api/profiles', profile(again));
			expect(answer.status).toBe(409);
			expect(errorOf(answer)).toMatchObject({
				...{ code: 'duplicate_profile', meta: { duplicate_profile_id: id } },
				source: { pointer: '/data/attributes' },
			});
		}
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('is created by an import and changed by the next one', async () => {
		const { klaviyo, api, clock } = await startApi();
		const created = await api.post('/api/profile-import', profile(ANA));
		expect(created.status).toBe(201);
		clock.pass(MINUTE);
		const change = {
			email: ANA.email,
			first_name: null,
			last_name: 'Novak',
			properties: { vip: true, size: null },
		};
		const { status, data } = await api.post('/api/profile-import', profile(change));
		expect(status).toBe(200);
		expect(data.data.id).toBe(created.data.data.id);
		expect(data.data.attributes).toMatchObject({
			...{ first_name: null, last_name: 'Novak' },
			...{ created: '2031-03-05T12:00:00+00:00', updated: '2031-03-05T12:01:00+00:00' },
		});
		expect(data.data.attributes.properties).toEqual({ tags: ['a'], vip: true });
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('has lists appended to, taken from and properties unset by its patch', async () => {
		const { klaviyo, api } = await startApi();
		const [id] = klaviyo.seedProfiles([{ attributes: ANA }]);
		const patch_properties = {
			append: { tags: ['b', 'a'] },
			unappend: { tags: 'c' },
			unset: 'size',
		};
		const body = profile({}, { id, meta: { patch_properties } });
		const { status, data } = await api.patch(`/api/profiles/${id}`, body);
		expect(status).toBe(200);
		expect(data.data.attributes.properties).toEqual({ tags: ['a', 'b'] });
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it.each([
		['no identifier', { first_name: 'Ana' }, '/data/attributes'],
		['an address that is none', { email: 'ana' }, '/data/attributes/email'],
		['a local phone number', { phone_number: '555 123' }, '/data/attributes/phone_number'],
	])('is refused with %s', async (_name, attributes, pointer) => {
		const { api } = await startApi();
		const answer = await api.post('/api/profiles', profile(attributes));
		expect(answer.status).toBe(400);
		expect(errorOf(answer).source).toEqual({ pointer });
	});

	it('must not exceed 100 KB', async () => {
		const { api } = await startApi();
		const properties = { note: 'x'.repeat(100_000) };
		expect((await api.post('/api/profiles', profile({ ...ANA, properties }))).status).toBe(413);
	});

	it('cannot take the address of another one', async () => {
		const { klaviyo, api } = await startApi();
		const ids = klaviyo.seedProfiles([
			{ attributes: ANA },
			{ attributes: { email: 'b@shop.example' } },
		]);
		const answer = await api.patch(
			`/api/profiles/${ids[1]}`,
			profile({ email: ANA.email }, { id: ids[1] }),
		);
		expect([answer.status, errorOf(answer).meta]).toEqual([409, { duplicate_profile_id: ids[0] }]);
	});

	it('shows subscriptions and predictions only when asked', async () => {
		const { klaviyo, api } = await startApi();
		const [id] = klaviyo.seedProfiles([
			{ attributes: ANA, predictive_analytics: { total_clv: 99.5 } },
		]);
		const plain = (await api.get(`/api/profiles/${id}`)).data.data.attributes;
		expect(Object.keys(plain)).not.toEqual(expect.arrayContaining(['subscriptions']));
		const asked = 'additional-fields[profile]=subscriptions,predictive_analytics';
		const { data } = await api.get(encodeURI(`/api/profiles/${id}?${asked}`));
		expect(data.data.attributes).toMatchObject({
			subscriptions: { email: { marketing: { consent: 'NEVER_SUBSCRIBED' } } },
			predictive_analytics: { total_clv: 99.5, churn_probability: null },
		});
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('that nobody is, is answered 404', async () => {
		const { api } = await startApi();
		expect((await api.get(`/api/profiles/${NOBODY}`)).status).toBe(404);
		const change = profile({}, { id: NOBODY });
		expect((await api.patch(`/api/profiles/${NOBODY}`, change)).status).toBe(404);
		expect((await api.get('/api/profiles/ana')).status).toBe(400);
	});
});

describe('listing profiles', () => {
	it('gives twenty unasked and a hundred at most', async () => {
		const { klaviyo, api } = await startApi();
		klaviyo.seedProfiles(250);
		const sizes = async (params: Record<string, number>) =>
			(await pagesOf(api, '/api/profiles', params)).map(({ data }) => data.length);
		expect(await sizes({ 'page[size]': 100 })).toEqual([100, 100, 50]);
		expect((await api.get('/api/profiles')).data.data).toHaveLength(20);
		expect((await api.get('/api/profiles?page[size]=101')).status).toBe(400);
		expect(klaviyo.apiCalls().map(({ status }) => status)).toEqual([200, 200, 200, 200, 400]);
	});

	it('finds what changed since, the oldest change first, whatever the order they were made in', async () => {
		const { klaviyo, api, clock } = await startApi();
		const ids = klaviyo.seedProfiles(60);
		clock.pass(MINUTE);
		const at = (minutes: number) => new Date(clock.now().getTime() + minutes * MINUTE);
		klaviyo.changeProfiles([
			{ id: ids[7] as string, updated: at(2) },
			{ id: ids[3] as string, updated: at(1), attributes: { title: 'Dr' } },
			{ id: ids[9] as string, updated: at(0) },
		]);
		const filter = 'greater-than(updated,2031-03-05T12:01:00Z)';
		const rows = await allOf(api, '/api/profiles', { filter, sort: 'updated' });
		expect(rows.map(({ id }) => id)).toEqual([ids[3], ids[7]]);
		expect(rows[0]?.attributes.title).toBe('Dr');
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('loses nobody when somebody is changed or deleted while the pages are turned', async () => {
		const { klaviyo, api, clock } = await startApi();
		const ids = klaviyo.seedProfiles(100);
		clock.pass(MINUTE);
		const pages = await pagesOf(api, '/api/profiles', { sort: 'updated' }, (page) => {
			if (page === 1) klaviyo.changeProfiles(ids.slice(0, 10).map((id) => ({ id })));
		});
		const seen = new Set(pages.flatMap(({ data }) => data.map(({ id }) => id)));
		expect(ids.filter((id) => !seen.has(id))).toEqual([]);
	});

	it.each([
		['equals(email,"ANA@shop.example")', 0],
		['equals(email,"ana@shop.example")', 1],
		["any(external_id,['c-1','c-2'])", 2],
		['equals(subscriptions.email.marketing.suppression.reason,"USER_SUPPRESSED")', 1],
		['less-than(subscriptions.email.marketing.suppression.timestamp,2031-01-01T00:00:00Z)', 0],
	])('filters by %s: %i', async (filter, count) => {
		const { klaviyo, api } = await startApi();
		const suppression = [{ reason: 'USER_SUPPRESSED', timestamp: '2031-02-01T00:00:00+00:00' }];
		const marketing = { can_receive_email_marketing: false, consent: 'UNSUBSCRIBED', suppression };
		klaviyo.seedProfiles([
			{ attributes: { ...ANA, external_id: 'c-1' }, subscriptions: { email: { marketing } } },
			{ attributes: { external_id: 'c-2' } },
		]);
		expect(await allOf(api, '/api/profiles', { filter })).toHaveLength(count);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('is slower with predictions', async () => {
		const { api } = await startApi({ rateLimits: true });
		const { headers } = await api.get('/api/profiles');
		expect(headers['ratelimit-limit']).toContain('75;w=1, 750;w=60');
		const asked = 'additional-fields[profile]=predictive_analytics';
		const slow = await api.get(encodeURI(`/api/profiles?${asked}`));
		expect(slow.headers['ratelimit-limit']).toContain('10;w=1, 150;w=60');
	});
});

describe('merging two profiles', () => {
	it('leaves one of them, with the other one’s events and lists', async () => {
		const { klaviyo, api } = await startApi({ lists: [{ id: 'LisOne', name: 'News' }] });
		const [to, from] = klaviyo.seedProfiles([
			{ attributes: ANA },
			{ attributes: { phone_number: '+420555000001', first_name: 'A.' } },
		]) as [string, string];
		klaviyo.seedEvents([{ metric: 'Placed Order', profile: from, time: new Date('2031-03-01') }]);
		klaviyo.seedMembers('LisOne', [from]);
		const relationships = { profiles: { data: [{ type: 'profile', id: from }] } };
		const body = { data: { type: 'profile-merge', id: to, relationships } };
		const { status, data } = await api.post('/api/profile-merge', body);
		expect([status, data.data.id]).toEqual([201, to]);
		expect((await api.get(`/api/profiles/${from}`)).status).toBe(404);
		expect(klaviyo.mergedInto(from)).toBe(to);
		const kept = (await api.get(`/api/profiles/${to}`)).data.data.attributes;
		expect(kept).toMatchObject({ phone_number: '+420555000001', first_name: 'Ana' });
		expect(klaviyo.events().map(({ profile_id }) => profile_id)).toEqual([to]);
		expect([...klaviyo.members('LisOne').keys()]).toEqual([to]);
		expect(klaviyo.contractViolations()).toEqual([]);
	});
});

describe('a deletion job', () => {
	const deletion = (attributes: object, more: object = {}) => ({
		data: {
			type: 'data-privacy-deletion-job',
			attributes: { profile: { data: { type: 'profile', attributes, ...more } } },
		},
	});

	it('deletes the profile, its events and memberships once it was processed', async () => {
		const lists = [{ id: 'LisOne', name: 'News' }];
		const { klaviyo, api, clock } = await startApi({ lists, processingMs: MINUTE });
		const [id] = klaviyo.seedProfiles([{ attributes: ANA }]) as [string];
		klaviyo.seedEvents([{ metric: 'Placed Order', profile: id, time: new Date('2031-03-01') }]);
		klaviyo.seedMembers('LisOne', [id]);
		const answer = await api.post(
			'/api/data-privacy-deletion-jobs',
			deletion({ email: ANA.email }),
		);
		expect([answer.status, answer.data]).toEqual([202, '']);
		expect((await api.get(`/api/profiles/${id}`)).status).toBe(200);
		clock.pass(MINUTE);
		expect((await api.get(`/api/profiles/${id}`)).status).toBe(404);
		expect([klaviyo.events(), klaviyo.members('LisOne').size]).toEqual([[], 0]);
		expect(klaviyo.deletionJobs()).toMatchObject([
			{ identifier: 'email', value: ANA.email, profile_id: id },
		]);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it.each([
		['two identifiers', { email: ANA.email, phone_number: '+420555000001' }],
		['none', {}],
	])('is refused with %s', async (_name, attributes) => {
		const { klaviyo, api } = await startApi();
		expect((await api.post('/api/data-privacy-deletion-jobs', deletion(attributes))).status).toBe(
			400,
		);
		expect(klaviyo.deletionJobs()).toEqual([]);
	});
});

describe('a bulk import', () => {
	const job = (rows: object[], lists: string[] = []) => ({
		data: {
			type: 'profile-bulk-import-job',
			attributes: { profiles: { data: rows.map((each) => profile(each).data) } },
			relationships: { lists: { data: lists.map((id) => ({ type: 'list', id })) } },
		},
	});

	it('creates and updates, adds to its lists, and tells what it refused', async () => {
		const lists = [{ id: 'LisOne', name: 'News' }];
		const { klaviyo, api, clock } = await startApi({ lists, processingMs: MINUTE });
		const [known] = klaviyo.seedProfiles([{ attributes: ANA }]);
		const rows = [{ email: ANA.email, title: 'Dr' }, { email: 'nonsense' }, { external_id: 'c-2' }];
		const { status, data } = await api.post('/api/profile-bulk-import-jobs', job(rows, ['LisOne']));
		expect([status, data.data.attributes.status]).toEqual([202, 'queued']);
		clock.pass(MINUTE);
		const path = `/api/profile-bulk-import-jobs/${data.data.id}`;
		expect((await api.get(`${path}?include=lists`)).data).toMatchObject({
			data: {
				attributes: { status: 'complete', total_count: 3, completed_count: 2, failed_count: 1 },
			},
			included: [{ id: 'LisOne' }],
		});
		expect((await api.get(`${path}/import-errors`)).data.data[0].attributes).toMatchObject({
			...{ code: 'invalid', source: { pointer: '/data/attributes/profiles/data/1' } },
		});
		expect((await api.get(`${path}/profiles`)).data.data).toHaveLength(2);
		expect(klaviyo.profile(ANA.email)?.attributes.title).toBe('Dr');
		expect([...klaviyo.members('LisOne').keys()]).toContain(known);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('takes ten thousand at most', async () => {
		const { klaviyo, api } = await startApi();
		const rows = Array.from({ length: 10_001 }, (_, index) => ({ external_id: `c-${index}` }));
		expect((await api.post('/api/profile-bulk-import-jobs', job(rows))).status).toBe(400);
		expect((await api.post('/api/profile-bulk-import-jobs', job(rows.slice(1)))).status).toBe(202);
		expect(klaviyo.profiles()).toHaveLength(10_000);
	});
});
