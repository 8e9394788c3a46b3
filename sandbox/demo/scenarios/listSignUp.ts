import { inventEntry } from '../../klaviyo/profiles';
import type { Scenario } from '../scenario';
import { NEWSLETTER } from '../world';

const SUBSCRIBERS = 50;
/** People that no other scenario has. */
const FIRST_PERSON = 10_000;

/** Publishing creates the flow in Klaviyo, live; then fifty people subscribe to its list. */
export const listSignUp: Scenario = {
	template: 'list-sign-up',
	parameters: {
		listId: { __rl: true, mode: 'list', value: NEWSLETTER.id, cachedResultName: NEWSLETTER.name },
		flowStatus: 'live',
	},
	flow: ({ klaviyo }, { url }) => {
		const own = klaviyo.flows().filter(({ definition }) => JSON.stringify(definition).includes(url));
		if (own.length !== 1) throw new Error(`Klaviyo has ${own.length} flows for ${url}, wanted 1`);
		return own[0]!.id;
	},
	entries: Array.from({ length: SUBSCRIBERS }, (_, index) =>
		inventEntry(FIRST_PERSON + index, null, { hostile: true }),
	),
	disturb: () => undefined,
};
