import { inventEntry } from '../../klaviyo/profiles';
import type { Scenario } from '../scenario';

const CUSTOMERS = 60;

/**
 * Sixty former customers reach the webhook step of a win-back flow at once; a user has set the flow up with the body
 * that n8n shows. The first two deliveries meet a gateway that answers 503, and Meiro has a bad moment, too.
 */
export const winBack: Scenario = {
	template: 'win-back',
	flow: ({ klaviyo, webhook }, { gatewayUrl, bodies }) =>
		klaviyo.createFlow({
			name: 'Win back former customers',
			trigger_type: 'metric',
			webhook: {
				url: gatewayUrl,
				headers: { [webhook.header]: webhook.secret },
				body: bodies.winBackBody!,
			},
		}).id,
	entries: Array.from({ length: CUSTOMERS }, (_, index) =>
		inventEntry(index, 'Placed Order', { hostile: true }),
	),
	disturb: ({ gateway, meiro }) => {
		gateway.refuseNext(2);
		meiro.misbehave([
			{ kind: 'status', status: 429, retryAfter: '1', times: 2 },
			{ kind: 'status', status: 503, times: 2 },
			{ kind: 'reset', times: 1 },
		]);
	},
};
