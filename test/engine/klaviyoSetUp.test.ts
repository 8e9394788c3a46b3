import axios from 'axios';
import { HookContext } from 'n8n-core';

import { startKlaviyo, type KlaviyoOptions, type KlaviyoStandIn } from '../../sandbox/klaviyo';
import {
	callTrigger,
	MemoryCredentials,
	publishTrigger,
	dropdownOfTrigger,
	unpublishTrigger,
	type TriggerSetup,
} from './support/engine';

const SECRET = 'the-secret-of-the-lamp-shop';
const WEBHOOK_ID = '5f0d3c58-7f0e-4b53-8a5e-0c4c7c9a1b01';
const PRODUCTION_URL = `https://n8n.example/webhook/${WEBHOOK_ID}/klaviyo`;
const METRICS = [
	{ id: 'PLACED', name: 'Placed Order', integration: { name: 'Shopify' } },
	{ id: 'CHECKT', name: 'Started Checkout', integration: { name: 'Shopify' } },
];

let klaviyo: KlaviyoStandIn;

async function start(options: KlaviyoOptions = {}): Promise<void> {
	klaviyo = await startKlaviyo({
		metrics: METRICS,
		lists: [{ id: 'LIST01', name: 'Newsletter' }],
		segments: [{ id: 'SEGM01', name: 'VIP' }],
		...options,
	});
}

afterEach(async () => {
	const violations = klaviyo.contractViolations();
	const deletions = klaviyo.apiCalls().filter(({ method }) => method === 'DELETE');
	// Closed before anything can fail: an open server would keep jest waiting.
	await klaviyo.close();
	expect(violations).toEqual([]);
	expect(deletions).toEqual([]);
});

const API_HEADERS = {
	Authorization: 'Klaviyo-API-Key pk_sandbox',
	revision: '2026-07-15',
	'Content-Type': 'application/vnd.api+json',
};

/** A stored definition as Create Flow takes it: with temporary ids. */
function asNew(definition: { actions: unknown[] }): object {
	const text = JSON.stringify(definition, (key, value: unknown) =>
		key === 'message' ? { ...(value as object), id: undefined } : value,
	);
	const copy = JSON.parse(text) as { actions: Array<Record<string, unknown>> };
	copy.actions = copy.actions.map(({ id, ...action }) => ({ ...action, temporary_id: id }));
	return copy;
}

function setUp(parameters: TriggerSetup['parameters'], apiKey = 'pk_sandbox'): TriggerSetup {
	return {
		credentials: new MemoryCredentials({
			klaviyoWebhookApi: { headerName: 'X-Klaviyo-Secret', secret: SECRET },
			klaviyoPrivateKeyApi: { apiKey, baseUrl: klaviyo.apiUrl, allowPrivate: true },
		}),
		parameters: { setUp: 'createFlow', ...parameters },
		webhookId: WEBHOOK_ID,
	};
}

const winBack = (more = {}) => setUp({ recipe: 'winBack', metricId: 'PLACED', ...more });

const only = () => {
	expect(klaviyo.flows()).toHaveLength(1);
	return klaviyo.flows()[0]!;
};
const actionsOf = (flow: ReturnType<typeof only>) =>
	flow.definition.actions as unknown as Array<{
		id: string;
		type: string;
		data: { status?: string; message?: unknown };
	}>;
const webhookOf = (flow: ReturnType<typeof only>) =>
	actionsOf(flow).find(({ type }) => type === 'send-webhook')!.data.message as {
		url: string;
		headers: Record<string, string>;
		body: string;
		name: string;
	};

