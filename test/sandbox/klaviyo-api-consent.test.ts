import type { KlaviyoOptions } from '../../sandbox/klaviyo';
import { startKlaviyo } from '../../sandbox/klaviyo';
import { clientOf, errorOf } from '../../sandbox/klaviyo/api/example-client';
import { closeAll, HURRY, kept } from './klaviyo-receiver';

afterEach(closeAll);

const NOON = new Date('2031-03-05T12:00:00.000Z');
const LISTS = [
	{ id: 'SinGle', name: 'Single' },
	{ id: 'DouBle', name: 'Double', opt_in_process: 'double_opt_in' as const },
];

async function startApi(options: KlaviyoOptions = {}) {
	const settings = { ...HURRY, rateLimits: false, now: () => NOON, lists: LISTS, ...options };
	const klaviyo = kept(await startKlaviyo(settings));
	return { klaviyo, api: clientOf(klaviyo.apiUrl) };
}

type Kind = 'create' | 'delete';

function job(kind: Kind, rows: object[], list?: string, attributes: object = {}) {
	const data = rows.map((each) => ({ type: 'profile', attributes: each }));
	return {
		data: {
			type: `profile-subscription-bulk-${kind}-job`,
			attributes: { ...attributes, profiles: { data } },
			...(list && { relationships: { list: { data: { type: 'list', id: list } } } }),
		},
	};
}

const pathOf = (kind: Kind) => `/api/profile-subscription-bulk-${kind}-jobs`;
const wish = (consent: string, consented_at?: string) => ({
	...{ email: 'ana@shop.example' },
	subscriptions: { email: { marketing: { consent, ...(consented_at && { consented_at }) } } },
});
const marketingOf = (profile: { subscriptions: object } | undefined) =>
	(profile?.subscriptions as { email: { marketing: Record<string, unknown> } }).email.marketing;

