import { inventEntry } from '../../klaviyo/profiles';
import { flowByHand, type Scenario } from '../scenario';
import { BOUGHT_ELSEWHERE, chosen } from '../world';
import { attributesOf } from './people';

const CUSTOMERS = 60;

const entries = Array.from({ length: CUSTOMERS }, (_, index) =>
	inventEntry(index, 'Placed Order', { hostile: true }),
);
const boughtElsewhere = (index: number) => index % 5 === 0;
const tierOf = (value: number) => (value >= 100 ? 'gold' : 'standard');

/**
 * Sixty former customers reach the webhook step of a win-back flow at once; a user has set the flow up with the body
 * that n8n shows. Twelve of them bought in a store meanwhile. The first two deliveries meet a gateway that answers
 * 503, and Meiro has a bad moment, too.
 */
export const winBack: Scenario = {
	template: 'win-back',
	count: CUSTOMERS,
	parameters: { 'Ask Meiro': { segmentId: chosen('Bought elsewhere', String(BOUGHT_ELSEWHERE)) } },
	prepare({ klaviyo }) {
		klaviyo.seedProfiles(
			entries.map(({ profile }) => ({ id: profile.klaviyo_id, attributes: attributesOf(profile) })),
		);
	},
	async play({ world, published, enter }) {
		const flowId = flowByHand(world, {
			name: 'Win back former customers',
			url: published.gatewayUrl,
			body: published.bodies.winBackBody!,
		});
		world.gateway.refuseNext(2);
		world.meiro.misbehave([
			{ kind: 'status', status: 429, retryAfter: '1', times: 2, path: '/klaviyo' },
			{ kind: 'status', status: 503, times: 2, path: '/klaviyo' },
			{ kind: 'reset', times: 1, path: '/klaviyo' },
			{ kind: 'status', status: 503, times: 1, path: '/wbs' },
		]);
		await enter({ flowId, entries });
	},
	expected: entries.map(({ profile, event }, index) => ({
		event_name: 'winback_due',
		person: profile.email!,
		body: {
			properties: boughtElsewhere(index)
				? { offer_tier: 'none', outcome: 'bought_elsewhere' }
				: { offer_tier: tierOf(event!.value!), outcome: 'offered' },
		},
	})),
	check({ klaviyo }) {
		const offers = klaviyo
			.writtenEvents()
			.filter(({ properties }) => String(properties.$event_id).startsWith('winback-offer '));
		const wanted = entries.filter((_, index) => !boughtElsewhere(index)).length;
		return offers.length === wanted
			? []
			: [`Klaviyo has ${offers.length} 'Winback Offer', wanted ${wanted}`];
	},
};
