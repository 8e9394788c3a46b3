import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { eventBody } from './batch';
import type { Draft, UnsentDraft } from '../build/buildEvent';
import type { Outcome } from './deliver';
import { requestUrl, targetName, type Target } from './target';

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

/** What became of the items that were sent, and of those that needed no sending. */
export interface Settled {
	outcomes: Outcome[];
	/** Items that Meiro accepted in an earlier execution. */
	deliveredBefore: Set<number>;
	/** Items that are the same event as an earlier item, by that item's number. */
	repeated: Map<number, number>;
}

/** The outcome of every item, in the order of the items. */
export function outcomesOf(drafts: Draft[], settled: Settled, target: Target): ItemOutcome[] {
	const byIndex = new Map(settled.outcomes.map((outcome) => [outcome.index, outcome]));
	const result: ItemOutcome[] = [];
	for (const [index, draft] of drafts.entries()) {
		if (draft.status !== 'ready') {
			result.push(unsentOutcome(draft, index));
			continue;
		}
		const { event_id, event_name, source } = draft.event;
		const about = { event_id, event_name };
		const skipped = { status: 'skipped' as const, attempts: 0, http_status: null };
		const where = { target: targetName(target, source) };
		const first = settled.repeated.get(index);
		if (settled.deliveredBefore.has(index)) {
			result.push({ ...about, ...skipped, ...where, reason: 'Delivered in an earlier execution.' });
		} else if (first !== undefined) {
			// Earlier items have their outcome already; the same event shares its fate.
			const { status, reason } = result[first]!;
			result.push({
				...about,
				...skipped,
				...(status === 'failed' || status === 'rejected' ? { status } : {}),
				...where,
				reason: `The same event as [item ${first}]${reason === undefined ? '.' : `: ${reason}`}`,
			});
		} else {
			const { status, attempts, http_status, reason } = byIndex.get(index)!;
			result.push({
				...about,
				status,
				attempts,
				http_status,
				...where,
				...(reason === undefined ? {} : { reason: ofItem(reason, index) }),
			});
		}
	}
	return result;
}

/** The outcome of an item that nothing was sent of. */
export function unsentOutcome(
	{ status, reason, event_id, event_name }: UnsentDraft,
	index: number,
): ItemOutcome {
	return {
		event_id,
		event_name,
		status,
		attempts: 0,
		http_status: null,
		target: null,
		reason: status === 'rejected' ? ofItem(reason, index) : reason,
	};
}

/** What the outcome of an item says when the node could not even begin. */
export function nothingSentOf({ event_id = null, event_name = null }: IDataObject): IDataObject {
	return { event_id, event_name, attempts: 0, target: null, request: null };
}

/** n8n's own way to tell which item a sentence is about. */
function ofItem(reason: string, index: number): string {
	return `${reason} [item ${index}]`;
}

export function isUndelivered(outcome: ItemOutcome): boolean {
	return outcome.status === 'failed' || outcome.status === 'rejected';
}

/**
 * One item an outcome, paired with its input; with the request that sends it again where it was not
 * delivered. For the error output n8n goes by the shape: exactly `error` and `details`, and no item-level
 * `error`, else it drops the rest or takes the other branch.
 */
export function toItems(
	outcomes: ItemOutcome[],
	drafts: Draft[],
	target: Target,
	onError: OnError,
): INodeExecutionData[] {
	return outcomes.map((outcome, index) => {
		const pairedItem = { item: index };
		if (!isUndelivered(outcome)) return { json: outcome, pairedItem };
		const details: IDataObject = { ...outcome, request: resendable(drafts[index]!, target) };
		return onError === 'continueErrorOutput'
			? { json: { error: outcome.reason, details }, pairedItem }
			: { json: details, pairedItem };
	});
}

/** Everything that sending the event again takes; the credential's secrets are not in it. */
export function resendable(draft: Draft, target: Target): IDataObject | null {
	if (draft.status !== 'ready') return null;
	const { event } = draft;
	return {
		method: 'POST',
		url: requestUrl(target, event.source, event.event_name),
		body: eventBody(event, target),
	};
}

/** How many events came to which end, e.g. '998 delivered, 2 rejected'. */
export function countsOf(outcomes: ItemOutcome[]): string {
	const counts = new Map<string, number>();
	for (const { status } of outcomes) counts.set(status, (counts.get(status) ?? 0) + 1);
	return ['delivered', 'skipped', 'rejected', 'failed']
		.filter((status) => counts.has(status))
		.map((status) => `${counts.get(status)!.toLocaleString('en')} ${status}`)
		.join(', ');
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
