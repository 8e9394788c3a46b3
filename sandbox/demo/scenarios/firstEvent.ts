import { inventEntry } from '../../klaviyo/profiles';
import { createdFlow, type Scenario } from '../scenario';
import { NEWSLETTER } from '../world';
import { listSignUp } from './listSignUp';

const SUBSCRIBERS = 10;
/** People that no other scenario has. */
const FIRST_PERSON = 130_000;

const entries = Array.from({ length: SUBSCRIBERS }, (_, index) =>
	inventEntry(FIRST_PERSON + index, null, { hostile: true }),
);

/** What a new user does first: publishing creates the flow, live; then some people subscribe to its list. */
export const firstEvent: Scenario = {
	template: 'first-event',
	count: SUBSCRIBERS,
	parameters: listSignUp.parameters,
	async play({ world, published, enter }) {
		await enter({ flowId: createdFlow(world, published.url), entries });
	},
	expected: entries.map(({ profile }) => ({
		event_name: 'subscribed_to_list',
		person: profile.email!,
		body: { list: { id: NEWSLETTER.id } },
	})),
};
