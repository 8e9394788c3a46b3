// What is right, and what is told to users as a loss that no node can prevent, dialect by dialect. Made from what
// Klaviyo and Meiro would do, not from what the nodes do.
import { bodyNamed, isMetricsOwn, saysDay } from './bodies';
import type { Truth } from './cast';
import type { Dialects } from './combinations';
import { NO_SUCH_SOURCE, SAME_SECOND, type Fault, type FaultKind } from './fault';

/** Whether the event's own time has to be known: the body tells it, or Klaviyo's API for Complete. Else the receipt dates it. */
export function isTimeTold(truth: Truth, dialects: Dialects, isCompleted: boolean): boolean {
	const { body, entry } = truth;
	if (body.startsFrom !== 'metric') return false;
	const hasSendersId = Boolean(entry.event?.unique_id);
	if (isSecondPrinted(body.name, hasSendersId, dialects)) return true;
	// A step's own event is due when the step comes, which the receipt tells better than the order.
	const isFound = isCompleted && body.carriesId && hasSendersId && isMetricsOwn(body);
	return isFound && (body.delayMs > 0 || dialects.klaviyo.eventsShownAfter === '0 s');
}

function isSecondPrinted(bodyName: string, hasSendersId: boolean, { klaviyo }: Dialects): boolean {
	const body = bodyNamed(bodyName);
	if (body === undefined) return false;
	if (body.name === 'ownTimestamp') return klaviyo.eventTimestampTag === 'there';
	return body.carriesId && !hasSendersId && klaviyo.eventIdWithoutSenders === 'unixSecond';
}

export interface Known {
	kind: FaultKind;
	/** What the user is told. */
	told: string;
	/** Where the services behave so that it can happen. */
	happensIn(dialects: Dialects): boolean;
	/** What it looks like there. */
	isThis(fault: Fault, dialects: Dialects): boolean;
}

export const KNOWN: readonly Known[] = [
	{
		kind: 'lost',
		told: 'A body of your own that puts numbers or lists through base64_encode may not be sent by Klaviyo: use floatformat, and a loop.',
		happensIn: ({ klaviyo }) =>
			klaviyo.base64OfNumbers === 'fails' || klaviyo.base64OfLists === 'fails',
		isThis: ({ body, what }) => body === 'ownBase64' && what.includes('base64_encode'),
	},
	{
		kind: 'lost',
		told: 'A body of your own with the whole event is not always JSON. It needs the header Content-Type text/plain; where Klaviyo does not send that header, n8n refuses it before any node sees it.',
		happensIn: ({ klaviyo }) =>
			klaviyo.contentTypeOverride === 'ignored' && klaviyo.defaultContentType === 'json',
		isThis: ({ body, what }) => body === 'ownWholeEvent' && what.includes('422'),
	},
	{
		kind: 'merged',
		told: "A body of your own without the sender's id can't tell two events of one person and second apart.",
		happensIn: ({ klaviyo }) => klaviyo.eventTimestampTag === 'there',
		isThis: ({ body, what }) => body === 'ownTimestamp' && what === SAME_SECOND,
	},
	{
		kind: 'told as delivered but not stored',
		told: 'A source that does not exist may answer as one that does. Look at what arrives once after you set it up.',
		happensIn: ({ meiro }) => meiro.unknownSource === '200',
		isThis: ({ what }) => what === NO_SUCH_SOURCE,
	},
	{
		kind: 'told as delivered but not stored',
		told: 'Where Meiro Pipes counts times by the second, two events of one person, type and second are one.',
		happensIn: ({ meiro }) => meiro.pipesTimeKey === 'second',
		isThis: ({ what, way }) => what === SAME_SECOND && way === 'pipes',
	},
	{
		kind: 'told as delivered but not stored',
		told: 'Where the CDP counts times by the second, two events of one person, type and second are one.',
		happensIn: ({ meiro }) => meiro.cdpTimeKey === 'second',
		isThis: ({ what, way }) => what === SAME_SECOND && way.startsWith('cdp'),
	},
	{
		kind: 'doubled',
		told: "Where only the receipt tells the time, a repeated delivery is stored twice in the CDP, under one event_id. Complete gives a metric's own event its time.",
		happensIn: () => true,
		isThis: ({ way, copies }) =>
			way.startsWith('cdp') && copies?.eventIds === 1 && copies.isDatedByReceipt,
	},
	{
		kind: 'doubled',
		told: 'Without an id and a time, a repeat after midnight is another event, unless the body says the day and Klaviyo sends the same bytes.',
		happensIn: () => true,
		isThis: ({ body: name, hasSendersId, copies }, dialects) => {
			const body = bodyNamed(name);
			if (body === undefined || hasSendersId || copies?.eventIds !== 2) return false;
			// A date comes once a year, however often it is told.
			if (body.startsFrom === 'date' || isSecondPrinted(name, hasSendersId, dialects)) return false;
			return dialects.klaviyo.retryBody === 'renderedAnew' || !saysDay(body);
		},
	},
];

export function knownOf(fault: Fault, dialects: Dialects): Known | undefined {
	return KNOWN.find(
		(known) =>
			known.kind === fault.kind && known.happensIn(dialects) && known.isThis(fault, dialects),
	);
}
