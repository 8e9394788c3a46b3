import { beginAt, beginNow, type SourceState } from './cursor';
import type { UpdateSource } from './record';
import type { UpdateSettings } from './updatesSettings';
import type { Snapshot } from './sources/departures';
import type { Names } from './sourcesOf';

/** All that a node keeps in n8n's static data. */
export interface NodeState {
	/** Since when each choice is polled, in milliseconds. */
	since: Record<string, number>;
	sources: Record<string, SourceState>;
	/** Members by 'list:AbC123'. */
	members: Record<string, Snapshot>;
	names?: Names;
	/** Which source is read first, so that a long backlog of one holds up no other for ever. */
	turn: number;
	/** When the last poll that read everything began, in milliseconds, and for which settings. */
	caughtUp?: { at: number; with: string };
}

/** A copy that may be changed: n8n saves what is changed in place, also after a poll that failed. */
export function readState(stored: unknown): NodeState {
	const empty: NodeState = { since: {}, sources: {}, members: {}, turn: 0 };
	if (stored === undefined || stored === null) return empty;
	return { ...empty, ...(JSON.parse(JSON.stringify(stored)) as Partial<NodeState>) };
}

/**
 * How far a source was read. A metric that the account did not have when its choice was first polled, as nobody
 * had opened an email yet, begins back then.
 */
export function stateOf(
	{ since, sources }: NodeState,
	{ id, choice }: UpdateSource,
	{ startFrom, lookBackMs }: UpdateSettings,
	now: number,
): SourceState {
	const known = sources[id];
	if (known !== undefined) return known;
	if (since[choice] !== undefined) return beginAt(since[choice], now);
	return startFrom === null ? beginNow(now, lookBackMs) : beginAt(startFrom, now);
}

/** The state after a poll that read everything; without a rest to come nothing is kept of that. */
export function caughtUp(state: NodeState, settings: UpdateSettings, now: number): NodeState {
	if (settings.restMs === 0) return state;
	return { ...state, caughtUp: { at: now, with: choicesIn(settings) } };
}

/** Whether nothing is to be asked yet, as everything was read a short while ago. */
export function isResting(state: NodeState, settings: UpdateSettings, now: number): boolean {
	const last = state.caughtUp;
	return (
		last !== undefined &&
		last.with === choicesIn(settings) &&
		now >= last.at &&
		now < last.at + settings.restMs
	);
}

/** Without what only a beginning reads, and may be another time at each look. */
function choicesIn(settings: UpdateSettings): string {
	return JSON.stringify({ ...settings, startFrom: null });
}
