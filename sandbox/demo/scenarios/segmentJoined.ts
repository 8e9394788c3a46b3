import { inventEntry } from '../../klaviyo/profiles';
import { createdFlow, type Scenario } from '../scenario';
import { METRICS, SEGMENTS } from '../world';
import { people } from './people';

/** Twenty become 'at risk'; five of them start a checkout, and those and five more order. */
const AT_RISK = people(50_000, 20);
const joined = AT_RISK.map((number) => inventEntry(number, null, { hostile: true }));
const checkouts = AT_RISK.slice(0, 5).map((number) =>
	inventEntry(number, 'Started Checkout', { hostile: true }),
);
const orders = AT_RISK.slice(0, 10).map((number) =>
	inventEntry(number, 'Placed Order', { hostile: true }),
);

export const segmentJoined: Scenario = {
	template: 'segment-joined',
	count: joined.length + checkouts.length + orders.length,
	parameters: {
		'Segment Joined': {
			segmentId: SEGMENTS['At risk'],
			options: { flowStatus: 'live' },
		},
		'Checkout Started': {
			metricId: METRICS['Started Checkout'],
			options: { flowStatus: 'live' },
		},
		'Order Placed': { metricId: METRICS['Placed Order'], options: { flowStatus: 'live' } },
	},
	async play({ world, published: { triggers }, enter, finished }) {
		const flow = (name: string) => createdFlow(world, triggers[name]!.url);
		await enter({ flowId: flow('Segment Joined'), entries: joined });
		await finished();
		await enter({ flowId: flow('Checkout Started'), entries: checkouts });
		await finished();
		await enter({ flowId: flow('Order Placed'), entries: orders });
	},
	expected: [
		...joined.map(({ profile }) => ({
			event_name: 'joined_segment',
			person: profile.email!,
			body: { segment: { id: SEGMENTS['At risk'] } },
		})),
		...orders.map(({ profile }, index) => ({
			event_name: 'segment_followed_up',
			person: profile.email!,
			body: {
				segment: { id: SEGMENTS['At risk'] },
				properties: { followed_up_by: index < 5 ? 'started_checkout' : 'placed_order' },
			},
		})),
	],
};
