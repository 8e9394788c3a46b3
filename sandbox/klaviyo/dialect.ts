// What Klaviyo does not document, or not surely: each question with its possible answers. The stand-in speaks every
// combination of them, so that the nodes can be tried against all.

/** One open question about Klaviyo. */
export interface Question {
	/** What it may do; the first is what the stand-in does unless told otherwise. */
	values: readonly string[];
	/** Where the first value is documented or was seen; 'unknown' where it is an assumption. */
	source: string;
	means: string;
}

const GLOSSARY = 'https://developers.klaviyo.com/en/docs/glossary_of_variable_filters';
const WEBHOOK = 'https://developers.klaviyo.com/en/docs/how_to_add_a_webhook_action_to_a_flow';

export const KLAVIYO_QUESTIONS = {
	eventIdWithoutSenders: {
		values: ['unixSecond', 'absent', 'empty'],
		source: 'https://help.klaviyo.com/hc/en-us/articles/18620644491035 (a sample event)',
		means: "What $event_id is, in a body and in the API, when the event's sender gave no id.",
	},
	missingValue: {
		values: ['', 'None'],
		source: 'unknown',
		means: 'What a tag without a value prints.',
	},
	base64OfNone: {
		values: ['text', 'fails'],
		source: `unknown; ${GLOSSARY} types the filter as text to text`,
		means: 'base64_encode of no value: its text, or the delivery fails and is skipped.',
	},
	base64OfNumbers: {
		values: ['text', 'fails'],
		source: `unknown; ${GLOSSARY} types the filter as text to text`,
		means: 'base64_encode of a number or of true and false: its text, or the delivery fails.',
	},
	base64OfLists: {
		values: ['text', 'fails'],
		source: `unknown; ${GLOSSARY} types the filter as text to text`,
		means: "base64_encode of a list or an object: Python's text of it, or the delivery fails.",
	},
	htmlEscaping: {
		values: ['off', 'on'],
		source: 'unknown; a published body with the whole event shows quotes that are not escaped',
		means: 'Whether & < > and quotes in values are printed as HTML entities.',
	},
	todayTime: {
		values: ['full', 'zeros'],
		source: 'unknown; used in public bodies by an author who was not sure of it',
		means: 'Whether {% today %} has a time of day: %H%M%S gives it, or zeros.',
	},
	todayZone: {
		values: ['account', 'utc'],
		source: "Klaviyo's help page 'Date personalization in templates reference'",
		means: 'Whose day {% today %} is.',
	},
	contentTypeOverride: {
		values: ['honoured', 'ignored'],
		source: "unknown; a recipe of Klaviyo's sets one",
		means: "Whether a Content-Type among the user's headers is sent.",
	},
	defaultContentType: {
		values: ['json', 'none'],
		source: `unknown; ${WEBHOOK} shows JSON bodies`,
		means: "What is sent where the user's headers have no Content-Type.",
	},
	retryBody: {
		values: ['same', 'renderedAnew'],
		source: 'unknown; "retry each evaluation" may mean either',
		means: 'Whether a retry sends the same bytes, or the body rendered anew.',
	},
	retryAfter: {
		values: ['ignored', 'honoured'],
		source: 'unknown',
		means: 'Whether a retry waits as long as Retry-After says.',
	},
	klaviyoIdInDateFlows: {
		values: ['empty', 'there'],
		source: 'unknown; reported missing by one receiver of such webhooks',
		means: "What person.KlaviyoID is in a flow that starts on a date of the profile's.",
	},
	extraName: {
		values: ['both', 'extra', '$extra'],
		source:
			'https://help.klaviyo.com/hc/en-us/articles/4408802648731 (event.extra); the other was reported live',
		means: "By which name a template finds the event's $extra.",
	},
	eventTimestampTag: {
		values: ['absent', 'there'],
		source: 'unknown; none was found in the documentation',
		means: 'Whether event.timestamp gives the Unix second of the event.',
	},
	actionWithoutLinks: {
		values: ['cut', 'kept', 'refused'],
		source: 'unknown; proven only with the links that GET gives',
		means: "What PATCH of a flow's action does when its definition has no links.",
	},
	reentry: {
		values: ['asDefined', 'always'],
		source:
			'https://developers.klaviyo.com/en/reference/create_flow (without criteria nobody enters twice)',
		means: 'Whether a flow made by the API without re-entry criteria lets a profile in again.',
	},
	eventsShownAfter: {
		values: ['0 s', '2 s', '30 s'],
		source: 'unknown; "submitted for processing"',
		means: 'How long after an event the API shows it.',
	},
} as const satisfies Record<string, Question>;

type Questions = typeof KLAVIYO_QUESTIONS;

/** One answer to each question. */
export type KlaviyoDialect = { [Name in keyof Questions]: Questions[Name]['values'][number] };

/** The dialect that is meant: what is not said is the first value. */
export function klaviyoDialect(given: Partial<KlaviyoDialect> = {}): KlaviyoDialect {
	const first = Object.entries(KLAVIYO_QUESTIONS).map(([name, { values }]) => [name, values[0]]);
	return { ...(Object.fromEntries(first) as KlaviyoDialect), ...given };
}

/** Milliseconds until the API shows an event. */
export function eventDelayMs({
	eventsShownAfter,
}: Pick<KlaviyoDialect, 'eventsShownAfter'>): number {
	return Number.parseInt(eventsShownAfter, 10) * 1000;
}
