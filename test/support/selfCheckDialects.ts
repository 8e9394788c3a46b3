// What the self-check has to find out, dialect by dialect: played on a real n8n by test/e2e/selfCheck.test.ts, held
// against all answers that there are by test/package/selfCheck.test.ts.
import type { KlaviyoDialect } from '../../sandbox/klaviyo';
import type { MeiroDialect } from '../../sandbox/meiro/dialect';

export interface SelfCheckCase {
	klaviyo: Partial<KlaviyoDialect>;
	meiro: Partial<MeiroDialect>;
	product?: 'meiroPipes';
	/** What is seen where it is not called as the dialect calls it; a text for those alone that begin with it and go on. */
	seen: Record<string, string | RegExp>;
}

/** What is seen of a stand-in whose dialect says nothing else. */
export const USUALLY_SEEN: Record<string, string> = {
	...{ eventIdWithoutSenders: 'unixSecond', missingValue: '', base64OfNone: 'text' },
	...{ base64OfNumbers: 'text', base64OfLists: 'text', htmlEscaping: 'off', todayTime: 'full' },
	...{ todayZone: 'account', defaultContentType: 'json', contentTypeOverride: 'honoured' },
	...{ extraName: 'both', eventTimestampTag: 'absent', textArrivesWhole: 'yes' },
	...{ retryBody: 'same', retryAfter: 'ignored', eventsShownAfter: '0 s' },
	...{ actionWithoutLinks: 'cut', reentry: 'asDefined' },
	...{ unknownSource: '404', success: '200 json', sentTwice: 'delivered, delivered' },
	...{ refusals: 'asked of Meiro Pipes alone', pipesIdentifiers: 'asked of Meiro Pipes alone' },
	...{ cdpExistingId: 'skip', cdpTimeKey: 'microsecond', uploadStates: 'processing finished' },
	audienceFinds: 'yes',
};

/** The same of one with Meiro Pipes. */
const SEEN_OF_PIPES = { refusals: 'restTaken', pipesIdentifiers: 'envelope' };

export const SELF_CHECK_CASES: SelfCheckCase[] = [
	{ klaviyo: {}, meiro: {}, seen: {} },
	{
		klaviyo: {
			...{ eventIdWithoutSenders: 'absent', missingValue: 'None', retryBody: 'renderedAnew' },
			...{ todayZone: 'utc', actionWithoutLinks: 'kept' },
		},
		meiro: { unknownSource: '200', success: '204', cdpExistingId: '409' },
		seen: { unknownSource: '204' },
	},
	{
		klaviyo: {
			...{ eventIdWithoutSenders: 'empty', base64OfNone: 'fails', htmlEscaping: 'on' },
			...{ contentTypeOverride: 'ignored', actionWithoutLinks: 'refused', reentry: 'always' },
		},
		meiro: { success: '201 json', cdpExistingId: 'overwrite', uploadStates: 'done' },
		seen: {},
	},
	{
		klaviyo: { base64OfNumbers: 'fails', extraName: 'extra', defaultContentType: 'none' },
		meiro: { success: '202 json', cdpTimeKey: 'second', uploadStates: 'QUEUED RUNNING SUCCESS' },
		seen: { contentTypeOverride: 'not to be seen, as no Content-Type is sent by itself' },
	},
	{
		klaviyo: {
			...{ base64OfLists: 'fails', extraName: '$extra', eventTimestampTag: 'there' },
			eventsShownAfter: '30 s',
		},
		meiro: {
			...{ refusals: 'wholeNamed', pipesIdentifiers: 'rules' },
			...{ cdpExistingId: '409', cdpTimeKey: 'second' },
		},
		product: 'meiroPipes',
		seen: { eventsShownAfter: /^more than 0 s, at most (29|[345]\d) s$/ },
	},
	{
		klaviyo: { todayTime: 'zeros', eventsShownAfter: '2 s' },
		meiro: { refusals: 'wholeUnnamed', success: '200 text', uploadStates: '1 2 3' },
		product: 'meiroPipes',
		seen: {
			retryBody: 'not to be seen, as today has no time',
			eventsShownAfter: /^more than 0 s, at most 1?\d s$/,
			todayZone: /^(account|not to be seen at this hour, as both have the same day)$/,
		},
	},
	{
		klaviyo: { retryAfter: 'honoured' },
		meiro: { cdpExistingId: 'overwrite', cdpTimeKey: 'second' },
		product: 'meiroPipes',
		seen: {},
	},
	{
		klaviyo: {},
		meiro: { refusals: 'always2xx', unknownSource: '200' },
		product: 'meiroPipes',
		seen: {},
	},
];

/** All that is to be seen of a case. */
export function seenOf({
	klaviyo,
	meiro,
	product,
	seen,
}: SelfCheckCase): Record<string, string | RegExp> {
	const usual = { ...USUALLY_SEEN, ...(product === 'meiroPipes' ? SEEN_OF_PIPES : {}) };
	return { ...usual, ...klaviyo, ...meiro, ...seen };
}
