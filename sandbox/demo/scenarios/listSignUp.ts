import { inventEntry } from '../../klaviyo/profiles';
import { attributesOf, SUBSCRIBED } from './people';
import { createdFlow, type Scenario } from '../scenario';
import { NEWSLETTER } from '../world';

const SUBSCRIBERS = 50;
/** People that no other scenario has. */
const FIRST_PERSON = 10_000;

const entries = Array.from({ length: SUBSCRIBERS }, (_, index) =>
	inventEntry(FIRST_PERSON + index, null, { hostile: true }),
);

/** Every other one agreed to e-mails; the rest only stands on the list. */
const agreed = (index: number) => index % 2 === 0;

/** Publishing creates the flow in Klaviyo, live; then fifty people subscribe to its list. */
export const listSignUp: Scenario = {
	template: 'list-sign-up',
	count: SUBSCRIBERS,
	parameters: {
		'Klaviyo Trigger': {
			listId: NEWSLETTER.id,
			options: { flowStatus: 'live' },
		},
	},
	async play({ world, published, enter }) {
		await enter({ flowId: createdFlow(world, published.url), entries });
	},
	prepare({ klaviyo }) {
		klaviyo.seedProfiles(
			entries.map(({ profile }, index) => ({
				id: profile.klaviyo_id,
				attributes: attributesOf(profile),
				...(agreed(index) ? { subscriptions: SUBSCRIBED } : {}),
			})),
		);
	},
	expected: entries.map(({ profile }, index) => ({
		event_name: 'subscribed_to_list',
		person: profile.email!,
		body: {
			list: { id: NEWSLETTER.id },
			profile: { consent: agreed(index) ? ['email'] : [], external_id: profile.external_id! },
		},
	})),
};
