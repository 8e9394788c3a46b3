import { inventEntry } from '../../klaviyo/profiles';
import { flowByHand, type Scenario } from '../scenario';

const CUSTOMERS = 60;

const entries = Array.from({ length: CUSTOMERS }, (_, index) =>
	inventEntry(index, 'Placed Order', { hostile: true }),
);

/**
 * Sixty former customers reach the webhook step of a win-back flow at once; a user has set the flow up with the body
 * that n8n shows. The first two deliveries meet a gateway that answers 503, and Meiro has a bad moment, too.
 */
export const winBack: Scenario = {
	template: 'win-back',
	count: CUSTOMERS,
	async play({ world, published, enter }) {
		const flowId = flowByHand(world, {
			name: 'Win back former customers',
			url: published.gatewayUrl,
			body: published.bodies.winBackBody!,
		});
		world.gateway.refuseNext(2);
		world.meiro.misbehave([
			{ kind: 'status', status: 429, retryAfter: '1', times: 2 },
			{ kind: 'status', status: 503, times: 2 },
			{ kind: 'reset', times: 1 },
		]);
		await enter({ flowId, entries });
	},
	expected: entries.map(({ profile }) => ({ event_name: 'winback_due', person: profile.email! })),
};
