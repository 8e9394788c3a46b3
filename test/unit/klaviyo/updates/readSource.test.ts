import fc from 'fast-check';

import { beginAt, beginNow, type SourceState } from '../../../../nodes/Klaviyo/updates/cursor';
import { readSource, type Reading } from '../../../../nodes/Klaviyo/updates/readSource';
import type { UpdateRecord, UpdateSource } from '../../../../nodes/Klaviyo/updates/record';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const START = Date.parse('2031-03-01T00:00:00Z');
const LOOK_BACK_MS = 6 * HOUR_MS;

interface Happening {
	key: string;
	time: number;
	visible: number;
}

interface Clock {
	now: number;
}

function sourceOf(
	happenings: Happening[],
	clock: Clock,
	{ moves = false, fails = () => false }: { moves?: boolean; fails?: () => boolean } = {},
): UpdateSource {
	return {
		id: 'source',
		choice: 'choice',
		moves,
		async *pages(from) {
			const listed = happenings
				.filter(({ time, visible }) => visible <= clock.now && time >= from)
				.sort((a, b) => a.time - b.time || a.key.localeCompare(b.key))
				.map(({ key, time }): UpdateRecord => ({ key, time, event: () => ({ key }) as never }));
			for (let start = 0; start < listed.length; start += 3) {
				if (fails()) throw new Error('page failed');
				yield listed.slice(start, start + 3);
			}
		},
		newest: async () => [],
	};
}

function limits(clock: Clock, more: Partial<Parameters<typeof readSource>[2]> = {}) {
	return {
		most: 1000,
		lookBackMs: LOOK_BACK_MS,
		mostSeen: 1000,
		now: clock.now,
		clock: () => clock.now,
		isOver: () => false,
		...more,
	};
}

/** What happens within two days from START on, and becomes known within the look-back. */
const happenings = fc
	.array(
		fc.record({
			// Few moments, so that many are equal.
			moment: fc.integer({ min: 1, max: 48 }),
			delay: fc.integer({ min: 0, max: LOOK_BACK_MS }),
		}),
		{ maxLength: 60 },
	)
	.map((all) =>
		all.map(({ moment, delay }, index): Happening => {
			const time = START + moment * HOUR_MS;
			return { key: `k${index}`, time, visible: time + delay };
		}),
	);

/** Polls until everything is known and read; what was emitted, as often as it was. */
async function pollAll(
	all: Happening[],
	how: {
		most: number;
		mostSeen: number;
		steps: number[];
		failing: Set<number>;
		restarts: Set<number>;
	},
): Promise<string[]> {
	const { most, mostSeen, steps, failing, restarts } = how;
	const clock = { now: START };
	let page = 0;
	const source = sourceOf(all, clock, { fails: () => failing.has(page++) });
	let state: SourceState = beginNow(clock.now, LOOK_BACK_MS);
	let saved = state;
	const emitted: string[] = [];
	for (let poll = 0; ; poll++) {
		// n8n saves what a poll leaves behind only together with what it emits.
		if (restarts.has(poll)) state = saved;
		// What became visible behind a reading that takes many polls is for the one after it.
		const goesOn = state.pass !== undefined;
		let reading: Reading;
		try {
			reading = await readSource(source, state, limits(clock, { most, mostSeen }));
		} catch {
			continue;
		}
		state = JSON.parse(JSON.stringify(reading.state)) as SourceState;
		if (reading.fresh.length > 0) saved = state;
		emitted.push(...reading.fresh.map(({ key }) => key));
		if (clock.now > START + 60 * HOUR_MS && !goesOn && !reading.hasMore) return emitted;
		clock.now += steps[poll % steps.length]! * MINUTE_MS;
	}
}

/** The older one becomes visible behind a reading of which each poll takes one record, until the end of the two days. */
const BEHIND_A_LONG_READING: Happening[] = [
	...Array.from({ length: 7 }, (_, index) => ({
		key: `k${index}`,
		time: START + 9 * HOUR_MS,
		visible: START + 9 * HOUR_MS,
	})),
	{ key: 'late', time: START + 8 * HOUR_MS, visible: START + 9 * HOUR_MS + 1 },
];
const ONE_A_POLL = {
	most: 1,
	steps: [9 * 60],
	restarts: new Set<number>(),
	failing: new Set<number>(),
};

const polling = fc.record({
	most: fc.integer({ min: 1, max: 20 }),
	steps: fc.array(fc.integer({ min: 5, max: 900 }), { minLength: 1, maxLength: 10 }),
	restarts: fc.uniqueArray(fc.integer({ min: 1, max: 60 })).map((polls) => new Set(polls)),
	failing: fc.uniqueArray(fc.integer({ min: 0, max: 60 })).map((pages) => new Set(pages)),
});

