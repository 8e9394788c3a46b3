import type { IDataObject } from 'n8n-workflow';

import type {
	KlaviyoEvent,
	NamedReference,
	TriggerEvent,
	TriggerType,
} from '../../shared/event/contract';
import type { SortedFields } from './sortFields';
import { addTime, parseTime } from '../../shared/event/time';
import { isEmpty, isObject, numberOf, textOf, withoutAbsent } from '../../shared/event/values';

/** As bodies say it, and as Klaviyo's flows are called in its API. */
const TRIGGER_TYPES = new Map<string, TriggerType>([
	['metric', 'metric'],
	['list', 'list'],
	['added_to_list', 'list'],
	['segment', 'segment'],
	['added_to_segment', 'segment'],
	['date', 'date'],
	['date_based', 'date'],
	['date_property', 'date'],
	['profile_property_date', 'date'],
	['custom_object_date', 'date'],
	['price_drop', 'price_drop'],
	['low_inventory', 'low_inventory'],
]);

/** What names a body's event when nothing else tells the kind of its flow. */
const TRIGGER_TYPE_BY_NAME = new Map<string, TriggerType>([
	['subscribed_to_list', 'list'],
	['joined_segment', 'segment'],
	['birthday', 'date'],
	['anniversary', 'date'],
	['date_reached', 'date'],
	['price_drop', 'price_drop'],
	['price_dropped', 'price_drop'],
	['low_inventory', 'low_inventory'],
]);

export function triggerEventOf({ facts }: SortedFields): TriggerEvent | null {
	const event = withoutAbsent<TriggerEvent>({
		metric: nameOf(facts.metric),
		id: textOf(facts.trigger_event_id),
		time: parseTime(facts.trigger_event_time),
		value: numberOf(facts.value),
		currency: textOf(facts.currency),
	});
	return isEmpty(event) ? null : event;
}

export function triggerTypeOf(
	said: string | undefined,
	known: {
		triggerEvent: TriggerEvent | null;
		list: NamedReference | null;
		segment: NamedReference | null;
		/** The name that the body itself gives, in snake_case. */
		name: string | undefined;
	},
): TriggerType {
	const type = TRIGGER_TYPES.get(
		said
			?.trim()
			.toLowerCase()
			.replace(/[\s-]+/g, '_') ?? '',
	);
	if (type !== undefined) return type;
	if (known.triggerEvent?.metric !== undefined) return 'metric';
	const byName = TRIGGER_TYPE_BY_NAME.get(known.name ?? '');
	if (byName !== undefined) return byName;
	if (known.triggerEvent !== null) return 'metric';
	if (known.list !== null) return 'list';
	return known.segment !== null ? 'segment' : 'unknown';
}

export function referenceOf(whole: unknown, id: unknown, name?: unknown): NamedReference | null {
	const nested = unwrapped(whole);
	const reference = withoutAbsent<NamedReference>({
		id: textOf(id) ?? textOf(nested.id),
		name: textOf(name) ?? textOf(nested.name) ?? textOf(whole),
	});
	return isEmpty(reference) ? null : reference;
}

/** 'Placed Order', {name: 'Placed Order'}, or JSON:API's {data: {attributes: {name}}}. */
function nameOf(value: unknown): string | undefined {
	return textOf(value) ?? textOf(unwrapped(value).name);
}

function unwrapped(value: unknown): IDataObject {
	if (!isObject(value)) return {};
	const data = isObject(value.data) ? value.data : value;
	return isObject(data.attributes) ? { ...data, ...data.attributes } : data;
}

interface When {
	time?: string;
	delayMs?: number;
	day?: string;
	receivedAt: string;
}

export function whenItHappened(when: When): Pick<KlaviyoEvent, 'event_time' | 'event_time_source'> {
	if (when.time !== undefined && when.delayMs !== undefined) {
		return { event_time: addTime(when.time, when.delayMs), event_time_source: 'step' };
	}
	if (when.time !== undefined) return { event_time: when.time, event_time_source: 'event' };
	if (when.day !== undefined) {
		return { event_time: `${when.day}T00:00:00.000Z`, event_time_source: 'day' };
	}
	return { event_time: when.receivedAt, event_time_source: 'received' };
}
