// Event: Complete of the Klaviyo node: in n8n's real engine, against the stand-in.
import type { IDataObject } from 'n8n-workflow';

import { resetProcessState } from '../../nodes/shared/processState';
import { startKlaviyo, type KlaviyoOptions, type KlaviyoStandIn } from '../../sandbox/klaviyo';
import { executeKlaviyo } from './support/klaviyo';

let klaviyo: KlaviyoStandIn;

const NOW = Math.floor(Date.now() / 1000) * 1000;
const secondsAgo = (seconds: number) => new Date(NOW - seconds * 1000);

async function startWith(options: KlaviyoOptions): Promise<void> {
	await klaviyo.close();
	klaviyo = await startKlaviyo(options);
}

beforeEach(async () => {
	resetProcessState();
	klaviyo = await startKlaviyo();
});
afterEach(async () => {
	await klaviyo.close();
});

interface Completed extends IDataObject {
	flow: IDataObject;
	profile: IDataObject;
	properties: IDataObject;
}

/** What the editor shows beside the node's items. */
let hints: string[] = [];

async function complete(items: IDataObject[], parameters: IDataObject = {}) {
	const { main, failure, run } = await executeKlaviyo({
		apiUrl: klaviyo.apiUrl,
		resource: 'event',
		operation: 'complete',
		parameters,
		items,
	});
	expect(failure).toBeUndefined();
	expect(main.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
	hints = (run.data.resultData.runData.Klaviyo?.[0]?.hints ?? []).map(({ message }) => message);
	return main.map(({ json }) => json as Completed);
}

const calls = (path: string) => klaviyo.apiCalls().filter((call) => call.path.startsWith(path));

/** As the trigger gives it. */
const delivery = (id: string, email: string, more: IDataObject = {}): IDataObject => ({
	event_id: `sha-${id}`,
	event_name: 'placed_order',
	event_version: 1,
	event_time: new Date(NOW).toISOString(),
	event_time_source: 'received',
	received_at: new Date(NOW).toISOString(),
	received_via: 'flow_webhook',
	account: null,
	flow: { id: 'FlowId', step: null, trigger_type: 'metric' },
	trigger_event: { metric: 'Placed Order', id },
	list: null,
	segment: null,
	profile: { email },
	properties: { offer: 'gold' },
	from_meiro: false,
	is_test: false,
	...more,
});

const order = (number: number, ago: number, more: IDataObject = {}) => ({
	metric: 'Placed Order',
	profile: `person-${number}@shop.example`,
	time: secondsAgo(ago),
	unique_id: `order-${number}`,
	value: 41.5,
	value_currency: 'EUR',
	properties: { OrderId: `${number}`, Items: [{ SKU: 'L-1', Quantity: 2 }], ...more },
});

describe('Event: Complete', () => {
	it('gives an item the exact time and all that Klaviyo has of the event, under its own event_id', async () => {
		klaviyo.seedEvents([order(1, 3600)]);
		const item = delivery('order-1', 'person-1@shop.example');
		const [json] = await complete([item]);
		expect(json).toMatchObject({
			event_id: 'sha-order-1',
			event_time: secondsAgo(3600).toISOString(),
			event_time_source: 'event',
			received_at: item.received_at,
			trigger_event: {
				metric: 'Placed Order',
				id: 'order-1',
				klaviyo_event_id: expect.any(String),
				value: 41.5,
				currency: 'EUR',
			},
			properties: { offer: 'gold', OrderId: '1', Items: [{ SKU: 'L-1', Quantity: 2 }] },
			profile: { email: 'person-1@shop.example', klaviyo_id: expect.any(String) },
			completed: true,
		});
	});

	it('leaves what is not found as it came, and the time of a step as it is', async () => {
		klaviyo.seedEvents([order(1, 3600)]);
		const missing = delivery('order-9', 'person-9@shop.example');
		const step = delivery('order-1', 'person-1@shop.example', {
			event_id: 'sha-step',
			event_name: 'order_followed_up',
		});
		const sample = delivery('order-1', 'person-1@shop.example', { is_test: true });
		const foreign = { anything: 1 };
		const given = [missing, step, sample, foreign];
		const [first, second, third, fourth] = await complete(given);
		expect(first).toEqual({ ...missing, completed: false });
		expect(second).toMatchObject({
			event_time: step.event_time,
			trigger_event: { time: secondsAgo(3600).toISOString() },
			completed: true,
		});
		expect(third).toEqual({ ...sample, completed: false });
		expect(fourth).toEqual({ anything: 1, completed: false });
	});

	it('asks for one person by the person, and for many by pages of the span', async () => {
		klaviyo.seedEvents(Array.from({ length: 30 }, (_, number) => order(number, 60 * number)));
		const [id] = (await complete([delivery('order-1', 'person-1@shop.example')])).map(
			({ profile }) => profile.klaviyo_id,
		);
		const asked = calls('/api/events').length;
		await complete([delivery('order-1', 'person-1@shop.example', { profile: { klaviyo_id: id } })]);
		const [byPerson] = calls('/api/events').slice(asked);
		expect(String(byPerson!.query.filter)).toContain(`equals(profile_id,"${String(id)}")`);

		const many = Array.from({ length: 30 }, (_, number) =>
			delivery(`order-${number}`, `person-${number}@shop.example`),
		);
		const before = calls('/api/events').length;
		expect((await complete(many)).every(({ completed }) => completed)).toBe(true);
		// One for each metric of that name: two integrations have one.
		expect(calls('/api/events').length - before).toBe(2);
	});

	it('knows a metric under the other spelling of its name, and dates no event after its receipt', async () => {
		klaviyo.seedEvents([{ ...order(1, -30), metric: 'Canceled Order' }]);
		const item = delivery('order-1', 'person-1@shop.example', {
			event_name: 'cancelled_order',
			trigger_event: { metric: 'Cancelled Order', id: 'order-1' },
		});
		const [json] = await complete([item]);
		expect(json).toMatchObject({
			completed: true,
			event_time: item.received_at,
			event_time_source: 'event',
			trigger_event: { time: secondsAgo(-30).toISOString() },
		});
	});

	it('leaves what has neither an ID nor a time as it came, however alike another event of the person is', async () => {
		klaviyo.seedEvents([order(1, 60)]);
		const item = delivery('', 'person-1@shop.example', {
			trigger_event: { metric: 'Placed Order', value: 41.5 },
			properties: { OrderId: '1' },
		});
		expect(await complete([item])).toEqual([{ ...item, completed: false }]);
		expect(calls('/api/events')).toEqual([]);
	});

	it('takes from a list when somebody joined it', async () => {
		await startWith({ lists: [{ id: 'NewsLt', name: 'Newsletter' }] });
		const ids = klaviyo.seedProfiles([
			{ attributes: { email: 'ana@shop.example' } },
			{ attributes: { email: 'bob@shop.example' } },
		]);
		klaviyo.seedMembers('NewsLt', [
			{ id: ids[0]!, joined: secondsAgo(600) },
			{ id: ids[1]!, joined: secondsAgo(90 * 86_400) },
		]);
		const joined = (email: string) =>
			delivery('', email, {
				event_id: `sha-${email}`,
				event_name: 'joined_list',
				trigger_event: null,
				list: { id: 'NewsLt', name: 'Newsletter' },
			});
		const [ana, bob] = await complete([joined('ana@shop.example'), joined('bob@shop.example')]);
		expect(ana).toMatchObject({
			event_time: secondsAgo(600).toISOString(),
			event_time_source: 'event',
			profile: { klaviyo_id: ids[0] },
			completed: true,
		});
		expect(bob).toMatchObject({ completed: false, event_time_source: 'received' });
	});

	it('adds the person on request: IDs and consent, and only what is named of the rest', async () => {
		await startWith({ lists: [{ id: 'NewsLt', name: 'Newsletter' }] });
		const [id] = klaviyo.seedProfiles([
			{
				attributes: {
					email: 'person-1@shop.example',
					external_id: 'C-1',
					first_name: 'Ana',
					properties: { Tier: 'gold', Secret: 'x' },
				},
			},
		]);
		klaviyo.seedMembers('NewsLt', [id!]);
		klaviyo.seedEvents([order(1, 60)]);
		const item = delivery('order-1', 'person-1@shop.example');
		const [json] = await complete([item], {
			includeProfile: true,
			options: { customProperties: 'Tier, Missing', includeLists: true },
		});
		expect(json!.profile).toEqual({
			klaviyo_id: id,
			email: 'person-1@shop.example',
			external_id: 'C-1',
			properties: { Tier: 'gold', klaviyo_lists: ['Newsletter'] },
		});
		const [bare] = await complete([item]);
		expect(bare!.profile).toEqual({ klaviyo_id: id, email: 'person-1@shop.example' });
	});

	it.each([
		['is down', { answer: 503 as const, times: 1000 }],
		['is throttled', { answer: 429 as const, times: 1000, retryAfter: 60 }],
		['cuts connections', { answer: 'reset' as const, times: 1000 }],
		['never answers', { answer: 'hang' as const, times: 1000 }],
		['refuses the key', { answer: 401 as const, times: 1000 }],
		['refuses the scope', { answer: 403 as const, times: 1000 }],
	])('lets all items pass within seconds while Klaviyo %s', async (_, fault) => {
		klaviyo.seedEvents([order(1, 60)]);
		klaviyo.misbehave(fault);
		const items = [1, 2].map((each) => delivery(`order-${each}`, `person-${each}@shop.example`));
		const before = Date.now();
		const passed = await complete(items, { includeProfile: true });
		expect(passed).toEqual(items.map((item) => ({ ...item, completed: false })));
		// Klaviyo asks for a minute, or is silent for good.
		expect(Date.now() - before).toBeLessThan(30_000);
	});

	it('does without the part that the key may not read', async () => {
		klaviyo.seedEvents([order(1, 60)]);
		klaviyo.misbehave({ path: '/api/profiles', answer: 403, times: 10 });
		const item = delivery('order-1', 'person-1@shop.example');
		const [json] = await complete([item], { includeProfile: true });
		expect(json).toMatchObject({ completed: true, properties: { OrderId: '1' } });
	});

	describe('flow names', () => {
		const flow = (id: string, name: string) => ({
			...{ id, name, webhook: { url: 'https://n8n.example/hook', body: '{}' } },
		});
		const of = (id: string, more: IDataObject = {}) =>
			delivery('order-1', 'person-1@shop.example', {
				event_id: `sha-${id}`,
				flow: { id, step: '1', trigger_type: 'metric', ...more },
			});

		beforeEach(() => {
			klaviyo.createFlow(flow('FlowA1', 'Post-Purchase'));
			klaviyo.createFlow(flow('FlowB2', 'Win-Back'));
		});

		it('puts the name beside the ID, asks for all flows together and not again', async () => {
			const items = [of('FlowA1'), of('FlowB2'), of('FlowA1'), of('Gone01')];
			const wanted = [
				{ id: 'FlowA1', name: 'Post-Purchase', step: '1', trigger_type: 'metric' },
				{ id: 'FlowB2', name: 'Win-Back', step: '1', trigger_type: 'metric' },
				{ id: 'FlowA1', name: 'Post-Purchase', step: '1', trigger_type: 'metric' },
				{ id: 'Gone01', step: '1', trigger_type: 'metric' },
			];
			expect((await complete(items)).map(({ flow: told }) => told)).toEqual(wanted);
			expect((await complete(items)).map(({ flow: told }) => told)).toEqual(wanted);
			expect(calls('/api/flows').map(({ query }) => query)).toEqual([
				{
					filter: 'any(id,["FlowA1","FlowB2","Gone01"])',
					'fields[flow]': 'name',
					'page[size]': '50',
				},
			]);
			expect(klaviyo.contractViolations()).toEqual([]);
		});

		it('asks once for executions that come together', async () => {
			const both = await Promise.all([complete([of('FlowA1')]), complete([of('FlowA1')])]);
			expect(both.map(([json]) => json!.flow.name)).toEqual(['Post-Purchase', 'Post-Purchase']);
			expect(calls('/api/flows')).toHaveLength(1);
		});

		it('asks again when a name may have changed', async () => {
			await complete([of('FlowA1')]);
			const minutes = jest.spyOn(performance, 'now');
			minutes.mockReturnValue(performance.now() + 11 * 60_000);
			await complete([of('FlowA1')]);
			minutes.mockRestore();
			expect(calls('/api/flows')).toHaveLength(2);
		});

		it('keeps the name that the body says, and asks for no sample and for nothing that is no ID', async () => {
			const [said, sample, odd] = await complete([
				of('FlowA1', { name: 'As the body says' }),
				{ ...of('FlowB2'), is_test: true },
				of('"], name'),
			]);
			expect(said!.flow.name).toBe('As the body says');
			expect(sample!.flow).not.toHaveProperty('name');
			expect(odd!.flow).not.toHaveProperty('name');
			expect(calls('/api/flows')).toEqual([]);
		});

		it.each([[503 as const], [401 as const], ['hang' as const]])(
			'takes nothing from what was asked for when Klaviyo answers %p to the question for them',
			async (answer) => {
				await startWith({ lists: [{ id: 'NewsLt', name: 'Newsletter' }] });
				const attributes = { email: 'person-1@shop.example' };
				klaviyo.seedMembers('NewsLt', klaviyo.seedProfiles([{ attributes }]));
				klaviyo.seedEvents([order(1, 60)]);
				klaviyo.misbehave({ path: '/api/flows', answer, times: 1000 });
				const [json] = await complete([of('FlowA1')], {
					includeProfile: true,
					options: { includeLists: true },
				});
				expect(json).toMatchObject({
					completed: true,
					profile: { properties: { klaviyo_lists: expect.anything() } },
				});
			},
		);

		it('does without them where the key lacks flows:read, tells so once and does the rest', async () => {
			await startWith({
				apiKeys: [{ key: 'pk_sandbox', scopes: ['events:read', 'metrics:read', 'profiles:read'] }],
			});
			klaviyo.seedEvents([order(1, 60)]);
			const [json] = await complete([of('FlowA1')], { includeProfile: true });
			expect(json).toMatchObject({ completed: true, properties: { OrderId: '1' } });
			expect(json!.flow).not.toHaveProperty('name');
			expect(hints).toEqual([expect.stringContaining('flows:read')]);
			await complete([of('FlowA1')]);
			expect(hints).toEqual([]);
			expect(calls('/api/flows')).toHaveLength(1);
		});
	});
});
