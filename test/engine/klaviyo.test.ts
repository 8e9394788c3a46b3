import type { IDataObject } from 'n8n-workflow';

import { startKlaviyo, type KlaviyoOptions, type KlaviyoStandIn } from '../../sandbox/klaviyo';
import { MemoryCredentials } from './support/engine';
import {
	byId,
	executeKlaviyo,
	klaviyoCredentials,
	searchKlaviyo,
	type KlaviyoRun,
} from './support/klaviyo';

let klaviyo: KlaviyoStandIn;

async function start(options: KlaviyoOptions = {}): Promise<void> {
	await klaviyo?.close();
	klaviyo = await startKlaviyo({
		rateLimits: false,
		metrics: [{ id: 'PLACED', name: 'Placed Order', integration: { name: 'Shopware' } }],
		...options,
	});
}

beforeEach(async () => await start());
afterEach(async () => {
	const violations = klaviyo.contractViolations();
	await klaviyo.close();
	expect(violations).toEqual([]);
});

async function run(
	resource: string,
	operation: string,
	parameters: IDataObject = {},
	more: Partial<KlaviyoRun> = {},
) {
	return await executeKlaviyo({ apiUrl: klaviyo.apiUrl, resource, operation, parameters, ...more });
}

const itemsOf = async (...given: Parameters<typeof run>) => {
	const { main, failure } = await run(...given);
	expect(failure).toBeUndefined();
	return main.map(({ json }) => json);
};

describe('Account: Get', () => {
	it('returns the account of the key, flat', async () => {
		await start({ accountId: 'LaMp01', timezone: 'Europe/Prague' });
		expect(await itemsOf('account', 'get')).toEqual([
			expect.objectContaining({
				id: 'LaMp01',
				timezone: 'Europe/Prague',
				preferred_currency: 'EUR',
				organization_name: 'Lamp Shop',
				default_sender_email: 'hello@shop.example',
			}),
		]);
	});

	it('returns what Klaviyo says when it is not to simplify', async () => {
		const [account] = await itemsOf('account', 'get', { simplify: false });
		expect(account).toMatchObject({ type: 'account', attributes: { contact_information: {} } });
	});
});

