import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import { EVENT_VERSION, PROFILE_ID_FIELDS, strongestProfileId } from '../../shared/event';

/** An event that Meiro can take. */
export interface OutgoingEvent {
	/** Path segment of a Meiro Events webhook source, or slug of a Meiro Pipes source. */
	source: string;
	event_id: string;
	event_name: string;
	/** ISO 8601. */
	event_time: string;
	/** Events with the same key are sent in the order they came in; null where there is no person. */
	order_key: string | null;
	/** Meiro Pipes' identifiers, strongest first. */
	identifiers: Array<{ typeId: string; value: string }>;
	/** What is sent: the occurrence time, ids and event id inside it, at paths that stay. */
	payload: IDataObject;
}

/** An item on its way out: an event, or the reason why there is none. */
export type Draft =
	| { status: 'ready'; event: OutgoingEvent }
	| { status: 'rejected' | 'skipped'; reason: string; event_id: string | null; event_name: string | null };

/** What the user chose for one item. */
export interface BuildSettings {
	source: string;
	/** 'person': an identity is required; 'none': the event is about a thing, e.g. a campaign. */
	subject: 'person' | 'none';
	testEvents: 'skip' | 'deliver';
	/** Fields that the user maps; null takes the item as the triggers emit it. */
	mapped: MappedFields | null;
	/** ISO 8601 UTC, for events that carry no time. */
	now: string;
}

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

/**
 * Identifier types as Pipes documents them (https://meiro.io/pipes/identity-stitching/).
 * Klaviyo's own id is none of them; it stays in the payload, where a stitching rule can read it.
 */
const IDENTIFIER_TYPES: ReadonlyArray<[field: string, typeId: string]> = [
	['external_id', 'user_id'],
	['email', 'email'],
	['phone_number', 'phone'],
];

const LONE_SURROGATE = /\p{Surrogate}/u;
/** Date.parse alone would find a date in 'order 12', too. */
const ISO_DATE = /^\d{4}-\d{2}-\d{2}(T|$)/;

/** Makes the outgoing event of one item, or says why there is none. Pure. */
export function buildEvent(json: IDataObject, settings: BuildSettings): Draft {
	const payload = settings.mapped === null ? takeWhole(json) : fromMapped(settings.mapped, settings.now);
	const eventId = textOf(payload.event_id);
	const eventName = textOf(payload.event_name);
	const no = (status: 'rejected' | 'skipped', reason: string): Draft => ({
		status,
		reason,
		event_id: eventId ?? null,
		event_name: eventName ?? null,
	});

	if (settings.mapped === null && typeof json.error === 'string' && 'raw' in json) {
		return no('rejected', `The delivery could not be read: ${json.error}`);
	}
	const source = settings.source.trim().replace(/^\/+|\/+$/g, '');
	if (source === '' || /(^|\/)\.{1,2}(\/|$)/.test(source)) {
		return no(
			'rejected',
			`'Source' is ${source === '' ? 'empty' : `not a name: '${source}'`}. Enter the name of the Meiro source as Meiro shows it, e.g. klaviyo.`,
		);
	}
	if (eventName === undefined) return no('rejected', missing('Event Name', 'event_name', settings));
	if (eventId === undefined) return no('rejected', missing('Event ID', 'event_id', settings));
	if ([source, eventName].some((text) => LONE_SURROGATE.test(text))) {
		return no('rejected', "'Source' or 'Event Name' holds half an emoji, which no address can carry. Was a text cut off?");
	}
	const eventTime = textOf(payload.event_time);
	if (eventTime === undefined || !ISO_DATE.test(eventTime) || Number.isNaN(Date.parse(eventTime))) {
		return no(
			'rejected',
			`'Event Time' is not a date: '${String(payload.event_time ?? '')}'. Use ISO 8601, e.g. 2031-02-03T04:05:06Z.`,
		);
	}
	if (payload.is_test === true && settings.testEvents === 'skip') {
		return no('skipped', "A test event. Set 'Test Events' to Deliver to send it.");
	}

	const profile = objectOf(payload.profile);
	const orderKey = strongestProfileId(profile);
	if (orderKey === null && settings.subject === 'person') {
		return no(
			'rejected',
			`No identity: none of ${PROFILE_ID_FIELDS.join(', ')} is filled in, so Meiro could not tie the event to a person. Map one of them, or set 'Subject' to None.`,
		);
	}
	return {
		status: 'ready',
		event: {
			source,
			event_id: eventId,
			event_name: eventName,
			event_time: eventTime,
			order_key: orderKey,
			identifiers: IDENTIFIER_TYPES.flatMap(([field, typeId]) => {
				const value = textOf(profile[field]);
				return value === undefined ? [] : [{ typeId, value }];
			}),
			payload,
		},
	};
}

/** The item as it is; the unread body, when it was asked for, stays in n8n. */
function takeWhole(json: IDataObject): IDataObject {
	if (!('raw' in json)) return json;
	const event = { ...json };
	delete event.raw;
	return event;
}

function fromMapped(fields: MappedFields, now: string): IDataObject {
	const profile = present({
		external_id: fields.externalId,
		email: fields.email,
		phone_number: fields.phoneNumber,
		klaviyo_id: fields.klaviyoId,
	});
	const eventName = fields.eventName.trim();
	const eventTime = fields.eventTime.trim();
	const eventId =
		fields.eventId.trim() || contentId([eventName, eventTime, profile, fields.properties]);
	return {
		event_id: eventId,
		event_name: eventName,
		event_version: EVENT_VERSION,
		event_time: eventTime || now,
		event_time_source: eventTime ? 'event' : 'received',
		profile,
		properties: fields.properties,
	};
}

/** An id for events that have none of their own: the same content gives the same id. */
function contentId(content: unknown[]): string {
	return createHash('sha256').update(JSON.stringify(content), 'utf8').digest('hex');
}

function missing(label: string, key: string, settings: BuildSettings): string {
	return settings.mapped === null
		? `The item has no '${key}', so it is not an event of a Klaviyo trigger. Set 'Event Fields' to Map Each Field Below.`
		: `'${label}' is empty. Enter a name or an expression, e.g. order_placed.`;
}

function present(fields: Record<string, string>): IDataObject {
	return Object.fromEntries(
		Object.entries(fields)
			.map(([key, value]): [string, string] => [key, value.trim()])
			.filter(([, value]) => value !== ''),
	);
}

function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function objectOf(value: unknown): IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as IDataObject)
		: {};
}
