import { wholeSecondOf } from '../../shared/event/time';
import { bucketOf, startOfBucket, type Seen, type SeenState } from './seen';

/** How far one source was read, as it stands in n8n's static data. Times are milliseconds. */
export interface SourceState {
	/** The newest time that was read, never in the future. */
	cursor: number;
	/** Nothing before is read any more: what was there is done with. */
	covered: number;
	seen: SeenState;
	/** A reading that could not be finished in one poll. */
	pass?: { start: number; at: number };
	/** Until the first reading is finished: what happened before is remembered, not emitted. */
	quietBefore?: number;
}

const NOTHING_SEEN: SeenState = { ids: {}, sums: {} };

/**
 * A source that begins now. What is there already is read once and remembered without being emitted, so
 * that what Klaviyo gets to know late is told from it, whatever the clocks say. Klaviyo dates what follows in this
 * second to its beginning.
 */
export function beginNow(now: number, lookBackMs: number): SourceState {
	return {
		cursor: now,
		covered: startOfBucket(now - lookBackMs),
		seen: NOTHING_SEEN,
		quietBefore: wholeSecondOf(now),
	};
}

/** A source that begins at a chosen time: everything since is emitted, with what else Klaviyo dates to its second. */
export function beginAt(time: number, now: number): SourceState {
	return { cursor: Math.min(time, now), covered: wholeSecondOf(time), seen: NOTHING_SEEN };
}

/** From where on the next poll reads: where it had to stop, else behind the cursor by the look-back. */
export function readFrom({ cursor, covered, pass }: SourceState, lookBackMs: number): number {
	return Math.max(startOfBucket(pass?.at ?? cursor - lookBackMs), covered);
}

/** The state after a reading that came to the end; `at` is the newest time that it met. */
export function finished(
	state: SourceState,
	seen: Seen,
	at: number,
	now: number,
	lookBackMs: number,
): SourceState {
	// By the time the reading began, not by when it ended: what became visible meanwhile may lie behind it.
	const cursor = Math.max(state.cursor, Math.min(state.pass?.start ?? now, at));
	const covered = readFrom({ cursor, covered: state.covered, seen: state.seen }, lookBackMs);
	seen.prune(bucketOf(covered));
	return { cursor, covered, seen: seen.toState() };
}

/** The state after a reading that had to stop at a time: the next poll goes on there. */
export function interrupted(state: SourceState, seen: Seen, at: number, now: number): SourceState {
	return { ...state, seen: seen.toState(), pass: { start: state.pass?.start ?? now, at } };
}
