import { inventEntry } from '../../klaviyo/profiles';
import { createdFlow, type Scenario } from '../scenario';
import { dataTableRows } from '../../n8n/dataTables';
import { chosenMetric } from '../world';
import { people } from './people';

/** Twenty leave a cart behind; half of them, and five who never had one, order. One orders twice. */
const LEFT = people(20_000, 20);
const ORDERED = [...LEFT.slice(0, 10), ...people(20_100, 5)];
const AGAIN = LEFT[0]!;

const carts = LEFT.map((number) => inventEntry(number, 'Started Checkout', { hostile: true }));
const orders = ORDERED.map((number) => inventEntry(number, 'Placed Order', { hostile: true }));
const onceMore = inventEntry(AGAIN, 'Placed Order', { hostile: true });

export const abandonedCart: Scenario = {
	template: 'abandoned-cart',
	count: carts.length + orders.length + 1,
	parameters: {
		'Cart Abandoned': {
			metricId: chosenMetric('Started Checkout'),
			orderMetricId: chosenMetric('Placed Order'),
			flowStatus: 'live',
		},
		'Order Placed': { metricId: chosenMetric('Placed Order'), flowStatus: 'live' },
	},
	async play({ world, published: { triggers }, enter, finished }) {
		const flow = (name: string) => createdFlow(world, triggers[name]!.url);
		await enter({ flowId: flow('Cart Abandoned'), entries: carts });
		await finished();
		await enter({ flowId: flow('Order Placed'), entries: orders });
		await finished();
		await enter({
			flowId: flow('Order Placed'),
			entries: [{ ...onceMore, event: { ...onceMore.event!, unique_id: `order-${AGAIN}-2` } }],
		});
	},
	expected: [
		...carts.map(({ profile, event }) => ({
			event_name: 'cart_abandoned',
			person: profile.email!,
			body: { trigger_event: { id: event!.unique_id!, value: event!.value! } },
		})),
		...LEFT.slice(0, 10).map((number, index) => ({
			event_name: 'cart_recovered',
			person: carts[index]!.profile.email!,
			body: {
				trigger_event: { id: `order-${number}`, value: orders[index]!.event!.value! },
				properties: { cart_id: `cart-${number}`, cart_value: carts[index]!.event!.value! },
			},
		})),
	],
	async check(world) {
		const rows = await dataTableRows(world, 'Klaviyo open carts');
		const recovered = rows.filter(({ state }) => state === 'recovered').length;
		return rows.length === 20 && recovered === 10
			? []
			: [`${recovered} of ${rows.length} carts recovered, wanted 10 of 20`];
	},
};
