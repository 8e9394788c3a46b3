import { cleanObject } from '../../../nodes/Klaviyo/normalise/clean';
import { readPythonLiteral } from '../../../nodes/Klaviyo/normalise/pythonLiteral';
import { pythonRepr } from '../../../sandbox/klaviyo/python';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('an absent value', () => {
	it.each(['', ' ', 'None', 'null', 'undefined', '{{ event.x }}', ' {% if x %} ', null])(
		'is left out: %j',
		(value) => {
			expect(cleanObject({ a: value, b: [value, 1] })).toEqual({ b: [null, 1] });
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

	it.each(['Seán "Jack"', ' spaces ', '{{ real }}', '\uFEFFx', 'a\uFFFDb', '🐎', 'null'])(
		'through base64 is what Klaviyo holds: %j',
		(text) => {
			expect(cleanObject({ first_name_base64: base64(text) })).toEqual({ first_name: text });
		},
	);

	it.each(['', ' ', '\r\n', 'None'])(
		'through base64 is absent when Klaviyo had none: %j',
		(text) => {
			expect(cleanObject({ first_name_base64: base64(text) })).toEqual({});
		},
	);

	it('is taken as it is where the filter did nothing', () => {
		expect(cleanObject({ email_base64: 'ana@shop.example' })).toEqual({
			email: 'ana@shop.example',
		});
	});

	it('holds no U+0000, by no way, nor does a key', () => {
		const literal = `{'a\\x00b': 'c\\x00d'}`;
		expect(
			cleanObject({
				'zero\0key': 'zero\0byte',
				nested: { list: ['a\0b', { 'c\0': 'd\0' }] },
				first_name_base64: base64('zero\0'),
				payload: literal,
				blank: '\0',
			}),
		).toEqual({
			zerokey: 'zerobyte',
			nested: { list: ['ab', { c: 'd' }] },
			first_name: 'zero',
			payload: { ab: 'cd' },
		});
		expect(({} as { polluted?: number }).polluted).toBeUndefined();
		expect(cleanObject({ '__pro\0to__': { polluted: 1 } })).toEqual({});
	});

	it.each(['12.500', '-1.250', '007', '1e5', '12,50', '7615917337495251231'])(
		'stays text in numeric fields where the number is not certain: %s',
		(value) => {
			expect(cleanObject({ Price: value, quantity_base64: base64(value) })).toEqual({
				Price: value,
				quantity: value,
			});
		},
	);

	it.each([
		['0.500', 0.5],
		['1234.500', 1234.5],
		['12.50', 12.5],
		['12.5000', 12.5],
	])('is a number where it can only be one: %s', (value, number) => {
		expect(cleanObject({ Price: value })).toEqual({ Price: number });
	});

	it('is of the same type plain and through base64', () => {
		const plain = {
			rating: '5',
			Price: '41.50',
			sizes: "['M', 'L']",
			Note: 'five',
			Items: "[{'a': 1}]",
		};
		const encoded = Object.fromEntries(
			Object.entries(plain).map(([key, value]) => [`${key}_base64`, base64(value)]),
		);
		expect(cleanObject(encoded)).toEqual(cleanObject(plain));
		expect(cleanObject(encoded)).toEqual({
			rating: 5,
			Price: 41.5,
			sizes: ['M', 'L'],
			Note: 'five',
			Items: [{ a: 1 }],
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

describe('a key that ends in base64', () => {
	it.each([
		[{ base64: 'QW5h' }],
		[{ database64: 'QW5h' }],
		[{ database64: 'QW5h', data: 'x' }],
		[{ _base64: 'QW5h' }],
		[{ 'image-base64': 'QW5h', imageBase64: 'QW5h', image_b64: 'QW5h' }],
		[{ '': 'x', data: 'y' }],
		[{ image: 'https://shop.example/a.png', image_base64: 'iVBORw0KGgo=' }],
		[{ image_base64: 'QW5h', image: 'x' }],
	])('is another one’s unless the suffix is ours, and takes nothing’s place: %j', (body) => {
		expect(cleanObject(body)).toEqual(body);
	});

	it('takes the place of what is absent, and is dropped where it says the same', () => {
		expect(cleanObject({ image: '', image_base64: 'QW5h' })).toEqual({ image: 'Ana' });
		expect(cleanObject({ name_base64: 'QW5h', name: 'Ana' })).toEqual({ name: 'Ana' });
	});
});

describe('a list', () => {
	it('keeps the places of its entries, at whatever depth', () => {
		expect(
			cleanObject({
				SKUs: [null, 'CH-1', '', ' None ', '{{ event.x }}'],
				grid: [[1, null, 3], [null, 2, 3], []],
				items: [{ a: null, b: ['', { c: 'None', d: 1 }] }, null],
				payload: "{'SKUs': [None, 'CH-1', ''], 'grid': [[None, 2]]}",
				event_base64: base64("{'SKUs': [None, 'CH-1']}"),
			}),
		).toEqual({
			SKUs: [null, 'CH-1', null, null, null],
			grid: [[1, null, 3], [null, 2, 3], []],
			items: [{ b: [null, { d: 1 }] }, null],
			payload: { SKUs: [null, 'CH-1', null], grid: [[null, 2]] },
			event: { SKUs: [null, 'CH-1'] },
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

	it.each([
		`{&#x27;ProductName&#x27;: &quot;D&#x27;Arcy&#x27;s &amp;amp; Co&quot;, &#x27;InStock&#x27;: True}`,
		`{&#39;ProductName&#39;: &quot;D&#39;Arcy&#39;s &amp;amp; Co&quot;, &#39;InStock&#39;: True}`,
		`{&quot;ProductName&quot;: &quot;D&#x27;Arcy&#x27;s &amp;amp; Co&quot;, &quot;InStock&quot;: true}`,
		`{&#34;ProductName&#34;: &#34;D&#39;Arcy&#39;s &amp;amp; Co&#34;, &#34;InStock&#34;: true}`,
		`{&apos;ProductName&apos;: &#x22;D&apos;Arcy&apos;s &amp;amp; Co&#x22;, &apos;InStock&apos;: True}`,
	])('is an object where the template has escaped it for HTML: %s', (payload) => {
		expect(cleanObject({ payload })).toEqual({
			payload: { ProductName: "D'Arcy's &amp; Co", InStock: true },
		});
	});

	it('stays text where a person is named, and where it came through base64 under a key of its own', () => {
		const text = `{'a': 'b'}`;
		expect(cleanObject({ first_name: text, note_base64: base64(text) })).toEqual({
			first_name: text,
			note: text,
		});
	});

	it('is read where it was written as JSON twice', () => {
		const Items = [{ Name: 'say "hi"', SKU: '007' }];
		const twice = JSON.stringify(JSON.stringify(Items));
		expect(cleanObject({ Items: twice, Products: twice })).toEqual({ Items, Products: Items });
		expect(cleanObject({ Items_base64: base64(twice) })).toEqual({ Items });
		expect(cleanObject({ Title: '"Lamp"', Note: '"[1" 2' })).toEqual({
			Title: '"Lamp"',
			Note: '"[1" 2',
		});
	});

	it('is a list of objects by base64 as it is plain, whatever its key is', () => {
		const text = `[{'Name': 'Lamp', 'Price': '41.50'}]`;
		const Products = [{ Name: 'Lamp', Price: 41.5 }];
		expect(cleanObject({ Products: text })).toEqual({ Products });
		expect(cleanObject({ Products_base64: base64(text) })).toEqual({ Products });
		expect(cleanObject({ Products_base64: base64(JSON.stringify(Products)) })).toEqual({
			Products,
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

describe('digits in an object written as text', () => {
	it.each([
		['JSON', `{"id": 7615917337495251231, "zip": "01234", "n": 41.50}`],
		['Python', `{'id': 7615917337495251231, 'zip': 01234, 'n': 41.50}`],
	])('stay text beyond what a number holds: %s', (_, text) => {
		const value = { id: '7615917337495251231', zip: '01234', n: 41.5 };
		expect(cleanObject({ payload: text })).toEqual({ payload: value });
		expect(cleanObject({ event_base64: base64(text) })).toEqual({ event: value });
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
		[
			`{'a': 00123, 'b': -01, 'c': 12E400, 'd': 1e5, 'e': 1e+16, 'f': 0.5, 'g': 0}`,
			{ a: '00123', b: '-01', c: '12E400', d: '1e5', e: '1e+16', f: 0.5, g: 0 },
		],
		[`{'a': nan, 'b': None, 1: True}`, { a: null, b: null, 1: true }],
		[`{'a': inf, 'b': -inf, 'c': [-Infinity, NaN]}`, { a: null, b: null, c: [null, null] }],
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
