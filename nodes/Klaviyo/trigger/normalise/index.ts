import type { IDataObject } from 'n8n-workflow';

import {
	EVENT_VERSION,
	ORIGIN_PROPERTY,
	strongestProfileId,
	type KlaviyoEvent,
	type NamedReference,
	type Profile,
	type TriggerEvent,
	type TriggerType,
} from '../../../shared/event';
import { cleanObject, toNumber } from './clean';
import { eventNameOf } from './eventName';
import { eventIdOf } from './identity';
import { sortFields, type SortedFields } from './sortFields';
import { addTime, parseDay, parseDelay, parseTime } from './time';

/** One delivery of a flow webhook, read but not yet understood. */
export interface FlowDelivery {
	body: IDataObject;
	/** The body's text, for events that keep it. */
	raw: string;
	/** From the header X-Klaviyo-Flow-ID. */
	flowId: string | null;
	/** ISO 8601 UTC. */
	receivedAt: string;
}

export interface NormaliseSettings {
	account: string | null;
	/** For bodies that say neither event_name nor metric; '' leaves the choice to the flow's kind. */
	fallbackEventName: string;
	includeRaw: boolean;
}

const TRIGGER_TYPES = new Set<TriggerType>([
	'metric',
	'list',
	'segment',
	'date',
	'price_drop',
	'low_inventory',
]);

/** Makes the event of one flow webhook delivery. Pure: the same delivery gives the same event. */
export function normalise(delivery: FlowDelivery, settings: NormaliseSettings): KlaviyoEvent {
	const fields = sortFields(cleanObject(delivery.body));
	const { facts, properties } = fields;

	const list = referenceOf(facts.list, facts.list_id, facts.list_name);
	const segment = referenceOf(facts.segment, facts.segment_id, facts.segment_name);
	const triggerEvent = triggerEventOf(fields);
	const triggerType = triggerTypeOf(fields, triggerEvent, list, segment);
	const namedByBody = textOf(facts.event_name);
	const eventName = eventNameOf(
		[namedByBody, triggerEvent?.metric, settings.fallbackEventName, facts.flow_name],
		triggerType,
	);
	const profile = profileOf(fields);
	const step = textOf(facts.step) ?? null;
	const day = parseDay(facts.day);

	return {
		event_id: eventIdOf({
			account: settings.account,
			flowId: delivery.flowId,
			step,
			eventName,
			profileId: strongestProfileId(profile),
			occurrence:
				triggerEvent?.id ?? triggerEvent?.time ?? day ?? delivery.receivedAt.slice(0, 10),
		}),
		event_name: eventName,
		event_version: EVENT_VERSION,
		...whenItHappened({
			time: triggerEvent?.time,
			// A delay moves only what the body itself names; the metric's event happened when it happened.
			delayMs: namedByBody === undefined ? undefined : parseDelay(facts.delay),
			day,
			receivedAt: delivery.receivedAt,
		}),
		received_via: 'flow_webhook',
		account: settings.account,
		flow: { id: delivery.flowId, step, trigger_type: triggerType },
		trigger_event: triggerEvent,
		list,
		segment,
		profile,
		properties,
		from_meiro: isTrue(properties[ORIGIN_PROPERTY]),
		is_test: isTrue(facts.is_test),
		...(settings.includeRaw ? { raw: delivery.raw } : {}),
	};
}

/** The event of a delivery whose body could not be read: kept whole, so that nothing is lost. */
export function unreadableEvent(
	{ raw, flowId, receivedAt }: Omit<FlowDelivery, 'body'>,
	error: string,
	settings: NormaliseSettings,
): KlaviyoEvent {
	const event = normalise({ body: {}, raw, flowId, receivedAt }, { ...settings, includeRaw: true });
	return {
		...event,
		// The bytes are all that tells two unreadable deliveries apart.
		event_id: eventIdOf({
			account: settings.account,
			flowId,
			step: null,
			eventName: event.event_name,
			profileId: null,
			occurrence: raw,
		}),
		error,
	};
}

