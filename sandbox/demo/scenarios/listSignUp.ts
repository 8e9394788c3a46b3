import { inventEntry } from '../../klaviyo/profiles';
import { createdFlow, type Scenario } from '../scenario';
import { NEWSLETTER } from '../world';

const SUBSCRIBERS = 50;
/** People that no other scenario has. */
const FIRST_PERSON = 10_000;

const entries = Array.from({ length: SUBSCRIBERS }, (_, index) =>
	inventEntry(FIRST_PERSON + index, null, { hostile: true }),
);

/** Publishing creates the flow in Klaviyo, live; then fifty people subscribe to its list. */
export const listSignUp: Scenario = {
	template: 'list-sign-up',
	count: SUBSCRIBERS,
	parameters: {
		'Klaviyo Trigger': {
			listId: { __rl: true, mode: 'list', value: NEWSLETTER.id, cachedResultName: NEWSLETTER.name },
			flowStatus: 'live',
		},
	},
	async play({ world, published, enter }) {
		await enter({ flowId: createdFlow(world, published.url), entries });
	},
	expected: entries.map(({ profile }) => ({ event_name: 'subscribed_to_list', person: profile.email! })),
};
