import type { Entry } from '../../klaviyo';
import { inventEntry } from '../../klaviyo/profiles';
import { createdFlow, type Scenario } from '../scenario';
import { METRICS } from '../world';
import { happened, people, seedEntries } from './people';
import { toPipes } from './toPipes';

/** Long enough ago for delivery-watch to have nothing to do with them, and not too long for Complete. */
const BEGUN = Math.floor(Date.now() / 1000) * 1000 - 9 * 3_600_000;

/** Twenty order, five of them twice at one second; five cancel, and five others send something back. Each order is completed. */
function ordersOf(first: number): Scenario {
	const buyers = people(first, 20);
	const orders = buyers.map((number, index): Entry => {
		const { profile, event } = inventEntry(number, 'Placed Order', { hostile: true });
		const time = new Date(BEGUN + index * 60_000).toISOString();
		return { profile, event: { ...event!, time } };
	});
	const again = orders.slice(0, 5).map(onceMore);
	const cancellations = buyers
		.slice(0, 5)
		.map((number) => inventEntry(number, 'Canceled Order', { hostile: true }));
	const refunds = buyers
		.slice(5, 10)
		.map((number) =>
			happened(
				number,
				'Refunded Order',
				{ OrderId: `order-${number}`, Reason: 'came "broken"' },
				9.99,
			),
		);
	return {
		template: 'post-purchase',
		activated: ['Complete the Order'],
		count: orders.length + again.length + cancellations.length + refunds.length,
		parameters: {
			'Order Placed': { metricId: METRICS['Placed Order'], options: { flowStatus: 'live' } },
			'Order Cancelled': {
				metricId: METRICS['Canceled Order'],
				options: { flowStatus: 'live' },
			},
			'Order Refunded': {
				metricId: METRICS['Refunded Order'],
				options: { flowStatus: 'live' },
			},
		},
		prepare: (world) => seedEntries(world, [...orders, ...again]),
		async play({ world, published: { triggers }, enter }) {
			const flow = (name: string) => createdFlow(world, triggers[name]!.url);
			await enter(
				{ flowId: flow('Order Placed'), entries: [...orders, ...again] },
				{ flowId: flow('Order Cancelled'), entries: cancellations },
				{ flowId: flow('Order Refunded'), entries: refunds },
			);
		},
		expected: [
			...[...orders, ...again].map(({ profile, event }) => ({
				event_name: 'placed_order',
				person: profile.email!,
				body: {
					completed: true,
					event_time: event!.time,
					properties: { order_id: event!.unique_id!, net_value: event!.value! },
				},
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
}

/** Another order of the same person, at the same second. */
function onceMore({ profile, event }: Entry): Entry {
	const id = `${event!.unique_id!}-2`;
	return {
		profile,
		event: { ...event!, unique_id: id, properties: { ...event!.properties, OrderId: id } },
	};
}

export const postPurchase = ordersOf(30_000);
export const postPurchaseToPipes = toPipes(ordersOf(32_000), ['Send to Meiro'], 'rawEvent');
