import type { DeduplicationHelperFunctions } from 'n8n-workflow';

import type { Entry } from './batch';
import type { Outcome } from './deliver';

/** What this node remembers of earlier executions. */
export interface History {
	/** Those of the keys that Meiro accepted before. Remembers nothing itself. */
	known(keys: string[]): Promise<Set<string>>;
	/** Remembers what Meiro has accepted. */
	add(keys: string[]): Promise<void>;
}

/** Entries to send, and those that need no sending. */
export interface Sifted {
	fresh: Entry[];
	/** Accepted in an earlier execution. */
	delivered: Entry[];
	/** The same event again in this execution, by the item number of the first. */
	repeated: Map<number, number>;
}

/** Finds the events that were delivered before, and those that stand in this execution twice. */
export async function sift(entries: Entry[], history: History): Promise<Sifted> {
	const firstOf = new Map<string, number>();
	const repeated = new Map<number, number>();
	const once: Entry[] = [];
	for (const entry of entries) {
		const first = firstOf.get(keyOf(entry));
		if (first === undefined) {
			firstOf.set(keyOf(entry), entry.index);
			once.push(entry);
		} else {
			repeated.set(entry.index, first);
		}
	}
	const known = await history.known(once.map(keyOf));
	return {
		fresh: once.filter((entry) => !known.has(keyOf(entry))),
		delivered: once.filter((entry) => known.has(keyOf(entry))),
		repeated,
	};
}

/** Remembers the events that Meiro accepted, and no others. */
export async function remember(
	entries: Entry[],
	outcomes: Outcome[],
	history: History,
): Promise<void> {
	const accepted = new Set(
		outcomes.filter(({ status }) => status === 'delivered').map(({ index }) => index),
	);
	await history.add(entries.filter(({ index }) => accepted.has(index)).map(keyOf));
}

function keyOf({ event }: Entry): string {
	return `${event.source} ${event.event_id}`;
}

/** n8n rewrites its whole list for each call, and looks each key up in it: small calls keep n8n answering. */
const KEYS_PER_CALL = 1000;

/**
 * A history in n8n's own deduplication store. The store only knows 'check and record' in one, so what was
 * new is un-recorded at once: an execution that dies before Meiro accepted an event must not make a later
 * one skip it. Two executions at the same time may both find an event new, and deliver it twice.
 *
 * @param size how many events are remembered, the oldest are forgotten first
 * @param onFailure told when the store fails; events are then delivered as if they were new
 */
export function n8nHistory(
	helpers: Pick<DeduplicationHelperFunctions, 'checkProcessedAndRecord' | 'removeProcessed'>,
	size: number,
	onFailure: (error: unknown) => void,
): History {
	const inChunks = async (keys: string[], work: (chunk: string[]) => Promise<void>) => {
		try {
			for (let start = 0; start < keys.length; start += KEYS_PER_CALL) {
				await work(keys.slice(start, start + KEYS_PER_CALL));
			}
		} catch (error) {
			onFailure(error);
		}
	};
	/** Recorded by a check, and not taken back since, because the store failed. */
	const left = new Set<string>();
	return {
		async known(keys) {
			const known = new Set<string>();
			await inChunks(keys, async (chunk) => {
				const found = await helpers.checkProcessedAndRecord(chunk, 'node', { mode: 'entries' });
				for (const key of found.new) left.add(String(key));
				for (const key of found.processed) known.add(String(key));
				await helpers.removeProcessed(found.new, 'node', { mode: 'entries' });
				for (const key of found.new) left.delete(String(key));
			});
			return known;
		},
		async add(keys) {
			await inChunks(keys, async (chunk) => {
				await helpers.checkProcessedAndRecord(chunk, 'node', { mode: 'entries', maxEntries: size });
			});
			for (const key of keys) left.delete(key);
			await inChunks([...left], async (chunk) => {
				await helpers.removeProcessed(chunk, 'node', { mode: 'entries' });
			});
		},
	};
}