describe('publishing with a recipe', () => {
	beforeEach(async () => await start());

	it('makes the win-back flow: Placed Order, 60 days, no order since, one webhook with address, secret and body', async () => {
		await publishTrigger(winBack());
		const flow = only();
		expect(flow.status).toBe('draft');
		expect(flow.definition.triggers).toEqual([
			expect.objectContaining({ type: 'metric', id: 'PLACED' }),
		]);
		expect(JSON.stringify(flow.definition.profile_filter)).toContain('"flow-start"');
		expect(actionsOf(flow).map(({ type }) => type)).toEqual(['time-delay', 'send-webhook']);
		expect(actionsOf(flow)[0]!.data).toMatchObject({ unit: 'days', value: 60 });
		const { url, headers, body } = webhookOf(flow);
		expect(url).toBe(PRODUCTION_URL);
		expect(headers).toEqual({ 'X-Klaviyo-Secret': SECRET });
		expect(JSON.parse(body)).toMatchObject({
			event_name: 'winback_due',
			delay: '60 days',
			metric: 'Placed Order',
		});
	});

	it.each([
		['abandonedCart', { metricId: 'CHECKT', orderMetricId: 'PLACED' }, 'metric'],
		['anyMetric', { metricId: 'CHECKT' }, 'metric'],
		['birthday', { dateProperty: 'Birthday' }, 'date'],
		['listSignUp', { listId: 'LIST01' }, 'list'],
		['postPurchase', { metricId: 'PLACED' }, 'metric'],
		['reviewSubmitted', { metricId: 'PLACED' }, 'metric'],
		['segmentJoined', { segmentId: 'SEGM01' }, 'segment'],
		['startedCheckout', { metricId: 'CHECKT' }, 'metric'],
	])(
		'makes the flow of %s, by the letter of Klaviyo’s specification',
		async (recipe, parameters, start) => {
			await publishTrigger(setUp({ recipe, ...parameters }));
			expect(only().definition.triggers).toEqual([expect.objectContaining({ type: start })]);
			expect(klaviyo.contractChecked()).toBeGreaterThan(0);
		},
	);

	it('names the flow of any metric by the metric', async () => {
		await publishTrigger(setUp({ recipe: 'anyMetric', metricId: 'CHECKT' }));
		expect(only().name).toBe('n8n Started Checkout 5f0d3c58');
	});

	it('repeats a birthday once a year, at the chosen time of the profile’s own time zone', async () => {
		await publishTrigger(
			setUp({ recipe: 'birthday', dateProperty: 'Birthday', options: { triggerTime: '08:30' } }),
		);
		expect(only().definition.triggers).toEqual([
			expect.objectContaining({
				recurrence_frequency: 'annually',
				timezone: 'profile',
				trigger_time: '08:30:00',
			}),
		]);
	});

	it('sets the flow live only when the user chose so', async () => {
		await publishTrigger(winBack({ options: { flowStatus: 'live' } }));
		expect(only().status).toBe('live');
	});

	it('takes delay, event name and event properties of the user’s own', async () => {
		await publishTrigger(
			winBack({
				options: {
					delay: '12 hours',
					eventProperties: 'OrderId, Discount Code',
					eventName: 'come_back',
				},
			}),
		);
		expect(actionsOf(only())[0]!.data).toMatchObject({ unit: 'hours', value: 12 });
		const body = JSON.parse(webhookOf(only()).body) as { event: object };
		expect(body).toMatchObject({ event_name: 'come_back', delay: '12 hours' });
		expect(Object.keys(body.event)).toContain('Discount Code_base64');
	});

	it.each([
		['no metric', { metricId: '' }, /'Metric Name or ID' is empty/],
		[
			'a time that is none',
			{ recipe: 'birthday', options: { triggerTime: '9 am' } },
			/'Time of Day' is not a time/,
		],
		[
			'a cart without its order metric',
			{ recipe: 'abandonedCart' },
			/'Order Metric Name or ID' is empty/,
		],
		[
			'a property name with a quote',
			{ options: { eventProperties: "it's" } },
			/'Event Properties'/,
		],
		[
			'a list of objects among the properties',
			{ options: { eventProperties: 'OrderId, Items' } },
			/'Event Properties'.*'Items' holds objects.*Event, Complete/,
		],
		[
			'a delay that is none',
			{ options: { delay: 'soon' } },
			/'Delay' is not a span of time: 'soon'/,
		],
		[
			'an unknown recipe',
			{ recipe: 'loyaltyTier' },
			/'Recipe' is none that this node has: 'loyaltyTier'/,
		],
		[
			'a time zone that is none',
			{ options: { accountTimezone: 'Prague' } },
			/'Account Time Zone' is not a time zone/,
		],
	])('names the parameter when it finds %s, and makes nothing', async (_, parameters, message) => {
		await expect(
			publishTrigger(winBack({ dateProperty: 'Birthday', ...parameters })),
		).rejects.toThrow(message);
		expect(klaviyo.flows()).toHaveLength(0);
	});
});

