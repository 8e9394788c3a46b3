import type { AxiosInstance } from 'axios';

import type { KlaviyoOptions } from '../../sandbox/klaviyo';
import { startKlaviyo } from '../../sandbox/klaviyo';
import type { NewStep } from '../../sandbox/klaviyo/api/example-client';
import {
	clientOf,
	errorOf,
	newFlow,
	statusChange,
	webhookStep,
} from '../../sandbox/klaviyo/api/example-client';
import { ANA, closeAll, flowTo, HURRY, kept, startReceiver } from './klaviyo-receiver';

afterEach(closeAll);

async function startApi(options: KlaviyoOptions = {}) {
	const klaviyo = kept(await startKlaviyo({ ...HURRY, ...options }));
	return { klaviyo, api: clientOf(klaviyo.apiUrl) };
}

interface FlowAnswer {
	data: {
		id: string;
		attributes: {
			status: string;
			definition: {
				entry_action_id: string;
				actions: Array<{ id: string; links: { next: string | null }; data: { status: string } }>;
			};
		};
	};
}

async function create(api: AxiosInstance, steps: NewStep[]): Promise<FlowAnswer['data']> {
	const { status, data } = await api.post<FlowAnswer>('/api/flows', newFlow(steps));
	expect(status).toBe(201);
	return data.data;
}

const delay: NewStep = {
	temporary_id: 'wait',
	type: 'time-delay',
	links: { next: 'send' },
	data: { unit: 'hours', value: 4 },
};

