import { inventEntry, inventProfile } from '../../klaviyo/profiles';
import { dataTableRows } from '../../n8n/dataTables';
import { createdFlow, flowByHand, type Scenario } from '../scenario';
import { BOUGHT_ELSEWHERE, chosen, METRICS, SEGMENTS } from '../world';
import { attributesOf, people, SUBSCRIBED } from './people';

const CUSTOMERS = 60;
const PER_DAY = 20;

const entries = Array.from({ length: CUSTOMERS }, (_, index) =>
	inventEntry(index, 'Placed Order', { hostile: true }),
);
const boughtElsewhere = (index: number) => index % 5 === 0;
const tierOf = (value: number) => (value >= 100 ? 'gold' : 'standard');

/** In the segment for long; the last ones of them never agreed to email. */
const lapsed = people(75_000, 30).map((number) => inventProfile(number));
const NOT_AGREED = 5;

/** The metric's first event, which a user makes to be able to choose it in Klaviyo. */
const OWN_ADDRESS = 'who-sets-up-win-back@shop.example';

const assignment = (name: string, value: number) => ({ id: name, name, value, type: 'number' });

/**
 * Sixty former customers reach the webhook step of a win-back flow at once, through a gateway that answers the first two
 * with 503. Twelve of them bought in a store meanwhile, and Meiro has a bad moment, too. Of those who lapsed already
 * as many get an offer as a day may have, although the day's run is repeated.
 */
export const winBack: Scenario = {
	template: 'win-back',
	count: CUSTOMERS + PER_DAY,
	parameters: {
		'Ask Meiro': { segmentId: chosen('Bought elsewhere', String(BOUGHT_ELSEWHERE)) },
		'Klaviyo Trigger': { metricId: METRICS['Placed Order'], options: { flowStatus: 'live' } },
		'Make the Metric': { identifiers: { email: OWN_ADDRESS } },
		'How Many': {
			assignments: {
				assignments: [assignment('per_day', PER_DAY), assignment('days_between', 180)],
			},
		},
		'Who Lapsed Already': { segmentId: chosen('Lapsed', SEGMENTS.Lapsed) },
	},
	prepare({ klaviyo }) {
		const ids = klaviyo.seedProfiles(
			lapsed.map((profile, index) => ({
				id: profile.klaviyo_id,
				attributes: attributesOf(profile),
				...(index < lapsed.length - NOT_AGREED ? { subscriptions: SUBSCRIBED } : {}),
			})),
		);
		// Who lapsed first comes first.
		const joined = (index: number) => new Date(Date.UTC(2026, 0, 1, 0, index));
		klaviyo.seedMembers(
			SEGMENTS.Lapsed,
			ids.map((id, index) => ({ id, joined: joined(index) })),
		);
		klaviyo.seedProfiles(
			entries.map(({ profile }) => ({ id: profile.klaviyo_id, attributes: attributesOf(profile) })),
		);
	},
	async play({ world, published, enter, run }) {
		await run('Begin Here');
		// What publishing made is the same, but for the gateway.
		createdFlow(world, published.url);
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
		await run('Every Day');
		await run('Every Day');
	},
	expected: [
		...lapsed.slice(0, PER_DAY).map(({ email }) => ({
			event_name: 'winback_due',
			person: email!,
			body: { properties: { offer_tier: 'standard', outcome: 'offered' } },
		})),
		...entries.map(({ profile, event }, index) => ({
			event_name: 'winback_due',
			person: profile.email!,
			body: {
				properties: boughtElsewhere(index)
					? { offer_tier: 'none', outcome: 'bought_elsewhere' }
					: { offer_tier: tierOf(event!.value!), outcome: 'offered' },
			},
		})),
	],
	async check(world) {
		const offers = world.klaviyo
			.writtenEvents()
			.filter(({ properties }) => String(properties.$event_id).startsWith('winback-offer '));
		const wanted = entries.filter((_, index) => !boughtElsewhere(index)).length + PER_DAY;
		const noted = (await dataTableRows(world, 'Klaviyo win-backs')).length;
		const told = JSON.stringify(world.meiro.events());
		return [
			...(offers.length === wanted
				? []
				: [`Klaviyo has ${offers.length} 'Winback Offer', wanted ${wanted}`]),
			...(noted === CUSTOMERS + PER_DAY ? [] : [`${noted} noted`]),
			...(told.includes(OWN_ADDRESS) ? ['Meiro was told of the first event'] : []),
		];
	},
};
