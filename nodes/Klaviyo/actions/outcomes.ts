import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import { undelivered } from '../../shared/operation/operation';
import type { Refusal } from './bulk';

const MOST_NAMED = 10;

/** An item on its way out: what is to be sent, or why nothing is. */
export type Draft<T> = { ready: true; value: T } | { ready: false; reason: string };

export function ready<T>(value: T): Draft<T> {
	return { ready: true, value };
}

export function notReady(reason: string): { ready: false; reason: string } {
	return { ready: false, reason };
}

/** What was wrong with an item before anything was sent. */
export function unsent(reason: string): Refusal {
	return { status: 'rejected', http_status: null, reason };
}

/**
 * One item per item of the input, in order. Those that were refused go to the error output, or stop the
 * execution when the node shall stop: after all others were sent.
 *
 * @param of what the items are, e.g. 'events'
 */
export function tell(
	context: IExecuteFunctions,
	outcomes: IDataObject[],
	of: string,
): INodeExecutionData[] {
	const missed = outcomes.flatMap((outcome, index) =>
		isRefused(outcome) ? [{ index, outcome }] : [],
	);
	const [first] = missed;
	if (first !== undefined && !context.continueOnFail()) {
		const reason = String(first.outcome.reason);
		const message =
			outcomes.length === 1 ? `${reason} [item 0]` : summaryOf(missed, outcomes.length, of, reason);
		throw new NodeOperationError(context.getNode(), message, {
			itemIndex: first.index,
			description: first.outcome.description as string | undefined,
		});
	}
	return outcomes.map((outcome, index) =>
		isRefused(outcome)
			? undelivered(context, outcome, [index])
			: { json: outcome, pairedItem: { item: index } },
	);
}

function summaryOf(
	missed: Array<{ index: number }>,
	count: number,
	of: string,
	reason: string,
): string {
	const named = missed.slice(0, MOST_NAMED).map(({ index }) => index);
	const more = missed.length > MOST_NAMED ? ` and ${missed.length - MOST_NAMED} more` : '';
	return `${missed.length} of ${count} ${of} did not reach Klaviyo, the others did. First reason: ${reason} [item ${named.join(', ')}${more}]`;
}

function isRefused({ status }: IDataObject): boolean {
	return status === 'failed' || status === 'rejected';
}