describe('a flow built through the API', () => {
	it('is a draft whose actions have real ids, linked as they were', async () => {
		const { klaviyo, api } = await startApi();
		const { id, attributes } = await create(api, [delay, webhookStep('https://n8n.example/x')]);
		const { definition, status } = attributes;
		expect(status).toBe('draft');
		expect(id).toMatch(/^[A-Za-z0-9]{6}$/);
		const [wait, send] = definition.actions;
		expect(wait?.id).toMatch(/^\d+$/);
		expect(definition.entry_action_id).toBe(wait?.id);
		expect(wait?.links.next).toBe(send?.id);
		expect(send?.data.status).toBe('draft');
		expect(JSON.stringify(definition)).not.toContain('temporary_id');
		expect(klaviyo.flow(id)).toMatchObject({ id, name: 'Cart left behind', status: 'draft' });
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('sends once it is live, with the URL, headers and body of its definition', async () => {
		const receiver = kept(await startReceiver(200));
		const { klaviyo, api } = await startApi();
		const { id } = await create(api, [delay, webhookStep(receiver.url)]);
		expect(klaviyo.enter(id, ANA).status).toBe('skipped');

		await api.patch(`/api/flows/${id}`, statusChange(id, 'live'));
		klaviyo.enter(id, ANA);
		await klaviyo.settled();
		expect(receiver.received).toHaveLength(1);
		const [{ headers, body }] = receiver.received as [(typeof receiver.received)[0]];
		expect(headers['x-webhook-secret']).toBe('from-the-definition');
		expect(headers['x-klaviyo-flow-id']).toBe(id);
		expect(body.toString()).toBe('{"email":"ana@shop.example"}');

		await api.patch(`/api/flows/${id}`, statusChange(id, 'draft'));
		expect(klaviyo.enter(id, ANA).status).toBe('skipped');
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('waits as its definition says when that is asked for', async () => {
		const receiver = kept(await startReceiver(200));
		const { klaviyo, api } = await startApi({ apiFlowDelays: true, timeScale: 4 * 36_000 });
		const { id } = await create(api, [delay, webhookStep(receiver.url)]);
		await api.patch(`/api/flows/${id}`, statusChange(id, 'live'));
		const started = Date.now();
		klaviyo.enter(id, ANA);
		await klaviyo.settled();
		expect(Date.now() - started).toBeGreaterThanOrEqual(99);
	});

	it('sends from each of its webhook steps', async () => {
		const receiver = kept(await startReceiver(200));
		const { klaviyo, api } = await startApi();
		const steps = [
			webhookStep(`${receiver.url}&step=1`, 'one', 'two'),
			webhookStep(`${receiver.url}&step=2`, 'two'),
		];
		const { id } = await create(api, steps);
		await api.patch(`/api/flows/${id}`, statusChange(id, 'live'));
		klaviyo.enter(id, ANA);
		await klaviyo.settled();
		const paths = receiver.received.map(({ path }) => path.slice(-1));
		expect(paths.sort()).toEqual(['1', '2']);
	});

	it('sends what its action was changed to, and nothing when that left the status out', async () => {
		const receiver = kept(await startReceiver(200));
		const { klaviyo, api } = await startApi();
		const { id, attributes } = await create(api, [webhookStep('https://n8n.example/x')]);
		await api.patch(`/api/flows/${id}`, statusChange(id, 'live'));
		const actionId = attributes.definition.actions[0]?.id ?? '';
		const change = async (status: object) => {
			const message = { url: receiver.url, headers: {}, body: 'changed {{ email }}' };
			const definition = { id: actionId, type: 'send-webhook', data: { message, ...status } };
			const data = { type: 'flow-action', id: actionId, attributes: { definition } };
			return await api.patch(`/api/flow-actions/${actionId}`, { data });
		};
		expect((await change({ status: 'live' })).status).toBe(200);
		klaviyo.enter(id, ANA);
		await klaviyo.settled();
		expect(receiver.received[0]?.body.toString()).toBe('changed ana@shop.example');

		expect((await change({})).status).toBe(200);
		expect(klaviyo.enter(id, ANA).status).toBe('skipped');
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it.each([
		['two triggers', { triggers: [{ type: 'metric' }, { type: 'metric' }] }, '/triggers'],
		['an unknown entry', { entry_action_id: 'nobody' }, '/entry_action_id'],
		['an unknown list', { triggers: [{ type: 'list', id: 'NoList' }] }, '/triggers/0/id'],
	])('is refused with %s', async (_name, change, pointer) => {
		const { api } = await startApi();
		const flow = newFlow([webhookStep('https://n8n.example/x')]);
		Object.assign(flow.data.attributes.definition, change);
		const answer = await api.post('/api/flows', flow);
		expect(answer.status).toBe(400);
		expect(errorOf(answer).source).toEqual({ pointer: `/data/attributes/definition${pointer}` });
	});

	it('is refused with a URL that is not https', async () => {
		const { klaviyo, api } = await startApi({ allowLoopbackHttp: false });
		const answer = await api.post('/api/flows', newFlow([webhookStep('http://127.0.0.1/x')]));
		expect([answer.status, errorOf(answer).code]).toEqual([400, 'invalid']);
		expect((await api.get<{ data: unknown[] }>('/api/flows')).data.data).toEqual([]);
		expect(klaviyo.apiCalls().map(({ operation }) => operation)).toEqual([
			'create_flow',
			'get_flows',
		]);
	});

	it('stays away once somebody deleted it by hand; nobody needs to call DELETE', async () => {
		const { klaviyo, api } = await startApi();
		const { id } = await create(api, [webhookStep('https://n8n.example/x')]);
		klaviyo.deleteFlowByHand(id);
		expect((await api.get(`/api/flows/${id}`)).status).toBe(404);
		expect((await api.patch(`/api/flows/${id}`, statusChange(id, 'live'))).status).toBe(404);
		expect(() => klaviyo.enter(id, ANA)).toThrow('no flow');
		expect(klaviyo.apiCalls().some(({ method }) => method === 'DELETE')).toBe(false);
		expect((await api.delete(`/api/flows/${id}`, { data: undefined })).status).toBe(404);
		expect(klaviyo.apiCalls().at(-1)).toMatchObject({ operation: 'delete_flow', status: 404 });
	});
});

describe('reading flows', () => {
	it('finds a flow by its exact name, and has those that were built by hand', async () => {
		const { klaviyo, api } = await startApi();
		await create(api, [webhookStep('https://n8n.example/x')]);
		const hand = klaviyo.createFlow(flowTo('https://n8n.example/y', { name: 'By "hand"' }));
		const filter = 'equals(name,"By \\"hand\\"")';
		const params = { filter, 'fields[flow]': 'name,status' };
		const { data } = await api.get('/api/flows', { params });
		expect(data.data).toEqual([
			expect.objectContaining({ id: hand.id, attributes: { name: 'By "hand"', status: 'live' } }),
		]);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('tells the definition only when asked, and the actions one by one', async () => {
		const { klaviyo, api } = await startApi();
		const { id, attributes } = await create(api, [delay, webhookStep('https://n8n.example/x')]);
		const plain = await api.get(`/api/flows/${id}`);
		expect(plain.data.data.attributes).not.toHaveProperty('definition');
		const params = { 'additional-fields[flow]': 'definition' };
		const full = await api.get(`/api/flows/${id}`, { params });
		expect(full.data.data.attributes.definition).toEqual(attributes.definition);
		const actions = await api.get(`/api/flows/${id}/flow-actions`);
		expect(actions.data.data).toHaveLength(2);
		const one = await api.get(`/api/flow-actions/${actions.data.data[1].id}`);
		expect(one.data.data.attributes.definition.data.message.url).toBe('https://n8n.example/x');
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('gives 50 on a page', async () => {
		const { klaviyo, api } = await startApi();
		for (let index = 0; index < 51; index++) {
			klaviyo.createFlow(flowTo('https://n8n.example/y', { name: `Flow ${index}` }));
		}
		const first = await api.get('/api/flows', { params: { sort: '-name' } });
		expect(first.data.data).toHaveLength(50);
		const second = await api.get(first.data.links.next);
		expect(second.data.data).toMatchObject([{ attributes: { name: 'Flow 0' } }]);
		expect(second.data.links.next).toBeNull();
	});
});
