import { EVENT_VERSION, ORIGIN_PROPERTY, type KlaviyoEvent } from './contract';
import { eventIdOf, personInId, type EventIdentity } from './eventId';
import { isoOf } from './time';
import { isTrue } from './values';

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
	const { event_name, received_at, accountLabel, happenedAt, flow = null } = parts;
	const { list = null, segment = null, profile = {}, properties = {} } = parts;
	const isTest = parts.is_test ?? false;
	return {
		event_id: eventIdOf({
			...parts.identity,
			accountLabel,
			eventName: event_name,
			person: personInId(profile),
			group: groupInId(list, 'list') ?? groupInId(segment, 'segment'),
			flowId: flow?.id ?? null,
			step: flow?.step ?? null,
			delayMs: parts.delayMs ?? null,
			isTest,
		}),
		event_name,
		event_version: EVENT_VERSION,
		event_time: happenedAt === undefined ? received_at : notAfter(received_at, happenedAt),
		event_time_source:
			happenedAt === undefined ? 'received' : parts.isStepTime === true ? 'step' : 'event',
		received_at,
		...(parts.event_day === undefined ? {} : { event_day: parts.event_day }),
		received_via: parts.received_via,
		account: accountLabel ?? parts.accountFound ?? null,
		flow,
		trigger_event: parts.trigger_event ?? null,
		list,
		segment,
		...(parts.campaign === undefined ? {} : { campaign: parts.campaign }),
		profile,
		properties,
		from_meiro: parts.from_meiro ?? isTrue(properties[ORIGIN_PROPERTY]),
		is_test: isTest,
		...(parts.repaired === undefined ? {} : { repaired: parts.repaired }),
		...(parts.raw === undefined ? {} : { raw: parts.raw }),
		...(parts.error === undefined ? {} : { error: parts.error }),
	};
}

/** What happened can't have happened after it was received: then a clock is wrong. */
function notAfter(receivedAt: string, ms: number): string {
	return ms > Date.parse(receivedAt) ? receivedAt : isoOf(ms);
}

function groupInId(reference: KlaviyoEvent['list'], kind: 'list' | 'segment'): string | null {
	const id = reference?.id ?? reference?.name;
	return id === undefined ? null : `${kind}:${id}`;
}
