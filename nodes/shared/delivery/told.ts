import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import { undeliveredJson } from './errorOutput';
import { isUndelivered, unexpected, type Judgement } from './verdict';

const MOST_NAMED = 10;

/** Of what, and where it goes, e.g. 'events' to 'Meiro'. */
export interface Kind {
	many: string;
	service: string;
	/** What an item is called in a sentence, if anything. */
	nameOf?(outcome: IDataObject): string;
}

/** n8n's own way to tell which item a sentence is about. */
export function ofItem(reason: string, index: number): string {
	const mark = `[item ${index}]`;
	return reason.endsWith(mark) ? reason : `${reason} ${mark}`;
}

/** One sentence on all that was not delivered, true for one item, some and all; null when there is nothing to tell. */
export function summaryOf(outcomes: IDataObject[], { many, service, nameOf }: Kind): string | null {
	const missed = outcomes.flatMap((outcome, index) =>
		isUndelivered(outcome) ? [{ index, outcome }] : [],
	);
	const [first] = missed;
	if (first === undefined) return null;
	const nameAt = ({ index, outcome }: (typeof missed)[number]) =>
		ofItem(nameOf?.(outcome) ?? '', index).trim();
	const reason = String(first.outcome.reason ?? '');
	if (outcomes.length === 1) {
		const name = nameOf?.(first.outcome);
		const about = name === undefined ? '' : `The event ${name} did not reach ${service}: `;
		return ofItem(`${about}${reason}`, first.index);
	}
	const shown = missed.slice(0, MOST_NAMED).map(nameAt).join(', ');
	const more = missed.length > MOST_NAMED ? ` and ${missed.length - MOST_NAMED} more` : '';
	const how =
		missed.length === outcomes.length
			? `None of the ${outcomes.length} ${many} reached ${service}`
			: `${missed.length} of ${outcomes.length} ${many} did not reach ${service}`;
	return `${how}: ${shown}${more}. First reason: ${ofItem(reason, first.index)}`;
}

/** @throws NodeOperationError when the node shall stop and something was not delivered: after all others were sent */
export function stopIfMissed(
	context: IExecuteFunctions,
	outcomes: IDataObject[],
	kind: Kind,
): void {
	if (context.continueOnFail()) return;
	const summary = summaryOf(outcomes, kind);
	if (summary === null) return;
	const itemIndex = outcomes.findIndex(isUndelivered);
	const { description } = outcomes[itemIndex]!;
	throw new NodeOperationError(context.getNode(), summary, {
		itemIndex,
		...(typeof description === 'string' ? { description } : {}),
	});
}

/**
 * One item per item of the input, in order.
 *
 * @param more what an item that was not delivered tells beside its outcome
 * @throws NodeOperationError as `stopIfMissed`
 */
export function itemsOf(
	context: IExecuteFunctions,
	outcomes: IDataObject[],
	kind: Kind,
	more: (index: number) => IDataObject = () => ({}),
): INodeExecutionData[] {
	stopIfMissed(context, outcomes, kind);
	return outcomes.map((outcome, index) => ({
		json: isUndelivered(outcome)
			? undeliveredJson(context, { ...outcome, ...more(index) })
			: outcome,
		pairedItem: { item: index },
	}));
}

/** How many came to which end, e.g. '998 delivered, 2 rejected'. */
export function countsOf(outcomes: Array<{ status: string }>): string {
	const counts = new Map<string, number>();
	for (const { status } of outcomes) counts.set(status, (counts.get(status) ?? 0) + 1);
	return ['delivered', 'skipped', 'rejected', 'failed']
		.filter((status) => counts.has(status))
		.map((status) => `${counts.get(status)!.toLocaleString('en')} ${status}`)
		.join(', ');
}

/** What `make` gives for an item, or what to tell of it when it throws, which nobody expects: the others go on. */
export function guarded<Draft>(
	context: IExecuteFunctions,
	make: () => Draft,
	instead: (judgement: Judgement) => Draft,
): Draft {
	try {
		return make();
	} catch (error) {
		logThrown(context, error);
		return instead(unexpected(error));
	}
}

/** Puts what was thrown into n8n's log, with where. */
export function logThrown(
	context: Pick<IExecuteFunctions, 'logger' | 'getNode'>,
	error: unknown,
): void {
	const where = error instanceof Error ? (error.stack ?? error.message) : String(error);
	context.logger.error(`${context.getNode().name}: ${where}`);
}
