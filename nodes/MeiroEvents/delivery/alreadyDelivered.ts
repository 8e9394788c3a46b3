import type { Entry, Outcome } from '../../shared/delivery/deliver';
import { forgetOldest, processState } from '../../shared/processState';
import type { OutgoingEvent } from '../build/buildEvent';
import type { Target } from './target';

/** Enough for days, and some 15 MB. */
const MOST_IDS = 100_000;

/** Nodes whose deliveries are remembered at once. */
const MOST_NODES = 100;

/** By workflow and node. What is forgotten is delivered once more, under its event_id. */
const deliveredByNode = processState(() => new Map<string, Set<string>>());

/** Entries to send, and those that need no sending. */
export interface Sifted {
	fresh: Array<Entry<OutgoingEvent>>;
	/** Item numbers of events that Meiro has accepted before. */
	deliveredBefore: Set<number>;
	/** The same event again in this execution, by the item number of the first. */
	repeated: Map<number, number>;
}

/**
 * What a node has delivered since n8n was started, in the memory of this process alone: an event is only ever in it
 * after Meiro's yes. Whatever it can't know (another process, a restart, a run at the same moment) ends in a repeat
 * with the same event_id, never in a loss.
 */
export class AlreadyDelivered {
	private readonly keys: Set<string>;

	/** @param node the workflow's ID and the node's */
	constructor(
		node: string,
		private readonly target: Target,
		private readonly mostIds = MOST_IDS,
	) {
		const delivered = deliveredByNode();
		this.keys = delivered.get(node) ?? new Set();
		delivered.delete(node);
		delivered.set(node, this.keys);
		forgetOldest(delivered, MOST_NODES);
	}

	/** Finds the events that were delivered before, and those that stand in this execution twice. */
	sift(entries: Array<Entry<OutgoingEvent>>): Sifted {
		const firsts = new Map<string, number>();
		const sifted: Sifted = { fresh: [], deliveredBefore: new Set(), repeated: new Map() };
		for (const entry of entries) {
			const key = this.keyOfEvent(entry.value);
			const first = firsts.get(key);
			if (first !== undefined) sifted.repeated.set(entry.index, first);
			else if (this.keys.has(key)) sifted.deliveredBefore.add(entry.index);
			else sifted.fresh.push(entry);
			if (first === undefined) firsts.set(key, entry.index);
		}
		return sifted;
	}

	/** Remembers the events that Meiro accepted, and no others. */
	remember(entries: Array<Entry<OutgoingEvent>>, outcomes: Outcome[]): void {
		const accepted = new Set(
			outcomes.flatMap(({ index, status }) => (status === 'delivered' ? [index] : [])),
		);
		for (const { index, value } of entries) {
			if (accepted.has(index)) this.keys.add(this.keyOfEvent(value));
		}
		forgetOldest(this.keys, this.mostIds);
	}

	/** What one Meiro has accepted, another has not. */
	private keyOfEvent({ source, event_id }: OutgoingEvent): string {
		return `${this.target.product} ${this.target.baseUrl} ${source} ${event_id}`;
	}
}
