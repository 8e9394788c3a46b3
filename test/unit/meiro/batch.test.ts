import { batch, bodyOf, requestOf } from '../../../nodes/MeiroEvents/delivery/batch';
import { entry, event, indexesOf, MEIRO_EVENTS, PIPES } from './support/events';

const entries = (count: number) => Array.from({ length: count }, (_, index) => entry(index));

describe('events for one address', () => {
	it.each([
		[0, 200, []],
		[1, 200, [1]],
		[200, 200, [200]],
		[201, 200, [200, 1]],
		[7, 3, [3, 3, 1]],
		[3, 1, [1, 1, 1]],
	])('%i of them, %i at once, make requests of %j', (count, batchSize, sizes) => {
		const requests = batch(entries(count), { ...PIPES, batchSize });
		expect(requests.map((request) => request.entries.length)).toEqual(sizes);
		expect(requests.flatMap(indexesOf)).toEqual(entries(count).map(({ index }) => index));
	});

	it('go as an array when they are several', () => {
		const [request] = batch(entries(2), PIPES);
		expect(bodyOf(request!)).toHaveLength(2);
	});

	it.each([PIPES, MEIRO_EVENTS])(
		'go as an object, not an array, when there is one: %j',
		(target) => {
			const [request] = batch(entries(1), target);
			expect(Array.isArray(bodyOf(request!))).toBe(false);
		},
	);

	it('leave the last one of an uneven number as an object', () => {
		const requests = batch(entries(3), { ...PIPES, batchSize: 2 });
		expect(requests.map((request) => Array.isArray(bodyOf(request)))).toEqual([true, false]);
	});
});

describe('the body of an event', () => {
	it('is the payload itself for Meiro Events', () => {
		expect(bodyOf(requestOf([entry(1)], MEIRO_EVENTS))).toEqual(event(1).payload);
	});

	it('is the documented envelope for Meiro Pipes', () => {
		expect(bodyOf(requestOf([entry(1)], PIPES))).toEqual({
			event_type: 'placed_order',
			event_time: '2031-02-03T04:05:06Z',
			identifiers: [{ typeId: 'email', value: 'person-1@shop.example' }],
			event_payload: event(1).payload,
		});
	});
});

describe('events for different addresses', () => {
	const about = (index: number, order_key: string | null, event_name: string) =>
		entry(index, { order_key, event_name });
	const twoAtOnce = { ...MEIRO_EVENTS, batchSize: 2 };

	it('never share a request', () => {
		const requests = batch(
			[about(0, 'ana', 'a'), about(1, 'bob', 'b'), about(2, 'cyd', 'a'), about(3, 'dan', 'b')],
			twoAtOnce,
		);
		expect(requests.map(({ url }) => url)).toEqual([
			'https://events.example/klaviyo?event_name=a',
			'https://events.example/klaviyo?event_name=b',
		]);
		expect(requests.map(indexesOf)).toEqual([
			[0, 2],
			[1, 3],
		]);
	});

	it('never share a request in Meiro Pipes when their sources differ, whatever their names', () => {
		const requests = batch(
			[
				entry(0, { source: 'shop-cz' }),
				entry(1, { source: 'shop-sk' }),
				entry(2, { source: 'shop-cz' }),
			],
			PIPES,
		);
		expect(requests.map(indexesOf)).toEqual([[0, 2], [1]]);
	});

	it('keep a person’s order: the earlier one’s request comes first', () => {
		const requests = batch(
			[about(0, 'ana', 'a'), about(1, 'ana', 'b'), about(2, 'ana', 'a'), about(3, 'ana', 'a')],
			{ ...MEIRO_EVENTS, batchSize: 10 },
		);
		expect(requests.map(indexesOf)).toEqual([[0], [1], [2, 3]]);
	});

	it('keep every person’s order in any mixture', () => {
		const names = ['a', 'b', 'c'];
		const mixed = Array.from({ length: 300 }, (_, index) =>
			about(index, `person-${(index * 7) % 11}`, names[(index * index) % 3]!),
		);
		const sent = batch(mixed, { ...MEIRO_EVENTS, batchSize: 5 }).flatMap(
			(request) => request.entries,
		);
		expect(sent).toHaveLength(300);
		for (let person = 0; person < 11; person++) {
			const indexes = sent
				.filter(({ event: { order_key } }) => order_key === `person-${person}`)
				.map(({ index }) => index);
			expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
			expect(indexes.length).toBeGreaterThan(20);
		}
	});

	it('are packed as full as can be when they concern nobody', () => {
		const requests = batch(
			[0, 1, 2, 3].map((index) => about(index, null, index % 2 === 0 ? 'a' : 'b')),
			twoAtOnce,
		);
		expect(requests.map(indexesOf)).toEqual([
			[0, 2],
			[1, 3],
		]);
	});
});
