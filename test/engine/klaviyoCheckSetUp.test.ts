import type { IDataObject } from 'n8n-workflow';

import { startKlaviyo, type KlaviyoOptions, type KlaviyoStandIn } from '../../sandbox/klaviyo';
import { executeKlaviyo } from './support/klaviyo';

// Placed Order of two integrations is there from the beginning.
const METRICS = [{ id: 'RDYREV', name: 'Ready to review' }];

let klaviyo: KlaviyoStandIn;

async function start(options: KlaviyoOptions = {}): Promise<void> {
	await klaviyo?.close();
	klaviyo = await startKlaviyo({ rateLimits: false, metrics: METRICS, ...options });
}

beforeEach(async () => await start());
afterEach(async () => {
	const violations = klaviyo.contractViolations();
	await klaviyo.close();
	expect(violations).toEqual([]);
});

async function check(parameters: IDataObject = {}): Promise<IDataObject[]> {
	const { main, failure } = await executeKlaviyo({
		apiUrl: klaviyo.apiUrl,
		resource: 'account',
		operation: 'checkSetUp',
		parameters,
	});
	expect(failure).toBeUndefined();
	return main.map(({ json }) => json);
}

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

/** As publishing makes it. */
async function makeFlow(name: string, status?: 'live'): Promise<string> {
	const call = async (method: string, path: string, body: object) => {
		const answer = await fetch(`${klaviyo.apiUrl}${path}`, {
			method,
			headers: {
				Authorization: 'Klaviyo-API-Key pk_sandbox',
				revision: '2026-07-15',
				'Content-Type': 'application/vnd.api+json',
			},
			body: JSON.stringify(body),
		});
		expect(answer.ok).toBe(true);
		return (await answer.json()) as { data: { id: string } };
	};
	const message = {
		url: 'https://n8n.example/hook',
		headers: { 'X-Secret': '0123456789abcdef' },
		body: '{}',
		name: 'n8n',
	};
	const { data } = await call('POST', '/api/flows', {
		data: {
			type: 'flow',
			attributes: {
				name,
				definition: {
					triggers: [{ type: 'metric', id: 'RDYREV' }],
					profile_filter: null,
					actions: [
						{
							temporary_id: 'a',
							type: 'send-webhook',
							links: { next: null },
							data: { message, status: 'draft' },
						},
					],
					entry_action_id: 'a',
				},
			},
		},
	});
	if (status !== undefined) {
		await call('PATCH', `/api/flows/${data.id}`, {
			data: { type: 'flow', id: data.id, attributes: { status } },
		});
	}
	return data.id;
}

