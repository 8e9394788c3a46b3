import { spawn } from 'node:child_process';

import { publishRow, SECRET_HEADER, type Instance } from '../../sandbox/instance';
import { sendAll, type Target } from '../load';
import { throughMeiro, type Case, type Runner } from './case';
import { meiroEvents, node, stockRequest, stockWebhook, trigger } from './nodes';

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