describe('Flow', () => {
	interface FlowDefinition {
		actions: Array<{ data: { message: IDataObject } }>;
	}

	const newFlow = (name: string, headers: Record<string, string>) => ({
		data: {
			type: 'flow',
			attributes: {
				name,
				definition: {
					triggers: [{ type: 'metric', id: 'PLACED' }],
					profile_filter: null,
					actions: [
						{
							temporary_id: 'a',
							type: 'send-webhook',
							links: { next: null },
							data: {
								message: { url: 'https://n8n.example/hook', headers, body: '{}', name: 'n8n' },
								status: 'draft',
							},
						},
					],
					entry_action_id: 'a',
				},
			},
		},
	});

	async function createFlow(name: string, headers: Record<string, string> = {}): Promise<void> {
		const answer = await fetch(`${klaviyo.apiUrl}/api/flows`, {
			method: 'POST',
			headers: {
				Authorization: 'Klaviyo-API-Key pk_sandbox',
				revision: '2026-07-15',
				'Content-Type': 'application/vnd.api+json',
			},
			body: JSON.stringify(newFlow(name, headers)),
		});
		expect(answer.status).toBe(201);
	}

	it('Get Many returns flows flat, over all pages', async () => {
		for (let number = 100; number < 153; number++) await createFlow(`Flow ${number}`);
		const flows = await itemsOf('flow', 'getAll', { returnAll: true, sort: 'name' });
		expect(flows).toHaveLength(53);
		expect(flows[52]).toEqual({
			id: expect.any(String),
			name: 'Flow 152',
			status: 'draft',
			archived: false,
			trigger_type: 'Metric',
			created: expect.any(String),
			updated: expect.any(String),
		});
		expect(await itemsOf('flow', 'getAll', { limit: 3 })).toHaveLength(3);
	});

	it.each([
		['a part of the name', { nameContains: 'back' }, 1],
		['status', { flowStatus: 'live' }, 0],
		['what starts them', { triggerType: 'Metric' }, 2],
		['what else starts them', { triggerType: 'Date Based' }, 0],
		['archived', { archived: true }, 0],
		['dates', { createdAfter: '2000-01-01', updatedBefore: '2001-01-01' }, 0],
	])('Get Many filters by %s', async (_, filters, count) => {
		await createFlow('Win-Back');
		await createFlow('Welcome');
		expect(await itemsOf('flow', 'getAll', { filters })).toHaveLength(count);
	});

	it('Get Many tells the missing scope, and names a date that is none', async () => {
		await start({ apiKeys: [{ key: 'pk_narrow', scopes: ['lists:read'] }] });
		const narrow = await run('flow', 'getAll', {}, { apiKey: 'pk_narrow' });
		expect(narrow.failure).toMatchObject({
			httpCode: '403',
			message: expect.stringContaining('flows:read'),
		});
		const { failure } = await run('flow', 'getAll', { filters: { updatedBefore: 'soon' } });
		expect(failure?.message).toMatch(/'Updated Before' is not a date: 'soon'/);
	});

	it.each([true, false])(
		'Get returns one with its definition when asked for it (simplify: %s)',
		async (simplify) => {
			await createFlow('Win-Back');
			const flowId = byId(klaviyo.flows()[0]!.id);
			const [without] = await itemsOf('flow', 'get', { flowId, simplify });
			expect(JSON.stringify(without)).not.toContain('send-webhook');
			const [flow] = await itemsOf('flow', 'get', { flowId, simplify, includeDefinition: true });
			const definition = { triggers: [{ type: 'metric', id: 'PLACED' }] };
			expect(flow).toMatchObject(
				simplify ? { name: 'Win-Back', definition } : { attributes: { definition } },
			);
		},
	);

	it.each([true, false])(
		'Get tells the names of a webhook’s headers, not their values (simplify: %s)',
		async (simplify) => {
			await createFlow('Win-Back', {
				'X-Klaviyo-Secret': 'Correct-Horse-Battery-Staple-01',
				Authorization: 'Bearer b',
			});
			const flowId = byId(klaviyo.flows()[0]!.id);
			const [flow] = await itemsOf('flow', 'get', { flowId, simplify, includeDefinition: true });
			const { definition } = (simplify ? flow : flow!.attributes) as { definition: FlowDefinition };
			expect(definition.actions[0]!.data.message).toMatchObject({
				url: 'https://n8n.example/hook',
				headers: { 'X-Klaviyo-Secret': '[secret]', Authorization: '[secret]' },
			});
			expect(JSON.stringify(flow)).not.toMatch(/Correct-Horse|Bearer b/);
		},
	);

	it('Get asks nothing for an ID that would lead to another endpoint, and goes on with the next item', async () => {
		await createFlow('Win-Back');
		const { id } = klaviyo.flows()[0]!;
		const flowId = { __rl: true, mode: 'id', value: '={{ $json.id }}' };
		const items = [{ id: '..' }, { id }, { id: '.' }];
		const { main } = await run(
			'flow',
			'get',
			{ flowId },
			{ items, onError: 'continueRegularOutput' },
		);
		const refused = {
			status: 'failed',
			http_status: null,
			reason: expect.stringMatching(/would lead to another endpoint/),
		};
		expect(main.map(({ json }) => json)).toEqual([
			refused,
			expect.objectContaining({ id }),
			refused,
		]);
		expect(
			klaviyo
				.apiCalls()
				.filter(({ method }) => method === 'GET')
				.map(({ path }) => path),
		).toEqual([`/api/flows/${id}`]);
	});

	it('Get names the parameter when Klaviyo has no such flow', async () => {
		const { failure } = await run('flow', 'get', { flowId: byId('NOSUCH') });
		expect(failure?.message).toMatch(/'Flow'/);
	});
});

