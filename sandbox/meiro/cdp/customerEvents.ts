import { isJsonObject, refuse, toJsonText } from '../json';
import type { NewEvent, Store } from '../store';
import type { Catalog } from './catalog';
import { customerEventIdOf, eventIdOf } from './ids';
import { readEventTime, toPlainMicroseconds } from './times';
import type { CdpAssumptions, CustomerEvent, CustomerEventFilter } from './types';

/** What a customer event is read with. */
export interface CustomerEventRules {
	catalog: Pick<Catalog, 'hasEventType'>;
	assumptions: CdpAssumptions;
	now: () => number;
}

/** Why a customer event is refused. */
export interface Problem {
	status: number;
	message: string;
}

/** Columns of an uploaded file, in order, and fields of a customer event. */
export const uploadColumns = [
	'source_id',
	'type',
	'version',
	'user_identifier',
	'event_time',
	'payload',
] as const;

/**
 * The customer events of `{ customer_events: […] }`
 * (https://docs.meiro.dev/docs/api/meiro-cdp-api/create-customer-events).
 * Throws HttpError when the body, or with 'refuseAll' one of them, cannot be taken.
 */
export function readCustomerEvents(body: unknown, rules: CustomerEventRules): CustomerEvent[] {
	const values = isJsonObject(body) ? body.customer_events : undefined;
	if (!Array.isArray(values)) return refuse(400, 'customer_events must be an array');
	const limit = rules.assumptions.customerEventsLimit;
	if (limit !== null && values.length > limit) {
		refuse(413, `customer_events must not have more than ${limit} elements`);
	}
	return values.flatMap((value: unknown, index) => {
		const event = readCustomerEvent(value, rules);
		if (!('status' in event)) return event;
		if (rules.assumptions.invalidCustomerEvents === 'skip') return [];
		return refuse(event.status, `customer_events[${index}]: ${event.message}`);
	});
}

/** One customer event, or what is wrong with it. */
export function readCustomerEvent(
	value: unknown,
	{ catalog, assumptions, now }: CustomerEventRules,
): CustomerEvent | Problem {
	if (!isJsonObject(value)) return invalid('must be a JSON object');
	for (const name of uploadColumns.slice(0, 5)) {
		if (typeof value[name] !== 'string' || value[name] === '') {
			return invalid(`${name} must be a non-empty string`);
		}
	}
	const { source_id, type, version, user_identifier, event_time } = value as Record<
		string,
		string
	> &
		Record<'source_id' | 'type' | 'version' | 'user_identifier' | 'event_time', string>;
	const time = readEventTime(event_time, assumptions.eventTimeForm, assumptions.eventTimePrecision);
	if (time === null) return invalid('event_time has a wrong value');
	const payload = readPayload(value.payload, assumptions.payloadForm);
	if (payload === null) return invalid('payload has a wrong value');
	if (
		assumptions.unknownEventTypeStatus !== null &&
		!catalog.hasEventType(source_id, type, version)
	) {
		const message = `No event of source '${source_id}', type '${type}', version '${version}'`;
		return { status: assumptions.unknownEventTypeStatus, message };
	}
	return {
		payload,
		type,
		version,
		created: toPlainMicroseconds(now()),
		source_id,
		event_time: time.plain,
		id: customerEventIdOf(time.inId, source_id, type, user_identifier),
		event_id: eventIdOf(source_id, type, version),
		user_identifier,
	};
}

/** The payload as JSON text, in the form that is assumed; null when it is another or no JSON object. */
function readPayload(value: unknown, form: CdpAssumptions['payloadForm']): string | null {
	if (isJsonObject(value)) return form === 'string' ? null : toJsonText(value);
	if (typeof value !== 'string' || form === 'object') return null;
	try {
		return isJsonObject(JSON.parse(value)) ? value : null;
	} catch {
		return null;
	}
}

function invalid(message: string): Problem {
	return { status: 400, message };
}

/** A customer event as the common store keeps it. */
export function toNewEvent(
	event: CustomerEvent,
	{ overwritesCustomerEvents }: Pick<CdpAssumptions, 'overwritesCustomerEvents'>,
): NewEvent {
	return {
		product: 'meiro_cdp',
		source: event.source_id,
		type: event.type,
		time: event.event_time,
		payload: toJsonText(event),
		dedupKey: `cdp ${event.id}`,
		replaces: overwritesCustomerEvents,
	};
}

/** Stored customer events, oldest first. */
export function listCustomerEvents(
	store: Store,
	{ source_id, type, limit }: CustomerEventFilter,
): CustomerEvent[] {
	return store
		.list({ product: 'meiro_cdp', source: source_id, eventName: type, limit })
		.map(({ payload }) => JSON.parse(payload) as CustomerEvent);
}