interface When {
	time?: string;
	delayMs?: number;
	day?: string;
	receivedAt: string;
}

function whenItHappened(when: When): Pick<KlaviyoEvent, 'event_time' | 'event_time_source'> {
	if (when.time !== undefined && when.delayMs !== undefined) {
		return { event_time: addTime(when.time, when.delayMs), event_time_source: 'step' };
	}
	if (when.time !== undefined) return { event_time: when.time, event_time_source: 'event' };
	if (when.day !== undefined) {
		return { event_time: `${when.day}T00:00:00.000Z`, event_time_source: 'day' };
	}
	return { event_time: when.receivedAt, event_time_source: 'received' };
}

function triggerEventOf({ facts }: SortedFields): TriggerEvent | null {
	const event = withoutAbsent<TriggerEvent>({
		metric: textOf(facts.metric),
		id: textOf(facts.trigger_event_id),
		time: parseTime(facts.trigger_event_time),
		value: numberOf(facts.value),
		currency: textOf(facts.currency),
	});
	return Object.keys(event).length > 0 ? event : null;
}

function triggerTypeOf(
	{ facts }: SortedFields,
	triggerEvent: TriggerEvent | null,
	list: NamedReference | null,
	segment: NamedReference | null,
): TriggerType {
	const said = textOf(facts.trigger_type)?.toLowerCase().replace(/[\s-]+/g, '_') as TriggerType;
	if (TRIGGER_TYPES.has(said)) return said;
	if (triggerEvent !== null) return 'metric';
	if (list !== null) return 'list';
	return segment !== null ? 'segment' : 'unknown';
}

function profileOf({ profile, profileProperties }: SortedFields): Profile {
	const { consent, phone_number: phone, ...rest } = profile;
	return withoutAbsent<Profile>({
		...rest,
		klaviyo_id: textOf(profile.klaviyo_id),
		external_id: textOf(profile.external_id),
		email: textOf(profile.email)?.trim(),
		phone_number: textOf(phone) === undefined ? undefined : toE164(textOf(phone)!),
		consent: consentOf(consent),
		properties: Object.keys(profileProperties).length > 0 ? profileProperties : undefined,
	});
}

function consentOf(consent: unknown): string[] | undefined {
	const channels = (Array.isArray(consent) ? consent : [consent]).filter(
		(channel): channel is string => typeof channel === 'string',
	);
	return channels.length > 0 ? channels : undefined;
}

/** +420 600 000 001 gives +420600000001; a number without its country stays as it is, as guessing one is not safe. */
function toE164(phone: string): string {
	const international = phone.replace(/^\s*00/, '+').replace(/[\s().\-/]/g, '');
	return /^\+[1-9]\d{7,14}$/.test(international) ? international : phone.trim();
}

function referenceOf(whole: unknown, id: unknown, name: unknown): NamedReference | null {
	const nested = typeof whole === 'object' && whole !== null ? (whole as IDataObject) : {};
	const reference = withoutAbsent<NamedReference>({
		id: textOf(id) ?? textOf(nested.id),
		name: textOf(name) ?? textOf(nested.name) ?? textOf(whole),
	});
	return Object.keys(reference).length > 0 ? reference : null;
}

function withoutAbsent<T extends IDataObject>(object: T): T {
	return Object.fromEntries(
		Object.entries(object).filter(([, value]) => value !== undefined),
	) as T;
}

/** Ids may come as numbers from shops; they are names, not quantities. */
function textOf(value: unknown): string | undefined {
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
	if (typeof value === 'number') return value;
	return typeof value === 'string' ? toNumber(value.trim()) : undefined;
}

function isTrue(value: unknown): boolean {
	return value === true || value === 1 || /^(?:true|yes|1)$/i.test(String(value ?? ''));
}
