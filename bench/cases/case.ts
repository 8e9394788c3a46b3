import type { Instance } from '../../sandbox/instance';
import { pause } from '../load';

/** What is measured, and how often its sender has to be asked. */
export interface Case {
	name: string;
	what: string;
	/** Deliveries in a round, by what the case can take. */
	count: number;
	/** @param connections Deliveries under way at once. */
	prepare(instance: Instance, connections: number): Promise<Runner>;
}

export interface Round {
	events: number;
	/** From the first delivery sent until Meiro has the last event, or until the last answer where nothing goes to Meiro. */
	ms: number;
	acks_ms: number[];
	/** Deliveries that got no 2xx in the end, and events that did not arrive. */
	lost: number;
}

export type Runner = (first: number, count: number) => Promise<Round>;

export const ARRIVE_WITHIN_MS = 300_000;

/** Until it is so, or for as long as events may take to arrive. */
export async function waitFor(isSo: () => boolean): Promise<void> {
	const deadline = performance.now() + ARRIVE_WITHIN_MS;
	while (!isSo() && performance.now() < deadline) await pause(5);
}

/** Sends, and waits until Meiro has everything. */
export async function throughMeiro(
	{ meiro }: Instance,
	expected: number,
	send: () => Promise<{ acks_ms: number[]; dropped: number }>,
): Promise<Round> {
	const before = meiro.count();
	const started = performance.now();
	const { acks_ms, dropped } = await send();
	// Duplicates would hide what is missing, so Meiro is asked for what it keeps apart: it stores none in Pipes.
	await waitFor(() => meiro.count() - before >= expected - dropped);
	const ms = performance.now() - started;
	return { events: expected, ms, acks_ms, lost: Math.max(0, expected - (meiro.count() - before)) };
}