describe('Flow: Get Statistics', () => {
	const DAY_MS = 86_400_000;
	const PLACED = { conversionMetricId: byId('PLACED') };
	const statistics = async (parameters: IDataObject = {}) =>
		await run('flow', 'getStatistics', { ...PLACED, ...parameters });

	it('tells what each message of each flow reached', async () => {
		const sent = new Date(Date.now() - DAY_MS);
		const [hello, bye] = [
			{ flow_id: 'FlowA1', sent },
			{ flow_id: 'FlowB2', sent },
		];
		klaviyo.seedFlowMessages([
			{ ...hello!, name: 'Hello', statistics: { recipients: 10, opens_unique: 4 } },
			{ ...hello!, name: 'Hello', statistics: { recipients: 5 } },
			{ ...hello!, name: 'Again', send_channel: 'sms', statistics: { recipients: 3 } },
			{ ...bye!, name: 'Bye', statistics: { recipients: 7 } },
		]);
		const { main } = await statistics();
		expect(main.map(({ json }) => json)).toMatchObject([
			{
				flow_id: 'FlowA1',
				flow_message_name: 'Hello',
				send_channel: 'email',
				recipients: 15,
				opens_unique: 4,
				conversion_value: 0,
			},
			{ flow_message_name: 'Again', send_channel: 'sms', recipients: 3 },
			{ flow_id: 'FlowB2', recipients: 7 },
		]);
		const one = await statistics({ flowId: byId('FlowB2'), statistics: ['recipients'] });
		expect(one.main.map(({ json }) => json.recipients)).toEqual([7]);
	});

	it('counts what was sent in the time frame alone', async () => {
		const sent = new Date(Date.now() - 40 * DAY_MS);
		klaviyo.seedFlowMessages([{ flow_id: 'FlowA1', sent, statistics: { recipients: 10 } }]);
		expect((await statistics()).main).toEqual([]);
		expect((await statistics({ timeFrame: 'last_90_days' })).main).toHaveLength(1);
	});

	it('asks for the conversion metric before it asks Klaviyo', async () => {
		const { failure } = await statistics({ conversionMetricId: byId('={{ $json.metric }}') });
		expect(failure?.message).toMatch(/'Conversion Metric' is empty/);
		expect(klaviyo.apiCalls()).toEqual([]);
	});

	it('names the conversion metric that Klaviyo does not have', async () => {
		const { failure } = await statistics({ conversionMetricId: byId('NoMetr') });
		expect(failure?.message).toMatch(/'Conversion Metric'/);
	});
});

