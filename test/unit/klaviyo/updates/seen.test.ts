import fc from 'fast-check';

import { bucketOf, BUCKET_MS, fingerprintOf, Seen } from '../../../../nodes/Klaviyo/updates/seen';

const keys = fc.uniqueArray(fc.string(), { maxLength: 30 });

describe('what was seen', () => {
	it('is known again after it was saved, whatever the keys', () => {
		fc.assert(
			fc.property(keys, keys, (one, other) => {
				const seen = new Seen();
				for (const key of one) expect(seen.add(1, key)).toBe(true);
				for (const key of other) seen.add(2, key);
				const restored = new Seen(JSON.parse(JSON.stringify(seen.toState())));
				expect(restored.size).toBe(one.length + other.length);
				for (const key of one) expect(restored.add(1, key)).toBe(false);
				for (const key of other) expect(restored.add(2, key)).toBe(false);
			}),
		);
	});

	it('takes twelve characters for each key, however long it is', () => {
		expect(fingerprintOf('x'.repeat(1000))).toHaveLength(12);
		const seen = new Seen();
		for (let index = 0; index < 100; index++) seen.add(5, `key ${index}`);
		expect(seen.toState().ids['5']).toHaveLength(1200);
	});

	it('is forgotten before a bucket, and only there', () => {
		const seen = new Seen();
		seen.add(1, 'a');
		seen.add(2, 'a');
		seen.prune(2);
		expect(seen.size).toBe(1);
		expect(seen.add(1, 'a')).toBe(true);
		expect(seen.add(2, 'a')).toBe(false);
	});
});

describe('a condensed bucket', () => {
	const condensed = (all: string[]) => {
		const seen = new Seen();
		for (const key of all) seen.add(1, key);
		seen.add(9, 'newest');
		seen.condense(0, 9, true);
		return new Seen(seen.toState());
	};

	it('matches what it held, in any order, and nothing else', () => {
		fc.assert(
			fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 20 }), (all) => {
				expect(condensed(all).matches(1, [...all].reverse())).toBe(true);
				expect(condensed(all).matches(1, [...all, all.join() + '!'])).toBe(false);
				expect(condensed(all).matches(1, all.slice(1))).toBe(false);
			}),
		);
	});

	it('is unknown once it did not match, so that it is remembered anew', () => {
		const seen = condensed(['a']);
		expect(seen.isCondensed(1)).toBe(true);
		seen.matches(1, ['b']);
		expect(seen.isCondensed(1)).toBe(false);
	});

	it('is the oldest one, and none from the end on', () => {
		const seen = new Seen();
		for (const bucket of [3, 1, 2]) seen.add(bucket, 'a');
		expect(seen.condense(2, 10, true)).toBe(2);
		expect([1, 2, 3].map((bucket) => seen.isCondensed(bucket))).toEqual([true, false, false]);
		expect(seen.condense(0, 3, true)).toBe(3);
		expect(seen.size).toBe(1);
	});

	it('leaves no sum behind where none is wanted', () => {
		const seen = new Seen();
		seen.add(1, 'a');
		expect(seen.condense(0, 2, false)).toBe(2);
		expect(seen.toState()).toEqual({ ids: {}, sums: {} });
	});
});

it('buckets hold ten minutes', () => {
	expect(BUCKET_MS).toBe(600_000);
	expect(bucketOf(599_999)).toBe(0);
	expect(bucketOf(600_000)).toBe(1);
});
