// What is told to users as a loss that no node can prevent, dialect by dialect. Everywhere else nothing may be wrong.
import type { Dialects } from './combinations';
import { NO_SUCH_SOURCE, SAME_SECOND, type Fault, type FaultKind } from './judge';

export interface Known {
	kind: FaultKind;
	/** What the user is told. */
	told: string;
	where(fault: Fault, dialects: Dialects): boolean;
}

export const KNOWN: readonly Known[] = [
	{
		kind: 'lost',
		told: 'A body of your own that puts numbers or lists through base64_encode may not be sent by Klaviyo: use floatformat, and a loop.',
		where: ({ body }, { klaviyo }) =>
			body === 'ownBase64' &&
			(klaviyo.base64OfNumbers === 'fails' || klaviyo.base64OfLists === 'fails'),
	},
	{
		kind: 'lost',
		told: 'A body of your own with the whole event is not always JSON. It needs the header Content-Type text/plain; where Klaviyo does not send that header, n8n refuses it before any node sees it.',
		where: ({ body, what }, { klaviyo }) =>
			body === 'ownWholeEvent' && klaviyo.contentTypeOverride === 'ignored' && what.includes('422'),
	},
	{
		kind: 'merged',
		told: "A body of your own without the sender's id can't tell two events of one person and second apart.",
		where: ({ body }, { klaviyo }) =>
			body === 'ownTimestamp' && klaviyo.eventTimestampTag === 'there',
	},
	{
		kind: 'told as delivered but not stored',
		told: 'A source that does not exist may answer as one that does. Look at what arrives once after you set it up.',
		where: ({ what }, { meiro }) => what === NO_SUCH_SOURCE && meiro.unknownSource === '200',
	},
	{
		kind: 'told as delivered but not stored',
		told: 'Where Meiro Pipes counts times by the second, two events of one person, type and second are one.',
		where: ({ what, way }, { meiro }) =>
			what === SAME_SECOND && way === 'pipes' && meiro.pipesTimeKey === 'second',
	},
	{
		kind: 'told as delivered but not stored',
		told: 'Where the CDP counts times by the second, two events of one person, type and second are one.',
		where: ({ what, way }, { meiro }) =>
			what === SAME_SECOND && way.startsWith('cdp') && meiro.cdpTimeKey === 'second',
	},
	{
		kind: 'doubled',
		told: 'Where only the receipt tells the time, a repeated delivery is stored twice in the CDP, under one event_id. Complete gives it its time.',
		where: ({ way, copies }) =>
			way.startsWith('cdp') && copies?.eventIds === 1 && !copies.isTimeKnown,
	},
	{
		kind: 'doubled',
		told: "Without the sender's id, a retry that Klaviyo renders anew after midnight is another event.",
		where: ({ hasSendersId, copies }, { klaviyo }) =>
			!hasSendersId && klaviyo.retryBody === 'renderedAnew' && copies?.eventIds === 2,
	},
];

export function knownOf(fault: Fault, dialects: Dialects): Known | undefined {
	return KNOWN.find((known) => known.kind === fault.kind && known.where(fault, dialects));
}