describe('publishing again', () => {
	beforeEach(
		async () =>
			await start({
				apiKeys: [
					{ key: 'pk_sandbox', scopes: '*' },
					{ key: 'pk_readonly', scopes: ['flows:read', 'metrics:read'] },
				],
			}),
	);

	it('finds its own flow and makes no second one, also after the node was renamed', async () => {
		await publishTrigger(winBack());
		const { id } = only();
		await publishTrigger(winBack());
		await publishTrigger({ ...winBack(), name: 'Renamed Trigger' });
		expect(only().id).toBe(id);
	});

	it('makes one flow when published twice at the same moment', async () => {
		await Promise.all([publishTrigger(winBack()), publishTrigger(winBack())]);
		expect(klaviyo.flows().filter(({ status }) => status !== 'draft')).toHaveLength(0);
		expect(klaviyo.flows()).toHaveLength(1);
	});

	it('keeps the older one of two, and sets the other to draft only when it may', async () => {
		await publishTrigger(winBack({ options: { flowStatus: 'live' } }));
		const older = only();
		const { name, definition } = older;
		const twin = { name, definition: asNew(definition) };
		await axios.post(
			`${klaviyo.apiUrl}/api/flows`,
			{ data: { type: 'flow', attributes: twin } },
			{ headers: API_HEADERS },
		);
		const younger = klaviyo.flows().find(({ id }) => id !== older.id)!;
		await axios.patch(
			`${klaviyo.apiUrl}/api/flows/${younger.id}`,
			{ data: { type: 'flow', id: younger.id, attributes: { status: 'live' } } },
			{ headers: API_HEADERS },
		);

		await publishTrigger(winBack({ options: { flowStatus: 'live' } }));
		expect(klaviyo.flow(younger.id)!.status).toBe('live');
		await publishTrigger(
			winBack({ options: { flowStatus: 'live', publishingMay: ['replaceFlow'] } }),
		);
		expect(klaviyo.flow(older.id)!.status).toBe('live');
		expect(klaviyo.flow(younger.id)!.status).toBe('draft');
	});

	it('makes one flow when published many times at the same moment, the first of them in vain', async () => {
		const inVain = winBack();
		inVain.credentials.data.klaviyoPrivateKeyApi!.apiKey = 'pk_readonly';
		const publishing = [inVain, winBack(), winBack(), winBack()];
		await Promise.allSettled(publishing.map(async (setup) => await publishTrigger(setup)));
		expect(klaviyo.flows()).toHaveLength(1);
	});

	it('brings a changed secret, body and delay into the flow that is there', async () => {
		await publishTrigger(winBack());
		const { id } = only();
		const changed = winBack({ options: { delay: '90 days', eventName: 'we_miss_you' } });
		changed.credentials.data.klaviyoWebhookApi!.secret = 'another-secret-of-the-shop';
		await publishTrigger(changed);
		expect(only().id).toBe(id);
		expect(actionsOf(only())[0]!.data).toMatchObject({ value: 90 });
		expect(webhookOf(only()).headers).toEqual({ 'X-Klaviyo-Secret': 'another-secret-of-the-shop' });
		expect(JSON.parse(webhookOf(only()).body)).toMatchObject({ event_name: 'we_miss_you' });
	});

	it('finds it again after n8n has moved to another address, and tells Klaviyo the new one', async () => {
		await publishTrigger(winBack());
		const { id } = only();
		await publishTrigger({
			...winBack({ options: { publishingMay: ['takeOver'] } }),
			webhookBaseUrl: 'https://n8n.moved.example/hooks',
		});
		expect(only().id).toBe(id);
		expect(webhookOf(only()).url).toBe(`https://n8n.moved.example/hooks/${WEBHOOK_ID}/klaviyo`);
	});

	it('is refused before Klaviyo is asked when n8n’s own address is no https', async () => {
		await expect(
			publishTrigger({ ...winBack(), webhookBaseUrl: 'http://n8n.example/webhook' }),
		).rejects.toThrow(
			/only addresses that start with https:\/\/.*N8N_WEBHOOK_URL.*before n8n 2\.30: WEBHOOK_URL/,
		);
		expect(klaviyo.flows()).toHaveLength(0);
	});

	it('leaves a status alone that the user set in Klaviyo', async () => {
		await publishTrigger(winBack({ options: { flowStatus: 'live' } }));
		await publishTrigger(winBack({ options: { flowStatus: 'draft' } }));
		expect(only().status).toBe('live');
		expect(actionsOf(only())[1]!.data).toMatchObject({ status: 'live' });
	});

	it('makes a new flow for another start, as Klaviyo can’t change it, and sets the old one to draft', async () => {
		await publishTrigger(winBack({ options: { flowStatus: 'live' } }));
		const old = only().id;
		const other = { metricId: 'CHECKT', options: { flowStatus: 'live' } };
		await expect(publishTrigger(winBack(other))).rejects.toThrow(
			/'n8n Win-Back 5f0d3c58' \(\w{6}\) is live.*'Replace the Flow'/,
		);
		expect(klaviyo.flows()).toHaveLength(1);
		expect(only().status).toBe('live');
		await publishTrigger(
			winBack({ ...other, options: { flowStatus: 'live', publishingMay: ['replaceFlow'] } }),
		);
		expect(klaviyo.flows()).toHaveLength(2);
		expect(klaviyo.flows().find(({ id }) => id === old)!.status).toBe('draft');
		expect(klaviyo.flows().find(({ id }) => id !== old)!.status).toBe('live');
	});

	it('makes the flow anew when someone deleted it in Klaviyo', async () => {
		await publishTrigger(winBack());
		klaviyo.deleteFlowByHand(only().id);
		await publishTrigger(winBack());
		expect(klaviyo.flows()).toHaveLength(1);
	});

	it('does not touch the flow of another trigger', async () => {
		await publishTrigger(winBack({ options: { flowStatus: 'live' } }));
		await publishTrigger({ ...winBack(), webhookId: '0e4c1d77-1111-4222-8333-944455556666' });
		expect(klaviyo.flows()).toHaveLength(2);
		expect(
			klaviyo
				.flows()
				.map(({ status }) => status)
				.sort(),
		).toEqual(['draft', 'live']);
	});
});

