import type { FieldError } from './payloadSchemas';
import type { NewEvent } from './store';

/** Why one event of a request was not accepted. */
export interface EventError {
	/** Position in the request's array, from 0. */
	index: number;
	message: string;
	/** Field by field, when the payload did not fit the schema of its event type. */
	errors?: FieldError[];
}

/** A request after validation: what may be stored, and what may not and why. */
export interface Reading {
	accepted: Array<{ index: number; event: NewEvent }>;
	errors: EventError[];
}

/**
 * The same reading with some events rejected on purpose. `indexes` undefined rejects all of them;
 * an index that the request does not have is ignored.
 */
export function rejectEvents(reading: Reading, indexes?: number[], message?: string): Reading {
	const isNamed = (index: number) => indexes === undefined || indexes.includes(index);
	const rejected = reading.accepted.filter(({ index }) => isNamed(index));
	return {
		accepted: reading.accepted.filter(({ index }) => !isNamed(index)),
		errors: [
			...reading.errors,
			...rejected.map(({ index }) => ({ index, message: message ?? 'Rejected on purpose' })),
		].sort((a, b) => a.index - b.index),
	};
}