describe('Metric', () => {
	it('Get Many returns metrics of all pages, with their integration', async () => {
		const metrics = await itemsOf('metric', 'getAll', { returnAll: true });
		expect(metrics).toHaveLength(231);
		expect(metrics.at(-1)).toMatchObject({
			id: 'PLACED',
			name: 'Placed Order',
			integration: 'Shopware',
		});
	});

	it('Get Many filters by integration and name, also where the first page has none', async () => {
		expect(
			await itemsOf('metric', 'getAll', { filters: { integration: 'Shopware' } }),
		).toHaveLength(1);
		const found = await itemsOf('metric', 'getAll', { filters: { nameContains: 'METRIC 2' } });
		expect(found.length).toBeGreaterThan(0);
		expect(found.every(({ name }) => /^Custom Metric 2/.test(String(name)))).toBe(true);
		expect(
			await itemsOf('metric', 'getAll', { limit: 2, filters: { nameContains: 'order' } }),
		).toHaveLength(2);
	});

	it('Get Many tells the missing scope', async () => {
		await start({ apiKeys: [{ key: 'pk_narrow', scopes: ['lists:read'] }] });
		const { failure } = await run('metric', 'getAll', {}, { apiKey: 'pk_narrow' });
		expect(failure).toMatchObject({
			httpCode: '403',
			message: expect.stringContaining('metrics:read'),
		});
	});

	describe('Get Aggregates', () => {
		const range = {
			metricId: byId('PLACED'),
			since: '2031-01-01T00:00:00',
			until: '2031-01-03T00:00:00',
		};
		const order = (time: string, value: number, profile = 'ana@shop.example') => ({
			...{ metric: 'Placed Order', service: 'shopware', profile, value },
			time: new Date(time),
			properties: { 'Campaign Name': value > 15 ? 'Sale' : 'News' },
		});

		beforeEach(async () => {
			await start({ now: () => new Date('2031-06-01T00:00:00Z') });
			klaviyo.seedEvents([
				order('2030-12-31T23:30:00Z', 5),
				order('2031-01-01T00:30:00Z', 10),
				order('2031-01-01T10:00:00Z', 20),
				order('2031-01-02T10:00:00Z', 30, 'ben@shop.example'),
				order('2031-01-03T00:00:00Z', 40),
			]);
		});

		it('counts per day', async () => {
			const measurements = ['count', 'sum_value', 'unique'];
			expect(await itemsOf('metric', 'getAggregates', { ...range, measurements })).toEqual([
				{
					metric_id: 'PLACED',
					date: '2031-01-01T00:00:00+00:00',
					count: 2,
					sum_value: 30,
					unique: 1,
				},
				{
					metric_id: 'PLACED',
					date: '2031-01-02T00:00:00+00:00',
					count: 1,
					sum_value: 30,
					unique: 1,
				},
			]);
		});

		it('counts per hour', async () => {
			const hours = await itemsOf('metric', 'getAggregates', { ...range, interval: 'hour' });
			expect(hours).toHaveLength(48);
			expect(
				hours.filter(({ count }) => count === 1).map(({ date }) => String(date).slice(0, 13)),
			).toEqual(['2031-01-01T00', '2031-01-01T10', '2031-01-02T10']);
		});

		it('takes days, From and To in the chosen time zone, else in that of the workflow', async () => {
			const prague = { timezone: 'Europe/Prague' };
			const chosen = {
				...range,
				options: prague,
				since: '2031-01-01T00:00:00+01:00',
				until: '2031-01-03T00:00:00+01:00',
			};
			const expected = [3, 1];
			const ofOption = await itemsOf('metric', 'getAggregates', chosen);
			const ofWorkflow = await itemsOf('metric', 'getAggregates', range, prague);
			expect(ofOption.map(({ count }) => count)).toEqual(expected);
			expect(ofWorkflow.map(({ count }) => count)).toEqual(expected);
		});

		it('groups', async () => {
			const options = { groupBy: ['Campaign Name'] };
			const rows = await itemsOf('metric', 'getAggregates', { ...range, options });
			const counts = rows.map(({ campaign_name, count }) => [campaign_name, count]);
			expect(counts).toEqual([
				['News', 1],
				['News', 0],
				['Sale', 1],
				['Sale', 1],
			]);
		});

		it('returns what Klaviyo says when it is not to simplify', async () => {
			const [report] = await itemsOf('metric', 'getAggregates', { ...range, simplify: false });
			expect(report).toMatchObject({ type: 'metric-aggregate', attributes: { data: [{}] } });
		});

		it.each([
			['no metric', { metricId: byId('={{ $json.none }}') }, /'Metric' is empty/],
			['a metric that Klaviyo does not have', { metricId: byId('NOSUCH') }, /'Metric'/],
			['no beginning', { since: '={{ $json.none }}' }, /'Since' is empty/],
			['a beginning that is no date', { since: 'soon' }, /'Since' is not a date/],
			['an end before the beginning', { until: '2030-01-01' }, /'Until' is not after 'Since'/],
			['more than a year', { until: '2032-02-01' }, /more than a year apart/],
			['nothing to count', { measurements: '={{ [] }}' }, /'Measurements' is empty/],
			[
				'a time zone that is none',
				{ options: { timezone: 'Mars/North' } },
				/'Time Zone' is not one/,
			],
		])('names the parameter when it finds %s', async (_, parameters, message) => {
			const { failure } = await run('metric', 'getAggregates', { ...range, ...parameters });
			expect(failure?.message).toMatch(message);
		});
	});
});

