// What a person changed in Klaviyo, and starts of n8n while Klaviyo is away: on a real n8n. A change of the leader takes
// n8n's licence for several main processes; test/engine plays it.
import axios from 'axios';

import { METRICS, type World } from '../../sandbox/demo/world';
import { publishRow } from '../../sandbox/instance';
import type { WorkflowNode } from '../../sandbox/n8n/client';
import type { StoredFlow } from '../../sandbox/klaviyo';
import { until } from './support/workflows';
import { withWorld } from './support/world';

let world: World;
withWorld((one) => void (world = one));

const BODY = '{"metric": "Placed Order", "email": "{{ person.email }}"}';
const OTHER_START = { type: 'metric', id: METRICS['Started Checkout'], trigger_filter: null };

/** Klaviyo's API as somebody else uses it. */
async function call(method: 'post' | 'patch', path: string, data: object): Promise<void> {
	await axios.request({
		method,
		url: `${world.klaviyo.apiUrl}/api/${path}`,
		data: { data },
		headers: {
			Authorization: 'Klaviyo-API-Key pk_sandbox',
			revision: '2026-07-15',
			'Content-Type': 'application/vnd.api+json',
		},
	});
}

interface Action {
	id: string;
	type: string;
	data: { value?: number; message?: { body: string } };
}

const actionOf = ({ definition }: StoredFlow, type: string) =>
	(definition.actions as unknown as Action[]).find((action) => action.type === type)!;

async function changeAction(flow: StoredFlow, type: string, change: object): Promise<void> {
	const { id, ...action } = actionOf(flow, type);
	const definition = { ...action, id, data: { ...action.data, ...change } };
	await call('patch', `flow-actions/${id}`, {
		type: 'flow-action',
		id,
		attributes: { definition },
	});
}

/** Klaviyo's editor can do what its API can't: the same flow, with another start or filter. */
async function rebuild(flow: StoredFlow, change: object): Promise<void> {
	const text = JSON.stringify(flow.definition, (key, value: unknown) =>
		key === 'message' ? { ...(value as object), id: undefined } : value,
	);
	const copy = JSON.parse(text) as { actions: Array<Record<string, unknown>> };
	const actions = copy.actions.map(({ id, ...action }) => ({ ...action, temporary_id: id }));
	const definition = { ...copy, actions, ...change };
	world.klaviyo.deleteFlowByHand(flow.id);
	await call('post', 'flows', { type: 'flow', attributes: { name: flow.name, definition } });
	const { id } = world.klaviyo.flows().find(({ name }) => name === flow.name)!;
	await call('patch', `flows/${id}`, { type: 'flow', id, attributes: { status: 'live' } });
}

/** What a person changes, and what Klaviyo has of it. */
const EDITS = {
	delay: {
		make: async (flow: StoredFlow) => await changeAction(flow, 'time-delay', { value: 45 }),
		now: (flow: StoredFlow): unknown => actionOf(flow, 'time-delay').data.value,
		wanted: 45,
	},
	body: {
		make: async (flow: StoredFlow) => {
			const { message } = actionOf(flow, 'send-webhook').data;
			await changeAction(flow, 'send-webhook', { message: { ...message, body: BODY } });
		},
		now: (flow: StoredFlow): unknown => actionOf(flow, 'send-webhook').data.message!.body,
		wanted: BODY,
	},
	filter: {
		make: async (flow: StoredFlow) => await rebuild(flow, { profile_filter: null }),
		now: (flow: StoredFlow): unknown => flow.definition.profile_filter ?? null,
		wanted: null,
	},
	trigger: {
		make: async (flow: StoredFlow) => await rebuild(flow, { triggers: [OTHER_START] }),
		now: (flow: StoredFlow): unknown => flow.definition.triggers[0]!.id,
		wanted: METRICS['Started Checkout'],
	},
};
type Part = keyof typeof EDITS;
const PARTS = Object.keys(EDITS) as Part[];

interface Published {
	part: Part;
	url: string;
	workflowId: string;
	marker: string;
}

let published: Published[];

const flowOf = ({ marker }: Published) =>
	world.klaviyo.flows().find(({ name }) => name.includes(marker))!;
const found = () =>
	published.map((one) => [one.part, flowOf(one).status, EDITS[one.part].now(flowOf(one))]);
const EDITED = PARTS.map((part) => [part, 'live', EDITS[part].wanted]);

beforeAll(async () => {
	published = [];
	for (const part of PARTS) {
		const trigger = {
			name: 'Klaviyo Trigger',
			type: `${world.packageName}.klaviyoTrigger`,
			typeVersion: 2,
			parameters: {
				recipe: 'winBack',
				metricId: METRICS['Placed Order'],
				options: { flowStatus: 'live' },
			},
			credentials: {
				klaviyoWebhookApi: world.credentials.klaviyoWebhookApi!,
				klaviyoPrivateKeyApi: world.credentials.klaviyoPrivateKeyApi!,
			},
		};
		const row = await publishRow(world, `Win-back, ${part}`, [trigger], '{id}/klaviyo');
		const marker = new URL(row.url).pathname.split('/')[2]!.slice(0, 8);
		published.push({ part, ...row, marker });
	}
	for (const one of published) await EDITS[one.part].make(flowOf(one));
	expect(found()).toEqual(EDITED);
});

async function answers({ url }: Published): Promise<number> {
	const { header, secret } = world.webhook;
	const { status } = await axios.post(
		url,
		{ metric: 'Placed Order', email: 'ana@shop.example' },
		{ headers: { [header]: secret, 'x-klaviyo-flow-id': 'AbC123' }, validateStatus: () => true },
	);
	return status;
}

describe.each([
	['as it should', null],
	['401', 401],
	['429', 429],
	['503', 503],
	['nothing', 'hang' as const],
])('n8n started while Klaviyo answers %s', (_, answer) => {
	it('takes deliveries at every production URL, and neither asks nor tells Klaviyo anything', async () => {
		await world.n8n.stop();
		const before = world.klaviyo.flows();
		const calls = world.klaviyo.apiCalls().length;
		if (answer !== null) world.klaviyo.misbehave({ answer, times: 1000 });
		await world.n8n.restart();
		for (const one of published)
			await until(async () => (await answers(one)) === 200, `${one.part}: 200`);
		world.klaviyo.behave();
		expect(world.klaviyo.apiCalls().slice(calls)).toEqual([]);
		expect(world.klaviyo.flows()).toEqual(before);
	});
});

it('publishing the workflows anew leaves what a person changed, and every live flow live', async () => {
	for (const { workflowId } of published) {
		const { nodes } = await world.client.get<{ nodes: WorkflowNode[] }>(
			`/rest/workflows/${workflowId}`,
		);
		for (const { parameters } of nodes)
			parameters.options = { flowStatus: 'live', eventName: 'come_back' };
		const { versionId } = await world.client.patch<{ versionId: string }>(
			`/rest/workflows/${workflowId}`,
			{ nodes },
		);
		await world.client.publish({ id: workflowId, versionId });
	}
	expect(found()).toEqual(EDITED);
	expect(world.klaviyo.flows()).toHaveLength(PARTS.length);
	// What nobody changed follows the node.
	const bodies = published
		.filter(({ part }) => part !== 'body')
		.map((one) => actionOf(flowOf(one), 'send-webhook').data.message!.body);
	expect(bodies.filter((body) => body.includes('come_back'))).toHaveLength(PARTS.length - 1);
});
