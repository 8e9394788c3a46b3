// What only a real n8n shows of Klaviyo: a system webhook from its registration to Meiro, and our credential in stock nodes.
import { bodyOf } from '../../sandbox/demo/scenario';
import { publishRow, startInstance, type Instance } from '../../sandbox/instance';
import { ensureN8n } from '../../sandbox/n8n/cache';
import type { WorkflowFile } from '../../sandbox/n8n/client';
import { outputOf, runByHand } from '../../sandbox/n8n/executions';
import { until } from './support/workflows';

const TOPICS = ['event:api.viewed_product', 'event:api.placed_order'];
const PEOPLE = 60;
/** Of the account, on three pages. */
const LISTS = 23;

let instance: Instance;

beforeAll(async () => {
	instance = await startInstance(await ensureN8n(() => undefined));
}, 900_000);

afterAll(async () => {
	await instance.close();
});

it('brings every event of the chosen topics once, though Meiro has a bad moment', async () => {
	const { klaviyo, meiro, packageName, credentials } = instance;
	const ids = klaviyo.seedProfiles(PEOPLE);
	await publishRow(
		instance,
		'System webhook',
		[
			{
				name: 'Klaviyo Trigger',
				type: `${packageName}.klaviyoTrigger`,
				typeVersion: 2,
				parameters: { setUp: 'systemWebhook', topics: TOPICS },
				credentials: {
					klaviyoWebhookApi: credentials.webhook,
					klaviyoPrivateKeyApi: credentials.klaviyo,
				},
			},
			{
				name: 'Meiro Events',
				type: `${packageName}.meiroEvents`,
				typeVersion: 1,
				parameters: { source: 'klaviyo' },
				credentials: { meiroEventsApi: credentials.source },
			},
		],
		'{id}/klaviyo',
	);
	const [webhook] = klaviyo.systemWebhooks();
	meiro.misbehave([
		{ kind: 'status', status: 503, times: 2 },
		{ kind: 'reset', times: 1 },
	]);
	for (const topic of ['event:api.active_on_site', ...TOPICS]) {
		klaviyo.sendSystemEvents(
			webhook!.id,
			ids.map((profile_id) => ({ topic, profile_id, properties: { ProductName: 'Čaj & "Cup"' } })),
		);
	}
	await klaviyo.systemSettled();
	const told = () => meiro.events({ source: 'klaviyo' }).map((event) => bodyOf(event));
	await until(() => told().length >= PEOPLE * TOPICS.length, 'all came');
	const keys = told().map(({ event_name, profile, received_via }) =>
		[event_name, (profile as { klaviyo_id: string }).klaviyo_id, received_via].join(' '),
	);
	expect(keys.sort()).toEqual(
		['viewed_product', 'placed_order']
			.flatMap((name) => ids.map((id) => `${name} ${id} system_webhook`))
			.sort(),
	);
});

it('lends n8n’s HTTP Request node our credential, for all that the Klaviyo node has no operation for: every page once', async () => {
	const { client, klaviyo, credentials } = instance;
	const node = (name: string, type: string, typeVersion: number, parameters: object) => ({
		...{ id: name, name, type, typeVersion, parameters, position: [0, 0] as [number, number] },
	});
	const workflow = await client.createWorkflow({
		name: 'Anything else',
		nodes: [
			node('By Hand', 'n8n-nodes-base.manualTrigger', 1, {}),
			{
				// As docs/klaviyo.md says.
				...node('HTTP Request', 'n8n-nodes-base.httpRequest', 4.2, {
					method: 'GET',
					url: `${klaviyo.apiUrl}/api/lists`,
					authentication: 'predefinedCredentialType',
					nodeCredentialType: 'klaviyoPrivateKeyApi',
					sendHeaders: true,
					headerParameters: { parameters: [{ name: 'Accept', value: 'application/vnd.api+json' }] },
					options: {
						response: { response: { responseFormat: 'json' } },
						pagination: {
							pagination: {
								paginationMode: 'responseContainsNextURL',
								nextURL: '={{ $response.body.links.next }}',
								paginationCompleteWhen: 'other',
								completeExpression: '={{ !$response.body.links.next }}',
							},
						},
					},
				}),
				credentials: { klaviyoPrivateKeyApi: credentials.klaviyo },
			},
		],
		connections: { 'By Hand': { main: [[{ node: 'HTTP Request', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	} as unknown as WorkflowFile);
	const before = klaviyo.apiCalls().length;
	await runByHand(instance, workflow.id, 'By Hand');
	expect(klaviyo.apiCalls().slice(before)).toMatchObject(
		Array.from({ length: 3 }, () => ({ path: '/api/lists', status: 200 })),
	);
	const pages = await outputOf(instance, { workflowId: workflow.id }, 'HTTP Request');
	const ids = pages.flatMap(({ data }) => (data as Array<{ id: string }>).map(({ id }) => id));
	expect(new Set(ids).size).toBe(LISTS);
	expect(ids).toHaveLength(LISTS);
	expect(klaviyo.contractViolations()).toEqual([]);
});
