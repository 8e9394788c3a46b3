import { createHash } from 'node:crypto';
import type {
	EventCreateQueryV2,
	EventsBulkCreateJob,
	EventsBulkCreateQueryResourceObject,
} from 'klaviyo-api';
import type { IDataObject } from 'n8n-workflow';

import type { Labels } from '../../api/explainRefusal';
import type { Wire } from '../../api/wire';
import { sizeOf } from '../bulkDelivery';
import { markedEvent } from '../origin';
import { notReady, ready, type Draft } from '../../../shared/delivery/draft';
import { isPlaceholder } from '../../../shared/event/placeholders';
import { personProblem, type Identifiers } from '../profile/identifiers';

type BulkGroup = Wire<EventsBulkCreateQueryResourceObject>;
type BulkEvent = BulkGroup['attributes']['events']['data'][number]['attributes'];

/** An event as it is to be created. */
export interface NewEvent {
	person: Identifiers;
	attributes: BulkEvent & { unique_id: string; time: string };
	backfill: boolean;
}

/** What the user entered for one item. */
export interface EventFields {
	metric: string;
	person: Identifiers;
	eventId: string;
	/** ISO 8601, none when nothing was entered. */
	time: string | undefined;
	value: unknown;
	currency: string;
	properties: IDataObject;
	backfill: boolean;
}

/** "Must be less than 128 characters" (https://developers.klaviyo.com/en/reference/create_event) */
const MAX_METRIC_LENGTH = 127;
const MAX_ID_LENGTH = 255;

/** "Accepts up to 1,000 events per request", "5MB" (https://developers.klaviyo.com/en/reference/bulk_create_events). */
export const EVENT_LIMITS = { count: 1000, bytes: 4_900_000 };

/**
 * Makes the event of one item, or says why there is none. Pure.
 *
 * @param now ISO 8601, the same for all items of a run
 */
export function draftEvent(fields: EventFields, now: string, index: number): Draft<NewEvent> {
	const { metric, person, currency, properties, backfill } = fields;
	if (metric === '')
		return notReady("'Metric Name' is empty. Enter a name, or check the expression.");
	if (metric.length > MAX_METRIC_LENGTH) {
		return notReady(
			`'Metric Name' has ${metric.length} characters; Klaviyo takes at most 127. Shorten it.`,
		);
	}
	const problem = personProblem(person);
	if (problem !== null) return notReady(problem);
	const said = fields.time;
	const value = valueOf(fields.value);
	if (Number.isNaN(value)) {
		return notReady(`'Value' is not a number: '${String(fields.value)}'. Enter e.g. 41.50.`);
	}
	const uniqueId = isPlaceholder(fields.eventId)
		? contentId([metric, person, said ?? [now, index], value ?? null, properties])
		: fields.eventId;
	if (uniqueId.length > MAX_ID_LENGTH) {
		return notReady(
			`'Event ID' has ${uniqueId.length} characters; Klaviyo takes at most 255. Shorten it.`,
		);
	}
	const event: NewEvent = {
		person,
		backfill,
		attributes: {
			metric: { data: { type: 'metric', attributes: { name: metric } } },
			properties: markedEvent(properties),
			// Without a time Klaviyo takes when it received the event, which a repetition would change.
			time: said ?? now,
			unique_id: uniqueId,
			...(value === undefined ? {} : { value }),
			...(currency === '' ? {} : { value_currency: currency }),
		},
	};
	return ready(event, sizeOf(event));
}

/** The body for many: each event with its person, so that the position in it is the event's. */
export function bulkBody(events: NewEvent[]): object {
	const job: Wire<Omit<EventsBulkCreateJob['data']['attributes'], 'eventsBulkCreate'>> & {
		'events-bulk-create': { data: BulkGroup[] };
	} = {
		'events-bulk-create': {
			data: events.map(({ person, attributes, backfill }) => ({
				type: 'event-bulk-create',
				attributes: {
					profile: { data: profileData(person) },
					events: { data: [{ type: 'event', attributes }] },
					...(backfill ? { backfill } : {}),
				},
			})),
		},
	};
	return { data: { type: 'event-bulk-create-job', attributes: job } };
}

/** The body for one. */
export function singleBody({ person, attributes, backfill }: NewEvent): object {
	const body: Wire<EventCreateQueryV2> = {
		data: {
			type: 'event',
			attributes: {
				...attributes,
				profile: { data: profileData(person) },
				...(backfill ? { backfill } : {}),
			},
		},
	};
	return body;
}

export const BULK_LIST = '/data/attributes/events-bulk-create/data';

/** The editor's names of what an event's errors may point to. */
export const EVENT_LABELS: Labels = {
	...labelsBelow('/data/attributes', '/data/attributes/profile/data'),
	...labelsBelow(
		`${BULK_LIST}/*/attributes/events/data/*/attributes`,
		`${BULK_LIST}/*/attributes/profile/data`,
	),
};

function labelsBelow(event: string, profile: string): Labels {
	return {
		[`${event}/metric`]: 'Metric Name',
		[`${event}/properties`]: 'Properties',
		[`${event}/time`]: 'Event Time',
		[`${event}/unique_id`]: 'Event ID',
		[`${event}/value`]: 'Value',
		[`${event}/value_currency`]: 'Currency',
		[profile]: 'Profile Identifiers',
		[`${profile}/id`]: 'Klaviyo ID',
		[`${profile}/attributes/email`]: 'Email',
		[`${profile}/attributes/phone_number`]: 'Phone Number',
		[`${profile}/attributes/external_id`]: 'External ID',
	};
}

/** An ID for events without one: the same content gives the same, so that a repeated request makes no second event. */
function contentId(content: unknown[]): string {
	return createHash('sha256').update(JSON.stringify(content), 'utf8').digest('hex');
}

function profileData({ klaviyo_id, ...attributes }: Identifiers) {
	return {
		type: 'profile' as const,
		...(klaviyo_id === undefined ? {} : { id: klaviyo_id }),
		attributes,
	};
}

/** Undefined when nothing was entered, NaN when it is no number. */
function valueOf(value: unknown): number | undefined {
	if (value === undefined || value === null || String(value).trim() === '') return undefined;
	return Number(value);
}
