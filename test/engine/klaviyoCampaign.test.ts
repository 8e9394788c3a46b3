import type { IDataObject } from 'n8n-workflow';

import {
	startKlaviyo,
	type KlaviyoOptions,
	type KlaviyoStandIn,
	type NewCampaign,
} from '../../sandbox/klaviyo';
import { byId, executeKlaviyo, searchKlaviyo } from './support/klaviyo';
import { inVolume, VOLUME } from '../support/volume';

let klaviyo: KlaviyoStandIn;

async function start(options: KlaviyoOptions = {}): Promise<void> {
	klaviyo = await startKlaviyo({
		rateLimits: false,
		metrics: [{ id: 'PLACED', name: 'Placed Order', integration: { name: 'Shopify' } }],
		...options,
	});
}

beforeEach(async () => await start());
afterEach(async () => {
	const violations = klaviyo.contractViolations();
	await klaviyo.close();
	expect(violations).toEqual([]);
});

const run = async (operation: string, parameters: IDataObject = {}) =>
	await executeKlaviyo({ apiUrl: klaviyo.apiUrl, resource: 'campaign', operation, parameters });

const many = async (parameters: IDataObject = {}) => {
	const { main, failure } = await run('getAll', parameters);
	expect(failure).toBeUndefined();
	return main.map(({ json }) => json);
};

const day = (number: number) => new Date(Date.UTC(2031, 0, number, 12));
const seed = (...campaigns: NewCampaign[]) => klaviyo.seedCampaigns(campaigns);
const names = (items: IDataObject[]) => items.map(({ name }) => name);
const callsTo = (path: string) => klaviyo.apiCalls().filter((call) => call.path.startsWith(path));