/** Klaviyo's API as somebody else uses it. */
async function patch(path: string, type: string, attributes: object): Promise<void> {
	const id = path.split('/').at(-1)!;
	const data = { data: { type, id, attributes } };
	await axios.patch(`${klaviyo.apiUrl}/api/${path}`, data, { headers: API_HEADERS });
}

/** Changes an action by hand, as Klaviyo's editor does: all else stays. */
async function changeByHand(type: string, change: (data: never) => object): Promise<void> {
	const action = actionsOf(only()).find((each) => each.type === type)!;
	const definition = { ...action, data: change(action.data as never) };
	await patch(`flow-actions/${action.id}`, 'flow-action', { definition });
}

const writes = () => klaviyo.apiCalls().filter(({ method }) => method !== 'GET');

/** What publishing tells in n8n's log. */
async function remarksOf(publish: () => Promise<unknown>): Promise<string[]> {
	const warn = jest.fn<void, [string]>();
	const info = jest.fn();
	const logger = jest
		.spyOn(Object.getPrototypeOf(HookContext.prototype) as HookContext, 'logger', 'get')
		.mockReturnValue({ warn, info } as never);
	try {
		await publish();
	} finally {
		logger.mockRestore();
	}
	return warn.mock.calls.map(([sentence]) => sentence);
}

