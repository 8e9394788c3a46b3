import fc from 'fast-check';
import type { DeduplicationHelperFunctions } from 'n8n-workflow';

import type { Outcome } from '../../../nodes/MeiroEvents/delivery/deliver';
import {
	n8nHistory,
	remember,
	sift,
	type History,
} from '../../../nodes/MeiroEvents/delivery/repeats';
import { entry } from './support/events';

type Call = [name: 'check' | 'remove', keys: string[], options: object];

/** n8n's deduplication store: it can only check and record in one. */
class Store {
	readonly calls: Call[] = [];
	/** Oldest first. */
	keys: string[];
	/** Number of the call that fails, from 1. */
	failsAt = 0;

	constructor(keys: string[] = []) {
		this.keys = [...keys];
	}

	readonly helpers = {
		checkProcessedAndRecord: async (keys, scope, options) => {
			this.begin('check', keys as string[], { scope, ...options });
			const known = keys.filter((key) => this.keys.includes(key as string));
			const fresh = keys.filter((key) => !this.keys.includes(key as string));
			this.keys = [...this.keys, ...(fresh as string[])].slice(-(options.maxEntries ?? Infinity));
			return { new: fresh, processed: known };
		},
		removeProcessed: async (keys, scope, options) => {
			this.begin('remove', keys as string[], { scope, ...options });
			this.keys = this.keys.filter((key) => !keys.includes(key));
		},
	} as Pick<DeduplicationHelperFunctions, 'checkProcessedAndRecord' | 'removeProcessed'>;

	private begin(...call: Call): void {
		this.calls.push(call);
		if (this.calls.length === this.failsAt) throw new Error('the database is locked');
	}
}

const numbered = (count: number) => Array.from({ length: count }, (_, number) => `k ${number}`);

/** A history that knows some keys, and tells what it was asked and given. */
function historyOf(...known: string[]) {
	const asked: string[][] = [];
	const added: string[][] = [];
	const history: History = {
		known: async (keys) => {
			asked.push(keys);
			return new Set(keys.filter((key) => known.includes(key)));
		},
		add: async (keys) => {
			added.push(keys);
		},
	};
	return { history, asked, added };
}

const outcome = (index: number, status: Outcome['status']): Outcome => ({
	index,
	status,
	attempts: 1,
	http_status: 200,
});

const indexes = (entries: Array<{ index: number }>) => entries.map(({ index }) => index);

const sameAs = (id: string) => ({ event_id: id });

