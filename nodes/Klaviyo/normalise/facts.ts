import type { IDataObject } from 'n8n-workflow';

import type { NamedReference, TriggerEvent, TriggerType } from '../../shared/event/contract';
import { plainKey } from './keys';
import type { OwnPlaceholders } from './personalFields';
import { isPlaceholder } from '../../shared/event/placeholders';
import {
	instantOf,
	isoOf,
	parseDay,
	parseDelay,
	readTime,
	type GivenTime,
} from '../../shared/event/time';
import {
	isEmpty,
	isObject,
	isTrue,
	numberOf,
	textOf,
	withoutAbsent,
} from '../../shared/event/values';

/** What a body says about the delivery and the event behind it, read once. */
export interface Facts {
	event_name?: string;
	step?: string;
	/** Milliseconds. */
	delay?: number;
	/** YYYY-MM-DD */
	day?: string;
	trigger_type?: string;
	metric?: string;
	flow?: NamedReference;
	flow_id?: string;
	trigger_event_id?: string;
	trigger_event_time?: GivenTime;
	value?: number;
	currency?: string;
	list?: NamedReference;
	list_id?: string;
	list_name?: string;
	segment?: NamedReference;
	segment_id?: string;
	segment_name?: string;
	is_test?: boolean;
}

export type Fact = keyof Facts;

const READERS: { [Name in Fact]?: (value: unknown) => Facts[Name] } = {
	delay: parseDelay,
	day: parseDay,
	trigger_event_time: readTime,
	value: numberOf,
	currency: (value) =>
		textOf(value)?.replace(/^\s*[a-z]{3}\s*$/i, (code) => code.trim().toUpperCase()),
	metric: (value) => textOf(value) ?? textOf(unwrapped(value).name),
	flow: readReference,
	list: readReference,
	segment: readReference,
	is_test: (value) => (isObject(value) ? undefined : isTrue(value)),
};

/** A fact as it is meant; undefined for what can't be understood as one. */
export function readFact<Name extends Fact>(fact: Name, value: unknown): Facts[Name] {
	const read = (READERS[fact] ?? textOf) as (value: unknown) => Facts[Name];
	return read(value);
}

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

/** Names that a flow's kind has of its own; they also tell the kind when nothing else does. */
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

/** What starts the flow, in the words of the contract; undefined for words that say none of it. */
export function triggerTypeSaid(text: string | undefined): TriggerType | undefined {
	return TRIGGER_TYPES.get(
		text
			?.trim()
			.toLowerCase()
			.replace(/[\s-]+/g, '_') ?? '',
	);
}

export function triggerTypeOf(known: {
	triggerEvent: TriggerEvent | null;
	list: NamedReference | null;
	segment: NamedReference | null;
	/** The name that the body itself gives, in snake_case. */
	name: string | undefined;
}): TriggerType {
	if (known.triggerEvent?.metric !== undefined) return 'metric';
	const byName = TRIGGER_TYPE_BY_NAME.get(known.name ?? '');
	if (byName !== undefined) return byName;
	if (known.triggerEvent !== null) return 'metric';
	if (known.list !== null) return 'list';
	return known.segment !== null ? 'segment' : 'unknown';
}

/** Whether someone joined a list or segment, or a date came, told under the name that this has of its own. */
export function isGroupsOwn(eventName: string, triggerType: TriggerType): boolean {
	const isGroup = triggerType === 'list' || triggerType === 'segment' || triggerType === 'date';
	return isGroup && TRIGGER_TYPE_BY_NAME.get(eventName) === triggerType;
}

/** A reference of all that is said of it; null when nothing is. A placeholder as its ID would make one of all. */
export function referenceOf(
	whole: NamedReference | undefined,
	id: string | undefined,
	name?: string,
	placeholders?: OwnPlaceholders,
): NamedReference | null {
	const known = [id, whole?.id].find(
		(each) => each !== undefined && !isPlaceholder(each, placeholders),
	);
	const reference = withoutAbsent({ id: known, name: name ?? whole?.name });
	return isEmpty(reference) ? null : reference;
}

export function triggerEventOf(event: TriggerEvent): TriggerEvent | null {
	const known = withoutAbsent(event);
	return isEmpty(known) ? null : known;
}

/** Properties that tell when the event was, read when nothing else does, and left in place. */
const TIME_PROPERTIES = ['timestamp', 'datetime', 'time'];

/** Whether a key means the event's time only where nothing says otherwise: an appointment has such a key, too. */
export function isVagueTime(key: string): boolean {
	return TIME_PROPERTIES.includes(plainKey(key));
}

/**
 * When the event was by its own properties. What lies after the receipt is an appointment that the event is
 * about.
 */
export function timeInProperties(
	properties: IDataObject,
	zone: string | null,
	receivedMs: number,
): number | undefined {
	for (const key of TIME_PROPERTIES) {
		const value = properties[key];
		const ms = value === undefined ? undefined : instantOf(readTime(value), zone);
		if (ms !== undefined && ms <= receivedMs) return ms;
	}
	return undefined;
}

const DAY_MS = 86_400_000;
/** A retried delivery comes within a day, and a wait for a quiet hour or a good time to send adds a few. */
const LATE_MS = 3 * DAY_MS;
export const CLOCKS_DIFFER_MS = 300_000;

/**
 * When the event was by its sender's id: Klaviyo takes the Unix second for it where the sender gives none
 * (https://developers.klaviyo.com/en/reference/create_event, unique_id). An order's number can have ten digits,
 * too: it lies outside the time that the delivery allows for, or stands in another property as well.
 */
export function timeInSendersId(
	id: string | undefined,
	properties: IDataObject,
	receivedMs: number,
	delayMs: number,
): number | undefined {
	const second = id?.trim();
	if (second === undefined || !/^\d{10}$/.test(second)) return undefined;
	const ms = Number(second) * 1000;
	const isPlausible = ms >= receivedMs - delayMs - LATE_MS && ms <= receivedMs + CLOCKS_DIFFER_MS;
	return isPlausible && !JSON.stringify(properties).includes(second) ? ms : undefined;
}

/** A clock's time in a zone that nobody told, as it was given but for the fraction. */
export function localTimeText(ms: number): string {
	return isoOf(ms).slice(0, 19);
}

function readReference(value: unknown): NamedReference | undefined {
	const nested = unwrapped(value);
	return (
		referenceOf(undefined, textOf(nested.id), textOf(nested.name) ?? textOf(value)) ?? undefined
	);
}

/** {name: 'Placed Order'}, or JSON:API's {data: {attributes: {name}}}. */
function unwrapped(value: unknown): IDataObject {
	if (!isObject(value)) return {};
	const data = isObject(value.data) ? value.data : value;
	return isObject(data.attributes) ? { ...data, ...data.attributes } : data;
}
