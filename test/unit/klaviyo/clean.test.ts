import { cleanObject } from '../../../nodes/Klaviyo/normalise/clean';
import { readPythonLiteral } from '../../../nodes/Klaviyo/normalise/pythonLiteral';
import { pythonRepr } from '../../../sandbox/klaviyo/python';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('an absent value', () => {
	it.each(['', ' ', 'None', 'null', 'undefined', '{{ event.x }}', ' {% if x %} ', null])(
		'is left out: %j',
		(value) => {
			expect(cleanObject({ a: value, b: [value, 1] })).toEqual({ b: [1] });
		},
	);

	it.each(['none', 'Nonesuch', '{ x }', '0'])('is not: %j', (value) => {
		expect(cleanObject({ a: value })).toEqual({ a: value });
	});
});

describe('text', () => {
	it('loses stray spaces', () => {
		expect(cleanObject({ a: ' x\n' })).toEqual({ a: 'x' });
	});

	it.each(['Seán "Jack"', ' spaces ', '{{ real }}', '\uFEFFx', 'a\uFFFDb', 'zero\0', '🐎', 'null'])(
		'through base64 is what Klaviyo holds: %j',
		(text) => {
			expect(cleanObject({ first_name_base64: base64(text) })).toEqual({ first_name: text });
		},
	);

	it.each(['', 'None'])('through base64 is absent when Klaviyo had none: %j', (text) => {
		expect(cleanObject({ first_name_base64: base64(text) })).toEqual({});
	});

	it('is taken as it is where the filter did nothing', () => {
		expect(cleanObject({ email_base64: 'ana@shop.example' })).toEqual({
			email: 'ana@shop.example',
		});
	});

	it('becomes a number in known numeric fields only', () => {
		expect(
			cleanObject({ 'Item Price': ' 41.50', Quantity: '2', Zip: '01234', Price: '$41.50' }),
		).toEqual({
			'Item Price': 41.5,
			Quantity: 2,
			Zip: '01234',
			Price: '$41.50',
		});
	});
});

describe('an object written as text', () => {
	it.each([
		[`{'ProductName': "D'Arcy's", 'InStock': True, 'CompareAtPrice': None}`],
		[`{"ProductName": "D'Arcy's", "InStock": true, "CompareAtPrice": null}`],
	])('is an object: %s', (payload) => {
		expect(cleanObject({ payload })).toEqual({
			payload: { ProductName: "D'Arcy's", InStock: true },
		});
	});

	it('stays text where a person is named, and where it came through base64 under a key of its own', () => {
		const text = `{'a': 'b'}`;
		expect(cleanObject({ first_name: text, note_base64: base64(text) })).toEqual({
			first_name: text,
			note: text,
		});
	});

	it('is read through base64 under the keys of events and lists', () => {
		expect(
			cleanObject({ event_base64: base64(`{'Items': ['a']}`), Items_base64: base64(`['b']`) }),
		).toEqual({
			event: { Items: ['a'] },
			Items: ['b'],
		});
	});

	it.each([
		`{'a': }`,
		`{'a' 1}`,
		`{'a': 1} x`,
		`{1, 2}`,
		`{'a': datetime.date(2031, 2, 3)}`,
		`{'a': 1`,
		'[1 2]',
	])('stays text when it is none to the end: %s', (payload) => {
		expect(cleanObject({ payload })).toEqual({ payload });
	});

	it('keeps line ends that reading the body as JSON has already taken out of their escapes', () => {
		const body = JSON.parse(`{"payload": "{'a': 'two\\nlines', 'b': 'C:\\\\new'}"}`) as {
			payload: string;
		};
		expect(cleanObject(body)).toEqual({ payload: { a: 'two\nlines', b: 'C:\\new' } });
	});
});

describe('a literal as Python prints it', () => {
	it.each([
		[
			`{'a': "it's", 'b': 'say "hi"', 'c': 'it\\'s "both"'}`,
			{ a: "it's", b: 'say "hi"', c: `it's "both"` },
		],
		[`{'a': '\\xe9\\u202e\\U0001f600\\\\\\n\\t\\r'}`, { a: 'é\u202e😀\\\n\t\r' }],
		[
			`{'a': [1, -2.5, 1e-05, 7000000000009], 'b': {}, 'c': []}`,
			{ a: [1, -2.5, 1e-5, 7000000000009], b: {}, c: [] },
		],
		[`{'id': 12345678901234567890}`, { id: '12345678901234567890' }],
		[`{'a': nan, 'b': None, 1: True}`, { a: null, b: null, 1: true }],
		[`{'': '', "it's": "'"}`, { '': '', "it's": "'" }],
	])('is read: %s', (text, value) => {
		expect(readPythonLiteral(text, 0, 64)?.value).toEqual(value);
	});

	it('comes back from what Python would print of it', () => {
		const value = {
			a: [`"`, `'`, `'"`, '\\', '\n\0\u2028', '{{', '🐎'],
			b: { c: null, d: true, e: 0.1 },
		};
		expect(readPythonLiteral(pythonRepr(value), 0, 64)?.value).toEqual(value);
	});
});
