import { spawn } from 'node:child_process';

import { publishRow, SECRET_HEADER, type Instance } from '../sandbox/instance';
import { pause, sendAll, type Target } from './load';

/** What is measured, and how often its sender has to be asked. */
export interface Case {
	name: string;
	what: string;
	/** Deliveries in a round, by what the case can take. */
	count: number;
	/** @param connections Deliveries under way at once. */
	prepare(instance: Instance, connections: number): Promise<Runner>;
}

export interface Round {
	events: number;
	/** From the first delivery sent until Meiro has the last event, or until the last answer where nothing goes to Meiro. */
	ms: number;
	acks_ms: number[];
	/** Deliveries that got no 2xx in the end, and events that did not arrive. */
	lost: number;
}

export type Runner = (first: number, count: number) => Promise<Round>;

const ARRIVE_WITHIN_MS = 300_000;

/** What the recommended bodies carry, about 500 bytes; the same for every case. `more` are further properties of the event. */
export function bodyOf(number: number, more: Record<string, string> = {}): string {
	return JSON.stringify({
		event_name: 'placed_order',
		step: '1',
		trigger_type: 'metric',
		metric: 'Placed Order',
		day: '2031-02-03',
		profile: {
			klaviyo_id: `01JZ${String(number).padStart(22, '0')}`,
			external_id: `customer-${number}`,
			email: `person-${number}@shop.example`,
			phone_number: `+420${String(600_000_000 + number)}`,
			first_name: 'Ana',
			last_name: 'Novak',
		},
		event: {
			$event_id: `order-${number}`,
			$value: 41.5,
			$value_currency: 'EUR',
			OrderId: `order-${number}`,
			DiscountCode: 'WINTER',
			...more,
		},
	});
}

const node = (
	name: string,
	type: string,
	typeVersion: number,
	parameters: object,
	credentials = {},
) => ({
	name,
	type,
	typeVersion,
	parameters: parameters as Record<string, unknown>,
	credentials,
});

/** The stock node's address is its path, which two workflows can't share. */
const stockWebhook = (path: string) =>
	node('Webhook', 'n8n-nodes-base.webhook', 2, {
		httpMethod: 'POST',
		path,
		responseMode: 'onReceived',
		options: {},
	});

const stockRequest = (instance: Instance) =>
	node('HTTP Request', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: `${instance.meiro.url}/klaviyo?event_name=placed_order`,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ JSON.stringify($json) }}',
		options: {},
	});

const trigger = (instance: Instance, parameters: object = {}) =>
	node(
		'Klaviyo Trigger',
		`${instance.packageName}.klaviyoTrigger`,
		2,
		{ setUp: 'manual', ...parameters },
		{
			klaviyoWebhookApi: instance.credentials.webhook,
			klaviyoPrivateKeyApi: instance.credentials.klaviyo,
		},
	);

const meiroEvents = (instance: Instance, product: 'pipes' | 'source') =>
	node(
		'Meiro Events',
		`${instance.packageName}.meiroEvents`,
		1,
		{ source: 'klaviyo' },
		{
			meiroEventsApi: instance.credentials[product],
		},
	);

/** Sends, and waits until Meiro has everything. */
export async function throughMeiro(
	{ meiro }: Instance,
	expected: number,
	send: () => Promise<{ acks_ms: number[]; dropped: number }>,
): Promise<Round> {
	const before = meiro.count();
	const started = performance.now();
	const { acks_ms, dropped } = await send();
	const deadline = performance.now() + ARRIVE_WITHIN_MS;
	// Duplicates would hide what is missing, so Meiro is asked for what it keeps apart: it stores none in Pipes.
	while (meiro.count() - before < expected - dropped && performance.now() < deadline)
		await pause(5);
	const ms = performance.now() - started;
	return { events: expected, ms, acks_ms, lost: Math.max(0, expected - (meiro.count() - before)) };
}

export function flowTarget(instance: Instance, url: Target['url']): Target {
	return {
		url,
		headers: {
			'content-type': 'application/json',
			[SECRET_HEADER]: instance.secret,
			'x-klaviyo-flow-id': 'AbC123',
		},
		body: bodyOf,
	};
}

/** Publishes Klaviyo Trigger → Meiro Events. @returns the trigger's address */
export async function publishOurs(
	instance: Instance,
	parameters: object,
	product: 'pipes' | 'source' = 'pipes',
): Promise<string> {
	const nodes = [trigger(instance, parameters), meiroEvents(instance, product)];
	return (await publishRow(instance, 'ours', nodes, '{id}/klaviyo')).url;
}

/** A case whose deliveries come from a flow, one event each. */
function flowCase(
	name: string,
	what: string,
	count: number,
	nodes: (instance: Instance) => Array<ReturnType<typeof node>>,
	path = '{id}/klaviyo',
): Case {
	return {
		name,
		what,
		count,
		async prepare(instance, connections) {
			const { url } = await publishRow(instance, name, nodes(instance), path);
			const target = flowTarget(instance, url);
			return async (first, events) =>
				await throughMeiro(
					instance,
					events,
					async () => await sendAll(target, first, events, { connections }),
				);
		},
	};
}

/** Answers of a server that stores nothing: acknowledged is all there is. */
function acknowledgedOnly(target: Target, connections: number): Runner {
	return async (first, events) => {
		const started = performance.now();
		const { acks_ms, dropped } = await sendAll(target, first, events, { connections });
		return { events, ms: performance.now() - started, acks_ms, lost: dropped };
	};
}

