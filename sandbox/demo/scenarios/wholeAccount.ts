import type { SystemEvent } from '../../klaviyo';
import { inventProfile } from '../../klaviyo/profiles';
import type { Scenario } from '../scenario';
import { attributesOf, people, SUBSCRIBED } from './people';

const TOPICS = ['event:api.viewed_product', 'event:api.placed_order'];
const VISITORS = people(90_000, 60).map((number) => inventProfile(number, { hostile: true }));

/** Gone from Klaviyo by the time its event is told. */
const DELETED = inventProfile(90_900);

const TOLD = [...VISITORS, DELETED];

function eventOf(topic: string, index: number): SystemEvent {
	return {
		topic,
		profile_id: TOLD[index]!.klaviyo_id!,
		properties: { ProductName: 'Čaj & "Cup"', Position: index + 1 },
	};
}

/** Each looks at a product, and then orders it; what nobody chose is not sent. */
export const wholeAccount: Scenario = {
	template: 'whole-account',
	count: TOLD.length * TOPICS.length,
	parameters: { 'Klaviyo Trigger': { topics: TOPICS } },
	prepare({ klaviyo }) {
		klaviyo.seedProfiles(
			VISITORS.map((profile) => ({
				id: profile.klaviyo_id,
				attributes: attributesOf(profile),
				subscriptions: SUBSCRIBED,
			})),
		);
	},
	async play({ world, happen }) {
		world.meiro.misbehave([
			{ kind: 'status', status: 503, times: 2 },
			{ kind: 'reset', times: 1 },
		]);
		for (const topic of TOPICS) {
			const others = eventOf('event:api.active_on_site', 0);
			await happen('Klaviyo Trigger', [others, ...TOLD.map((_, index) => eventOf(topic, index))]);
		}
	},
	expected: ['viewed_product', 'placed_order'].flatMap((event_name) =>
		TOLD.map((profile, index) => ({
			event_name,
			person: profile === DELETED ? profile.klaviyo_id! : profile.email!,
			body: {
				received_via: 'system_webhook',
				properties: { Position: index + 1 },
				profile:
					profile === DELETED
						? { klaviyo_id: profile.klaviyo_id! }
						: { external_id: profile.external_id!, consent: ['email'] },
			},
		})),
	),
};
