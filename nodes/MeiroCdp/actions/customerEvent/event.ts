import type { IDataObject } from 'n8n-workflow';

import {
	buildEvent,
	type BuildSettings,
	type OutgoingEvent,
} from '../../../MeiroEvents/build/buildEvent';

/** One element of customer_events: https://docs.meiro.dev/docs/api/meiro-cdp-api/create-customer-events */
export interface CustomerEvent {
	source_id: string;
	type: string;
	version: string;
	user_identifier: string;
	event_time: string;
	payload: string | IDataObject;
}

/** An item on its way out: an event, or the reason why there is none. */
export type Draft =
	| { status: 'ready'; eventId: string; event: CustomerEvent }
	| {
			status: 'rejected' | 'skipped' | 'failed';
			eventId: string | null;
			eventType: string | null;
			reason: string;
	  };

/** What the user chose for one item. */
export interface EventSettings {
	build: Omit<BuildSettings, 'mapped' | 'identityHint'>;
	/** Null takes the item as the triggers emit it. */
	mapped: MappedEvent | null;
	timeFormat: TimeFormat;
	payloadEncoding: 'string' | 'object';
}

export type TimeFormat = 'iso' | 'plain' | 'seconds';

export interface MappedEvent {
	type: string;
	version: string;
	userIdentifier: string;
	eventTime: string;
	eventId: string;
	/** Null when it is no JSON object. */
	payload: IDataObject | null;
}

/** Makes the customer event of one item, or says why there is none. Pure. */
export function buildCustomerEvent(json: IDataObject, settings: EventSettings): Draft {
	const { build, mapped } = settings;
	const fault = faultOf(settings);
	if (fault !== null) {
		const eventType = mapped?.type || null;
		return { status: 'rejected', eventId: mapped?.eventId || null, eventType, reason: fault };
	}
	const draft = buildEvent(json, {
		...build,
		mapped: mapped === null ? null : mappedPayloadOf(mapped),
		identityHint:
			mapped === null
				? "Fill one in, or set 'Event Fields' to Map Each Field Below. An event about no person, e.g. about a campaign, can't be a customer event: Meiro Events sends it, with 'Subject' None."
				: "Map the ID by which Meiro knows the person under 'User Identifier'.",
	});
	if (draft.status !== 'ready') {
		const { status, reason, event_id: eventId, event_name: eventType } = draft;
		return { status, eventId, eventType, reason };
	}
	return {
		status: 'ready',
		eventId: draft.event.event_id,
		event: customerEventOf(draft.event, settings),
	};
}

function mappedPayloadOf({ type, version, payload, ...rest }: MappedEvent) {
	return { ...rest, eventName: type, eventVersion: version, payload: payload ?? {} };
}

/** What is wrong with the parameters that only this door has. */
function faultOf({ build, mapped }: EventSettings): string | null {
	if (build.source === '') {
		return "'Data Source' is empty. Choose the data source that the events belong to.";
	}
	if (mapped === null) return null;
	if (mapped.type === '') {
		return "'Event Type' is empty. Enter a type or an expression, e.g. placed_order.";
	}
	if (mapped.version === '') {
		return "'Version' is empty. Enter the version of the event type, e.g. 1-0-0.";
	}
	if (mapped.userIdentifier === '') {
		return "'User Identifier' is empty. Map the ID by which Meiro knows the person.";
	}
	return mapped.payload === null
		? "'Payload' is not a JSON object. Check its braces and quotes."
		: null;
}

/** The CDP's envelope around an event. */
function customerEventOf(
	event: OutgoingEvent,
	{ timeFormat, payloadEncoding }: EventSettings,
): CustomerEvent {
	return {
		source_id: event.source,
		type: event.event_name,
		version: versionOf(event.event_version),
		user_identifier: withoutPlus(event.user_identifier!),
		event_time: timeIn(timeFormat, event.event_time),
		payload: payloadEncoding === 'string' ? JSON.stringify(event.payload) : event.payload,
	};
}

/** A phone number as Meiro's CDP has it, digits alone: https://docs.meiro.io/books/implementation/page/transform-events-cr */
function withoutPlus(identifier: string): string {
	return identifier.replace(/^\+(?=\d{8,15}$)/, '');
}

/** '1-0-0' of 1: Meiro's examples write versions so. A version that is text already stays as it is. */
function versionOf(version: string): string {
	const text = version.trim();
	return /^\d+$/.test(text) ? `${text}-0-0` : text;
}

/**
 * Meiro documents 'YYYY-MM-DD HH:MM:SS' in UTC, shows ISO 8601, too, and counts microseconds in an event's id
 * (https://docs.meiro.io/books/implementation/page/transform-events-cr, …/load-events-to-cdp).
 */
function timeIn(format: TimeFormat, wireTime: string): string {
	if (format === 'iso') return wireTime;
	return wireTime.slice(0, format === 'plain' ? 26 : 19).replace('T', ' ');
}
