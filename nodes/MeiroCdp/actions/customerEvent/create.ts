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
import { meiroIdOf } from './meiroId';

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
		client.giveUpAfter(options.giveUpAfterSeconds);

		const drafts = context.getInputData().map(({ json }, index) =>
			guarded<Draft>(
				context,
				() => buildCustomerEvent(json, eventSettingsOf(context, index)),
				({ reason = '' }) => ({ status: 'failed', eventId: null, eventType: null, reason }),
			),
		);
		const repeats = repeatsIn(drafts);
		const entries = drafts.flatMap((draft, index) =>
			draft.status === 'ready' && !repeats.has(index) ? [entryOf(index, draft.event)] : [],
		);
		const batchSize = Math.floor(options.batchSize ?? 0) || DEFAULT_BATCH_SIZE;
		const outcomes = await deliver(entries, {
			...customerEventsDoor(client, batchSize),
			onThrow: (error) => logThrown(context, error),
		});
		const byIndex = new Map(outcomes.map((outcome) => [outcome.index, outcome]));
		return itemsOf(
			context,
			drafts.map((draft, index) =>
				outcomeOf(draft, byIndex.get(index) ?? outcomeOfRepeat(index, drafts, repeats, byIndex)),
			),
			EVENTS_TO_CDP,
			(index) => ({ request: resendable(drafts[index]!) }),
		);
	},
};

/** Items that have the ID in Meiro of an earlier one, with that one's position: Meiro would keep one of the two. */
function repeatsIn(drafts: Draft[]): Map<number, number> {
	const first = new Map<string, number>();
	const repeats = new Map<number, number>();
	for (const [index, draft] of drafts.entries()) {
		if (draft.status !== 'ready') continue;
		const id = meiroIdOf(draft.event);
		const earlier = first.get(id);
		if (earlier === undefined) first.set(id, index);
		else repeats.set(index, earlier);
	}
	return repeats;
}

/** The same event shares what became of the first; another one in its place would be lost in silence. */
function outcomeOfRepeat(
	index: number,
	drafts: Draft[],
	repeats: Map<number, number>,
	byIndex: Map<number, Outcome>,
): Outcome | undefined {
	const earlier = repeats.get(index);
	const told = earlier === undefined ? undefined : byIndex.get(earlier);
	if (told === undefined) return undefined;
	const [one, other] = [drafts[earlier!]!, drafts[index]!];
	const unsent = { index, attempts: 0, http_status: null };
	if (one.eventId !== other.eventId) {
		const reason = `Meiro would give it the ID of item ${earlier!} and keep one of the two: both have this time, type and person. Set 'Event Time Format' to Plain.`;
		return { ...unsent, status: 'rejected', reason };
	}
	if (told.status !== 'delivered') return { ...told, ...unsent };
	const reason = `The same event as item ${earlier!} of this run, which Meiro has.`;
	return { ...unsent, status: 'delivered', reason, answer: { ...told.answer, isRepeat: true } };
}

function outcomeOf(draft: Draft, outcome: Outcome | undefined): IDataObject {
	if (draft.status !== 'ready' || outcome === undefined) {
		const { status, eventId, eventType, reason } = draft as Exclude<Draft, { status: 'ready' }>;
		return {
			event_type: eventType,
			status,
			reason,
			event_id: eventId,
			attempts: 0,
			http_status: null,
		};
	}
	const { attempts, http_status, answer, reason } = outcome;
	const status = answer?.isRepeat === true ? 'skipped' : outcome.status;
	const { type, version, user_identifier } = draft.event;
	return {
		event_type: type,
		status,
		...(reason === undefined ? {} : { reason }),
		event_id: draft.eventId,
		version,
		user_identifier,
		attempts,
		http_status,
		meiro_id: (answer?.id as string | undefined) ?? meiroIdOf(draft.event),
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
