import * as fc from 'fast-check';

import {
	Sharing,
	WINDOW_MS,
	type Place,
	type SharingSettings,
} from '../../../nodes/Klaviyo/trigger/share/sharing';

const LIMITS = { events: 1000, bytes: 1_000_000 };
const SETTINGS: SharingSettings = { maxEvents: 5 };

/** Executions whose windows end when the test says so. */
function setUp(limits = LIMITS) {
	let windows: Array<{ ms: number; end: () => void }> = [];
	const sharing = new Sharing<number>(
		limits,
		async (ms) => await new Promise<void>((end) => windows.push({ ms, end })),
	);
	const join = (items: number[], settings: Partial<SharingSettings> = {}, key = 'a') =>
		sharing.join(key, items, 10 * items.length, { ...SETTINGS, ...settings });
	const endWindows = (longest = Infinity) => {
		for (const { ms, end } of windows) if (ms <= longest) end();
		windows = windows.filter(({ ms }) => ms > longest);
	};
	return { sharing, join, endWindows };
}

function leading<T>(place: Place<T> | null) {
	if (place?.role !== 'leader') throw new Error(`Not a leader: ${place?.role}`);
	return place;
}

function following<T>(place: Place<T> | null) {
	if (place?.role !== 'follower') throw new Error(`Not a follower: ${place?.role}`);
	return place;
}

describe('a delivery that comes alone', () => {
	it('waits for nothing', async () => {
		const { join } = setUp();
		expect(await leading(join([1])).items).toEqual([1]);
	});

	it('waits for nothing either when the one before is saved', async () => {
		const { join } = setUp();
		const first = leading(join([1]));
		await first.items;
		first.settle(true);
		expect(await leading(join([2])).items).toEqual([2]);
	});
});

describe('deliveries that come while another one is being saved', () => {
	it('share one execution, in the order in which they came, and its end', async () => {
		const { join, endWindows } = setUp();
		const first = leading(join([1]));
		await first.items;

		const leader = leading(join([2, 3]));
		const followers = [following(join([4])), following(join([5]))];
		endWindows();
		expect(await leader.items).toEqual([2, 3, 4, 5]);
		leader.settle(true);
		expect(await Promise.all(followers.map(({ isSaved }) => isSaved))).toEqual([true, true]);
	});

	it('hear that it was not saved', async () => {
		const { join, endWindows } = setUp();
		await leading(join([1])).items;
		const leader = leading(join([2]));
		const follower = following(join([3]));
		endWindows();
		await leader.items;
		leader.settle(false);
		expect(await follower.isSaved).toBe(false);
	});

	it('start at once when there are as many as may share one', async () => {
		const { join } = setUp();
		await leading(join([1])).items;
		const leader = leading(join([2]));
		following(join([3, 4, 5]));
		following(join([6]));
		expect(await leader.items).toEqual([2, 3, 4, 5, 6]);
	});

	it('are never more than may share one: the next leads the next execution', async () => {
		const { join, endWindows } = setUp();
		await leading(join([1])).items;
		const leader = leading(join([2, 3, 4]));
		const next = leading(join([5, 6, 7]));
		expect(await leader.items).toEqual([2, 3, 4]);
		endWindows();
		expect(await next.items).toEqual([5, 6, 7]);
	});

	it('of another workflow go their own way', async () => {
		const { join } = setUp();
		await leading(join([1], {}, 'a')).items;
		expect(await leading(join([2], {}, 'b')).items).toEqual([2]);
	});
});

describe('an execution whose window has ended', () => {
	it('goes on filling while the one before it is being saved', async () => {
		const { join, endWindows } = setUp();
		const first = leading(join([1]));
		await first.items;
		const leader = leading(join([2]));
		endWindows(WINDOW_MS);
		await Promise.resolve();
		following(join([3]));
		first.settle(true);
		expect(await leader.items).toEqual([2, 3]);
	});

	it('waits for that no longer than some windows', async () => {
		const { join, endWindows } = setUp();
		await leading(join([1])).items;
		const leader = leading(join([2]));
		endWindows();
		expect(await leader.items).toEqual([2]);
	});
});

describe('what may wait', () => {
	it('is bounded by events, and free again when they are saved', async () => {
		const { join, sharing } = setUp({ events: 3, bytes: 1000 });
		const first = leading(join([1]));
		const second = leading(join([2, 3], { maxEvents: 2 }));
		expect(join([4])).toBeNull();
		await Promise.all([first.items, second.items]);
		second.settle(true);
		expect(join([4])).not.toBeNull();
		expect(sharing.waiting.events).toBe(2);
	});

	it('is bounded by bytes', () => {
		const { join } = setUp({ events: 100, bytes: 25 });
		expect(join([1, 2])).not.toBeNull();
		expect(join([3])).toBeNull();
	});

	it('never shuts out a delivery that is larger than all of it', () => {
		const { join } = setUp({ events: 2, bytes: 1000 });
		expect(join([1, 2, 3], { maxEvents: 10 })).not.toBeNull();
	});

	it('leaves nothing behind when all is saved', async () => {
		const { join, sharing, endWindows } = setUp();
		const first = leading(join([1]));
		await first.items;
		const leaders = [first, leading(join([2]))];
		following(join([3]));
		endWindows();
		for (const leader of leaders) {
			await leader.items;
			leader.settle(true);
		}
		expect(sharing.waiting).toEqual({ events: 0, bytes: 0, queues: 0 });
	});
});

describe('whatever comes in whatever order', () => {
	it('every item is in exactly one execution, none is too large, and all hear their own one’s end', async () => {
		const arrival = fc.record({
			key: fc.constantFrom('a', 'b'),
			size: fc.integer({ min: 1, max: SETTINGS.maxEvents }),
			windowEnds: fc.boolean(),
			settles: fc.option(fc.boolean(), { nil: undefined }),
		});
		await fc.assert(
			fc.asyncProperty(fc.array(arrival, { maxLength: 40 }), async (arrivals) => {
				const { join, sharing, endWindows } = setUp();
				let next = 0;
				const leaders: Array<{
					place: ReturnType<typeof leading<number>>;
					end: boolean;
					settled: boolean;
				}> = [];
				const followers: Array<{ items: number[]; isSaved: Promise<boolean> }> = [];
				for (const { key, size, windowEnds, settles } of arrivals) {
					const items = Array.from({ length: size }, () => next++);
					const place = join(items, {}, key)!;
					if (place.role === 'leader')
						leaders.push({ place, end: settles ?? true, settled: false });
					else followers.push({ items, isSaved: place.isSaved });
					if (windowEnds) endWindows();
					await Promise.resolve();
				}
				endWindows();
				const endOf = new Map<number, boolean>();
				for (const leader of leaders) {
					const items = await leader.place.items;
					expect(items.length).toBeLessThanOrEqual(SETTINGS.maxEvents);
					for (const item of items) {
						expect(endOf.has(item)).toBe(false);
						endOf.set(item, leader.end);
					}
					leader.place.settle(leader.end);
				}
				expect(endOf.size).toBe(next);
				for (const { items, isSaved } of followers)
					expect(await isSaved).toBe(endOf.get(items[0]!));
				expect(sharing.waiting).toEqual({ events: 0, bytes: 0, queues: 0 });
			}),
		);
	});
});