describe('Get Many', () => {
	it('makes one list of all channels, the newest first', async () => {
		seed(
			{ name: 'mail 1', channel: 'email', created_at: day(1) },
			{ name: 'text 2', channel: 'sms', created_at: day(2) },
			{ name: 'mail 3', channel: 'email', created_at: day(3) },
			{ name: 'push 4', channel: 'mobile_push', created_at: day(4) },
			{ name: 'text 5', channel: 'sms', created_at: day(5) },
		);
		const items = await many();
		expect(names(items)).toEqual(['text 5', 'push 4', 'mail 3', 'text 2', 'mail 1']);
		expect(items.map(({ channel }) => channel)).toEqual([
			'sms',
			'mobile_push',
			'email',
			'sms',
			'email',
		]);
	});

	it('orders what was created in the same moment by channel, on every page alike', async () => {
		const moment = day(1);
		seed(
			{ name: 'push', channel: 'mobile_push', created_at: moment },
			{ name: 'text', channel: 'sms', created_at: moment },
			{ name: 'mail', channel: 'email', created_at: moment },
		);
		expect(names(await many())).toEqual(['mail', 'text', 'push']);
		expect(names(await many({ sort: 'created_at' }))).toEqual(['mail', 'text', 'push']);
	});

	it('returns no more than the limit, of all channels together, and asks for no more', async () => {
		klaviyo.seedCampaigns(300);
		seed(...Array.from({ length: 9 }, () => ({ channel: 'sms' as const })));
		expect(await many({ limit: 7 })).toHaveLength(7);
		expect(klaviyo.apiCalls()).toHaveLength(3);
		expect(await many({ limit: 120, channel: 'email' })).toHaveLength(120);
		expect(klaviyo.apiCalls()).toHaveLength(5);
	});

	it('simplifies to flat items', async () => {
		seed({
			id: '01JZ0000000000000000000001',
			name: 'Sale',
			created_at: day(1),
			included: ['LIST01'],
		});
		expect(await many({ channel: 'email' })).toEqual([
			{
				id: '01JZ0000000000000000000001',
				name: 'Sale',
				channel: 'email',
				status: 'Sent',
				archived: false,
				created_at: expect.stringMatching(/^2031-01-01T12:00:00/),
				updated_at: expect.stringMatching(/^2031-01-01T12:00:00/),
				scheduled_at: null,
				send_time: expect.stringMatching(/^2031-01-01T12:00:00/),
				send_method: 'immediate',
				included_audiences: ['LIST01'],
				excluded_audiences: [],
			},
		]);
	});

	it('asks Klaviyo only for what Simplify keeps', async () => {
		await many({ channel: 'email' });
		await many({ channel: 'email', simplify: false });
		const [simple, raw] = klaviyo.apiCalls().map(({ query }) => query['fields[campaign]']);
		expect(simple).toMatch(/^name,status,/);
		expect(raw).toBeUndefined();
	});

	it('returns what Klaviyo says when it is not to simplify', async () => {
		seed({ name: 'Sale' });
		const [item] = await many({ channel: 'email', simplify: false });
		expect(item).toMatchObject({
			type: 'campaign',
			attributes: { name: 'Sale' },
			relationships: {},
		});
	});

	it.each([true, false])(
		'includes messages and tags without more requests (simplify: %s)',
		async (simplify) => {
			seed({ name: 'Sale', tags: ['winter', 'vip'] }, { name: 'News' });
			const items = await many({
				channel: 'email',
				simplify,
				options: { include: ['messages', 'tags'] },
				sort: 'name',
			});
			expect(klaviyo.apiCalls()).toHaveLength(1);
			const expected = simplify
				? { tags: ['winter', 'vip'], messages: [{ channel: 'email', subject: 'About Sale' }] }
				: { included: [{ type: 'campaign-message' }, { type: 'tag' }, { type: 'tag' }] };
			expect(items[1]).toMatchObject(expected);
		},
	);

	it.each([
		['status', { status: ['Draft', 'Sending'] }, ['b draft']],
		['a part of the name', { nameContains: 'ARCH' }, ['c archived']],
		['archived', { archived: true }, ['c archived']],
		['not archived', { archived: false }, ['a sent', 'b draft']],
		[
			'created after, from that moment on',
			{ createdAfter: '2031-01-02T12:00:00' },
			['b draft', 'c archived'],
		],
		['created before, without that moment', { createdBefore: '2031-01-02T12:00:00' }, ['a sent']],
		['updated after', { updatedAfter: '2031-01-03T13:00:00+01:00' }, ['c archived']],
		['updated before', { updatedBefore: '2031-01-02' }, ['a sent']],
		['scheduled after', { scheduledAfter: '2031-01-01' }, ['b draft']],
		['scheduled before', { scheduledBefore: '2031-01-01' }, []],
	])('filters by %s', async (_, filters, expected) => {
		seed(
			{ name: 'a sent', created_at: day(1) },
			{ name: 'b draft', status: 'Draft', created_at: day(2), scheduled_at: day(9) },
			{ name: 'c archived', archived: true, created_at: day(3) },
		);
		expect(names(await many({ channel: 'email', filters, sort: 'name' }))).toEqual(expected);
	});

	it('reads a date without offset in the time zone of the workflow', async () => {
		seed({ name: 'noon', created_at: day(1) });
		const { main } = await executeKlaviyo({
			apiUrl: klaviyo.apiUrl,
			resource: 'campaign',
			operation: 'getAll',
			// 13:00 in Prague is noon in UTC.
			parameters: { channel: 'email', filters: { createdAfter: '2031-01-01T13:00:00' } },
			timezone: 'Europe/Prague',
		});
		expect(main).toHaveLength(1);
	});

	it(`${VOLUME} reads campaigns over many pages in order, each once, through three 429s`, async () => {
		const pages = inVolume(100);
		const ids = klaviyo.seedCampaigns(pages * 100);
		for (const after of [pages * 0.1, pages * 0.5, pages * 0.9]) {
			klaviyo.misbehave({ path: '/api/campaigns', answer: 429, retryAfter: 0, after });
		}
		const items = await many({
			channel: 'email',
			returnAll: true,
			sort: 'created_at',
		});
		expect(items.map(({ id }) => id)).toEqual(ids);
		const statuses = klaviyo.apiCalls().map(({ status }) => status);
		expect(statuses.filter((status) => status === 200)).toHaveLength(pages);
		expect(statuses.filter((status) => status === 429)).toHaveLength(3);
		process.stdout.write(
			`Klaviyo campaigns: ${items.length} of ${ids.length} read, ${new Set(items.map(({ id }) => id)).size} different, ${statuses.length} requests, ${statuses.filter((status) => status === 429).length} times 429\n`,
		);
	});

	it('names the parameter when a date is none', async () => {
		const { failure } = await run('getAll', { filters: { createdAfter: 'yesterday' } });
		expect(failure?.message).toMatch(/'Created After' is not a date: 'yesterday'/);
		expect(klaviyo.apiCalls()).toEqual([]);
	});
});

