import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { itemsOf, logThrown, ofItem, type Kind } from '../../shared/delivery/told';
import { isUndelivered } from '../../shared/delivery/verdict';
import type { Draft, UnsentDraft } from '../build/buildEvent';
import type { Settled } from './send';
import { eventBody, requestUrl, targetName, type Target } from './target';

/** What one item came to, in words that go out of the node: first what n8n's table shows without scrolling. */
export type ItemOutcome = {
	event_name: string | null;
	status: 'delivered' | 'skipped' | 'rejected' | 'failed';
	reason?: string;
	event_id: string | null;
	attempts: number;
	http_status: number | null;
	target: string | null;
};

export const EVENTS_TO_MEIRO: Kind = {
	many: 'events',
	service: 'Meiro',
	nameOf: ({ event_name }) => String(event_name ?? 'item'),
};

/** The outcome of every item, in the order of the items. */
export function outcomesOf(settled: Settled, target: Target): ItemOutcome[] {
	const byIndex = new Map(settled.outcomes.map((outcome) => [outcome.index, outcome]));
	const result: ItemOutcome[] = [];
	for (const [index, draft] of settled.drafts.entries()) {
		if (draft.status !== 'ready') {
			result.push(unsentOutcome(draft, index));
			continue;
		}
		const { event_id, event_name, source } = draft.event;
		const where = { target: targetName(target, source) };
		const unsent = { event_id, attempts: 0, http_status: null, ...where };
		const first = settled.repeated.get(index);
		if (settled.deliveredBefore.has(index)) {
			const reason = 'Delivered in an earlier execution.';
			result.push({ event_name, status: 'skipped', reason, ...unsent });
		} else if (first !== undefined) {
			// Earlier items have their outcome already; the same event shares its fate.
			const { status, reason } = result[first]!;
			result.push({
				event_name,
				status: status === 'failed' || status === 'rejected' ? status : 'skipped',
				reason: `The same event as [item ${first}]${reason === undefined ? '.' : `: ${reason}`}`,
				...unsent,
			});
		} else {
			const { status, attempts, http_status, reason } = byIndex.get(index)!;
			result.push({
				event_name,
				status,
				...(reason === undefined ? {} : { reason: ofItem(reason, index) }),
				event_id,
				attempts,
				http_status,
				...where,
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
		event_name,
		status,
		reason: status === 'skipped' ? reason : ofItem(reason, index),
		event_id,
		attempts: 0,
		http_status: null,
		target: null,
	};
}

/** What the outcome of an item says when the node could not even begin. */
export function nothingSentOf({ event_id = null, event_name = null }: IDataObject): IDataObject {
	return {
		event_name,
		status: 'failed',
		reason: '',
		event_id,
		attempts: 0,
		http_status: null,
		target: null,
		request: null,
	};
}

/** What goes out by the outputs Delivered and Not Delivered, each item paired with its input. */
export type Outputs = [delivered: INodeExecutionData[], notDelivered: INodeExecutionData[]];

/**
 * One item an outcome, in order. What was not delivered carries the request that sends it again; for the output Not
 * Delivered the whole item, too.
 *
 * @throws NodeOperationError when it is to fail the execution
 */
export function outputsOf(
	context: IExecuteFunctions,
	outcomes: ItemOutcome[],
	drafts: Draft[],
	target: Target,
	handOver: boolean,
): Outputs {
	const more = (index: number) => ({ request: resendable(drafts[index]!, target) });
	if (!handOver) return [itemsOf(context, outcomes, EVENTS_TO_MEIRO, more), []];
	const outputs: Outputs = [[], []];
	const items = context.getInputData();
	for (const [index, outcome] of outcomes.entries()) {
		const json = isUndelivered(outcome)
			? { ...outcome, ...more(index), item: writable(items[index]!.json) }
			: outcome;
		outputs[isUndelivered(outcome) ? 1 : 0].push({ json, pairedItem: { item: index } });
	}
	return outputs;
}

/** All items by Not Delivered, when the node could not even begin. */
export function allHandedOver(context: IExecuteFunctions, error: unknown): Outputs {
	logThrown(context, error);
	const reason = error instanceof Error ? error.message : String(error);
	return [
		[],
		context.getInputData().map(({ json }, index) => ({
			json: {
				...nothingSentOf(json),
				reason: ofItem(reason, index),
				item: writable(json),
			},
			pairedItem: { item: index },
		})),
	];
}

/** n8n keeps what goes out: an item that can't be written would take the whole execution with it. */
function writable(json: IDataObject): IDataObject | null {
	try {
		JSON.stringify(json);
		return json;
	} catch {
		return null;
	}
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
