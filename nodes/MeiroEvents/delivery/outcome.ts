import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { requestOf } from './batch';
import type { Draft } from './build';
import type { Outcome } from './deliver';
import type { Target } from './target';

/** What one item came to, in words that go out of the node. */
export interface ItemOutcome extends IDataObject {
	event_id: string | null;
	event_name: string | null;
	status: 'delivered' | 'skipped' | 'rejected' | 'failed';
	attempts: number;
	http_status: number | null;
	target: string | null;
	reason?: string;
}

/** How the node ends an item that was not delivered. */
export type OnError = 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';

/** The outcome of every item, in the order of the items. */
export function outcomesOf(drafts: Draft[], outcomes: Outcome[], target: Target): ItemOutcome[] {
	const byIndex = new Map(outcomes.map((outcome) => [outcome.index, outcome]));
	const product = target.product === 'meiroPipes' ? 'Meiro Pipes' : 'Meiro Events';
	return drafts.map((draft, index) => {
		if (draft.status !== 'ready') {
			const { status, reason, event_id, event_name } = draft;
			return { event_id, event_name, status, attempts: 0, http_status: null, target: null, reason };
		}
		const { status, attempts, http_status, reason } = byIndex.get(index)!;
		return {
			event_id: draft.event.event_id,
			event_name: draft.event.event_name,
			status,
			attempts,
			http_status,
			target: `${product}: ${draft.event.source}`,
			...(reason === undefined ? {} : { reason }),
		};
	});
}

export function isUndelivered(outcome: ItemOutcome): boolean {
	return outcome.status === 'failed' || outcome.status === 'rejected';
}

/**
 * One item an outcome, paired with its input. For the error output n8n goes by the shape: exactly
 * `error` and `details`, and no item-level `error`, else it drops the rest or takes the other branch.
 */
export function toItems(
	outcomes: ItemOutcome[],
	drafts: Draft[],
	target: Target,
	onError: OnError,
): INodeExecutionData[] {
	return outcomes.map((outcome, index) => {
		const pairedItem = { item: index };
		if (onError !== 'continueErrorOutput' || !isUndelivered(outcome)) {
			return { json: outcome, pairedItem };
		}
		const details: IDataObject = { ...outcome, request: resendable(drafts[index]!, index, target) };
		return { json: { error: outcome.reason, details }, pairedItem };
	});
}

/** Everything that sending the event again takes; the credential's secrets are not in it. */
function resendable(draft: Draft, index: number, target: Target): IDataObject | null {
	if (draft.status !== 'ready') return null;
	const { url, body } = requestOf([{ index, event: draft.event }], target);
	return { method: 'POST', url, body };
}

/** One sentence on all that was not delivered, for an execution that stops. */
export function summaryOf(outcomes: ItemOutcome[]): string {
	const undelivered = outcomes
		.map((outcome, index) => ({ outcome, index }))
		.filter(({ outcome }) => isUndelivered(outcome));
	const shown = undelivered
		.slice(0, 10)
		.map(({ outcome, index }) => `${outcome.event_name ?? 'item'} [item ${index}]`)
		.join(', ');
	const more = undelivered.length > 10 ? ` and ${undelivered.length - 10} more` : '';
	return `${undelivered.length} of ${outcomes.length} events did not reach Meiro: ${shown}${more}. First reason: ${undelivered[0]?.outcome.reason ?? ''}`;
}
