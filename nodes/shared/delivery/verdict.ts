/** What became of one entry, as far as an answer says. */
export interface Judgement {
	status: 'delivered' | 'rejected' | 'failed';
	/** What to know of it, for people; absent where all is well. */
	reason?: string;
	/** The service's own words, where the reason does not hold them. */
	description?: string;
	/** A mistake of the set-up, which concerns no event: told once a run. */
	isSetUp?: boolean;
	/** What the service gave for it, e.g. its ID there. */
	answer?: Record<string, unknown>;
}

/** What an answer means for the entries of its request. */
export interface Verdict {
	/** By position in the request. */
	named: Map<number, Judgement>;
	/** What holds for all others, if it holds for them: see `others`. */
	rest: Judgement;
	/**
	 * settled: `rest` is their end. again: they are sent anew, as those that are named kept them from being taken.
	 * apart: one of them is meant, and it is not said which; `rest` holds for the one that is left alone.
	 */
	others: 'settled' | 'again' | 'apart';
}

export function settledAs(rest: Judgement): Verdict {
	return { named: new Map(), rest, others: 'settled' };
}

export function isUndelivered({ status }: { status?: unknown }): boolean {
	return status === 'failed' || status === 'rejected';
}

/** What is told of an item at which something was thrown that nobody expected. */
export function unexpected(error: unknown): Judgement {
	const said = error instanceof Error ? error.message : String(error);
	return {
		status: 'failed',
		reason: `The item could not be handled: ${said}. n8n's log tells where; the other items went on.`,
	};
}
