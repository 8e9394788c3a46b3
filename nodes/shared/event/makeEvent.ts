import { EVENT_VERSION, ORIGIN_PROPERTY, type KlaviyoEvent } from './contract';
import { eventIdOf, personInId, type EventIdentity } from './eventId';
import { isoOf } from './time';
import { isTrue, withoutNul } from './values';

type GivenFields =
	| 'event_day'
	| 'flow'
	| 'trigger_event'
	| 'list'
	| 'segment'
	| 'campaign'
	| 'profile'
	| 'properties'
	| 'from_meiro'
	| 'is_test'
	| 'repaired'
	| 'raw'
	| 'error';

/** What is known of an event; all else has a default. */
export interface EventParts extends Partial<Pick<KlaviyoEvent, GivenFields>> {
	event_name: string;
	received_via: KlaviyoEvent['received_via'];
	/** When n8n had it first in hand, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
	received_at: string;
	/** The account as the user typed it. */
	accountLabel: string | null;
	/** The account as it was found out, where nothing was typed. */
	accountFound?: string | null;
	/** Milliseconds since 1970; without it the event is dated by its receipt. */
	happenedAt?: number;
	/** Whether that is when a flow's step was due, and not when its triggering event happened. */
	isStepTime?: boolean;
	identity: Pick<EventIdentity, 'kind' | 'occurrence'>;
	/** Of a step behind its triggering event. */
	delayMs?: number;
}

/** The one place that writes an event of the contract. */
export function makeEvent(parts: EventParts): KlaviyoEvent {
	const { event_name, received_at, accountLabel, happenedAt, identity, flow = null } = parts;
	const { profile = {}, properties = {} } = parts;
	const list = withoutNulIn(parts.list ?? null);
	const segment = withoutNulIn(parts.segment ?? null);
	const isTest = parts.is_test ?? false;
	// Field by field, as spreading what may be absent takes longer than all the rest.
	const event = {
		event_id: eventIdOf({
			kind: identity.kind,
			occurrence: identity.occurrence,
			accountLabel,
			eventName: event_name,
			person: personInId(profile),
			group: groupOf(list, segment, flow),
			flowId: flow?.id ?? null,
			step: flow?.step ?? null,
			delayMs: parts.delayMs ?? null,
			isTest,
		}),
		event_name,
		event_version: EVENT_VERSION,
		event_time: happenedAt === undefined ? received_at : notAfter(received_at, happenedAt),
		event_time_source: sourceOf(parts),
		received_at,
	} as KlaviyoEvent;
	if (parts.event_day !== undefined) event.event_day = parts.event_day;
	event.received_via = parts.received_via;
	event.account = accountLabel ?? parts.accountFound ?? null;
	event.flow = flow;
	event.trigger_event = withoutNulIn(parts.trigger_event ?? null);
	event.list = list;
	event.segment = segment;
	if (parts.campaign !== undefined) event.campaign = withoutNulIn(parts.campaign);
	event.profile = profile;
	event.properties = properties;
	event.from_meiro = parts.from_meiro ?? isTrue(properties[ORIGIN_PROPERTY]);
	event.is_test = isTest;
	if (parts.repaired !== undefined) event.repaired = parts.repaired;
	if (parts.raw !== undefined) event.raw = parts.raw;
	if (parts.error !== undefined) event.error = parts.error;
	return event;
}

/** Names of metrics, groups and campaigns come from topics and Klaviyo's API, too, where no body was cleaned. */
function withoutNulIn<T extends object | null>(part: T): T {
	if (part === null || !Object.values(part).some(hasNul)) return part;
	return Object.fromEntries(
		Object.entries(part).map(([key, value]) => [key, hasNul(value) ? withoutNul(value) : value]),
	) as T;
}

const hasNul = (value: unknown): value is string =>
	typeof value === 'string' && value.includes('\0');

function sourceOf({ happenedAt, isStepTime }: EventParts): KlaviyoEvent['event_time_source'] {
	if (happenedAt === undefined) return 'received';
	return isStepTime === true ? 'step' : 'event';
}

/** What happened can't have happened after it was received: then a clock is wrong. */
export function notAfter(receivedAt: string, ms: number): string {
	return ms > Date.parse(receivedAt) ? receivedAt : isoOf(ms);
}

/** A body may name both: then the one that started the flow. */
function groupOf(
	list: KlaviyoEvent['list'],
	segment: KlaviyoEvent['segment'],
	flow: KlaviyoEvent['flow'],
): string | null {
	const [ofList, ofSegment] = [groupInId(list, 'list'), groupInId(segment, 'segment')];
	return flow?.trigger_type === 'segment' ? (ofSegment ?? ofList) : (ofList ?? ofSegment);
}

function groupInId(reference: KlaviyoEvent['list'], kind: 'list' | 'segment'): string | null {
	const id = reference?.id ?? reference?.name;
	return id === undefined ? null : `${kind}:${id}`;
}