describe('the events of one execution', () => {
	it('are all fresh when nothing is known and none comes twice', async () => {
		const { fresh, delivered, repeated } = await sift([entry(0), entry(1)], historyOf().history);
		expect(indexes(fresh)).toEqual([0, 1]);
		expect(delivered).toEqual([]);
		expect(repeated.size).toBe(0);
	});

	it('that were delivered before are told from the fresh ones, in their order', async () => {
		const entries = [0, 1, 2, 3].map((index) => entry(index));
		const { history } = historyOf('klaviyo id-0', 'klaviyo id-2', 'klaviyo id-9');
		const { fresh, delivered } = await sift(entries, history);
		expect(indexes(fresh)).toEqual([1, 3]);
		expect(indexes(delivered)).toEqual([0, 2]);
	});

	it('that come twice go out once: the others point to the first', async () => {
		const entries = [
			entry(2, sameAs('a')),
			entry(4, sameAs('b')),
			entry(5, sameAs('a')),
			entry(7, sameAs('a')),
			entry(8, sameAs('b')),
		];
		const { fresh, repeated } = await sift(entries, historyOf().history);
		expect(indexes(fresh)).toEqual([2, 4]);
		expect([...repeated]).toEqual([
			[5, 2],
			[7, 2],
			[8, 4],
		]);
	});

	it('that come twice and were delivered before do not go out at all', async () => {
		const entries = [entry(0, sameAs('a')), entry(1, sameAs('a'))];
		const { fresh, delivered, repeated } = await sift(entries, historyOf('klaviyo a').history);
		expect(fresh).toEqual([]);
		expect(indexes(delivered)).toEqual([0]);
		expect([...repeated]).toEqual([[1, 0]]);
	});

	it('are asked for once each', async () => {
		const { history, asked } = historyOf();
		await sift([entry(0, sameAs('a')), entry(1, sameAs('b')), entry(2, sameAs('a'))], history);
		expect(asked).toEqual([['klaviyo a', 'klaviyo b']]);
	});

	it('are others when the source is another, although the id is the same', async () => {
		const entries = [entry(0, sameAs('a')), entry(1, { ...sameAs('a'), source: 'shop-sk' })];
		const { fresh, repeated } = await sift(entries, historyOf('shop-sk a').history);
		expect(indexes(fresh)).toEqual([0]);
		expect(repeated.size).toBe(0);
	});

	it('each end as exactly one of fresh, delivered and repeated', async () => {
		const ids = fc.array(fc.constantFrom('a', 'b', 'c', 'd'));
		await fc.assert(
			fc.asyncProperty(ids, fc.subarray(['klaviyo a', 'klaviyo b']), async (given, known) => {
				const entries = given.map((id, index) => entry(index, sameAs(id)));
				const { fresh, delivered, repeated } = await sift(entries, historyOf(...known).history);
				const all = [...indexes(fresh), ...indexes(delivered), ...repeated.keys()];
				expect(all.sort((a, b) => a - b)).toEqual(indexes(entries));
				for (const [index, first] of repeated) {
					expect(first).toBe(given.indexOf(given[index]!));
				}
			}),
		);
	});
});

describe('remembered is', () => {
	it('what Meiro accepted, and nothing else', async () => {
		const { history, added } = historyOf();
		const outcomes = [outcome(2, 'delivered'), outcome(0, 'rejected'), outcome(1, 'failed')];
		await remember(
			[0, 1, 2].map((index) => entry(index)),
			outcomes,
			history,
		);
		expect(added).toEqual([['klaviyo id-2']]);
	});

	it('found again by the next execution', async () => {
		const store = new Store();
		const history = n8nHistory(store.helpers, 100, fail);
		await remember([entry(0), entry(1)], [outcome(0, 'delivered'), outcome(1, 'failed')], history);
		const { fresh, delivered } = await sift([entry(0), entry(1)], history);
		expect(indexes(delivered)).toEqual([0]);
		expect(indexes(fresh)).toEqual([1]);
	});
});

