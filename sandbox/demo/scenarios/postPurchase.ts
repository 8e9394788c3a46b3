import { inventEntry } from '../../klaviyo/profiles';
import { createdFlow, type Scenario } from '../scenario';
import { chosenMetric } from '../world';
import { happened, people } from './people';

/** Twenty order; five of them cancel, and five others send something back. */
const BUYERS = people(30_000, 20);
const orders = BUYERS.map((number) => inventEntry(number, 'Placed Order', { hostile: true }));
const cancellations = BUYERS.slice(0, 5).map((number) =>
	inventEntry(number, 'Canceled Order', { hostile: true }),
);
const refunds = BUYERS.slice(5, 10).map((number) =>
	happened(number, 'Refunded Order', { OrderId: `order-${number}`, Reason: 'came "broken"' }, 9.99),
);

export const postPurchase: Scenario = {
	template: 'post-purchase',
	count: orders.length + cancellations.length + refunds.length,
	parameters: {
		'Order Placed': { metricId: chosenMetric('Placed Order'), flowStatus: 'live' },
		'Order Cancelled': { metricId: chosenMetric('Canceled Order'), flowStatus: 'live' },
		'Order Refunded': { metricId: chosenMetric('Refunded Order'), flowStatus: 'live' },
	},
	async play({ world, published: { triggers }, enter }) {
		const flow = (name: string) => createdFlow(world, triggers[name]!.url);
		await enter(
			{ flowId: flow('Order Placed'), entries: orders },
			{ flowId: flow('Order Cancelled'), entries: cancellations },
			{ flowId: flow('Order Refunded'), entries: refunds },
		);
	},
	expected: [
		...orders.map(({ profile, event }) => ({
			event_name: 'placed_order',
			person: profile.email!,
			body: { properties: { order_id: event!.unique_id!, net_value: event!.value! } },
		})),
		...cancellations.map(({ profile, event }) => ({
			event_name: 'cancelled_order',
			person: profile.email!,
			body: {
				properties: {
					order_id: event!.unique_id!,
					net_value: -event!.value!,
					Reason: 'changed my mind',
				},
			},
		})),
		...refunds.map(({ profile, event }) => ({
			event_name: 'refunded_order',
			person: profile.email!,
			body: { properties: { order_id: event!.properties!.OrderId, net_value: -9.99 } },
		})),
	],
};
