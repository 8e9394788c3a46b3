import { objectionsIn as read } from '../../nodes/shared/delivery/objections';
import { describeAnswer } from '../../nodes/shared/http/answer';
import { DEFAULT_RETRY_POLICY } from '../../nodes/shared/http/retry';
import { deliver, singles } from '../unit/meiro/support/events';
import { VirtualTime } from '../unit/meiro/support/virtualTime';

const none = { all: null, byPosition: new Map() };

/** Whom the body of an answer to so many events objects to, in the service's words. */
function objectionsIn(body: unknown, count: number) {
	const { all, named } = read(body, { count });
	return {
		all: all?.words ?? null,
		byPosition: new Map([...named].map(([position, { words }]) => [position, words])),
	};
}

const answer = (status: number, body: unknown) => ({ status, headers: {}, body });

/** Brackets in brackets: JSON.parse reads them, JSON.stringify runs out of stack on them. */
const DEEP = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;

describe('an answer without objections', () => {
	it.each([
		undefined,
		null,
		'',
		'OK',
		7,
		true,
		[],
		['errors'],
		{},
		{ ok: true },
		{ errors: [] },
		{ errors: null, error: null },
		{ errors: false, error: false },
		{ errors: '', error: '' },
		JSON.parse('{"__proto__":{"errors":["forged"],"error":"forged"}}') as unknown,
	])('has none: %j', (body) => {
		expect(objectionsIn(body, 3)).toEqual(none);
	});

	it.each([{ errors: 0 }, { error: 0 }, { errors: {} }, { error: {} }, { error: [] }])(
		'has none when it counts none, or holds none: %j',
		(body) => {
			expect(objectionsIn(body, 3)).toEqual(none);
		},
	);
});

describe('an objection', () => {
	it.each([
		[{ error: 'paused' }, 'paused'],
		[{ error: { message: 'paused' } }, 'paused'],
		[{ error: { error: 'paused' } }, 'paused'],
		[{ error: { detail: 'paused' } }, 'paused'],
		[{ error: { message: '', detail: 'paused' } }, 'paused'],
		[{ error: { message: 7 } }, '{"message":7}'],
		[{ error: { code: 'E1' } }, '{"code":"E1"}'],
		[{ error: true }, 'true'],
		[{ error: 42 }, '42'],
		[{ errors: 'paused' }, 'paused'],
		[{ errors: { message: 'paused' } }, 'paused'],
		[{ errors: ['paused', 'again'] }, 'paused'],
		[{ errors: [null] }, 'null'],
		[{ errors: [[]] }, '[]'],
		[{ errors: [7] }, '7'],
		[{ error: 'first', errors: ['second'] }, 'first'],
		[{ Errors: ['x'] }, 'x'],
		[{ ERROR: 'x' }, 'x'],
		[{ data: { errors: ['x'] } }, 'x'],
		['errors', 'errors'],
		[0, 'the answer is 0'],
		[false, 'the answer is false'],
	])('to the request as a whole is read from %j', (body, all) => {
		expect(objectionsIn(body, 3)).toEqual({ all, byPosition: new Map() });
	});

	it.each([0, 1, 2])('to the event at %i is read by its index', (index) => {
		expect(objectionsIn({ errors: [{ index, message: 'bad' }] }, 3)).toEqual({
			all: null,
			byPosition: new Map([[index, 'bad']]),
		});
	});

	it.each([
		-1,
		-0.5,
		3,
		1e308,
		2 ** 53,
		'-1',
		'3',
		'1.5',
		'1e0',
		'',
		null,
		true,
		[1],
		{ valueOf: 1 },
		Number.NaN,
		Number.POSITIVE_INFINITY,
	])(
		'with an index that is no position concerns the whole request, and is not lost: %j',
		(index) => {
			expect(objectionsIn({ errors: [{ index, message: 'bad' }] }, 3)).toEqual({
				all: 'bad',
				byPosition: new Map(),
			});
		},
	);

	it.each([0.5, 1.5, 1.000_001])('with a broken number as its index is not lost: %d', (index) => {
		expect(objectionsIn({ errors: [{ index, message: 'bad' }] }, 3)).toEqual({
			all: 'bad',
			byPosition: new Map(),
		});
	});

	it('with an index that is text concerns that event', () => {
		expect(objectionsIn({ errors: [{ index: '1', message: 'bad' }] }, 3)).toEqual({
			all: null,
			byPosition: new Map([[1, 'bad']]),
		});
	});

	it('with a position of minus zero concerns the first event', () => {
		const { byPosition } = objectionsIn({ errors: [{ index: -0, message: 'bad' }] }, 3);
		expect(byPosition.get(0)).toBe('bad');
	});

	it('comes out among a hundred thousand others', () => {
		const errors: unknown[] = Array.from({ length: 100_000 }, (_, index) => ({
			index,
			message: 'bad',
		}));
		const { all, byPosition } = objectionsIn({ errors }, 2);
		expect(byPosition.size).toBe(2);
		expect(all).toBe('bad');
	});

	it('can not change an object prototype', () => {
		const body: unknown = JSON.parse(
			'{"errors":[{"index":"__proto__","message":"bad","__proto__":{"polluted":true}}]}',
		);
		expect(objectionsIn(body, 3).all).toBe('bad');
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});
});

