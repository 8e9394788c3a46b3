import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import { EVENT_VERSION, PROFILE_ID_FIELDS } from '../../shared/event/contract';

/** Meiro has no endpoint that writes a profile: it reads profiles from events like this one. */
export const PROFILE_EVENT = 'profile_updated';

/** Whom or what an event is about: a person, or a thing such as a campaign. */
export type Subject = { kind: 'person' } | { kind: 'none'; type: string; id: string };

/** Fields that the user maps. */
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

export interface TakeSettings {
	/** 'event' takes what happened, 'profile' only what is known of the person. */
	what: 'event' | 'profile';
	subject: Subject;
	/** null takes the item as the triggers emit it. */
	mapped: MappedFields | null;
	/** Label of the Klaviyo account, for items that carry none. */
	account: string;
	/** ISO 8601 UTC, for events that carry no time. */
	now: string;
}

/**
 * The event of one item, in the contract's shape, with event_version and account at the top. It may
 * lack what an event needs: that is judged afterwards. The item itself is not changed.
 */
export function takeEvent(json: IDataObject, settings: TakeSettings): IDataObject {
	const event =
		settings.mapped !== null
			? fromMapped(settings.mapped, settings)
			: settings.what === 'profile'
				? profileEvent(json, settings)
				: wholeItem(json);
	const account = textOf(event.account) ?? (settings.account.trim() || null);
	const { subject } = settings;
	const version = event.event_version ?? EVENT_VERSION;
	if (event.event_version === version && event.account === account && subject.kind === 'person')
		return event;
	return {
		...event,
		event_version: version,
		account,
		...(subject.kind === 'person' ? {} : { subject: subjectOf(subject) }),
	};
}

/** The item as it is; the unread body, when it was asked for, stays in n8n. */
function wholeItem(json: IDataObject): IDataObject {
	if (!('raw' in json)) return json;
	const event = { ...json };
	delete event.raw;
	return event;
}

function fromMapped(fields: MappedFields, { what, subject, now }: TakeSettings): IDataObject {
	const ids = present({
		external_id: fields.externalId,
		email: fields.email,
		phone_number: fields.phoneNumber,
		klaviyo_id: fields.klaviyoId,
	});
	const isProfile = what === 'profile';
	const eventName = isProfile ? PROFILE_EVENT : fields.eventName.trim();
	const eventTime = fields.eventTime.trim();
	const profile = isProfile ? { ...ids, properties: fields.properties } : ids;
	const properties = isProfile ? {} : fields.properties;
	return {
		event_id:
			fields.eventId.trim() ||
			contentId([eventName, eventTime, subject.kind === 'person' ? profile : subject, properties]),
		event_name: eventName,
		event_version: EVENT_VERSION,
		event_time: eventTime || now,
		event_time_source: eventTime ? 'event' : 'received',
		profile,
		properties,
	};
}

/** What an item knows of a person, as an event of its own. The item is an event, or the profile itself. */
function profileEvent(json: IDataObject, { now }: TakeSettings): IDataObject {
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
		event_time: time ?? now,
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

/** Text, or a number that stands for one: tables hand ids over as numbers. */
export function textOf(value: unknown): string | undefined {
	if (typeof value === 'number' && Number.isFinite(value)) return String(value);
	return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The ids that a profile has, in the order of their strength. */
export function knownIds(
	profile: unknown,
): Array<[field: (typeof PROFILE_ID_FIELDS)[number], id: string]> {
	if (!isObject(profile)) return [];
	return PROFILE_ID_FIELDS.flatMap((field) => {
		const id = Object.hasOwn(profile, field) ? textOf(profile[field]) : undefined;
		return id === undefined ? [] : [[field, id] as [typeof field, string]];
	});
}