export const STOCK_EDIT = flowCase(
	'stock_edit_fields',
	'Webhook → Edit Fields → HTTP Request',
	200,
	(instance) => [
		stockWebhook('stock-edit-fields'),
		node('Edit Fields', 'n8n-nodes-base.set', 3.4, {
			assignments: {
				assignments: [
					{ id: '1', name: 'event_name', value: '={{ $json.body.event_name }}', type: 'string' },
					{ id: '2', name: 'profile', value: '={{ $json.body.profile }}', type: 'object' },
					{ id: '3', name: 'properties', value: '={{ $json.body.event }}', type: 'object' },
				],
			},
			options: {},
		}),
		stockRequest(instance),
	],
	'stock-edit-fields',
);

export const STOCK_CODE = flowCase(
	'stock_code',
	'Webhook → Code → HTTP Request',
	200,
	(instance) => [
		stockWebhook('stock-code'),
		node('Code', 'n8n-nodes-base.code', 2, {
			jsCode:
				'return $input.all().map(({ json: { body } }) => ({ json: { event_name: body.event_name, profile: body.profile, properties: body.event } }));',
		}),
		stockRequest(instance),
	],
	'stock-code',
);

const ALONE = { options: { eventsPerExecution: 1 } };

export const OURS_ALONE = flowCase(
	'ours_one_per_execution',
	'Klaviyo Trigger (1 event per execution) → Meiro Events to Pipes',
	500,
	(instance) => [trigger(instance, ALONE), meiroEvents(instance, 'pipes')],
);

export const OURS = flowCase(
	'ours',
	'Klaviyo Trigger → Meiro Events to Pipes',
	4000,
	(instance) => [trigger(instance), meiroEvents(instance, 'pipes')],
);

export const OURS_TO_SOURCE = flowCase(
	'ours_to_webhook_source',
	'Klaviyo Trigger → Meiro Events to a webhook source',
	2000,
	(instance) => [trigger(instance), meiroEvents(instance, 'source')],
);

export const FLOOR: Case = {
	name: 'floor',
	what: 'Klaviyo Trigger that drops every event (n8n’s own cost of a request)',
	count: 4000,
	async prepare(instance, connections) {
		const { url } = await publishRow(
			instance,
			'floor',
			[
				trigger(instance, { filters: { eventNames: 'never_sent' } }),
				node('End', 'n8n-nodes-base.noOp', 1, {}),
			],
			'{id}/klaviyo',
		);
		return acknowledgedOnly(flowTarget(instance, url), connections);
	},
};

export const RAW_NODE: Case = {
	name: 'raw_node',
	what: 'a bare Node.js HTTP server that parses the JSON and answers',
	count: 4000,
	async prepare(instance, connections) {
		const script = `require('node:http').createServer((request, response) => {
			const parts = [];
			request.on('data', (part) => parts.push(part)).on('end', () => {
				JSON.parse(Buffer.concat(parts));
				response.setHeader('content-type', 'application/json').end('{"message":"ok"}');
			});
		}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;
		const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
		const port = await new Promise<string>((resolve) =>
			child.stdout.once('data', (text: Buffer) => resolve(text.toString().trim())),
		);
		const run = acknowledgedOnly(flowTarget(instance, `http://127.0.0.1:${port}/`), connections);
		instance.onClose(() => void child.kill());
		return run;
	},
};

const TOPIC = 'event:api.placed_order';

/** System webhooks: up to 1,000 events a delivery, signed by the stand-in as Klaviyo does it. */
function systemCase(name: string, product: 'pipes' | 'source', count: number): Case {
	return {
		name,
		what: `system webhooks of 1,000 events → Meiro Events to ${product === 'pipes' ? 'Pipes' : 'a webhook source'}`,
		count,
		async prepare(instance) {
			const known = new Set(instance.klaviyo.systemWebhooks().map(({ id }) => id));
			await publishRow(
				instance,
				name,
				[
					trigger(instance, { setUp: 'systemWebhook', topics: [TOPIC] }),
					meiroEvents(instance, product),
				],
				'{id}/klaviyo',
			);
			const own = instance.klaviyo.systemWebhooks().find(({ id }) => !known.has(id))!;
			return async (first, events) =>
				await throughMeiro(instance, events, async () => {
					const deliveries = instance.klaviyo.sendSystemEvents(
						own.id,
						Array.from({ length: events }, (_, index) => ({
							topic: TOPIC,
							external_id: `e${String(first + index).padStart(10, '0')}`,
							profile_id: `01JZ${String(first + index).padStart(22, '0')}`,
							time: new Date(Date.UTC(2031, 1, 3) + (first + index) * 1000),
							properties: { $value: 41.5, OrderId: `order-${first + index}` },
						})),
					);
					await instance.klaviyo.systemSettled(ARRIVE_WITHIN_MS);
					const acks_ms = deliveries.flatMap(({ attempts }) => attempts.at(-1)?.duration_ms ?? []);
					return {
						acks_ms,
						dropped: deliveries.filter(({ status }) => status !== 'sent').length * 1000,
					};
				});
		},
	};
}

export const SYSTEM = systemCase('ours_system_webhook', 'pipes', 20_000);
export const SYSTEM_TO_SOURCE = systemCase('ours_system_webhook_to_source', 'source', 2000);

export const CASES = [
	STOCK_EDIT,
	STOCK_CODE,
	OURS_ALONE,
	OURS,
	OURS_TO_SOURCE,
	FLOOR,
	RAW_NODE,
	SYSTEM,
	SYSTEM_TO_SOURCE,
];