describe('a history in n8n’s store', () => {
	it('tells what it knows, and remembers nothing by being asked', async () => {
		const store = new Store(['old', 'k 1']);
		expect(await n8nHistory(store.helpers, 100, fail).known(numbered(3))).toEqual(new Set(['k 1']));
		expect(store.keys).toEqual(['old', 'k 1']);
	});

	it('un-records what was new at once, before it asks for anything else', async () => {
		const store = new Store(['k 0', 'k 1500']);
		await n8nHistory(store.helpers, 100, fail).known(numbered(2500));
		expect(store.calls.map(([name]) => name)).toEqual([
			'check',
			'remove',
			'check',
			'remove',
			'check',
			'remove',
		]);
		expect(store.calls[1]![1]).toEqual(numbered(1000).slice(1));
		expect(store.keys).toEqual(['k 0', 'k 1500']);
	});

	it.each([
		[0, []],
		[1, [1]],
		[1000, [1000]],
		[1001, [1000, 1]],
		[2500, [1000, 1000, 500]],
	])('takes %i keys in calls of %j', async (count, sizes) => {
		const asked = new Store();
		await n8nHistory(asked.helpers, 10_000, fail).known(numbered(count));
		const checks = asked.calls.filter(([name]) => name === 'check').map(([, keys]) => keys);
		expect(checks.map(({ length }) => length)).toEqual(sizes);
		expect(checks.flat()).toEqual(numbered(count));

		const told = new Store();
		await n8nHistory(told.helpers, 10_000, fail).add(numbered(count));
		expect(told.calls.map(([name, keys]) => [name, keys.length])).toEqual(
			sizes.map((size) => ['check', size]),
		);
		expect(told.keys).toEqual(numbered(count));
	});

	it('keeps to its size, and forgets the oldest first', async () => {
		const store = new Store(['old', 'older']);
		await n8nHistory(store.helpers, 3, fail).add(['a', 'b']);
		expect(store.keys).toEqual(['older', 'a', 'b']);
	});

	it('forgets nothing by being asked for more than its size', async () => {
		const store = new Store(['a', 'b']);
		expect(await n8nHistory(store.helpers, 2, fail).known(['b', 'c', 'd', 'e'])).toEqual(
			new Set(['b']),
		);
		expect(store.keys).toEqual(['a', 'b']);
	});

	it('is one for the node, not for the whole workflow', async () => {
		const store = new Store();
		const history = n8nHistory(store.helpers, 3, fail);
		await history.known(['a']);
		await history.add(['a']);
		expect(store.calls.map(([, , options]) => options)).toEqual([
			{ scope: 'node', mode: 'entries' },
			{ scope: 'node', mode: 'entries' },
			{ scope: 'node', mode: 'entries', maxEntries: 3 },
		]);
	});
});

describe('a store that fails', () => {
	async function withFailureAt(call: number, use: (history: History) => Promise<unknown>) {
		const store = new Store(['k 0', 'k 1500']);
		store.failsAt = call;
		const failures: unknown[] = [];
		const result = await use(n8nHistory(store.helpers, 10_000, (error) => failures.push(error)));
		return { store, failures, result };
	}

	it('knows nothing, so that events are delivered as if they were new, and says so', async () => {
		const { failures, result } = await withFailureAt(
			1,
			async (history) => await history.known(['k 0']),
		);
		expect(result).toEqual(new Set());
		expect(failures).toEqual([new Error('the database is locked')]);
	});

	it('still knows what it told before it failed, and is not asked again', async () => {
		const { store, failures, result } = await withFailureAt(
			3,
			async (history) => await history.known(numbered(2500)),
		);
		expect(result).toEqual(new Set(['k 0']));
		expect(store.calls).toHaveLength(3);
		expect(failures).toHaveLength(1);
	});

	it('does not undo a delivery when it can not remember it', async () => {
		const { store, failures } = await withFailureAt(
			2,
			async (history) => await history.add(numbered(2500)),
		);
		expect(store.calls).toHaveLength(2);
		expect(failures).toHaveLength(1);
	});

	it('that can not un-record is told of, too', async () => {
		const { failures } = await withFailureAt(
			2,
			async (history) => await history.known(['k 0', 'k 1']),
		);
		expect(failures).toEqual([new Error('the database is locked')]);
	});
});

function fail(error: unknown): never {
	throw error;
}

describe('a store that fails when events are to be taken back', () => {
	it('is asked again at the end, so that what Meiro refused is not skipped later', async () => {
		const recorded = new Set<string>();
		let fails = true;
		const history = n8nHistory(
			{
				async checkProcessedAndRecord(keys) {
					const fresh = keys.filter((key) => !recorded.has(String(key)));
					for (const key of fresh) recorded.add(String(key));
					return { new: fresh, processed: keys.filter((key) => !fresh.includes(key)) };
				},
				async removeProcessed(keys) {
					if (fails) throw new Error('database is locked');
					for (const key of keys) recorded.delete(String(key));
				},
			},
			100,
			() => undefined,
		);
		await history.known(['accepted', 'refused']);
		fails = false;
		await history.add(['accepted']);
		expect([...recorded]).toEqual(['accepted']);
	});
});
