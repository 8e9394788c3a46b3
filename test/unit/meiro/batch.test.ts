import fc from 'fast-check';

import { entryOf } from '../../../nodes/MeiroEvents/delivery/send';
import type { OutgoingEvent } from '../../../nodes/MeiroEvents/build/buildEvent';
import type { Target } from '../../../nodes/MeiroEvents/delivery/target';
import {
	batch,
	bodyOf,
	entry,
	event,
	indexesOf,
	MEIRO_EVENTS,
	PIPES,
	requestOf,
	type Entry,
	type OutgoingRequest,
} from './support/events';

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
			event_time: '2031-02-03T04:05:06.000000Z',
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
				.filter(({ value: { order_key } }) => order_key === `person-${person}`)
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

const bytesOf = (request: OutgoingRequest) =>
	Buffer.byteLength(JSON.stringify(bodyOf(request)), 'utf8');

/** The event with its true size, for a target that takes anything. */
function measured(index: number, more: Partial<OutgoingEvent>, target: Target): Entry {
	const measuredBy = { ...target, maxRequestBytes: Infinity };
	const made = entryOf(index, { status: 'ready', event: event(index, more) }, measuredBy);
	if ('status' in made) throw new Error(made.reason);
	return made;
}

describe('the size of an event', () => {
	const draft = { status: 'ready', event: event(1, { payload: { note: 'Žofie 🎉' } }) } as const;

	it.each([PIPES, MEIRO_EVENTS])('is that of its body, in bytes of UTF-8: %j', (target) => {
		const made = measured(1, draft.event, target);
		const body = JSON.stringify(bodyOf(requestOf([made], target)));
		expect(made).toEqual({ index: 1, value: draft.event, bytes: Buffer.from(body, 'utf8').length });
		expect(made.bytes).toBeGreaterThan(body.length);
	});

	it('may be exactly the limit', () => {
		const { bytes } = measured(1, draft.event, PIPES);
		const target = { ...PIPES, maxRequestBytes: bytes };
		expect(entryOf(1, draft, target)).toHaveProperty('value', draft.event);
		expect(batch([measured(1, draft.event, PIPES)], target)).toHaveLength(1);
	});

	it('may not be one byte more, and the event is told apart by its id, name and size', () => {
		const { bytes } = measured(1, draft.event, PIPES);
		expect(entryOf(1, draft, { ...PIPES, maxRequestBytes: bytes - 1 })).toEqual({
			status: 'rejected',
			reason: expect.stringMatching(
				/^The event is 1 kB large, .*more than the 1 kB that a request may be.*'Redact Paths'/,
			),
			event_id: 'id-1',
			event_name: 'placed_order',
		});
	});

	it('is told in kB, rounded up', () => {
		const large = event(1, { payload: { note: 'x'.repeat(1_234_000) } });
		expect(entryOf(1, { status: 'ready', event: large }, PIPES)).toMatchObject({
			reason: expect.stringMatching(/^The event is 1,235 kB large, more than the 1,000 kB that/),
		});
	});
});

describe('the size of a request', () => {
	const three = [0, 1, 2].map((index) =>
		measured(index, { payload: { note: `Žofie ${index} 🎉` } }, PIPES),
	);
	const whole = bytesOf(requestOf(three, PIPES));

	it('may be exactly the limit', () => {
		expect(batch(three, { ...PIPES, maxRequestBytes: whole }).map(indexesOf)).toEqual([[0, 1, 2]]);
	});

	it('may not be one byte more: what does not fit goes into the next request', () => {
		expect(batch(three, { ...PIPES, maxRequestBytes: whole - 1 }).map(indexesOf)).toEqual([
			[0, 1],
			[2],
		]);
	});

	it('leaves each event alone when no two fit', () => {
		const target = { ...PIPES, maxRequestBytes: three[0]!.bytes };
		expect(batch(three, target).map(indexesOf)).toEqual([[0], [1], [2]]);
	});

	it('starts at nothing again after a request is full', () => {
		const target = {
			...PIPES,
			batchSize: 2,
			maxRequestBytes: bytesOf(requestOf(three.slice(0, 2), PIPES)),
		};
		expect(batch([...three, measured(3, three[0]!.value, PIPES)], target).map(indexesOf)).toEqual([
			[0, 1],
			[2, 3],
		]);
	});

	it('is counted for each address by itself', () => {
		const target = { ...PIPES, maxRequestBytes: bytesOf(requestOf(three.slice(0, 2), PIPES)) };
		const sources = ['shop-cz', 'shop-sk', 'shop-cz', 'shop-sk'];
		const entries = sources.map((source, index) =>
			measured(index, { ...three[0]!.value, order_key: null, source }, PIPES),
		);
		expect(batch(entries, target).map(indexesOf)).toEqual([
			[0, 2],
			[1, 3],
		]);
	});
});

describe('whatever the events are', () => {
	const one = fc.record({
		order_key: fc.option(fc.constantFrom('ana', 'bob', 'cyd')),
		event_name: fc.constantFrom('a', 'b', 'c'),
		source: fc.constantFrom('shop-cz', 'shop-sk'),
		payload: fc.record({
			note: fc.string({ unit: fc.constantFrom('x', 'ž', '🎉', '"', '\n'), maxLength: 60 }),
		}),
	});
	const circumstances = fc.record({
		product: fc.constantFrom(PIPES, MEIRO_EVENTS),
		batchSize: fc.integer({ min: 1, max: 8 }),
		spare: fc.integer({ min: 0, max: 600 }),
	});

	it('all go out once, none in too large a request, and a person’s in their order', () => {
		fc.assert(
			fc.property(
				fc.array(one, { maxLength: 40 }),
				circumstances,
				(events, { product, batchSize, spare }) => {
					const entries = events.map((more, index) => measured(index, more, product));
					const largest = Math.max(0, ...entries.map(({ bytes }) => bytes));
					const target = { ...product, batchSize, maxRequestBytes: largest + spare };
					const requests = batch(entries, target);

					const sent = requests.flatMap(indexesOf);
					expect([...sent].sort((a, b) => a - b)).toEqual(entries.map(({ index }) => index));
					for (const request of requests) {
						expect(bytesOf(request)).toBeLessThanOrEqual(target.maxRequestBytes);
						expect(request.entries.length).toBeLessThanOrEqual(batchSize);
						for (const lone of request.entries)
							expect(requestOf([lone], target).url).toBe(request.url);
					}
					for (const person of ['ana', 'bob', 'cyd']) {
						const own = sent.filter((index) => events[index]!.order_key === person);
						expect(own).toEqual([...own].sort((a, b) => a - b));
					}
				},
			),
		);
	});
});

describe('an event that can not be written', () => {
	it('is rejected with the reason, and throws nothing', () => {
		const spoilt = {
			toJSON() {
				throw new Error('not now');
			},
		};
		const draft = { status: 'ready' as const, event: event(1, { payload: { spoilt } as never }) };
		expect(entryOf(1, draft, PIPES)).toMatchObject({
			status: 'rejected',
			reason: expect.stringMatching(/can't be written as JSON: not now/),
		});
	});
});
