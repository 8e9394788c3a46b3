import fc from 'fast-check';

import { isWellFormed, MAX_VALUES, problemIn } from '../../../nodes/MeiroEvents/build/sendable';

const HALF_EMOJI = '🎉'.slice(0, 1);
const OTHER_HALF = '🎉'.slice(1);

/** A value inside an event, at 'properties.x'. */
const at = (x: unknown) => problemIn({ properties: { x } });

function nested(levels: number): object {
	let value: object = {};
	for (let level = 1; level < levels; level++) value = { value };
	return value;
}

describe('a value that JSON can carry', () => {
	it.each([
		['a text', 'sale 🎉 Žofie'],
		['an empty text', ''],
		['a number', -0.5],
		['the largest number', Number.MAX_VALUE],
		['true', true],
		['null', null],
		['nothing', undefined],
		['a list', [1, 'a', null, [[]]]],
		['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
		['a date', new Date('2031-02-03T04:05:06Z')],
		['a date of luxon’s', { toJSON: () => '2031-02-03T04:05:06Z', loc: { zone: Symbol('zone') } }],
	])('is no problem: %s', (_, value) => {
		expect(at(value)).toBeNull();
	});

	it('is whatever JSON has carried before', () => {
		fc.assert(
			fc.property(fc.json({ maxDepth: 4 }), (text) => {
				fc.pre(!text.includes('__proto__'));
				expect(at(JSON.parse(text))).toBeNull();
			}),
		);
	});

	it('may stand in several places, as long as none is inside the other', () => {
		const shared = { a: { b: 1 } };
		expect(
			problemIn({ first: shared, second: shared, list: [shared, shared, shared.a] }),
		).toBeNull();
	});
});

describe('a value that JSON can not carry is named with its place', () => {
	it.each([
		['NaN', NaN, "holds NaN, which is no number, in 'properties.x'"],
		['Infinity', Infinity, "holds Infinity, which is no number, in 'properties.x'"],
		['-Infinity', -Infinity, "holds -Infinity, which is no number, in 'properties.x'"],
		['a bigint', 5n, "holds a bigint, which JSON can't carry, in 'properties.x'"],
		['a function', () => 1, "holds a function, which JSON can't carry, in 'properties.x'"],
		['a symbol', Symbol('x'), "holds a symbol, which JSON can't carry, in 'properties.x'"],
	])('%s', (_, value, problem) => {
		expect(at(value)).toBe(problem);
	});

	it.each([
		['a Buffer', Buffer.from('image')],
		['a list of bytes', new Uint8Array(4)],
		['a view', new DataView(new ArrayBuffer(4))],
		['a buffer', new ArrayBuffer(4)],
	])('binary data: %s', (_, value) => {
		expect(at(value)).toMatch(/^holds binary data in 'properties\.x'/);
	});

	it('in lists by their position', () => {
		expect(problemIn({ items: [{ price: 1 }, { price: NaN }] })).toContain("'items.1.price'");
	});

	it('is the first one, when there are several', () => {
		expect(problemIn({ a: { b: NaN }, c: 5n })).toContain("'a.b'");
		expect(problemIn([NaN, 5n])).toContain("'0'");
	});
});

describe('something that holds itself', () => {
	it('is told at the place where it comes again', () => {
		const profile: Record<string, unknown> = { email: 'ana@shop.example' };
		profile.friends = [{ friend: profile }];
		expect(problemIn({ profile })).toBe("holds itself again in 'profile.friends.0.friend'");
	});

	it('is told of the event itself', () => {
		const event: Record<string, unknown> = {};
		event.again = event;
		expect(problemIn(event)).toBe("holds itself again in 'again'");
	});

	it('is told of a list', () => {
		const list: unknown[] = [];
		list.push(list);
		expect(at(list)).toBe("holds itself again in 'properties.x.0'");
	});
});

describe('a text that was cut in the middle of an emoji', () => {
	it.each([`sale ${HALF_EMOJI}`, OTHER_HALF, `${OTHER_HALF}${HALF_EMOJI}`, `${HALF_EMOJI} 🎉`])(
		'is told as a value: %j',
		(text) => {
			expect(at(text)).toMatch(/^holds half an emoji in 'properties\.x'/);
			expect(isWellFormed(text)).toBe(false);
		},
	);

	it('is told as a name', () => {
		expect(at({ [`sale ${HALF_EMOJI}`]: 1 })).toBe(
			"has a field whose name holds half an emoji in 'properties.x'",
		);
		expect(problemIn({ [OTHER_HALF]: 1 })).toBe(
			'has a field whose name holds half an emoji in the item itself',
		);
	});

	it('is told exactly of the texts that UTF-8 can not carry', () => {
		const unit = fc.constantFrom('a', HALF_EMOJI, OTHER_HALF, '🎉', 'ž');
		fc.assert(
			fc.property(fc.array(unit), (units) => {
				const text = units.join('');
				expect(isWellFormed(text)).toBe(Buffer.from(text, 'utf8').toString('utf8') === text);
			}),
		);
	});
});

describe('a field named __proto__', () => {
	it('is told where it stands', () => {
		const received = JSON.parse('{"properties":{"x":{"__proto__":{"polluted":true}}}}') as object;
		expect(problemIn(received)).toBe("has a field named __proto__ in 'properties.x'");
		expect(problemIn(JSON.parse('{"__proto__":1}') as object)).toBe(
			'has a field named __proto__ in the item itself',
		);
	});

	it('is not told of a prototype, which is no field', () => {
		expect(problemIn(Object.create({ inherited: NaN }))).toBeNull();
	});
});

describe('depth', () => {
	it('may be 64 levels', () => {
		expect(problemIn(nested(64))).toBeNull();
	});

	it('may not be 65 levels, of objects or lists', () => {
		expect(problemIn(nested(65))).toBe('is nested more than 64 levels deep');
		let list: unknown[] = [];
		for (let level = 1; level < 65; level++) list = [list];
		expect(problemIn(list)).toBe('is nested more than 64 levels deep');
	});

	it('is told, not suffered, when there is no end to it', () => {
		expect(problemIn(nested(100_000))).toBe('is nested more than 64 levels deep');
	});

	it('is that of the deepest place: neighbours do not add up', () => {
		expect(problemIn(Array.from({ length: 100 }, () => nested(60)))).toBeNull();
	});
});

describe('the number of values', () => {
	// The event is a value, and so is the list in it.
	const most = MAX_VALUES - 2;

	it('may be 10,000, with the objects and lists that hold them', () => {
		expect(MAX_VALUES).toBe(10_000);
		expect(problemIn({ rows: Array(most).fill(1) })).toBeNull();
	});

	it('may not be one more', () => {
		expect(problemIn({ rows: Array(most + 1).fill(1) })).toBe('has more than 10,000 values');
	});

	it('counts at all levels together', () => {
		const row = Array.from({ length: 100 }, () => 'x');
		expect(problemIn({ rows: Array.from({ length: 98 }, () => [...row]) })).toBeNull();
		expect(problemIn({ rows: Array.from({ length: 99 }, () => [...row]) })).not.toBeNull();
	});

	it('counts what stands in several places as often as it would be sent', () => {
		let doubled: unknown[] = ['x'];
		for (let level = 0; level < 40; level++) doubled = [doubled, doubled];
		expect(at(doubled)).toBe('has more than 10,000 values');
	});

	it('counts the holes of a list, and ends', () => {
		expect(at(new Array(4_000_000_000))).toBe('has more than 10,000 values');
	});
});

describe('an object of JavaScript that JSON would empty', () => {
	it.each([
		['a Map', new Map([['a', 1]]), /holds a Map/],
		['a Set', new Set([1]), /holds a Set/],
		['a date that is none', new Date('soon'), /holds a date that is none/],
	])('is told: %s', (_, value, reason) => {
		expect(problemIn({ properties: { value } })).toMatch(reason);
	});
});
