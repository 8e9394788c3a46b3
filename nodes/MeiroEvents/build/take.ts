import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import { EVENT_VERSION } from '../../shared/event/contract';
import { isPlaceholder } from '../../shared/event/placeholders';
import { isObject, textOf } from '../../shared/event/values';
import { hasOffset, instantOf } from './eventTime';

/** Meiro has no endpoint that writes a profile: it reads profiles from events like this one. */
export const PROFILE_EVENT = 'profile_updated';

/** Whom or what an event is about: a person, or a thing such as a campaign. */
export type Subject = { kind: 'person' } | { kind: 'thing'; type: string; id: string };

/** Fields that the user maps; the event gets the contract's shape. */
export interface MappedFields {
	eventName: string;
	eventId: string;
	eventTime: string;
	email: string;
	phoneNumber: string;
	externalId: string;
	klaviyoId: string;
	properties: IDataObject;
}

/** An event of the user's own shape, with what Meiro must know beside it. */
export interface MappedPayload {
	eventName: string;
	eventId: string;
	eventTime: string;
	eventVersion: string;
	/** Whose event it is: an e-mail address, a phone number or any other ID. */
	userIdentifier: string;
	payload: IDataObject;
}

export interface TakeSettings {
	/** 'event' takes what happened, 'profile' only what is known of the person. */
	what: 'event' | 'profile';
	subject: Subject;
	/** null takes the item as the triggers emit it. */
	mapped: MappedFields | MappedPayload | null;
	/** Label of the Klaviyo account, for items that carry none. */
	account: string;
	/** ISO 8601 UTC, for events that carry no time. */
	now: string;
	/** The workflow's time zone, for times that carry no offset. */
	timezone: string;
}

/** The event of one item, and what Meiro is told of it beside. It may lack what an event needs: that is judged afterwards. */
export interface TakenEvent {
	/** What is sent, still without hashes and layout. */
	event: IDataObject;
	id: unknown;
	name: unknown;
	time: unknown;
	version: unknown;
	/** Whose event it is, where that does not stand in the event itself. */
	userIdentifier: string | null;
}

/** Takes the event of one item: in the contract's shape, with event_version and account at the top. The item itself is not changed. */
export function takeEvent(json: IDataObject, settings: TakeSettings): TakenEvent {
	const { mapped, subject, what } = settings;
	if (mapped !== null && 'payload' in mapped) return fromMappedPayload(mapped);
	const event =
		mapped !== null
			? fromMappedFields(mapped, settings)
			: what === 'profile'
				? profileEvent(json, settings)
				: wholeItem(json, settings);
	const account = textOf(event.account) ?? (settings.account.trim() || null);
	const version = event.event_version ?? EVENT_VERSION;
	const isComplete =
		event.event_version === version && event.account === account && subject.kind === 'person';
	return {
		event: isComplete
			? event
			: {
					...event,
					event_version: version,
					account,
					...(subject.kind === 'person' ? {} : { subject: subjectOf(subject) }),
				},
		id: event.event_id,
		name: event.event_name,
		time: event.event_time,
		version,
		userIdentifier: null,
	};
}

/** The item as it is; the unread body, when it was asked for, stays in n8n. A time in no zone gets the workflow's. */
function wholeItem(json: IDataObject, { timezone }: TakeSettings): IDataObject {
	const time = textOf(json.event_time);
	const instant = time === undefined || hasOffset(time) ? null : instantOf(time, timezone);
	if (!('raw' in json) && instant === null) return json;
	const event = { ...json };
	delete event.raw;
	if (instant !== null) event.event_time = instant;
	return event;
}

function fromMappedFields(
	fields: MappedFields,
	{ what, subject, now, timezone }: TakeSettings,
): IDataObject {
	const ids = present({
		external_id: fields.externalId,
		email: fields.email,
		phone_number: fields.phoneNumber,
		klaviyo_id: fields.klaviyoId,
	});
	for (const field of Object.keys(ids)) if (isPlaceholder(String(ids[field]))) delete ids[field];
	const isProfile = what === 'profile';
	const eventName = isProfile ? PROFILE_EVENT : fields.eventName.trim();
	const eventTime = momentOf(fields.eventTime, timezone);
	const profile = isProfile ? { ...ids, properties: fields.properties } : ids;
	const properties = isProfile ? {} : fields.properties;
	return {
		event_id:
			idIn(fields.eventId) ??
			contentId([eventName, eventTime, subject.kind === 'person' ? profile : subject, properties]),
		event_name: eventName,
		event_version: EVENT_VERSION,
		event_time: eventTime || now,
		event_time_source: eventTime ? 'event' : 'received',
		profile,
		properties,
	};
}

function fromMappedPayload(fields: MappedPayload): TakenEvent {
	const { payload } = fields;
	const [name, time, version, userIdentifier] = [
		fields.eventName,
		fields.eventTime,
		fields.eventVersion,
		fields.userIdentifier,
	].map((text) => text.replaceAll('\u0000', '').trim()) as [string, string, string, string];
	return {
		event: payload,
		id:
			idIn(fields.eventId) ??
			idIn(textOf(payload.event_id)) ??
			contentId([name, time, userIdentifier, payload]),
		name,
		time,
		version,
		userIdentifier,
	};
}

/** A mapped time as it was written, but for one in no zone. */
function momentOf(eventTime: string, timezone: string): string {
	const text = eventTime.trim();
	return hasOffset(text) ? text : (instantOf(text, timezone) ?? text);
}

/** What an item knows of a person, as an event of its own. The item is an event, or the profile itself. */
function profileEvent(json: IDataObject, { now, timezone }: TakeSettings): IDataObject {
	const isEvent = isObject(json.profile);
	const profile = isEvent ? (json.profile as IDataObject) : json;
	const time = textOf(json.event_time) ?? textOf(json.updated);
	const origin = textOf(json.event_id);
	return {
		event_id: contentId(
			origin === undefined ? [PROFILE_EVENT, time, profile] : [PROFILE_EVENT, origin],
		),
		event_name: PROFILE_EVENT,
		event_version: EVENT_VERSION,
		event_time: time === undefined ? now : momentOf(time, timezone),
		event_time_source: time === undefined ? 'received' : (json.event_time_source ?? 'event'),
		account: json.account,
		profile,
		properties: {},
		...(json.is_test === true ? { is_test: true } : {}),
	};
}

function subjectOf({ type, id }: { type: string; id: string }): IDataObject {
	return present({ type, id });
}

/** An event's own id; a placeholder would make one event of all that have it. */
function idIn(given = ''): string | undefined {
	const id = given.trim();
	return id === '' || isPlaceholder(id) ? undefined : id;
}

/**
 * An id for events that have none of their own: the same content gives the same id. Content that no
 * JSON can hold gives an id all the same; such an event is rejected afterwards.
 */
function contentId(content: unknown[]): string {
	let text: string;
	try {
		text = JSON.stringify(content);
	} catch {
		text = '';
	}
	return createHash('sha256').update(text, 'utf8').digest('hex');
}

function present(fields: Record<string, string>): IDataObject {
	return Object.fromEntries(
		Object.entries(fields)
			.map(([key, value]): [string, string] => [key, value.trim()])
			.filter(([, value]) => value !== ''),
	);
}
