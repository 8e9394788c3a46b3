import { createHash } from 'node:crypto';

/** What is remembered of what was emitted, as it stands in n8n's static data. */
export interface SeenState {
	/** By bucket: fingerprints of a fixed width in one text. */
	ids: Record<string, string>;
	/** By bucket: how many there were and a sum over all of them, where they were too many to keep. */
	sums: Record<string, string>;
}

/** Buckets are whole, as a condensed one can only be compared as a whole. */
export const BUCKET_MS = 600_000;
/** 72 bits: that two of a million events are taken for one is out of the question. */
const WIDTH = 12;

export function bucketOf(time: number): number {
	return Math.floor(time / BUCKET_MS);
}

export function startOfBucket(time: number): number {
	return bucketOf(time) * BUCKET_MS;
}

export function fingerprintOf(key: string): string {
	return createHash('sha256').update(key, 'utf8').digest('base64').slice(0, WIDTH);
}

/**
 * What was emitted inside the look-back, by time in buckets of ten minutes. Every id is kept up to a
 * bound; beyond it the oldest buckets are condensed to a sum. A condensed bucket that reads as it did holds
 * nothing new; one that reads otherwise is new as a whole: nothing is lost, and what comes twice has the same
 * event_id.
 */
export class Seen {
	private readonly ids = new Map<number, Set<string>>();
	private readonly sums = new Map<number, string>();
	private count = 0;

	constructor(state: SeenState = { ids: {}, sums: {} }) {
		for (const [bucket, text] of Object.entries(state.ids)) {
			const ids = new Set(text.match(new RegExp(`.{${WIDTH}}`, 'g')) ?? []);
			this.ids.set(Number(bucket), ids);
			this.count += ids.size;
		}
		for (const [bucket, sum] of Object.entries(state.sums)) this.sums.set(Number(bucket), sum);
	}

	get size(): number {
		return this.count;
	}

	isCondensed(bucket: number): boolean {
		return this.sums.has(bucket);
	}

	/** Remembers a key; false when it was known. */
	add(bucket: number, key: string): boolean {
		const ids = this.ids.get(bucket) ?? new Set<string>();
		this.ids.set(bucket, ids);
		const fingerprint = fingerprintOf(key);
		if (ids.has(fingerprint)) return false;
		ids.add(fingerprint);
		this.count++;
		return true;
	}

	/** Whether all that a condensed bucket holds now was there when it was condensed; if not, it is forgotten. */
	matches(bucket: number, keys: string[]): boolean {
		if (this.sums.get(bucket) === sumOf(new Set(keys.map(fingerprintOf)))) return true;
		this.sums.delete(bucket);
		return false;
	}

	/** Forgets what lies before a bucket. */
	prune(first: number): void {
		for (const bucket of this.sums.keys()) if (bucket < first) this.sums.delete(bucket);
		for (const bucket of [...this.ids.keys()]) if (bucket < first) this.drop(bucket);
	}

	/**
	 * Brings the number of ids under a bound, at the cost of the oldest buckets before `end`.
	 *
	 * @param keepSums false forgets them altogether
	 * @returns the first bucket of which every id is still known, null when there was nothing to do
	 */
	condense(bound: number, end: number, keepSums: boolean): number | null {
		let first: number | null = null;
		for (const bucket of [...this.ids.keys()].sort((a, b) => a - b)) {
			if (this.count <= bound || bucket >= end) break;
			if (keepSums) this.sums.set(bucket, sumOf(this.ids.get(bucket)!));
			this.drop(bucket);
			first = bucket + 1;
		}
		return first;
	}

	toState(): SeenState {
		const ids = [...this.ids].filter(([, { size }]) => size > 0);
		return {
			ids: Object.fromEntries(ids.map(([bucket, set]) => [bucket, [...set].join('')])),
			sums: Object.fromEntries(this.sums),
		};
	}

	private drop(bucket: number): void {
		this.count -= this.ids.get(bucket)?.size ?? 0;
		this.ids.delete(bucket);
	}
}

function sumOf(fingerprints: Set<string>): string {
	return `${fingerprints.size}:${fingerprintOf([...fingerprints].sort().join(''))}`;
}
