import { ExecutionBaseError, type IExecuteFunctions } from 'n8n-workflow';

import type { Entry } from './deliver';
import { logThrown } from './told';
import { unexpected, type Judgement } from './verdict';

/** An item on its way out: what is to be sent, or why nothing is. */
export type Draft<T> =
	| { ready: true; value: T; bytes: number }
	| { ready: false; judgement: Judgement };

/** @param bytes its size in a request, where a limit depends on it */
export function ready<T>(value: T, bytes = 0): Draft<T> {
	return { ready: true, value, bytes };
}

export function notReady(reason: string): Draft<never> {
	return { ready: false, judgement: { status: 'rejected', reason } };
}

/** The draft of every item. What `make` throws costs its item alone; what nobody expects stands in n8n's log. */
export function draftEach<T>(
	context: IExecuteFunctions,
	make: (index: number) => Draft<T>,
): Array<Draft<T>> {
	return context.getInputData().map((_, index) => {
		try {
			return make(index);
		} catch (error) {
			// n8n's own say what is wrong with a parameter.
			if (error instanceof ExecutionBaseError) return notReady(error.message);
			logThrown(context, error);
			return { ready: false, judgement: unexpected(error) };
		}
	});
}

/** The drafts that are ready, as entries of requests. */
export function entriesIn<T>(drafts: Array<Draft<T>>): Array<Entry<T>> {
	return drafts.flatMap((draft, index) =>
		draft.ready ? [{ index, value: draft.value, bytes: draft.bytes }] : [],
	);
}