describe('a flow that was changed by hand in Klaviyo', () => {
	beforeEach(async () => await start());

	it('keeps its delay, which is told, and the body names it', async () => {
		await publishTrigger(winBack());
		await changeByHand('time-delay', (data: object) => ({ ...data, value: 45 }));
		const remarks = await remarksOf(
			async () => await publishTrigger(winBack({ options: { eventName: 'come_back' } })),
		);
		expect(remarks).toEqual([
			expect.stringMatching(/waits 45 days, this node says 60 days: it was changed in Klaviyo/),
		]);
		expect(actionsOf(only())[0]!.data).toMatchObject({ value: 45 });
		expect(JSON.parse(webhookOf(only()).body)).toMatchObject({
			event_name: 'come_back',
			delay: '45 days',
		});
		await publishTrigger(winBack());
		expect(actionsOf(only())[0]!.data).toMatchObject({ value: 45 });
	});

	it('follows the node again once both say the same', async () => {
		await publishTrigger(winBack());
		await changeByHand('time-delay', (data: object) => ({ ...data, value: 45 }));
		await publishTrigger(winBack({ options: { delay: '45 days' } }));
		expect(
			await remarksOf(async () => await publishTrigger(winBack({ options: { delay: '30 days' } }))),
		).toEqual([]);
		expect(actionsOf(only())[0]!.data).toMatchObject({ value: 30 });
	});

	it.each([
		[{ secondary_value: 6 }, '60 days and 6'],
		[{ delay_until_time: '09:00:00' }, '60 days until 09:00:00'],
		[{ delay_until_weekdays: ['monday', 'friday'] }, '60 days on monday, friday'],
	])('keeps what was added to its delay: %j', async (added, span) => {
		await publishTrigger(winBack());
		await changeByHand('time-delay', (data: object) => ({ ...data, ...added }));
		const remarks = await remarksOf(
			async () => await publishTrigger(winBack({ options: { delay: '5 hours' } })),
		);
		expect(remarks).toEqual([expect.stringContaining(`waits ${span}, this node says 5 hours`)]);
		expect(actionsOf(only())[0]!.data).toMatchObject({ value: 60, unit: 'days', ...added });
	});

	it.each(['draft', 'manual'])(
		'stays %s although the node says live, which is told, until the node says so anew',
		async (status) => {
			const live = winBack({ options: { flowStatus: 'live' } });
			await publishTrigger(live);
			await patch(`flows/${only().id}`, 'flow', { status });
			for (let times = 0; times < 2; times++) {
				expect(await remarksOf(async () => await publishTrigger(live))).toEqual([
					expect.stringContaining(`is ${status}, this node says live: it was changed in Klaviyo`),
				]);
				expect(only().status).toBe(status);
			}
			await publishTrigger(winBack({ options: { flowStatus: 'draft' } }));
			await publishTrigger(live);
			expect(only().status).toBe('live');
		},
	);

	it('keeps its body, and gets address and secret all the same', async () => {
		await publishTrigger(winBack());
		const body = '{"email": "{{ person.email }}"}';
		await changeByHand('send-webhook', (data: { message: object }) => ({
			...data,
			message: { ...data.message, body },
		}));
		const changed = winBack({ options: { eventName: 'come_back' } });
		changed.credentials.data.klaviyoWebhookApi!.secret = 'another-secret-of-the-shop';
		expect(await remarksOf(async () => await publishTrigger(changed))).toEqual([
			expect.stringMatching(/^The body of Klaviyo flow .* was changed in Klaviyo, and stays so/),
		]);
		expect(webhookOf(only())).toMatchObject({
			body,
			headers: { 'X-Klaviyo-Secret': 'another-secret-of-the-shop' },
		});
	});

	it.each([
		['filter', { profile_filter: null }],
		['trigger', { triggers: [{ type: 'metric', id: 'CHECKT' }] }],
	])('keeps its %s, and no second one is made', async (part, change) => {
		await publishTrigger(winBack());
		// Klaviyo's editor can do what its API can't: the same flow, with another start or filter.
		const { id, name, definition } = only();
		const twin = { name, definition: { ...asNew(definition), ...change } };
		klaviyo.deleteFlowByHand(id);
		await axios.post(
			`${klaviyo.apiUrl}/api/flows`,
			{ data: { type: 'flow', attributes: twin } },
			{ headers: API_HEADERS },
		);
		const remarks = await remarksOf(async () => await publishTrigger(winBack()));
		expect(remarks).toEqual([expect.stringMatching(new RegExp(`${part} of Klaviyo flow`))]);
		expect(only().definition).toMatchObject(change);
		await publishTrigger(winBack());
		expect(only().definition).toMatchObject(change);
	});

	it('is found under another name', async () => {
		const setup = { ...winBack({ options: { flowStatus: 'live' } }), staticData: {} };
		await publishTrigger(setup);
		klaviyo.renameFlowByHand(only().id, 'Win them back');
		setup.credentials.data.klaviyoWebhookApi!.secret = 'another-secret-of-the-shop';
		await publishTrigger(setup);
		expect(only()).toMatchObject({ name: 'Win them back', status: 'live' });
		expect(webhookOf(only()).headers).toEqual({ 'X-Klaviyo-Secret': 'another-secret-of-the-shop' });

		const pausing = { ...winBack({ options: { whenUnpublished: 'pause' } }) };
		await unpublishTrigger({ ...pausing, staticData: setup.staticData });
		expect(only().status).toBe('draft');
	});

	it('is made anew when the one that n8n remembers is deleted, or calls another trigger', async () => {
		const setup = { ...winBack(), staticData: {} };
		await publishTrigger(setup);
		const { id } = only();
		const other = { ...setup, webhookId: '0e4c1d77-1111-4222-8333-944455556666' };
		await publishTrigger(other);
		expect(klaviyo.flows()).toHaveLength(2);
		klaviyo.deleteFlowByHand(id);
		await publishTrigger(setup);
		expect(klaviyo.flows()).toHaveLength(2);
	});

	/** Puts other webhooks of a person's own before and behind, as the editor can. */
	async function addByHand(added: (own: { data: object }) => object[]): Promise<void> {
		const { id, name, definition } = only();
		const { actions, ...rest } = definition as unknown as {
			actions: Array<{ id: string; data: object; links: { next: string | null } }>;
		};
		const own = actions.at(-1)!;
		const more = added(own).map((action, index) => ({
			...{ ...own, ...action, id: `more-${index}`, links: { next: index === 0 ? own.id : null } },
		}));
		const [before, ...behind] = more as typeof actions;
		const changed = [
			before,
			...actions.slice(0, -1).map((each) => ({ ...each, links: { next: before!.id } })),
			{ ...own, links: { next: behind[0]?.id ?? null } },
			...behind,
		];
		klaviyo.deleteFlowByHand(id);
		const twin = { name, definition: asNew({ ...rest, actions: changed }) };
		await axios.post(
			`${klaviyo.apiUrl}/api/flows`,
			{ data: { type: 'flow', attributes: twin } },
			{ headers: API_HEADERS },
		);
	}
	const messages = () =>
		actionsOf(only())
			.filter(({ type }) => type === 'send-webhook')
			.map(({ data }) => data.message as { url: string; headers: object; body: string });

	it('is known by the step that calls the trigger, and steps that call others stay as they are', async () => {
		await publishTrigger(winBack());
		const chat = {
			url: 'https://chat.example/hook',
			headers: { 'X-Chat': '1' },
			body: '{}',
			name: 'Chat',
		};
		await addByHand(({ data }) => [{ data: { ...data, message: chat } }]);
		const changed = winBack();
		changed.credentials.data.klaviyoWebhookApi!.secret = 'another-secret-of-the-shop';
		await publishTrigger(changed);
		expect(messages()).toMatchObject([
			{ url: chat.url, headers: chat.headers, body: '{}' },
			{ url: PRODUCTION_URL, headers: { 'X-Klaviyo-Secret': 'another-secret-of-the-shop' } },
		]);
	});

	it('gets a new secret into each copy of the step, whose body stays', async () => {
		await publishTrigger(winBack());
		await addByHand(({ data }) => {
			const { message } = data as { message: object };
			return [1, 2].map((n) => ({
				data: { ...data, message: { ...message, body: `{"step":"${n}"}` } },
			}));
		});
		const changed = winBack();
		changed.credentials.data.klaviyoWebhookApi!.secret = 'another-secret-of-the-shop';
		await publishTrigger(changed);
		expect(messages().map(({ headers }) => headers)).toEqual(
			Array(3).fill({ 'X-Klaviyo-Secret': 'another-secret-of-the-shop' }),
		);
		expect(messages().map(({ body }) => body)).toEqual(expect.arrayContaining(['{"step":"2"}']));
	});

	it('stays live when somebody set it live while it was paused', async () => {
		const pausing = { options: { whenUnpublished: 'pause' } };
		await publishTrigger(winBack(pausing));
		await patch(`flows/${only().id}`, 'flow', { status: 'manual' });
		await unpublishTrigger(winBack(pausing));
		expect(only().status).toBe('draft');
		await patch(`flows/${only().id}`, 'flow', { status: 'live' });
		await publishTrigger(winBack(pausing));
		expect(only().status).toBe('live');
	});
});