describe('a huge text', () => {
	const huge = 'x'.repeat(5_000_000);

	it.each([
		['as the error', { error: huge }],
		['as a message', { error: { message: huge } }],
		['among others', { errors: [huge] }],
		['in a shape that nobody knows', { errors: [{ stack: huge }] }],
	])('is clipped %s', (_, body) => {
		expect(objectionsIn(body, 1).all!.length).toBeLessThan(600);
	});

	it('is clipped at a position', () => {
		const { byPosition } = objectionsIn({ errors: [{ index: 0, message: huge }] }, 1);
		expect(byPosition.get(0)!.length).toBeLessThan(600);
	});

	it.each([huge, { message: huge }, { error: huge }])(
		'is clipped in the sentence on an answer',
		(body) => {
			expect(describeAnswer(answer(500, body)).length).toBeLessThan(600);
		},
	);
});

describe('the sentence on an answer', () => {
	it.each([
		[undefined, 'Meiro answered 500'],
		[null, 'Meiro answered 500'],
		['', 'Meiro answered 500'],
		['  ', 'Meiro answered 500'],
		[' down ', 'Meiro answered 500: down'],
		[{}, 'Meiro answered 500'],
		[[], 'Meiro answered 500'],
		[7, 'Meiro answered 500'],
		[{ message: 'down' }, 'Meiro answered 500: down'],
		[{ message: { text: 'down' } }, 'Meiro answered 500'],
		[{ error: 'down', message: 'other' }, 'Meiro answered 500: down'],
		[{ errors: [{ index: 0, message: 'down' }] }, 'Meiro answered 500: down'],
	])('%j is: %s', (body, text) => {
		expect(describeAnswer(answer(500, body))).toBe(text);
	});
});

describe('an answer nested a hundred thousand levels deep', () => {
	it.each([
		['error', { error: DEEP }],
		['errors', { errors: DEEP }],
	])('in %s is an objection like any other', (_, body) => {
		expect(objectionsIn(body, 1).all).toEqual(expect.any(String));
	});

	it.each([200, 400, 503])(
		'with %i does not take the outcomes of the other events with it',
		async (status) => {
			const time = new VirtualTime();
			const outcomes = await time.until(
				deliver(
					singles(3),
					async ({ entries }) =>
						entries[0]!.index === 1 ? answer(status, { errors: DEEP }) : answer(200, ''),
					{
						policy: DEFAULT_RETRY_POLICY,
						concurrency: 3,
						sleep: time.sleeper(),
						now: time.now,
						wallTime: time.now,
						random: () => 0.5,
					},
				),
			);
			expect(outcomes.map((outcome) => [outcome.status, outcome.http_status])).toEqual([
				['delivered', 200],
				[status === 503 ? 'failed' : 'rejected', status],
				['delivered', 200],
			]);
		},
	);
});