describe('Include Statistics', () => {
	const statistics = {
		includeStatistics: true,
		conversionMetricId: byId('PLACED'),
		returnAll: true,
	};

	it('adds recipients and more to what was sent, and nothing to what was not', async () => {
		seed(
			{ name: 'a', created_at: day(1), statistics: { recipients: 120, opens_unique: 40 } },
			{ name: 'b', status: 'Draft', created_at: day(2) },
		);
		const items = await many({ ...statistics, sort: 'name' });
		expect(items[0]).toMatchObject({
			name: 'a',
			recipients: 120,
			opens_unique: 40,
			conversion_value: 0,
		});
		expect(items[1]).toMatchObject({ name: 'b', recipients: null, opens_unique: null });
	});

	it('puts them beside what Klaviyo says when it is not to simplify', async () => {
		seed({ statistics: { clicks: 3 } });
		const [item] = await many({
			...statistics,
			channel: 'email',
			simplify: false,
			statistics: ['clicks'],
		});
		expect(item).toMatchObject({ type: 'campaign', statistics: { clicks: 3 } });
	});

	it('asks once for all campaigns of a year, however many, as Klaviyo allows two reports a minute', async () => {
		seed(
			...Array.from({ length: 250 }, (_, index) => ({
				created_at: day(index),
				statistics: { recipients: index },
			})),
		);
		const items = await many({ ...statistics, channel: 'email', sort: 'created_at' });
		expect(items.map(({ recipients }) => recipients)).toEqual(items.map((_, index) => index));
		expect(callsTo('/api/campaign-values-reports')).toHaveLength(1);
	});

	it('asks once more for each further year', async () => {
		seed(
			{ created_at: new Date('2028-06-01T00:00:00Z'), statistics: { recipients: 28 } },
			{ created_at: new Date('2030-06-01T00:00:00Z'), statistics: { recipients: 30 } },
			{ created_at: new Date('2031-05-30T00:00:00Z'), statistics: { recipients: 31 } },
		);
		const items = await many({ ...statistics, channel: 'email', sort: 'created_at' });
		expect(items.map(({ recipients }) => recipients)).toEqual([28, 30, 31]);
		expect(callsTo('/api/campaign-values-reports')).toHaveLength(2);
	});

	it('asks for no report when nothing was sent', async () => {
		seed({ status: 'Draft' });
		await many(statistics);
		expect(callsTo('/api/campaign-values-reports')).toEqual([]);
	});

	it('names the conversion metric when Klaviyo does not have it', async () => {
		seed({});
		const { failure } = await run('getAll', { ...statistics, conversionMetricId: byId('NOSUCH') });
		expect(failure?.message).toMatch(/'Conversion Metric'/);
	});
});

describe('Get', () => {
	it('returns a campaign with its channel, messages and tags', async () => {
		const [id] = seed({ name: 'Sale', channel: 'sms', tags: ['vip'] });
		const { main } = await run('get', { campaignId: byId(id!) });
		expect(main[0]!.json).toMatchObject({
			...{ id, name: 'Sale', channel: 'sms', tags: ['vip'] },
			messages: [{ channel: 'sms', body: 'About Sale' }],
		});
	});

	it('names the parameter when Klaviyo has no such campaign', async () => {
		const { failure } = await run('get', { campaignId: byId('01JZ0000000000000000000009') });
		expect(failure).toMatchObject({
			httpCode: '404',
			message: expect.stringContaining("'Campaign'"),
		});
	});

	it('names the parameter when it is empty, and asks nothing', async () => {
		const { failure } = await run('get', { campaignId: byId('={{ $json.none }}') });
		expect(failure?.message).toMatch(/'Campaign' is empty/);
		expect(klaviyo.apiCalls()).toEqual([]);
	});
});

describe('Get Messages', () => {
	it('returns what the messages say', async () => {
		const [id] = seed({ name: 'Sale' });
		const { main } = await run('getMessages', { campaignId: byId(id!) });
		expect(main).toHaveLength(1);
		expect(main[0]!.json).toMatchObject({
			channel: 'email',
			subject: 'About Sale',
			from_email: 'hello@shop.example',
			reply_to_email: null,
		});
	});

	it('names the parameter when Klaviyo has no such campaign', async () => {
		const { failure } = await run('getMessages', {
			campaignId: byId('01JZ0000000000000000000009'),
		});
		expect(failure?.message).toMatch(/nothing by the ID in 'Campaign'/);
	});
});

describe('the dropdown of campaigns', () => {
	it('shows the newest of each channel, and finds others by a part of their name', async () => {
		klaviyo.seedCampaigns(150);
		seed({ name: 'Text to VIPs', channel: 'sms', created_at: day(1) });
		const all = await searchKlaviyo(klaviyo.apiUrl, 'searchCampaigns');
		expect(all).toHaveLength(101);
		expect(all.map(({ name }) => name)).toContain('Text to VIPs (SMS)');
		const found = await searchKlaviyo(klaviyo.apiUrl, 'searchCampaigns', 'Campaign 00001');
		expect(found.map(({ name }) => name)).toEqual(['Campaign 00001 (Email)']);
	});
});
