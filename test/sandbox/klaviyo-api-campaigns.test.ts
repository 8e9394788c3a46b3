import type { KlaviyoOptions } from '../../sandbox/klaviyo';
import { startKlaviyo } from '../../sandbox/klaviyo';
import type { Row } from '../../sandbox/klaviyo/api/example-client';
import { allOf, clientOf, errorOf, pagesOf } from '../../sandbox/klaviyo/api/example-client';
import { closeAll, HURRY, kept } from './klaviyo-receiver';
import { inVolume, VOLUME } from '../support/volume';

afterEach(closeAll);

const NOON = new Date('2031-03-05T12:00:00.000Z');
const MINUTE = 60_000;
const DAY = 86_400_000;

async function startApi(options: KlaviyoOptions = {}) {
	const settings = { ...HURRY, rateLimits: false, now: () => NOON, ...options };
	const klaviyo = kept(await startKlaviyo(settings));
	return { klaviyo, api: clientOf(klaviyo.apiUrl) };
}

const EMAIL = "equals(messages.channel,'email')";
const namesOf = (rows: Row[]) => rows.map(({ attributes }) => attributes.name);

describe('listing campaigns', () => {
	it.each([
		['no filter', undefined],
		['a filter without the channel', 'equals(archived,false)'],
		['a channel that is none', "equals(messages.channel,'pigeon')"],
		['two channels', "equals(messages.channel,['email','sms'])"],
	])('with %s is answered 400', async (_name, filter) => {
		const { api } = await startApi();
		const answer = await api.get('/api/campaigns', { params: { filter } });
		expect(answer.status).toBe(400);
		expect(errorOf(answer)).toMatchObject({ code: 'invalid', source: { parameter: 'filter' } });
	});

	it.each(['email', 'sms', 'mobile_push'] as const)('shows only those of %s', async (channel) => {
		const { klaviyo, api } = await startApi();
		const all = (['email', 'sms', 'mobile_push'] as const).map((each) => ({ channel: each }));
		const ids = klaviyo.seedCampaigns(all);
		const rows = await allOf(api, '/api/campaigns', {
			...{ filter: `equals(messages.channel,'${channel}')`, include: 'campaign-messages' },
		});
		expect(rows.map(({ id }) => id)).toEqual([
			ids[all.findIndex((each) => each.channel === channel)],
		]);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it.each([
		["any(status,['Draft','Scheduled'])", ['Spring', 'Autumn Sale']],
		['equals(archived,true)', ['Winter Sale']],
		["contains(name,'sale')", ['Winter Sale', 'Autumn Sale']],
		['greater-than(created_at,2031-03-02T12:00:00Z)', ['Autumn Sale']],
		['greater-or-equal(created_at,2031-03-02T12:00:00Z)', ['Spring', 'Autumn Sale']],
		['less-than(scheduled_at,2031-04-01T00:00:00Z)', ['Spring']],
		['greater-than(updated_at,2031-03-05T00:00:00+02:00)', ['Winter Sale']],
	])('filters by %s', async (condition, names) => {
		const { klaviyo, api } = await startApi();
		klaviyo.seedCampaigns(
			[
				...[{ name: 'Winter Sale', archived: true, created_at: new Date(+NOON - 5 * DAY) }],
				{
					...{ name: 'Spring', status: 'Scheduled', created_at: new Date(+NOON - 3 * DAY) },
					scheduled_at: new Date(+NOON + DAY),
				},
				{ name: 'Autumn Sale', status: 'Draft', created_at: new Date(+NOON - 2 * DAY) },
			].map((each) => ({ ...each, ...(each.archived && { updated_at: NOON }) })),
		);
		const rows = await allOf(api, '/api/campaigns', { filter: `${EMAIL},${condition}` });
		expect(namesOf(rows)).toEqual(names);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it(`${VOLUME} comes in pages of a hundred at most, all of them once`, async () => {
		const { klaviyo, api } = await startApi();
		const ids = klaviyo.seedCampaigns(inVolume(10_000));
		const params = { filter: EMAIL, sort: '-updated_at', 'fields[campaign]': 'name' };
		const pages = await pagesOf(api, '/api/campaigns', params);
		expect(pages.map(({ data }) => data.length)).toEqual(Array(inVolume(100)).fill(100));
		const shown = pages.flatMap(({ data }) => data.map(({ id }) => id));
		expect(shown).toEqual(ids.reverse());
		const tooMany = await api.get('/api/campaigns', {
			params: { filter: EMAIL, 'page[size]': 101 },
		});
		expect(tooMany.status).toBe(400);
		expect(errorOf(tooMany).source).toEqual({ parameter: 'page[size]' });
	});

	it('brings messages and tags along, each once, and thins out what it shows', async () => {
		const { klaviyo, api } = await startApi();
		klaviyo.seedCampaigns([{ tags: ['spring', 'vip'] }, { tags: ['vip'] }]);
		const [page] = await pagesOf(api, '/api/campaigns', {
			...{ filter: EMAIL, include: 'campaign-messages,tags', 'fields[tag]': 'name' },
		});
		const types = page?.included?.map(({ type }) => type);
		expect(types).toEqual(['campaign-message', 'campaign-message', 'tag', 'tag']);
		expect(page?.data[0]?.attributes).toMatchObject({
			...{ status: 'Sent', created_at: '2031-03-05T12:00:00.000000+00:00' },
			send_strategy: { method: 'immediate' },
		});
		const [thin] = await allOf(api, '/api/campaigns', {
			filter: EMAIL,
			'fields[campaign]': 'status',
		});
		expect(thin?.attributes).toEqual({ status: 'Sent' });
		expect(thin).not.toHaveProperty('relationships');
		expect(klaviyo.contractViolations()).toEqual([]);
	});
});

describe('one campaign', () => {
	it('is shown with its messages', async () => {
		const { klaviyo, api } = await startApi();
		const [id] = klaviyo.seedCampaigns([{ channel: 'sms', name: 'Short' }]);
		const { data } = await api.get(`/api/campaigns/${id}?include=campaign-messages`);
		expect(data.data.attributes.name).toBe('Short');
		const messages = (await api.get(`/api/campaigns/${id}/campaign-messages`)).data;
		expect(messages.data).toEqual(data.included);
		expect(messages.data[0].attributes.definition).toMatchObject({ channel: 'sms' });
		const message = await api.get(`/api/campaign-messages/${messages.data[0].id}?include=campaign`);
		expect(message.data.included[0].id).toBe(id);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('is answered 404 when nobody has its id, and 400 when that is none', async () => {
		const { klaviyo, api } = await startApi();
		expect((await api.get('/api/campaigns/01JZ0000000000000000000001')).status).toBe(404);
		expect((await api.get('/api/campaigns/first')).status).toBe(400);
		expect(klaviyo.contractViolations()).toEqual([]);
	});
});

describe('the values report', () => {
	const report = (more: object = {}) => ({
		data: {
			type: 'campaign-values-report',
			attributes: {
				...{ statistics: ['opens', 'open_rate'], timeframe: { key: 'last_7_days' } },
				...{ conversion_metric_id: '', ...more },
			},
		},
	});

	async function asked(more: object = {}) {
		const started = await startApi({ metrics: [{ id: 'OrdPla', name: 'Orders' }] });
		const { klaviyo, api } = started;
		const ids = klaviyo.seedCampaigns([
			{ send_time: new Date(+NOON - 3 * DAY), statistics: { opens: 12, open_rate: 0.25 } },
			{ send_time: new Date(+NOON - 2 * DAY), channel: 'mobile_push' },
			{ send_time: new Date(+NOON - 30 * DAY), statistics: { opens: 99 } },
			{ status: 'Draft' },
		]);
		const body = report({ conversion_metric_id: 'OrdPla', ...more });
		const answer = await api.post('/api/campaign-values-reports', body);
		return { ...started, ids, answer };
	}

	it('has the campaigns that were sent in the time, with what was asked', async () => {
		const { klaviyo, ids, answer } = await asked();
		expect(answer.status).toBe(200);
		expect(answer.data.data.attributes.results).toEqual([
			{
				groupings: {
					...{ campaign_id: ids[0], send_channel: 'email' },
					campaign_message_id: expect.any(String),
				},
				statistics: { opens: 12, open_rate: 0.25 },
			},
			expect.objectContaining({ statistics: { opens: 0, open_rate: 0 } }),
		]);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('filters by channel in its own words', async () => {
		const filter = 'and(contains-any(send_channel,["push-notification","sms"]))';
		const { ids, answer } = await asked({ filter });
		const results = answer.data.data.attributes.results as Array<{ groupings: object }>;
		expect(results.map(({ groupings }) => groupings)).toMatchObject([{ campaign_id: ids[1] }]);
	});

	it.each([
		['groups without the campaign', { group_by: ['send_channel'] }, 400],
		['a metric that is not there', { conversion_metric_id: 'NoneXX' }, 404],
		[
			'more than a year',
			{ timeframe: { start: '2029-01-01T00:00:00Z', end: '2031-01-01T00:00:00Z' } },
			400,
		],
	])('is refused with %s', async (_name, more, status) => {
		expect((await asked(more)).answer.status).toBe(status);
	});

	it('may be asked once a second and twice a minute', async () => {
		let ms = 0;
		const { api } = await startApi({
			...{ rateLimits: true, rateTimeScale: 1, rateClock: () => ms },
			metrics: [{ id: 'OrdPla', name: 'Orders' }],
		});
		const ask = async () =>
			await api.post('/api/campaign-values-reports', report({ conversion_metric_id: 'OrdPla' }));
		expect((await ask()).status).toBe(200);
		expect((await ask()).headers['retry-after']).toBe('1');
		ms = 1000;
		expect((await ask()).status).toBe(200);
		ms = 2000;
		expect((await ask()).headers['retry-after']).toBe('58');
		ms = MINUTE;
		expect((await ask()).status).toBe(200);
	});
});
