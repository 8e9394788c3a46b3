// What asks Klaviyo's API, here the stand-in. Each round has a metric of its own: none reads what another one has read.
import axios from 'axios';

import { publishRow, type Instance } from '../../sandbox/instance';
import { finishedExecutions, nodeRun } from '../../sandbox/n8n/executions';
import { waitFor, type Case, type Round } from './case';
import { complete, meiroEvents, node, stockWebhook, updatesTrigger } from './nodes';

const PEOPLE = 5000;
/** Apart by so much, events of one person never fall into one second. */
const BETWEEN_MS = 100;
const HOUR_MS = 3_600_000;

const emailOf = (number: number) => `person-${number % PEOPLE}@shop.example`;
const orderOf = (number: number) => `order-${number}`;

/** Events of a metric that happened one after the other. */
function seedEvents(
	{ klaviyo }: Instance,
	metric: string,
	from: Date,
	first: number,
	count: number,
): void {
	klaviyo.seedEvents(
		Array.from({ length: count }, (_, index) => ({
			metric,
			profile: emailOf(first + index),
			time: new Date(from.getTime() + index * BETWEEN_MS),
			unique_id: orderOf(first + index),
			value: 41.5,
			value_currency: 'EUR',
			properties: {
				OrderId: orderOf(first + index),
				DiscountCode: 'WINTER',
				Items: [{ SKU: 'L-1', ProductName: 'Desk Lamp', Quantity: 2, ItemPrice: 20.75 }],
			},
		})),
	);
}

/** Long enough ago for all of them to have happened. */
const before = (count: number) => new Date(Date.now() - count * BETWEEN_MS - HOUR_MS);

async function pollOnce(instance: Instance, first: number, count: number): Promise<Round> {
	const { klaviyo, meiro, client } = instance;
	const metric = `Polled ${first}`;
	const from = before(count);
	// Klaviyo knows a metric from its first event on.
	seedEvents(instance, metric, new Date(from.getTime() - HOUR_MS), -1, 1);
	const { metric_id } = klaviyo.events().at(-1)!;
	const asked = () => klaviyo.apiCalls().filter(({ path }) => path === '/api/events').length;
	const unpolled = asked();
	// n8n polls when a workflow is published, and then once a minute at most: here as soon as the events can be there.
	const seconds = 5 + Math.ceil(count / 2500);
	const { workflowId } = await publishRow(
		instance,
		metric,
		[
			updatesTrigger(instance, {
				events: ['otherMetrics'],
				metricIds: [metric_id],
				pollTimes: {
					item: [
						{
							mode: 'custom',
							cronExpression: `={{ $now.plus({ seconds: ${seconds} }).second }} * * * * *`,
						},
					],
				},
				options: { startFrom: from.toISOString() },
			}),
			meiroEvents(instance, 'pipes'),
		],
		'{id}/poll',
	);
	await waitFor(() => asked() > unpolled);
	const [stored, polled] = [meiro.count(), asked()];
	seedEvents(instance, metric, from, first, count);
	await waitFor(() => asked() > polled);
	const started = performance.now();
	await waitFor(() => meiro.count() - stored >= count);
	const ms = performance.now() - started;
	await client.unpublish(workflowId);
	return { events: count, ms, acks_ms: [], lost: Math.max(0, count - (meiro.count() - stored)) };
}

export const POLLING: Case = {
	name: 'ours_polling',
	what: 'Klaviyo Updates Trigger, pages of 1,000 → Meiro Events to Pipes',
	count: 10_000,
	prepare: async (instance) =>
		await Promise.resolve(async (first, count) => await pollOnce(instance, first, count)),
};

/** As the trigger gives it, of a body that tells the order's number. */
function deliveryOf(metric: string, receivedAt: string, number: number): object {
	return {
		event_id: `event-${number}`,
		event_name: 'placed_order',
		event_version: 1,
		event_time: receivedAt,
		event_time_source: 'received',
		received_at: receivedAt,
		received_via: 'flow_webhook',
		account: null,
		flow: { id: 'AbC123', step: '1', trigger_type: 'metric' },
		trigger_event: { metric, id: orderOf(number), value: 41.5, currency: 'EUR' },
		list: null,
		segment: null,
		profile: { email: emailOf(number) },
		properties: { OrderId: orderOf(number) },
		from_meiro: false,
		is_test: false,
	};
}

export const COMPLETE: Case = {
	name: 'ours_complete',
	what: 'Event: Complete, all in one execution (the node’s own time)',
	count: 10_000,
	async prepare(instance) {
		const completed = { leftValue: '={{ $json.completed }}', rightValue: '' };
		const { url, workflowId } = await publishRow(
			instance,
			'complete',
			[
				stockWebhook('complete'),
				node('Split Out', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'body.items' }),
				complete(instance),
				node('Found', 'n8n-nodes-base.filter', 2.2, {
					conditions: {
						options: { version: 2, caseSensitive: true, typeValidation: 'strict' },
						combinator: 'and',
						conditions: [
							{ ...completed, operator: { type: 'boolean', operation: 'true', singleValue: true } },
						],
					},
				}),
			],
			'complete',
		);
		return async (first, count) => {
			const metric = `Completed ${first}`;
			seedEvents(instance, metric, before(count), first, count);
			const receivedAt = new Date().toISOString();
			const known = await finishedExecutions(instance, workflowId);
			const started = performance.now();
			await axios.post(url, {
				items: Array.from({ length: count }, (_, index) =>
					deliveryOf(metric, receivedAt, first + index),
				),
			});
			const acknowledged = performance.now() - started;
			const [latest] = (await finishedExecutions(instance, workflowId)).filter(
				({ id }) => !known.some((one) => one.id === id),
			);
			const { ms } = await nodeRun(instance, latest!.id, 'Complete');
			const { items } = await nodeRun(instance, latest!.id, 'Found');
			return { events: count, ms, acks_ms: [acknowledged], lost: count - items };
		};
	},
};