describe('a changed delay', () => {
	beforeEach(async () => await start());

	it.each(['90 days', '5 hours', '10 minutes'])(
		'of %s leaves the way to the webhook as it was',
		async (delay) => {
			await publishTrigger(winBack({ options: { flowStatus: 'live' } }));
			await publishTrigger(winBack({ options: { flowStatus: 'live', delay } }));
			const [wait, webhook] = only().definition.actions;
			expect(wait!.links).toEqual({ next: webhook!.id });
			expect(JSON.parse(webhookOf(only()).body)).toMatchObject({ delay });
			const entry = klaviyo.enter(only().id, {
				profile: { klaviyo_id: '01JZ0000000000000000000000', email: 'ana@shop.example' },
				event: { metric: 'Placed Order', time: '2031-02-03T04:05:06Z' },
			});
			expect(entry.status).toBe('waiting');
		},
	);
});

describe.each(['listSignUp', 'segmentJoined', 'winBack', 'birthday'])('a flow of %s', (recipe) => {
	it('lets people enter again', async () => {
		await start();
		await publishTrigger(winBack({ recipe, listId: 'LIST01', segmentId: 'SEGM01' }));
		expect(only().definition.reentry_criteria).toEqual({ duration: 0, unit: 'alltime' });
	});
});

describe('a flow that calls another n8n', () => {
	const staging = (options = {}, more = {}) => ({
		...winBack({
			...more,
			options: { whenUnpublished: 'pause', flowStatus: 'live', ...options },
		}),
		webhookBaseUrl: 'https://staging.example/webhook',
	});

	beforeEach(async () => {
		await start();
		await publishTrigger(winBack({ options: { flowStatus: 'live' } }));
	});

	it('is not touched: publishing says which, whose, and how to take it over', async () => {
		const before = structuredClone(only());
		const written = writes().length;
		await expect(publishTrigger(staging())).rejects.toThrow(
			/'n8n Win-Back 5f0d3c58' \(\w{6}\) calls n8n\.example, and this n8n is staging\.example: it was not touched\..*'Take Over'.*'Publishing May'/,
		);
		await unpublishTrigger(staging());
		expect(writes()).toHaveLength(written);
		expect(only()).toEqual(before);
	});

	it('is not touched either when the metric differs', async () => {
		const written = writes().length;
		await expect(publishTrigger(staging({}, { metricId: 'CHECKT' }))).rejects.toThrow(
			/was not touched/,
		);
		expect(writes()).toHaveLength(written);
	});

	it('is taken over on purpose', async () => {
		await publishTrigger(staging({ publishingMay: ['takeOver'] }));
		expect(webhookOf(only()).url).toBe(`https://staging.example/webhook/${WEBHOOK_ID}/klaviyo`);
	});
});

