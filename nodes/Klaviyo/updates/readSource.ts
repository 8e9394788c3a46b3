import { finished, interrupted, readFrom, type SourceState } from './cursor';
import type { UpdateRecord, UpdateSource } from './record';
import { bucketOf, BUCKET_MS, Seen } from './seen';

export interface ReadLimits {
	/** Records that are new, at most; a condensed bucket is never cut. */
	most: number;
	lookBackMs: number;
	/** Ids that are remembered exactly, at most. */
	mostSeen: number;
	/** When the poll began. */
	now: number;
	/** What time it is. */
	clock(): number;
	/** Whether there is no time left for another page. */
	isOver(): boolean;
	/** Takes what a page brought, so that not everything is held to the end. */
	take?(part: Part): Promise<void>;
}

export interface Part {
	fresh: UpdateRecord[];
	/** Covers these and all before. */
	state: SourceState;
}

export interface Reading extends Part {
	/** There is more, for the next poll. */
	hasMore: boolean;
	/** There were more ids than are remembered exactly. */
	isOverBound: boolean;
}

/**
 * Reads what is new in a source. The state comes back changed only together with what it covers: who
 * doesn't emit the one must not keep the other.
 */
export async function readSource(
	source: UpdateSource,
	before: SourceState,
	limits: ReadLimits,
): Promise<Reading> {
	const from = readFrom(before, limits.lookBackMs);
	const sieve = new Sieve(new Seen(before.seen), before.pass?.at ?? from, before.quietBefore);
	let { covered } = before;
	let isOverBound = false;
	let hasMore = false;
	const stateUpTo = (end: number, isFinished: boolean): SourceState => {
		const known = sieve.seen.condense(limits.mostSeen, end, !source.moves);
		if (known !== null) isOverBound = true;
		if (source.moves && known !== null) covered = Math.max(covered, known * BUCKET_MS);
		const base = { ...before, covered };
		return isFinished
			? finished(base, sieve.seen, sieve.at, limits.now, limits.lookBackMs)
			: interrupted(base, sieve.seen, sieve.at, limits.now);
	};
	let asked = limits.clock();
	reading: for await (const page of source.pages(from)) {
		const answered = limits.clock();
		for (const record of page) {
			if (record.time < from) continue;
			if (source.moves && isSecondOpen(record, asked, answered)) continue;
			sieve.endBucketBefore(record);
			if (sieve.fresh.length >= limits.most) {
				hasMore = true;
				break reading;
			}
			sieve.take(record);
		}
		if (limits.take !== undefined && sieve.fresh.length > 0) {
			const fresh = sieve.fresh.splice(0);
			await limits.take({ fresh, state: stateUpTo(bucketOf(sieve.at), false) });
		}
		if (limits.isOver()) {
			hasMore = true;
			break;
		}
		asked = limits.clock();
	}
	if (!hasMore) sieve.endBucket();

	const { fresh, at } = sieve;
	const end = bucketOf(hasMore ? at : Math.min(at, limits.now));
	const state = stateUpTo(end, !hasMore);
	return { fresh, state, hasMore, isOverBound };
}

/**
 * A change that Klaviyo dates to the second which is not over yet may be followed by another one of the same
 * second, which nothing would tell from it: it waits for the next poll. `asked` and `answered` are times of its page.
 */
function isSecondOpen({ time }: UpdateRecord, asked: number, answered: number): boolean {
	return time <= answered && asked < time + 1000;
}

/** Lets through what was not seen before. */
class Sieve {
	readonly fresh: UpdateRecord[] = [];
	/** Records of a condensed bucket, of which nothing can be said before its end. */
	private held: UpdateRecord[] = [];

	constructor(
		readonly seen: Seen,
		/** Up to where everything is decided. */
		public at: number,
		private readonly quietBefore = Number.NEGATIVE_INFINITY,
	) {}

	take(record: UpdateRecord): void {
		const bucket = bucketOf(record.time);
		if (this.seen.isCondensed(bucket)) {
			this.held.push(record);
			return;
		}
		this.at = Math.max(this.at, record.time);
		if (this.seen.add(bucket, record.key)) this.pass(record);
	}

	endBucketBefore({ time }: UpdateRecord): void {
		const [first] = this.held;
		if (first !== undefined && bucketOf(first.time) !== bucketOf(time)) this.endBucket();
	}

	endBucket(): void {
		const { held } = this;
		const [first] = held;
		if (first === undefined) return;
		this.held = [];
		const bucket = bucketOf(first.time);
		this.at = Math.max(this.at, held.at(-1)!.time);
		if (
			this.seen.matches(
				bucket,
				held.map(({ key }) => key),
			)
		)
			return;
		for (const record of held) this.take(record);
	}

	private pass(record: UpdateRecord): void {
		if (record.time >= this.quietBefore) this.fresh.push(record);
	}
}