describe('subscribing', () => {
	it('to a list makes the profile, its consent and its membership', async () => {
		const { klaviyo, api } = await startApi();
		const body = job('create', [wish('SUBSCRIBED')], 'SinGle', { custom_source: 'fair' });
		const answer = await api.post(pathOf('create'), body);
		expect([answer.status, answer.data]).toEqual([202, '']);
		const ana = klaviyo.profile('ana@shop.example');
		expect(marketingOf(ana)).toMatchObject({
			...{ consent: 'SUBSCRIBED', consent_timestamp: '2031-03-05T12:00:00+00:00' },
			...{ custom_method_detail: 'fair', can_receive_email_marketing: true },
		});
		expect([...klaviyo.members('SinGle').keys()]).toEqual([ana?.id]);
		expect(klaviyo.consentJobs()).toMatchObject([{ kind: 'subscribe', list_id: 'SinGle' }]);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it.each([
		['to a list with double opt-in', 'DouBle', {}, false],
		['without a list', undefined, {}, false],
		['without a list where the account asks no confirmation', undefined, { single: true }, true],
		['to a list with double opt-in, as a historical import', 'DouBle', { old: true }, true],
	])('%s', async (_name, list, { single, old }: { single?: boolean; old?: boolean }, done) => {
		const { klaviyo, api } = await startApi(single ? { accountOptIn: 'single_opt_in' } : {});
		const row = wish('SUBSCRIBED', old ? '2030-01-01T00:00:00Z' : undefined);
		const body = job('create', [row], list, { historical_import: old ?? false });
		expect((await api.post(pathOf('create'), body)).status).toBe(202);
		expect(klaviyo.profile('ana@shop.example') !== undefined).toBe(done);
	});

	it('takes away what the person had said, but no hard bounce', async () => {
		const { klaviyo, api } = await startApi();
		const timestamp = '2031-01-01T00:00:00+00:00';
		const suppression = ['UNSUBSCRIBE', 'USER_SUPPRESSED', 'HARD_BOUNCE'].map((reason) => ({
			...{ reason, timestamp },
		}));
		const marketing = { can_receive_email_marketing: false, consent: 'UNSUBSCRIBED', suppression };
		const [id] = klaviyo.seedProfiles([
			{ attributes: { email: 'ana@shop.example' }, subscriptions: { email: { marketing } } },
		]);
		await api.post(pathOf('create'), job('create', [wish('SUBSCRIBED')], 'SinGle'));
		expect(marketingOf(klaviyo.profile(id as string))).toMatchObject({
			...{ consent: 'SUBSCRIBED', can_receive_email_marketing: false },
			suppression: [{ reason: 'HARD_BOUNCE', timestamp }],
		});
	});

	const at = '/data/attributes/profiles/data';
	it.each([
		['a date without historical_import', [wish('SUBSCRIBED', '2030-01-01T00:00:00Z')], {}],
		['historical_import without a date', [wish('SUBSCRIBED')], { historical_import: true }],
		[
			'historical_import from the future',
			[wish('SUBSCRIBED', '2032-01-01T00:00:00Z')],
			{ historical_import: true },
		],
	])('is refused with %s', async (_name, rows, attributes) => {
		const { klaviyo, api } = await startApi();
		const answer = await api.post(pathOf('create'), job('create', rows, 'SinGle', attributes));
		expect(answer.status).toBe(400);
		const pointer = `${at}/0/attributes/subscriptions/email/marketing/consented_at`;
		expect(errorOf(answer).source).toEqual({ pointer });
		expect(klaviyo.profiles()).toEqual([]);
	});

	it('needs the address of the channel, and a list that is there', async () => {
		const { api } = await startApi();
		const sms = {
			email: 'ana@shop.example',
			subscriptions: { sms: { marketing: { consent: 'SUBSCRIBED' } } },
		};
		expect((await api.post(pathOf('create'), job('create', [sms], 'SinGle'))).status).toBe(400);
		const phone = { ...sms, phone_number: '+420555000001' };
		expect((await api.post(pathOf('create'), job('create', [phone], 'SinGle'))).status).toBe(202);
		expect((await api.post(pathOf('create'), job('create', [phone], 'NoList'))).status).toBe(404);
	});
});

it('nothing comes of an id that nobody has, and others are not held up by it', async () => {
	const { klaviyo, api } = await startApi();
	const body = job('create', [wish('SUBSCRIBED'), wish('SUBSCRIBED')], 'SinGle');
	const [first] = body.data.attributes.profiles.data;
	Object.assign(first as object, { id: '01JZ0000000000000000000001' });
	expect((await api.post(pathOf('create'), body)).status).toBe(202);
	expect(klaviyo.members('SinGle').size).toBe(1);
	expect(klaviyo.contractViolations()).toEqual([]);
});

describe('unsubscribing', () => {
	const seeded = async () => {
		const started = await startApi();
		const [id] = started.klaviyo.seedProfiles([{ attributes: { email: 'ana@shop.example' } }]);
		return { ...started, id: id as string };
	};

	it('a member of the list takes them off that list only', async () => {
		const { klaviyo, api, id } = await seeded();
		klaviyo.seedMembers('SinGle', [id]);
		await api.post(pathOf('delete'), job('delete', [wish('UNSUBSCRIBED')], 'SinGle'));
		expect(klaviyo.members('SinGle').size).toBe(0);
		expect(marketingOf(klaviyo.profile(id))).toMatchObject({
			...{ consent: 'NEVER_SUBSCRIBED', suppression: [] },
			list_suppressions: [{ list_id: 'SinGle' }],
		});
	});

	it('somebody who is not in the list unsubscribes them from everything', async () => {
		const { klaviyo, api, id } = await seeded();
		await api.post(pathOf('delete'), job('delete', [wish('UNSUBSCRIBED')], 'SinGle'));
		expect(marketingOf(klaviyo.profile(id))).toMatchObject({
			...{ consent: 'UNSUBSCRIBED', can_receive_email_marketing: false },
			suppression: [{ reason: 'UNSUBSCRIBE' }],
		});
		const asked = 'additional-fields[profile]=subscriptions';
		expect((await api.get(encodeURI(`/api/profiles/${id}?${asked}`))).status).toBe(200);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('somebody unknown creates them first', async () => {
		const { klaviyo, api } = await startApi();
		await api.post(pathOf('delete'), job('delete', [wish('UNSUBSCRIBED')]));
		expect(marketingOf(klaviyo.profile('ana@shop.example')).consent).toBe('UNSUBSCRIBED');
	});
});

it.each([
	['create', 1000],
	['delete', 100],
] as Array<[Kind, number]>)('a %s job takes %i profiles at most', async (kind, most) => {
	const { api } = await startApi();
	const consent = kind === 'create' ? 'SUBSCRIBED' : 'UNSUBSCRIBED';
	const rows = Array.from({ length: most + 1 }, (_, index) => ({
		...wish(consent),
		email: `p${index}@shop.example`,
	}));
	expect((await api.post(pathOf(kind), job(kind, rows, 'SinGle'))).status).toBe(400);
	expect((await api.post(pathOf(kind), job(kind, rows.slice(1), 'SinGle'))).status).toBe(202);
});