describe('a start of n8n', () => {
	it.each(['n8nStarts', 'leaderChanges'] as const)(
		'(%s) asks and tells Klaviyo nothing, and needs no secret',
		async (occasion) => {
			await start();
			const setup = winBack({ options: { flowStatus: 'live' } });
			setup.credentials.data = {};
			await expect(publishTrigger(setup, occasion)).resolves.toBe(true);
			expect(klaviyo.apiCalls()).toEqual([]);
		},
	);
});

describe('a workflow that came by the command line', () => {
	it.each(['createFlow', 'manual', 'systemWebhook'])(
		'is not published before it has a webhook id: %s',
		async (setUpBy) => {
			await start();
			const setup = winBack({ setUp: setUpBy });
			await expect(publishTrigger({ ...setup, webhookId: '' })).rejects.toThrow(
				/Open and save this workflow once/,
			);
			expect(klaviyo.apiCalls()).toEqual([]);
		},
	);
});

describe('the account’s time zone', () => {
	const TIME = '2026-02-03 09:00:00';
	const deliver = async (setup: TriggerSetup) =>
		await callTrigger(setup, {
			headers: { 'x-klaviyo-secret': SECRET },
			body: JSON.stringify({ metric: 'Placed Order', email: 'ana@shop.example', event_time: TIME }),
		});

	it('is read when the flow is made, and kept where deliveries read it', async () => {
		await start({ timezone: 'Europe/Prague' });
		const setup = { ...winBack(), staticData: {} };
		await publishTrigger(setup);
		expect(setup.staticData).toEqual({
			'node:Klaviyo Trigger': { accountTimezone: 'Europe/Prague', flowId: only().id },
		});
		const [item] = (await deliver(setup)).items;
		expect(item!.json.trigger_event).toMatchObject({ time: '2026-02-03T08:00:00.000Z' });
	});

	it('is what the user typed', async () => {
		await start({ timezone: 'Europe/Prague' });
		const setup = {
			...winBack({ options: { accountTimezone: 'America/New_York' } }),
			staticData: {},
		};
		await publishTrigger(setup);
		const [item] = (await deliver(setup)).items;
		expect(item!.json.trigger_event).toMatchObject({ time: '2026-02-03T14:00:00.000Z' });
	});

	it('stays unknown without the scope, and publishing goes on', async () => {
		await start({
			apiKeys: [{ key: 'pk_some', scopes: ['flows:read', 'flows:write', 'metrics:read'] }],
		});
		const setup = { ...winBack(), staticData: {} };
		setup.credentials.data.klaviyoPrivateKeyApi!.apiKey = 'pk_some';
		await publishTrigger(setup);
		expect(setup.staticData).toMatchObject({ 'node:Klaviyo Trigger': { accountTimezone: '' } });
		expect(klaviyo.flows()).toHaveLength(1);
	});
});

