import type { IDataObject } from 'n8n-workflow';

import type {
	FlowReference,
	KlaviyoEvent,
	NamedReference,
	TriggerType,
} from '../../shared/event/contract';
import { flowUrl, isFlowId } from '../../shared/event/flowUrl';
import { makeEvent, type EventParts } from '../../shared/event/makeEvent';
import { isPlaceholder } from '../../shared/event/placeholders';
import { instantOf, isoOf, unixSecondOf, type GivenTime } from '../../shared/event/time';
import { setOnce, withoutAbsent } from '../../shared/event/values';
import { cleanObject } from './clean';
import { eventNameOf, toSnakeCase } from './eventName';
import {
	CLOCKS_DIFFER_MS,
	isGroupsOwn,
	localTimeText,
	referenceOf,
	timeInProperties,
	timeInSendersId,
	triggerEventOf,
	triggerTypeOf,
	triggerTypeSaid,
} from './facts';
import { metricOfEventName } from './metricNames';
import { contentDigest, yearOfDate } from './occurrence';
import { profileOf } from './profile';
import { sortFields, type SortedFields } from './sortFields';

/** One delivery of a flow webhook, read but not yet understood. */
export interface FlowDelivery {
	body: IDataObject;
	/** The body's text, for events that keep it. */
	raw: string;
	/** From the header X-Klaviyo-Flow-ID. */
	flowId: string | null;
	/** ISO 8601 UTC. */
	receivedAt: string;
	/** The body's text was no JSON and had to be mended. */
	repaired?: boolean;
}

export interface NormaliseSettings {
	account: string | null;
	/** For bodies that say neither event_name nor metric; '' leaves the choice to the flow's kind. */
	fallbackEventName: string;
	includeRaw: boolean;
	/** The user's own texts that stand for no ID, in lower case and trimmed. */
	placeholders?: ReadonlySet<string>;
	/** The account's time zone by its IANA name, for times that say no offset; null when it is not known. */
	timezone?: string | null;
}

/** Makes the event of one flow webhook delivery. Pure: the same delivery gives the same event. */
export function normalise(delivery: FlowDelivery, settings: NormaliseSettings): KlaviyoEvent {
	const { placeholders } = settings;
	const fields = sortFields(cleanObject(delivery.body), placeholders);
	const { facts, properties } = fields;

	const list = referenceOf(facts.list, facts.list_id, facts.list_name, placeholders);
	const segment = referenceOf(facts.segment, facts.segment_id, facts.segment_name, placeholders);
	const flow = referenceOf(facts.flow, delivery.flowId ?? facts.flow_id, undefined, placeholders);
	const typedName =
		facts.event_name ?? (facts.metric === undefined ? settings.fallbackEventName : '');
	const typedMetric = metricOfEventName(toSnakeCase(typedName));
	const metric = facts.metric ?? typedMetric;
	const saidType = triggerTypeSaid(facts.trigger_type);
	const otherType = saidType === undefined ? facts.trigger_type : undefined;
	if (otherType !== undefined) setOnce(properties, 'trigger_type', otherType);
	const namingType = otherType === undefined || isPlaceholder(otherType) ? undefined : otherType;

	const receivedMs = Date.parse(delivery.receivedAt);
	const zone = settings.timezone ?? null;
	const said = timeSaid(fields, receivedMs, zone);
	const when = whenItWas(fields, said, receivedMs, zone);
	const triggerEvent = triggerEventOf({
		metric,
		id: facts.trigger_event_id,
		time: when === undefined ? undefined : isoOf(when),
		value: facts.value,
		currency: facts.currency,
	});
	const triggerType =
		saidType ??
		triggerTypeOf({ triggerEvent, list, segment, name: toSnakeCase(facts.event_name ?? '') });
	const eventName = eventNameOf(
		[facts.event_name, facts.metric, settings.fallbackEventName, flow?.name, namingType],
		triggerType,
	);
	const kind = kindOf(eventName, facts.metric, typedMetric, triggerType);
	const eventDay = facts.day ?? (said?.kind === 'day' ? isoOf(said.ms).slice(0, 10) : undefined);
	// A delay moves only a step's own event; the metric's event happened when it happened.
	const delay = kind === 'step' ? facts.delay : undefined;

	return makeEvent({
		event_name: eventName,
		received_via: 'flow_webhook',
		received_at: delivery.receivedAt,
		accountLabel: settings.account,
		happenedAt: when === undefined ? undefined : when + (delay ?? 0),
		isStepTime: delay !== undefined,
		event_day: eventDay,
		identity: { kind, occurrence: occurrenceOf() },
		delayMs: facts.delay,
		flow: flowOf(flow, facts.step ?? null, triggerType),
		trigger_event: triggerEvent,
		list,
		segment,
		profile: profileOf(fields),
		properties,
		is_test: facts.is_test,
		repaired: delivery.repaired ? true : undefined,
		raw: settings.includeRaw ? delivery.raw : undefined,
	});

	function occurrenceOf(): string {
		if (facts.trigger_event_id !== undefined) return facts.trigger_event_id.trim();
		if (when !== undefined) return unixSecondOf(when);
		const day = eventDay ?? delivery.receivedAt.slice(0, 10);
		if (triggerType === 'date')
			return yearOfDate(eventName, day, [properties, fields.profileProperties]);
		// All other kinds have the group as a part of their own.
		const groups = kind === 'metric' ? [list, segment].filter((group) => group !== null) : [];
		return contentDigest(properties, [
			...[day, facts.metric, facts.value, facts.currency],
			...groups,
		]);
	}
}