describe('when Klaviyo says no', () => {
	it.each([
		[401, {}, { apiKey: 'pk_wrong' }, /does not know the 'Private API Key'/],
		[410, { revisions: ['2029-01-15'] }, {}, /has ended the API revision.*Update the package/],
	])('%i is told with what to do', async (status, options, more, message) => {
		await start(options);
		const { failure } = await run('account', 'get', {}, more);
		expect(failure).toMatchObject({
			httpCode: String(status),
			message: expect.stringMatching(message),
		});
		expect(klaviyo.apiCalls()).toHaveLength(1);
	});

	it('goes on after a 503 and a broken connection', async () => {
		klaviyo.misbehave({ answer: 503, retryAfter: 0 });
		klaviyo.misbehave({ answer: 'reset' });
		expect(await itemsOf('account', 'get')).toHaveLength(1);
		expect(klaviyo.apiCalls().length).toBeGreaterThanOrEqual(2);
	});

	it('gives up at once when Klaviyo asks to wait for longer than it may take', async () => {
		klaviyo.misbehave({ answer: 429, retryAfter: 3600 });
		const { failure } = await run('account', 'get');
		expect(failure).toMatchObject({
			httpCode: '429',
			message: expect.stringContaining('slow down'),
		});
	});

	it('tells that the API can’t be reached, naming the field', async () => {
		const { failure } = await run('account', 'get', {}, { apiUrl: 'http://nowhere.invalid' });
		expect(failure?.message).toMatch(/'API URL'/);
	});

	it('sends what failed to the error output, item by item, and goes on', async () => {
		await start({ accountId: 'LaMp01' });
		const { main, error } = await run(
			'metric',
			'getAggregates',
			{ metricId: byId('={{ $json.id }}'), since: '2026-01-01', until: '2026-01-02' },
			{ items: [{ id: 'NOSUCH' }, { id: 'PLACED' }], onError: 'continueErrorOutput' },
		);
		expect(main.map(({ json, pairedItem }) => [json.metric_id, pairedItem])).toEqual([
			['PLACED', { item: 1 }],
		]);
		expect(error).toHaveLength(1);
		expect(error[0]!.json).toMatchObject({ error: expect.stringContaining("'Metric'") });
	});
});

describe('a run', () => {
	it('reads the credential once, however many items and pages there are', async () => {
		const credentials = klaviyoCredentials(klaviyo.apiUrl);
		await run('metric', 'getAll', { returnAll: true }, { credentials, items: [{}, {}, {}] });
		expect(klaviyo.apiCalls().length).toBeGreaterThanOrEqual(6);
		expect(credentials.reads).toBe(1);
	});

	it('asks nothing of a private address unless the credential allows it', async () => {
		const credentials = klaviyoCredentials(klaviyo.apiUrl);
		credentials.data.klaviyoPrivateKeyApi!.allowPrivate = false;
		const { failure } = await run('account', 'get', {}, { credentials });
		expect(failure?.message).toMatch(/'API URL' .* private network.*'Allow Private Addresses'/);
		expect(klaviyo.apiCalls()).toEqual([]);
	});

	// n8n itself would hand the items on by the first output, as if all were well.
	it('that can not even begin sends every item to the error output', async () => {
		const { main, error } = await run(
			'account',
			'get',
			{},
			{
				credentials: new MemoryCredentials({}),
				items: [{ id: 'a' }, { id: 'b' }],
				onError: 'continueErrorOutput',
			},
		);
		expect(main).toEqual([]);
		expect(error.map(({ json }) => json)).toEqual(
			['a', 'b'].map((id) =>
				expect.objectContaining({ id, error: expect.stringMatching(/can't be read/) }),
			),
		);
	});

	it('without items asks nothing', async () => {
		expect(await itemsOf('account', 'get', {}, { items: [] })).toEqual([]);
		expect(klaviyo.apiCalls()).toEqual([]);
	});
});

describe('the dropdowns', () => {
	it.each([
		['searchLists', 23],
		['searchMetrics', 231],
		['searchSegments', 12],
		['searchFlows', 0],
	] as const)('%s reads every page', async (method, count) => {
		expect(await searchKlaviyo(klaviyo.apiUrl, method)).toHaveLength(count);
	});

	it('search in names, and tell metrics apart by their integration', async () => {
		expect(await searchKlaviyo(klaviyo.apiUrl, 'searchMetrics', 'shopware')).toEqual([
			{ name: 'Placed Order (Shopware)', value: 'PLACED' },
		]);
	});
});