describe('unpublishing', () => {
	beforeEach(async () => await start());

	it('leaves the flow as it is by default', async () => {
		await publishTrigger(winBack({ options: { flowStatus: 'live' } }));
		await unpublishTrigger(winBack());
		expect(only().status).toBe('live');
	});

	it('sets it to draft when asked to, and the next publish restores what it was, also under another name', async () => {
		const parameters = { options: { whenUnpublished: 'pause', flowStatus: 'draft' } };
		await publishTrigger(winBack({ ...parameters, options: { flowStatus: 'live' } }));
		await unpublishTrigger(winBack(parameters));
		expect(only().status).toBe('draft');
		await publishTrigger({ ...winBack(parameters), name: 'Renamed Trigger' });
		expect(only().status).toBe('live');
		expect(webhookOf(only()).headers).toEqual({ 'X-Klaviyo-Secret': SECRET });
	});

	it('does not set a flow live that was a draft before', async () => {
		const parameters = { options: { whenUnpublished: 'pause' } };
		await publishTrigger(winBack(parameters));
		await unpublishTrigger(winBack(parameters));
		await publishTrigger(winBack(parameters));
		expect(only().status).toBe('draft');
	});
});

describe('listening for a test event', () => {
	beforeEach(async () => await start());

	it('calls nothing in Klaviyo, neither at its begin nor at its end', async () => {
		const parameters = { options: { whenUnpublished: 'pause', flowStatus: 'live' } };
		await publishTrigger(winBack(parameters), 'listen');
		await unpublishTrigger(winBack(parameters), 'stopListening');
		expect(klaviyo.apiCalls()).toEqual([]);
	});
});

describe('when Klaviyo says no', () => {
	it('names the missing scope', async () => {
		await start({ apiKeys: [{ key: 'pk_readonly', scopes: ['flows:read', 'metrics:read'] }] });
		const setup = winBack();
		setup.credentials.data.klaviyoPrivateKeyApi!.apiKey = 'pk_readonly';
		await expect(publishTrigger(setup)).rejects.toThrow(/lacks a scope: this needs flows:write/);
	});

	it('tells a wrong key, without telling the key', async () => {
		await start();
		const setup = winBack();
		setup.credentials.data.klaviyoPrivateKeyApi!.apiKey = 'pk_wrong_0123456789';
		const published = publishTrigger(setup);
		await expect(published).rejects.toThrow(/does not know the 'Private API Key'/);
		await expect(published).rejects.not.toThrow(/pk_wrong_0123456789/);
	});

	it('tells that the API can not be reached, naming the field', async () => {
		await start();
		const setup = winBack();
		setup.credentials.data.klaviyoPrivateKeyApi!.baseUrl = 'http://nowhere.invalid';
		await expect(publishTrigger(setup)).rejects.toThrow(/'API URL'/);
	});
});

describe('the dropdowns', () => {
	beforeEach(async () => await start());

	it('read every page of lists', async () => {
		const all = await dropdownOfTrigger(winBack(), 'getLists');
		expect(all).toHaveLength(24);
		expect(all).toContainEqual({ name: 'Newsletter', value: 'LIST01' });
	});

	it('show the integration beside a metric’s name, on every page', async () => {
		const metrics = await dropdownOfTrigger(winBack(), 'getMetrics');
		expect(metrics).toHaveLength(232);
		expect(metrics).toContainEqual({ name: 'Placed Order (Shopify)', value: 'PLACED' });
	});

	it('show segments', async () => {
		expect(await dropdownOfTrigger(winBack(), 'getSegments')).toHaveLength(13);
	});
});

describe('a flow that publishing made', () => {
	it('reaches the trigger, which understands it', async () => {
		await start();
		const setup = winBack({ options: { flowStatus: 'live' } });
		await publishTrigger(setup);
		const body = klaviyo.preview(only().id, {
			profile: {
				klaviyo_id: '01JZ0000000000000000000000',
				email: 'ana@shop.example',
				first_name: 'A"na\n',
			},
			event: {
				metric: 'Placed Order',
				unique_id: 'order-1',
				time: '2031-02-03T04:05:06Z',
				value: 41.5,
			},
		});
		const { items } = await callTrigger(setup, {
			headers: {
				...webhookOf(only()).headers,
				'x-klaviyo-flow-id': only().id,
				'x-klaviyo-secret': SECRET,
			},
			body,
		});
		expect(items[0]!.json).toMatchObject({
			event_name: 'winback_due',
			flow: { id: only().id, step: '1', trigger_type: 'metric' },
			trigger_event: { metric: 'Placed Order', id: 'order-1', value: 41.5 },
			profile: { email: 'ana@shop.example', first_name: 'A"na\n' },
		});
	});
});
