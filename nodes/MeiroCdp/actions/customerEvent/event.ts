import type { IDataObject } from 'n8n-workflow';

import { strongestProfileId } from '../../../shared/event/contract';

/** One element of customer_events: https://docs.meiro.dev/docs/api/meiro-cdp-api/create-customer-events */
export interface CustomerEvent extends IDataObject {
	source_id: string;
	type: string;
	version: string;
	user_identifier: string;
	event_time: string;
	payload: string | IDataObject;
}

/** An item on its way out: an event, or the reason why there is none. */
export type Draft =
	| { status: 'ready'; eventId: string | null; event: CustomerEvent }
	| {
			status: 'rejected' | 'skipped' | 'failed';
			eventId: string | null;
			eventType: string | null;
			reason: string;
	  };

/** What the user chose for one item. */
export interface EventSettings {
	source: string;
	/** Null takes the item as the triggers emit it. */
	mapped: MappedFields | null;
	/** Version of an event of the triggers; {event_version} stands for its number. */
	versionPattern: string;
	testEvents: 'deliver' | 'skip';
	timeFormat: 'iso' | 'plain';
	payloadEncoding: 'string' | 'object';
}

export interface MappedFields {
	type: string;
	version: string;
	userIdentifier: string;
	eventTime: string;
	/** Null when it is no JSON object. */
	payload: IDataObject | null;
}

export const DEFAULT_VERSION_PATTERN = '{event_version}-0-0';

/** Date.parse alone would find a date in 'order 12', too. */
const ISO_DATE =
	/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** Makes the customer event of one item, or says why there is none. Pure. */
export function buildCustomerEvent(json: IDataObject, settings: EventSettings): Draft {
	const { mapped } = settings;
	const fields = mapped ?? fromTrigger(json, settings.versionPattern);
	const eventId = textOf(json.event_id) || null;
	const no = (status: 'rejected' | 'skipped', reason: string): Draft => ({
		status,
		eventId,
		eventType: fields.type || null,
		reason,
	});

	if (mapped === null && typeof json.error === 'string' && 'raw' in json) {
		return no('rejected', `The delivery could not be read: ${json.error}`);
	}
	if (settings.source === '') {
		return no(
			'rejected',
			"'Data Source' is empty. Choose the data source that the events belong to.",
		);
	}
	if (fields.type === '') {
		return no(
			'rejected',
			mapped === null
				? "The item has no 'event_name', so it is not an event of a Klaviyo trigger. Set 'Event Fields' to Map Each Field Below."
				: "'Event Type' is empty. Enter a type or an expression, e.g. placed_order.",
		);
	}
	if (fields.version === '') {
		return no('rejected', "'Version' is empty. Enter the version of the event type, e.g. 1-0-0.");
	}
	if (fields.userIdentifier === '') {
		return no(
			'rejected',
			mapped === null
				? 'No identity: the profile has none of external_id, email, phone_number and klaviyo_id, so Meiro could not tie the event to a person.'
				: "'User Identifier' is empty. Map the ID by which Meiro knows the person.",
		);
	}
	const eventTime = formatTime(fields.eventTime, settings.timeFormat);
	if (eventTime === null) {
		return no(
			'rejected',
			`'Event Time' is not a date: '${fields.eventTime}'. Use ISO 8601, e.g. 2031-02-03T04:05:06Z.`,
		);
	}
	if (fields.payload === null) {
		return no('rejected', "'Payload' is not a JSON object. Check its braces and quotes.");
	}
	if (mapped === null && json.is_test === true && settings.testEvents === 'skip') {
		return no('skipped', "A test event. Set 'Test Events' to Deliver to send it.");
	}
	return {
		status: 'ready',
		eventId,
		event: {
			source_id: settings.source,
			type: fields.type,
			version: fields.version,
			user_identifier: fields.userIdentifier,
			event_time: eventTime,
			payload:
				settings.payloadEncoding === 'string' ? JSON.stringify(fields.payload) : fields.payload,
		},
	};
}

/** The fields of an item of our triggers: the whole item is the payload, but for the unread body. */
function fromTrigger(json: IDataObject, versionPattern: string): MappedFields {
	const payload = { ...json };
	delete payload.raw;
	const identity = strongestProfileId((json.profile ?? {}) as IDataObject) ?? '';
	return {
		type: textOf(json.event_name),
		version: versionOf(json.event_version, versionPattern),
		// 'email:ana@shop.example' without its kind
		userIdentifier: identity.slice(identity.indexOf(':') + 1),
		eventTime: textOf(json.event_time),
		payload,
	};
}

/** '1-0-0' of 1: Meiro's examples write versions so. A version that is text already stays as it is. */
function versionOf(version: unknown, pattern: string): string {
	const number = version ?? 1;
	if (typeof number === 'string' && !/^\d+$/.test(number.trim())) return number.trim();
	return pattern.replaceAll('{event_version}', String(number).trim());
}

/** Meiro shows both forms and documents none: ISO 8601 in UTC, or 'YYYY-MM-DD hh:mm:ss'. */
function formatTime(text: string, format: EventSettings['timeFormat']): string | null {
	const match = ISO_DATE.exec(text);
	if (match === null) return null;
	const hasTime = text.length > 10;
	// A time without an offset is UTC here, whatever the zone of n8n's machine is.
	const exact =
		hasTime && match[1] === undefined ? `${text.replace(' ', 'T')}Z` : text.replace(' ', 'T');
	const time = Date.parse(exact);
	if (Number.isNaN(time)) return null;
	// Already UTC: kept to the last digit, where Date would cut off after milliseconds.
	if (format === 'iso' && /T.*Z$/.test(text)) return text;
	const iso = new Date(time).toISOString();
	return format === 'iso' ? iso : iso.slice(0, 19).replace('T', ' ');
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}
