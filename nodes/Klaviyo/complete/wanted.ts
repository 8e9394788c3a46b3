import type { IDataObject } from 'n8n-workflow';

import { parseTime, wholeSecondOf } from '../../shared/event/time';
import { isObject, textOf } from '../../shared/event/values';
import { toSnakeCase } from '../normalise/eventName';

/** By what Klaviyo may know the person. */
export interface Who {
	klaviyo_id?: string;
	email?: string;
	phone_number?: string;
}

/** Strongest first. */
export const WHO_FIELDS = ['klaviyo_id', 'email', 'phone_number'] as const;

interface Sought {
	/** The items that it stands for: those of one event_id share what is found. */
	indexes: number[];
	who: Who;
	/** When it happened, in milliseconds: not before, not after. */
	from: number;
	until: number;
}

/** An event of a metric that Klaviyo is to be asked for. */
export interface SoughtEvent extends Sought {
	metric: string;
	/** The event is named after the metric: what Klaviyo says of the time is the event's own. */
	isOwn: boolean;
	name: string;
	/** The sender's own ID of the event, or its second where the sender gave none. */
	sendersId?: string;
	/** The second in which it happened, in milliseconds, where the body told. */
	second?: number;
	value?: number;
	properties: IDataObject;
}

/** The joining of a list or segment that Klaviyo is to be asked for. */
export interface SoughtJoin extends Sought {
	kind: 'lists' | 'segments';
	groupId: string;
}

export interface Sorted {
	events: SoughtEvent[];
	joins: SoughtJoin[];
	/** What came from Klaviyo's API as it is there. */
	complete: Set<number>;
}

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
/** Klaviyo's clock and this one may differ. */
const SKEW_MS = 60_000;
/** No flow waits for longer behind its event; a number of ten digits that speaks of another time is an order's. */
const LONGEST_WAIT_MS = 400 * 24 * HOUR_MS;

/** Sorts items of our triggers by what Klaviyo has to be asked. Pure. */
export function sortItems(items: IDataObject[], lookBackMs: number): Sorted {
	const events = new Map<string, SoughtEvent>();
	const joins = new Map<string, SoughtJoin>();
	const complete = new Set<number>();
	items.forEach((item, index) => {
		if (item.is_test === true || item.error !== undefined || textOf(item.event_id) === undefined) {
			return;
		}
		if (item.received_via !== 'flow_webhook' && item.event_time_source === 'event') {
			complete.add(index);
			return;
		}
		const metric = isObject(item.trigger_event) ? textOf(item.trigger_event.metric) : undefined;
		if (metric !== undefined) {
			const event = eventOf(item, index, metric, lookBackMs);
			if (event !== null) shareBy(events, String(item.event_id), event);
			return;
		}
		const join = joinOf(item, index, lookBackMs);
		if (join !== null) shareBy(joins, String(item.event_id), join);
	});
	return { events: [...events.values()], joins: [...joins.values()], complete };
}

function shareBy<T extends Sought>(sought: Map<string, T>, eventId: string, one: T): void {
	const first = sought.get(eventId);
	if (first === undefined) sought.set(eventId, one);
	else first.indexes.push(...one.indexes);
}

/** Null for one that nobody could tell from its neighbours: of nobody, or with neither an ID nor a time. */
function eventOf(
	item: IDataObject,
	index: number,
	metric: string,
	lookBackMs: number,
): SoughtEvent | null {
	const trigger = item.trigger_event as IDataObject;
	const who = whoIn(item.profile);
	const sendersId = textOf(trigger.id)?.trim();
	const received = receiptOf(item);
	const time = timeIn(item, trigger) ?? secondIn(sendersId, received);
	if (who === null || (sendersId === undefined && time === undefined)) return null;
	const name = String(item.event_name);
	return {
		indexes: [index],
		metric,
		name,
		isOwn: name === toSnakeCase(metric),
		who,
		...(sendersId === undefined ? {} : { sendersId }),
		...(time === undefined ? {} : { second: wholeSecondOf(time) }),
		...(typeof trigger.value === 'number' ? { value: trigger.value } : {}),
		properties: isObject(item.properties) ? item.properties : {},
		...spanOf(sendersId, time, received, lookBackMs),
	};
}

/** What `$event_id` says where the sender gave none: https://help.klaviyo.com/hc/en-us/articles/18620644491035 */
function secondIn(sendersId: string | undefined, received: number): number | undefined {
	if (sendersId === undefined || !/^\d{10}$/.test(sendersId)) return undefined;
	const ms = Number(sendersId) * SECOND_MS;
	return ms > received - LONGEST_WAIT_MS && ms <= received + SKEW_MS ? ms : undefined;
}

function joinOf(item: IDataObject, index: number, lookBackMs: number): SoughtJoin | null {
	const who = whoIn(item.profile);
	const list = isObject(item.list) ? textOf(item.list.id) : undefined;
	const segment = isObject(item.segment) ? textOf(item.segment.id) : undefined;
	const groupId = list ?? segment;
	if (groupId === undefined || who === null) return null;
	const received = receiptOf(item);
	return {
		indexes: [index],
		kind: list === undefined ? 'segments' : 'lists',
		groupId,
		who,
		from: received - lookBackMs,
		until: received + SKEW_MS,
	};
}

/** A time beside an ID may be the shop's, which differs from Klaviyo's by little; an event comes after it happened. */
function spanOf(
	sendersId: string | undefined,
	time: number | undefined,
	received: number,
	lookBackMs: number,
): { from: number; until: number } {
	if (time === undefined) return { from: received - lookBackMs, until: received + SKEW_MS };
	const second = wholeSecondOf(time);
	const isAll = sendersId === undefined || sendersId === String(second / SECOND_MS);
	return isAll
		? { from: second, until: second + SECOND_MS - 1 }
		: { from: time - HOUR_MS, until: time + HOUR_MS };
}

function whoIn(profile: unknown): Who | null {
	if (!isObject(profile)) return null;
	const { klaviyo_id, email, phone_number } = profile;
	const who: Who = {};
	if (textOf(klaviyo_id) !== undefined) who.klaviyo_id = textOf(klaviyo_id);
	if (textOf(email) !== undefined) who.email = textOf(email)!.trim().toLowerCase();
	if (textOf(phone_number) !== undefined) who.phone_number = textOf(phone_number);
	return Object.keys(who).length === 0 ? null : who;
}

function timeIn(item: IDataObject, trigger: IDataObject): number | undefined {
	const said =
		parseTime(trigger.time) ??
		(item.event_time_source === 'event' ? parseTime(item.event_time) : undefined);
	return said === undefined ? undefined : Date.parse(said);
}

function receiptOf({ received_at, event_time }: IDataObject): number {
	const received = parseTime(received_at) ?? parseTime(event_time);
	return received === undefined ? Date.now() : Date.parse(received);
}