describe('polls at any times, with late arrivals, equal times, backlogs, failing pages and restarts', () => {
	it('emit each once', async () => {
		await fc.assert(
			fc.asyncProperty(happenings, polling, async (all, how) => {
				const emitted = await pollAll(all, { ...how, mostSeen: 1000 });
				expect(emitted.sort()).toEqual(all.map(({ key }) => key).sort());
			}),
			{ numRuns: 300, examples: [[BEHIND_A_LONG_READING, ONE_A_POLL]] },
		);
	});

	it('miss none when there are more than can be remembered one by one', async () => {
		await fc.assert(
			fc.asyncProperty(happenings, polling, async (all, how) => {
				const emitted = await pollAll(all, { ...how, mostSeen: 3 });
				expect([...new Set(emitted)].sort()).toEqual(all.map(({ key }) => key).sort());
			}),
			{ numRuns: 300 },
		);
	});
});

describe('beyond what is remembered one by one', () => {
	const hour = (hours: number) => START + hours * HOUR_MS;
	const at = (key: string, time: number, visible = time): Happening => ({ key, time, visible });

	it('nothing comes twice as long as nothing comes late', async () => {
		const clock = { now: START };
		const all = Array.from({ length: 30 }, (_, index) =>
			at(`k${index}`, hour(1) + index * 7 * MINUTE_MS),
		);
		const source = sourceOf(all, clock);
		let state = beginNow(START, LOOK_BACK_MS);
		const emitted: string[] = [];
		for (clock.now = hour(1); clock.now < hour(6); clock.now += 20 * MINUTE_MS) {
			const reading = await readSource(source, state, limits(clock, { mostSeen: 5 }));
			emitted.push(...reading.fresh.map(({ key }) => key));
			state = reading.state;
		}
		expect(emitted).toEqual(all.map(({ key }) => key));
	});

	it('what comes late brings only its own ten minutes once more', async () => {
		const clock = { now: hour(3) };
		const all = [
			at('a', hour(1)),
			at('b', hour(2)),
			at('c', hour(3)),
			at('late', hour(1) + 1000, hour(4)),
		];
		const source = sourceOf(all, clock);
		const first = await readSource(
			source,
			beginAt(START, clock.now),
			limits(clock, { mostSeen: 0 }),
		);
		expect(first.fresh.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
		expect(first.isOverBound).toBe(true);
		clock.now = hour(4);
		const second = await readSource(source, first.state, limits(clock, { mostSeen: 0 }));
		expect(second.fresh.map(({ key }) => key)).toEqual(['a', 'late']);
	});

	it('what comes late is told though nothing later is there any more', async () => {
		const clock = { now: hour(3) };
		const all = [at('a', hour(1)), at('b', hour(2))];
		const limit = () => limits(clock, { mostSeen: 0 });
		const first = await readSource(sourceOf(all, clock), beginAt(START, clock.now), limit());
		const now = [all[0]!, at('late', hour(1) + 1000)];
		const second = await readSource(sourceOf(now, clock), first.state, limit());
		expect(second.fresh.map(({ key }) => key)).toEqual(['a', 'late']);
	});

	it('a listing whose records move is read less far back in place of coming again', async () => {
		const clock = { now: hour(3) };
		const all = [at('a', hour(1)), at('b', hour(2)), at('c', hour(3) - 5000)];
		const first = await readSource(
			sourceOf(all, clock, { moves: true }),
			beginAt(START, clock.now),
			limits(clock, { mostSeen: 1 }),
		);
		clock.now = hour(4);
		const changed = [all[0]!, at('b again', hour(3) + 1000), all[2]!];
		const second = await readSource(
			sourceOf(changed, clock, { moves: true }),
			first.state,
			limits(clock, { mostSeen: 1 }),
		);
		expect(second.fresh.map(({ key }) => key)).toEqual(['b again']);
	});
});

describe('one reading', () => {
	const eight = Array.from({ length: 8 }, (_, index) => ({
		key: `k${index}`,
		time: START + index * 20 * MINUTE_MS,
		visible: START,
	}));
	const noTime = { isOver: () => true };

	it('stops when time is over, and each next one gets further', async () => {
		const clock = { now: START + 5 * HOUR_MS };
		const source = sourceOf(eight, clock);
		let state = beginAt(START, clock.now);
		const told: string[][] = [];
		for (let poll = 0; poll < 4; poll++) {
			const reading = await readSource(source, state, limits(clock, noTime));
			told.push(reading.fresh.map(({ key }) => key));
			state = reading.state;
			clock.now += MINUTE_MS;
		}
		expect(told).toEqual([['k0', 'k1', 'k2'], ['k3', 'k4'], ['k5', 'k6'], ['k7']]);
	});

	it('tells nothing of what was there before, though it takes several polls to read that', async () => {
		const clock = { now: START + 5 * HOUR_MS };
		let state = beginNow(clock.now, LOOK_BACK_MS);
		for (let poll = 0; poll < 4; poll++) {
			const reading = await readSource(sourceOf(eight, clock), state, limits(clock, noTime));
			expect(reading.fresh).toEqual([]);
			state = reading.state;
		}
		expect((await readSource(sourceOf(eight, clock), state, limits(clock))).fresh).toEqual([]);
	});

	it('looks back from the begin of a reading that took several polls: what became known meanwhile lies behind it', async () => {
		const clock = { now: START + 6 * HOUR_MS };
		const at = (key: string, hours: number, known = hours) => ({
			key,
			time: START + hours * HOUR_MS,
			visible: START + known * HOUR_MS,
		});
		const source = sourceOf([at('a', 5), at('b', 5.5), at('c', 7), at('late', 0.5, 6.4)], clock);
		const first = await readSource(source, beginAt(START, clock.now), limits(clock, { most: 1 }));
		clock.now += 2 * HOUR_MS;
		const rest = await readSource(source, first.state, limits(clock, { most: 1 }));
		const last = await readSource(source, rest.state, limits(clock));
		clock.now += HOUR_MS;
		const next = await readSource(source, last.state, limits(clock));
		const told = [first, rest, last, next].map(({ fresh }) => fresh.map(({ key }) => key));
		expect(told).toEqual([['a'], ['b'], ['c'], ['late']]);
	});

	it('never moves the cursor into the future', async () => {
		const clock = { now: START };
		const all = [{ key: 'next year', time: START + 365 * 24 * HOUR_MS, visible: START }];
		const { state, fresh } = await readSource(
			sourceOf(all, clock),
			beginAt(START, START),
			limits(clock),
		);
		expect(fresh).toHaveLength(1);
		expect(state.cursor).toBe(START);
		const again = await readSource(sourceOf(all, clock), state, limits(clock));
		expect(again.fresh).toEqual([]);
	});

	it('leaves a change of the second that is not over to the next one, and tells both then', async () => {
		const clock = { now: START + 400 };
		const all = [{ key: 'ana', time: START, visible: START }];
		const open = await readSource(
			sourceOf(all, clock, { moves: true }),
			beginAt(START, clock.now),
			limits(clock),
		);
		expect(open.fresh).toEqual([]);
		clock.now = START + 1000;
		const over = await readSource(sourceOf(all, clock, { moves: true }), open.state, limits(clock));
		expect(over.fresh).toHaveLength(1);
	});

	it('leaves a change of a second that was not over when its page was asked for, however long the poll goes on', async () => {
		const clock = { now: START + 400 };
		const page = (time: number): UpdateRecord[] => [
			{ key: `ana ${time}`, time, event: () => ({}) as never },
		];
		const source: UpdateSource = {
			...sourceOf([], clock),
			moves: true,
			async *pages() {
				clock.now = START + 1100;
				yield page(START);
				clock.now = START + 1300;
				yield page(START + 1000);
			},
		};
		const open = await readSource(source, beginAt(START, clock.now), limits(clock));
		expect(open.fresh).toEqual([]);
		clock.now = START + 2000;
		const over = await readSource(
			{
				...source,
				async *pages() {
					yield [...page(START), ...page(START + 1000)];
				},
			},
			open.state,
			limits(clock),
		);
		expect(over.fresh).toHaveLength(2);
	});

	it('changes nothing of the state it was given', async () => {
		const clock = { now: START + HOUR_MS };
		const state = beginAt(START, clock.now);
		const copy = structuredClone(state);
		await readSource(
			sourceOf([{ key: 'a', time: START, visible: START }], clock),
			state,
			limits(clock),
		);
		expect(state).toEqual(copy);
	});

	it('is not led to emit old things by a longer look-back', async () => {
		const clock = { now: START + 20 * HOUR_MS };
		const all = [{ key: 'old', time: START + HOUR_MS, visible: START }];
		const state = beginNow(clock.now, HOUR_MS);
		const first = await readSource(
			sourceOf(all, clock),
			state,
			limits(clock, { lookBackMs: HOUR_MS }),
		);
		const longer = await readSource(
			sourceOf(all, clock),
			first.state,
			limits(clock, { lookBackMs: 48 * HOUR_MS }),
		);
		expect(longer.fresh).toEqual([]);
	});
});
