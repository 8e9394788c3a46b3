import { inventEntry } from '../../klaviyo/profiles';
import { createdFlow, type Scenario } from '../scenario';
import { dataTableRows } from '../../n8n/dataTables';
import { METRICS } from '../world';
import { people } from './people';
import { toPipes } from './toPipes';

/** Twenty leave a cart behind; half of them, and five who never had one, order. One orders twice. */
function cartsOf(first: number): Scenario {
	const left = people(first, 20);
	const ordered = [...left.slice(0, 10), ...people(first + 100, 5)];
	const again = left[0]!;
	const carts = left.map((number) => inventEntry(number, 'Started Checkout', { hostile: true }));
	const orders = ordered.map((number) => inventEntry(number, 'Placed Order', { hostile: true }));
	const onceMore = inventEntry(again, 'Placed Order', { hostile: true });
	return {
		template: 'abandoned-cart',
		count: carts.length + orders.length + 1,
		parameters: {
			'Cart Abandoned': {
				metricId: METRICS['Started Checkout'],
				orderMetricId: METRICS['Placed Order'],
				options: { flowStatus: 'live' },
			},
			'Order Placed': { metricId: METRICS['Placed Order'], options: { flowStatus: 'live' } },
		},
		async play({ world, published: { triggers }, enter, finished }) {
			const flow = (name: string) => createdFlow(world, triggers[name]!.url);
			await enter({ flowId: flow('Cart Abandoned'), entries: carts });
			await finished();
			await enter({ flowId: flow('Order Placed'), entries: orders });
			await finished();
			await enter({
				flowId: flow('Order Placed'),
				entries: [{ ...onceMore, event: { ...onceMore.event!, unique_id: `order-${again}-2` } }],
			});
		},
		expected: [
			...carts.map(({ profile, event }) => ({
				event_name: 'cart_abandoned',
				person: profile.email!,
				body: { trigger_event: { id: event!.unique_id!, value: event!.value! } },
			})),
			...left.slice(0, 10).map((number, index) => ({
				event_name: 'cart_recovered',
				person: carts[index]!.profile.email!,
				body: {
					trigger_event: { id: `order-${number}`, value: orders[index]!.event!.value! },
					properties: { cart_id: `cart-${number}`, cart_value: carts[index]!.event!.value! },
				},
			})),
		],
		async check(world) {
			const own = new Set(carts.map(({ event }) => event!.unique_id));
			const all = await dataTableRows(world, 'Klaviyo open carts');
			const rows = all.filter(({ cart_id }) => own.has(String(cart_id)));
			const recovered = rows.filter(({ state }) => state === 'recovered').length;
			return rows.length === 20 && recovered === 10
				? []
				: [`${recovered} of ${rows.length} carts recovered, wanted 10 of 20`];
		},
	};
}

export const abandonedCart = cartsOf(20_000);
export const abandonedCartToPipes = toPipes(cartsOf(22_000), [
	'Send the Cart',
	'Send the Recovery',
]);