function flowOf(
	said: NamedReference | null,
	step: string | null,
	trigger_type: TriggerType,
): FlowReference {
	const id = said?.id ?? null;
	return withoutAbsent({
		id,
		name: said?.name,
		url: id !== null && isFlowId(id) ? flowUrl(id) : undefined,
		step,
		trigger_type,
	});
}

/** How far ahead of UTC the calendar of any account is. */
const MOST_AHEAD_MS = 14 * 3_600_000;

/**
 * What the body says of when it was. Under a name that may mean another time, what has not come yet is an appointment, and
 * a clock in a zone that nobody told may be one: they stay properties.
 */
function timeSaid(
	{ facts, properties, vagueTime }: SortedFields,
	receivedMs: number,
	zone: string | null,
): GivenTime | undefined {
	const said = facts.trigger_event_time;
	if (said === undefined || vagueTime === undefined) return said;
	const ms = said.kind === 'day' ? said.ms - MOST_AHEAD_MS : instantOf(said, zone);
	if (ms !== undefined && ms <= receivedMs + CLOCKS_DIFFER_MS) return said;
	setOnce(properties, vagueTime.key, vagueTime.value);
	return undefined;
}

/** Milliseconds; undefined when the body tells no time of the event. */
function whenItWas(
	{ facts, properties }: SortedFields,
	said: GivenTime | undefined,
	receivedMs: number,
	zone: string | null,
): number | undefined {
	const saidMs = instantOf(said, zone);
	if (saidMs !== undefined) return saidMs;
	// Without its zone it is no time, and still the event's.
	if (said?.kind === 'local') setOnce(properties, 'event_time', localTimeText(said.ms));
	return (
		timeInProperties(properties, zone, receivedMs) ??
		timeInSendersId(facts.trigger_event_id, properties, receivedMs, facts.delay ?? 0)
	);
}

function kindOf(
	eventName: string,
	metric: string | undefined,
	typedMetric: string | undefined,
	triggerType: TriggerType,
): EventParts['identity']['kind'] {
	if (metric !== undefined) return eventName === toSnakeCase(metric) ? 'metric' : 'step';
	if (isGroupsOwn(eventName, triggerType)) return 'group';
	return typedMetric !== undefined && triggerType === 'metric' ? 'metric' : 'step';
}

/** The event of a delivery whose body could not be read: kept whole, so that nothing is lost. */
export function unreadableEvent(
	{ raw, flowId, receivedAt }: Omit<FlowDelivery, 'body'>,
	error: string,
	settings: NormaliseSettings,
): KlaviyoEvent {
	return makeEvent({
		event_name: eventNameOf([settings.fallbackEventName], 'unknown'),
		received_via: 'flow_webhook',
		received_at: receivedAt,
		accountLabel: settings.account,
		// The bytes are all that tells two unreadable deliveries apart.
		identity: { kind: 'step', occurrence: raw },
		flow: flowOf(referenceOf(undefined, flowId ?? undefined), null, 'unknown'),
		raw,
		error,
	});
}
