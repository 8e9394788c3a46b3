import { processState } from '../../shared/processState';

const MOST_AHEAD_MS = 1000;

/** The latest receipt, in milliseconds since 1970. */
const latest = processState(() => ({ ms: 0 }));

/**
 * When a delivery was received. No two of this process are of one millisecond: an event of which nothing else is known
 * is dated by it, and Meiro Pipes drops the second of two events of one type, person and time
 * (https://meiro.io/product/architecture).
 *
 * @param now milliseconds since 1970; never left by more than a second, e.g. after the clock was set back
 */
export function receiptTime(now: number = Date.now()): Date {
	const state = latest();
	const next = state.ms + 1;
	state.ms = now >= next || next - now > MOST_AHEAD_MS ? now : next;
	return new Date(state.ms);
}