describe('Account: Check Set-Up', () => {
	it('says that n8n has made no flow', async () => {
		await makeFlow('Welcome, not of n8n ');
		expect(await check()).toEqual([
			expect.objectContaining({ check: 'Klaviyo flow', is_fine: false, name: null }),
		]);
	});

	it('tells a flow that was left a draft from a live one, each with its link', async () => {
		const draft = await makeFlow('n8n Win-Back 5f0d3c58');
		const live = await makeFlow('n8n Birthday 77aa00bb', 'live');
		const found = await check();
		expect(found).toHaveLength(2);
		expect(found).toContainEqual({
			check: 'Klaviyo flow',
			name: 'n8n Win-Back 5f0d3c58',
			finding: 'The flow is draft.',
			is_fine: false,
			advice: expect.stringContaining('set it live'),
			url: `https://www.klaviyo.com/flow/${draft}/edit`,
		});
		expect(found).toContainEqual(
			expect.objectContaining({
				finding: 'The flow is live.',
				is_fine: true,
				advice: null,
				url: `https://www.klaviyo.com/flow/${live}/edit`,
			}),
		);
	});

	it('counts the last seven days of each metric of the name', async () => {
		klaviyo.seedEvents(
			[1, 30, 100, 24 * 9].map((hours, number) => ({
				metric: 'Placed Order',
				profile: `person-${number}@shop.example`,
				time: hoursAgo(hours),
			})),
		);
		const [, ...metrics] = await check({ metricName: 'Placed Order' });
		expect(metrics.map(({ name, count, is_fine }) => ({ name, count, is_fine }))).toEqual([
			{ name: 'Placed Order (Shopify)', count: 0, is_fine: false },
			{ name: 'Placed Order (API)', count: 3, is_fine: true },
		]);
	});

	it('says how the metric is written when the account has none of the name', async () => {
		const [, metric] = await check({ metricName: 'placed order' });
		expect(metric).toMatchObject({
			is_fine: false,
			finding: 'The account has no metric of this name.',
			advice: expect.stringContaining('e.g. Placed Order'),
		});
	});

	it('counts the metric that was chosen by its ID, and tells where else its name has events', async () => {
		const shop = { id: 'OFSHOP', name: 'Booked a Table', integration: { name: 'Shop' } };
		await start({ metrics: [shop] });
		klaviyo.seedEvents([
			{ metric: 'Booked a Table', profile: 'ana@shop.example', time: hoursAgo(1) },
		]);
		const [, ...found] = await check({ metricName: 'OFSHOP', eventProperties: 'Guests' });
		expect(found).toMatchObject([
			{ name: 'Booked a Table (Shop)', count: 0, is_fine: false },
			{
				...{ check: 'Event property', name: 'Guests', metric: 'Booked a Table (Shop)' },
				finding: 'The metric has no event to look at.',
				is_fine: false,
			},
			{
				name: 'Booked a Table (API)',
				finding: '1 event in the last 7 days. It is not the one that you chose.',
				is_fine: true,
			},
		]);
	});

	it('counts several metrics, and one whose name has a comma', async () => {
		await start({ metrics: [...METRICS, { id: 'SPRING', name: 'Came, Saw' }] });
		const names = async (metricName: string) =>
			(await check({ metricName })).slice(1).map(({ name }) => name);
		expect(await names('Ready to review, SPRING')).toEqual([
			'Ready to review (API)',
			'Came, Saw (API)',
		]);
		expect(await names('Came, Saw')).toEqual(['Came, Saw (API)']);
	});

	it('tells a property that no event has, and which ones they have', async () => {
		klaviyo.seedEvents(
			[1, 2, 3].map((hours) => ({
				metric: 'Ready to review',
				profile: 'ana@shop.example',
				time: hoursAgo(hours),
				properties: { OrderId: `${hours}`, Empty: '', $extra: { note: 'gift' } },
			})),
		);
		const found = await check({
			metricName: 'Ready to review',
			eventProperties: 'OrderId, Score, Empty, extra.note',
		});
		const ofProperty = (name: string) => found.find((each) => each.name === name);
		expect(ofProperty('OrderId')).toMatchObject({ count: 3, is_fine: true, advice: null });
		expect(ofProperty('extra.note')).toMatchObject({ count: 3, is_fine: true });
		expect(ofProperty('Empty')).toMatchObject({ count: 0, is_fine: false });
		expect(ofProperty('Score')).toMatchObject({
			finding: 'Filled in with 0 of the last 3 events.',
			advice: expect.stringContaining('OrderId'),
		});
	});

	it('tells a date property that is written otherwise in Klaviyo', async () => {
		klaviyo.seedProfiles([
			{
				attributes: { email: 'ana@shop.example', properties: { Birthday: '1990-02-03' } },
			},
			{ attributes: { email: 'bob@shop.example' } },
		]);
		expect((await check({ dateProperty: 'Birthday' })).at(-1)).toMatchObject({
			finding: 'Filled in with 1 of the 2 profiles that changed last.',
			is_fine: true,
		});
		expect((await check({ dateProperty: 'birthday' })).at(-1)).toMatchObject({
			is_fine: false,
			advice: expect.stringContaining('Birthday'),
		});
	});

	it('counts a date property over all profiles when asked to', async () => {
		const people = Array.from({ length: 1250 }, (_, number) => ({
			attributes: {
				email: `person-${number}@shop.example`,
				...(number < 1200 ? { properties: { Birthday: '1990-02-03' } } : {}),
			},
		}));
		klaviyo.seedProfiles(people);
		const [, few] = await check({ dateProperty: 'Birthday' });
		expect(few!.finding).toMatch(/^Filled in with \d+ of the 100 profiles that changed last\.$/);
		const [, all] = await check({ dateProperty: 'Birthday', allProfiles: true });
		expect(all).toMatchObject({
			finding: 'Filled in with 1,200 of all 1,250 profiles.',
			count: 1200,
			is_fine: true,
		});
	});

	it('goes on where the key lacks a scope, and names it', async () => {
		await start({ apiKeys: [{ key: 'pk_sandbox', scopes: ['metrics:read'] }] });
		const [flows, metric] = await check({ metricName: 'Placed Order' });
		expect(flows).toMatchObject({
			is_fine: false,
			advice: expect.stringContaining('flows:read'),
		});
		expect(metric).toMatchObject({ check: 'Metric', count: 0 });
	});
});
