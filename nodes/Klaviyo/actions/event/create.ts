import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { dateOf } from '../../../shared/operation/dates';
import { optionsAt, optionsField, textField } from '../../../shared/operation/fields';
import { draftEach, entriesIn, type Draft } from '../../../shared/delivery/draft';
import { itemsOf } from '../../../shared/delivery/told';
import { textParameter } from '../../../shared/operation/operation';
import {
	deliverInBulk,
	EVENTS_TO_KLAVIYO,
	resultOf,
	unsentResult,
	type Bulk,
} from '../bulkDelivery';
import type { KlaviyoOperation } from '../operation';
import { identifiersIn, identifiersField } from '../profile/identifiers';
import { propertiesAt, propertyFields } from '../properties';
import {
	BULK_LIST,
	bulkBody,
	draftEvent,
	EVENT_LABELS,
	EVENT_LIMITS,
	singleBody,
	type NewEvent,
} from './draft';

const SCOPES = 'events:write';

const bulk: Bulk<NewEvent> = {
	request: (events) => ({
		method: 'POST',
		path: '/api/event-bulk-create-jobs',
		body: bulkBody(events),
		scopes: SCOPES,
		labels: EVENT_LABELS,
	}),
	// Alone, an event that Klaviyo has already passes in silence, where a job with it is refused.
	single: (event) => ({
		method: 'POST',
		path: '/api/events',
		body: singleBody(event),
		scopes: SCOPES,
		labels: EVENT_LABELS,
	}),
	list: BULK_LIST,
};

interface EventOptions {
	backfill?: boolean;
	currency?: string;
	value?: unknown;
}

/** https://developers.klaviyo.com/en/reference/bulk_create_events */
export const create: KlaviyoOperation = {
	option: {
		name: 'Create',
		value: 'create',
		description:
			'Record events of profiles, up to 1,000 in a request, and tell the outcome of each',
		action: 'Create an event',
	},
	properties: [
		{
			displayName: 'Metric Name',
			name: 'metricName',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. Answered Survey',
			description: 'What happened. Klaviyo makes a metric of this name when it has none.',
		},
		identifiersField,
		{
			displayName: 'Event ID',
			name: 'eventId',
			type: 'string',
			default: '',
			placeholder: 'e.g. survey-1001',
			description:
				'Klaviyo keeps one event per ID, profile and metric, so that sending it again makes no second one. Empty: an ID is made of the content; without an Event Time the run’s time is part of the ID, so that a second run makes a second event.',
		},
		{
			displayName: 'Event Time',
			name: 'eventTime',
			type: 'string',
			default: '',
			placeholder: 'e.g. 2031-02-03T04:05:06Z',
			description:
				'When it happened, in ISO 8601, to the second. Without an offset it is one of the workflow’s time zone. Empty: when the node runs.',
		},
		...propertyFields,
		optionsField([
			textField('Currency', 'currency', 'e.g. EUR', 'ISO 4217 code of the value’s currency'),
			{
				displayName: 'Do Not Trigger Flows',
				name: 'backfill',
				type: 'boolean',
				default: false,
				description: 'Whether Klaviyo only records the event and starts no Klaviyo flow with it',
			},
			textField('Value', 'value', 'e.g. 41.50', 'Amount of money, as a number'),
		]),
	],
	async execute(context, client) {
		const now = new Date().toISOString();
		const drafts = draftEach(context, (index) => draftAt(context, now, index));
		const isRepeated = repetitions();
		const entries = entriesIn(drafts).filter(({ value }) => !isRepeated(value));
		const outcomes = await deliverInBulk(context, client, entries, () => bulk, {
			limits: EVENT_LIMITS,
		});
		return itemsOf(
			context,
			drafts.map((draft, index) => {
				if (!draft.ready) return unsentResult(draft.judgement);
				const outcome = outcomes.get(index);
				const result = outcome === undefined ? REPEATED : resultOf(outcome, 'accepted');
				return { ...aboutEvent(draft.value), ...result };
			}),
			EVENTS_TO_KLAVIYO,
		);
	},
};

const REPEATED = {
	status: 'skipped',
	http_status: null,
	reason: 'An item before this one has the same metric, person and event ID; Klaviyo keeps one.',
};

/** Klaviyo refuses a job as a whole when a unique_id is repeated in it for the same profile and metric. */
function repetitions(): (event: NewEvent) => boolean {
	const seen = new Set<string>();
	return ({ person: who, attributes: { metric, unique_id } }) => {
		const key = JSON.stringify([metric.data.attributes.name, unique_id, who]);
		return seen.size === seen.add(key).size;
	};
}

function draftAt(context: IExecuteFunctions, now: string, index: number): Draft<NewEvent> {
	const options = optionsAt<EventOptions>(context, index);
	const given = context.getNodeParameter('identifiers', index, {}) as IDataObject;
	return draftEvent(
		{
			metric: textParameter(context, 'metricName', index),
			person: identifiersIn(given),
			eventId: textParameter(context, 'eventId', index),
			time: dateOf(
				context,
				context.getNodeParameter('eventTime', index, ''),
				'Event Time',
				index,
			)?.toISOString(),
			value: options.value,
			currency: String(options.currency ?? '').trim(),
			properties: propertiesAt(context, index),
			backfill: options.backfill === true,
		},
		now,
		index,
	);
}

function aboutEvent({ person: who, attributes }: NewEvent): IDataObject {
	const { metric, unique_id, time } = attributes;
	return {
		metric: metric.data.attributes.name,
		event_id: unique_id,
		event_time: time,
		profile: { ...who },
	};
}
