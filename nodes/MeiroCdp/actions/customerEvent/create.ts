import type { IDataObject } from 'n8n-workflow';

import { deliver, type Outcome } from '../../../shared/delivery/deliver';
import { guarded, itemsOf, logThrown } from '../../../shared/delivery/told';
import type { CdpOperation } from '../operation';
import { bodyOf, customerEventsDoor, entryOf, EVENTS_TO_CDP } from './door';
import { buildCustomerEvent, type Draft } from './event';
import {
	createCompatibility,
	eventFields,
	eventOptions,
	eventSettingsOf,
	optionsOf,
} from './fields';

/** Meiro documents no largest request, so this is low. */
const DEFAULT_BATCH_SIZE = 100;

/** https://docs.meiro.dev/docs/api/meiro-cdp-api/create-customer-events */
export const create: CdpOperation = {
	option: {
		name: 'Create',
		value: 'create',
		description: 'Create events in the CDP and tell the outcome of each',
		action: 'Create a customer event',
	},
	properties: [...eventFields, eventOptions, createCompatibility],
	async execute(context, client) {
		const options = optionsOf(context);
		if (options.giveUpAfterSeconds) client.giveUpAfter(options.giveUpAfterSeconds * 1000);

		const drafts = context.getInputData().map(({ json }, index) =>
			guarded<Draft>(
				context,
				() => buildCustomerEvent(json, eventSettingsOf(context, index)),
				({ reason = '' }) => ({ status: 'failed', eventId: null, eventType: null, reason }),
			),
		);
		const entries = drafts.flatMap((draft, index) =>
			draft.status === 'ready' ? [entryOf(index, draft.event)] : [],
		);
		const batchSize = Math.floor(options.batchSize ?? 0) || DEFAULT_BATCH_SIZE;
		const outcomes = await deliver(entries, {
			...customerEventsDoor(client, batchSize),
			onThrow: (error) => logThrown(context, error),
		});
		const byIndex = new Map(outcomes.map((outcome) => [outcome.index, outcome]));
		return itemsOf(
			context,
			drafts.map((draft, index) => outcomeOf(draft, byIndex.get(index))),
			EVENTS_TO_CDP,
			(index) => ({ request: resendable(drafts[index]!) }),
		);
	},
};

function outcomeOf(draft: Draft, outcome: Outcome | undefined): IDataObject {
	if (draft.status !== 'ready' || outcome === undefined) {
		const { status, eventId, eventType, reason } = draft as Exclude<Draft, { status: 'ready' }>;
		return {
			event_id: eventId,
			event_type: eventType,
			status,
			attempts: 0,
			http_status: null,
			reason,
		};
	}
	const { status, attempts, http_status, answer, reason } = outcome;
	const { type, version, user_identifier } = draft.event;
	return {
		event_id: draft.eventId,
		event_type: type,
		version,
		user_identifier,
		status,
		attempts,
		http_status,
		...(answer === undefined ? {} : { meiro_id: answer.id as string }),
		...(reason === undefined ? {} : { reason }),
	};
}

/** Everything that sending the event again takes; the credential's secrets are not in it. */
function resendable(draft: Draft): IDataObject | null {
	if (draft.status !== 'ready') return null;
	return {
		method: 'POST',
		path: '/customer_events/',
		body: bodyOf([draft.event]),
	};
}
