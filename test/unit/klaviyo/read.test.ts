import { eventsOf } from '../../../nodes/Klaviyo/trigger/events';
import { parseBody, readBody, receiveBody } from '../../../nodes/Klaviyo/trigger/body/readBody';
import { pythonRepr } from '../../../sandbox/klaviyo/python';

const read = (text: string) => {
	const body = parseBody(text, 'text/plain; charset=utf-8');
	return body.readable ? { repaired: body.repaired, body: body.bodies[0] } : { error: body.error };
};
const repaired = (body: object) => ({ repaired: true, body });

describe('a body of valid JSON', () => {
	it('is read as it is and called repaired by nobody', () => {
		expect(read('{"email":"ana@shop.example","vip":true}')).toEqual({
			repaired: false,
			body: { email: 'ana@shop.example', vip: true },
		});
	});

	it('may be a list of events', () => {
		expect(parseBody('[{"a":1},{"a":2}]', '')).toMatchObject({ bodies: [{ a: 1 }, { a: 2 }] });
	});

	it('is told as error when it lists more events than anybody sends at once', () => {
		const list = (length: number) => JSON.stringify(Array.from({ length }, () => ({})));
		expect(parseBody(list(10_000), '')).toHaveProperty('bodies.length', 10_000);
		expect(parseBody(list(10_001), '')).toEqual({
			readable: false,
			error: 'The body is a list of more than 10000 events',
			raw: list(10_001),
		});
	});

	it.each([
		['7615917337495251231', '7615917337495251231'],
		['-9007199254740993', '-9007199254740993'],
		['12345678901234567890.5', '12345678901234567890.5'],
		['1e400', '1e400'],
		['12E400', '12E400'],
		['1e5', '1e5'],
		['9007199254740991', 9007199254740991],
		['41.50', 41.5],
		['0.12345678901234567', Number('0.12345678901234567')],
		['1e-7', 1e-7],
		['-0.5', -0.5],
		['0', 0],
	])('keeps digits that no number holds as text: %s', (digits, value) => {
		for (const text of [
			`{"a": ${digits}}`,
			`{"b":[[{"a" :${digits}, "c":"x"}]]}`,
			`{"\\"a\\\\":"1234567890123456789", "a":${digits}}`,
		]) {
			const body = read(text).body!;
			expect(JSON.stringify(body)).toContain(`"a":${JSON.stringify(value)}`);
			expect(read(text)).toMatchObject({ repaired: false });
		}
		// What had to be mended is read by the same rule.
		expect(read(`{"a": ${digits}, "b": }`)).toEqual(repaired({ a: value, b: null }));
		expect(read(`{'a': ${digits}}`)).toEqual(repaired({ a: value }));
	});

	it.each(['00123', '01234', '0601234567', '-01', '00'])(
		'keeps digits with zeros before them as text: %s',
		(digits) => {
			expect(read(`{"metric":"X","external_id":${digits},"email":""}`)).toEqual(
				repaired({ metric: 'X', external_id: digits, email: '' }),
			);
			expect(read(`{"external_id":${digits},"note":"a "b" c"}`)).toEqual(
				repaired({ external_id: digits, note: 'a "b" c' }),
			);
		},
	);

	it('may be long, and hold long digits at its end', () => {
		const text = `{"a":"${'x\\n'.repeat(1_000_000)}","b":7615917337495251231}`;
		expect(read(text).body).toHaveProperty('b', '7615917337495251231');
	});

	it('counts as read when a text in it is a dict as Python prints it', () => {
		expect(read(`{"payload":"{'a': True}"}`)).toMatchObject({ repaired: false });
	});
});

describe('a body into which Klaviyo pasted text', () => {
	it('is read though the text looks like a second body', () => {
		const text = '{"profile": {"name": "x"}}{"a": 1}<b>", "note": "n"}, "event_name": "sale"}';
		const name = 'x"}}{"a": 1}<b>';
		expect(read(text)).toEqual(repaired({ profile: { name, note: 'n' }, event_name: 'sale' }));
	});

	it.each([
		['quotes', `{"n": "Seán "Jack" O'Neill", "e": "a@b.example"}`, `Seán "Jack" O'Neill`],
		['a quote alone', `{"n": """, "e": "a@b.example"}`, '"'],
		[
			'line ends',
			'{"n": "two\nlines\r\nand a\ttab", "e": "a@b.example"}',
			'two\nlines\r\nand a\ttab',
		],
		['a backslash at the end', `{"n": "C:\\dir\\", "e": "a@b.example"}`, 'C:\\dir\\'],
		['braces', `{"n": "a"}]}", "e": "a@b.example"}`, 'a"}]}'],
		['a body of its own', `{"n": ""}, {"e": "x", "e": "a@b.example"}`, '"}, {"e": "x'],
		[
			'a dict with double quotes',
			`{"n": "{'a': "D'Arcy", "it's": 1}", "e": "a@b.example"}`,
			`{'a': "D'Arcy", "it's": 1}`,
		],
		['JSON', `{"n": "{"a": "b", "c": 1}", "e": "a@b.example"}`, '{"a": "b", "c": 1}'],
	])('is told from the text by what follows: %s', (_, text, n) => {
		expect(read(text)).toEqual(repaired({ n, e: 'a@b.example' }));
	});

	it('holds brackets that nothing closes, and words of Python beside it', () => {
		expect(
			read('{"v": None, "n": "a "b" c", "l": ["[new"], "m": [":]"], "o": {"p": "{"}}'),
		).toEqual(repaired({ v: null, n: 'a "b" c', l: ['[new'], m: [':]'], o: { p: '{' } }));
	});

	it.each([
		['line ends', '\n'],
		['commas', ','],
		['both', ' ,\n'],
	])('may hold thousands of %s', (_, piece) => {
		const pasted = `a${piece.repeat(5_000)}b`;
		expect(read(`{"n": ""${pasted}", "e": "x"}`)).toEqual(repaired({ n: `"${pasted}`, e: 'x' }));
		expect(read(`{"n": ${pasted}, "e": "x"}`)).toEqual(repaired({ n: pasted, e: 'x' }));
	});

	it('keeps the escapes that the body itself wrote', () => {
		expect(read(`{"c": "{\\"a\\": \\"b\\", \\"d\\": 1}", "v": , "x": "y"}`)).toEqual(
			repaired({ c: '{"a": "b", "d": 1}', v: null, x: 'y' }),
		);
	});

	it.each([
		['a missing value', '{"v": , "e": "x"}', { v: null, e: 'x' }],
		['None', '{"v": None, "e": "x"}', { v: null, e: 'x' }],
		['True and False', '{"v": True, "w": False}', { v: true, w: false }],
		['an unrendered tag', '{"v": {{ event.x }}, "e": "x"}', { v: null, e: 'x' }],
		['bare text', '{"v": Novak, Ana, "e": "x"}', { v: 'Novak, Ana', e: 'x' }],
		['a bare phone number', '{"p": +420600000001, "e": "x"}', { p: '+420600000001', e: 'x' }],
		[
			'what is no number',
			'{"v": NaN, "w": [-Infinity, Infinity, nan]}',
			{ v: null, w: [null, null, null] },
		],
		['a comma too many', '{"v": [1, 2,], "e": "x",}', { v: [1, 2], e: 'x' }],
		['two commas for one', '{"v": [1,, 2],, "e": "x"}', { v: [1, 2], e: 'x' }],
		['a comma too few', '{"v": "a"\n"e": "x"}', { v: 'a', e: 'x' }],
		['a bracket too many', '{"e": "x"}}', { e: 'x' }],
		['single quotes', `{'v': 'a', 'e': 'x'}`, { v: 'a', e: 'x' }],
		['a number with zeros before it', '{"v": 007, "w": , "e": "x"}', { v: '007', w: null, e: 'x' }],
		['a key with a tab in it', '{"v\tw": , "e": "x"}', { 'v\tw': null, e: 'x' }],
		['keys without quotes', `{v: 1, e: "x"}`, { v: 1, e: 'x' }],
		[
			'a dict without quotes around',
			`{"v": {'a': "D'Arcy", 'b': None}, "e": "x"}`,
			{ v: { a: "D'Arcy", b: null }, e: 'x' },
		],
		['nothing but a dict', `{'a': "it's", 'b': (1)}`.replace('(1)', '1'), { a: "it's", b: 1 }],
	])('is repaired, and says so: %s', (_, text, body) => {
		expect(read(text)).toEqual(repaired(body));
	});

	it.each([
		['is cut off inside a text', '{"email": "ana@shop.exam'],
		['is cut off behind a text', '{"email": "ana@shop.example"'],
		['is cut off behind a comma', '{"email": "ana@shop.example",'],
		['is no object', 'hello'],
		['is a web page', '<html>{"a": 1}</html>'],
		['goes on behind its end', '{"a": {}} {"b": {}}'],
		['is followed by another', '{"a":"X","b":"1"}{"a":"Y","b":"2"}'],
		['is followed by another on a line of its own', '{"a":{"c":"X"}}\n{"a":"Y","b":"2"}\n'],
		['is followed by another in brackets', '[{"a":"1","b":2}][{"a":"3","b":4}]'],
	])('is told as error rather than completed when it %s', (_, text) => {
		expect(read(text)).toEqual({ error: expect.stringMatching(/not valid JSON/) });
	});

	it('is kept to the letter when it can not be read', () => {
		expect(parseBody('{"a": "b', '')).toMatchObject({ readable: false, raw: '{"a": "b' });
	});

	it('is not mended when it is larger than any flow webhook, and says so', () => {
		expect(read(`{"a": "${'x'.repeat(200_000)}"y"}`)).toMatchObject({ repaired: true });
		const text = `{"a": "${'x'.repeat(250_000)}"y"}`;
		expect(parseBody(text, '')).toEqual({
			readable: false,
			error: expect.stringMatching(/too long to be repaired \(more than 250000 characters\)/),
			raw: text,
		});
	});

	it('is read as a Python dictionary however large it is', () => {
		const text = `{'a': '${'x'.repeat(300_000)}', 'b': None}`;
		expect(read(text)).toEqual(repaired({ a: 'x'.repeat(300_000), b: null }));
	});
});

describe('a dict as Python prints it between quotes', () => {
	const read = (printed: string, rest = '') =>
		eventsOf(
			parseBody(`{"metric": "Viewed Product", "payload": "${printed}"${rest}}`, ''),
			{},
			'2031-02-03T04:05:07.000Z',
			{ account: null, fallbackEventName: '', includeRaw: false },
		)[0]!;

	it.each([
		['a folder', 'C:\\new'],
		['a code', 'A\\12'],
		['an escape', '\\u20ac'],
		['a server', '\\\\shop\\x41'],
		['a drive', 'C:\\'],
		['a path of letters that escape nothing', 'D:\\data'],
	])('keeps the backslashes of its values, or says that it is repaired: %s', (_, value) => {
		const printed = pythonRepr({ value });
		for (const event of [
			// Pasted raw, as the body's own text.
			read(printed),
			read(printed, ', "note": "a "b" c"'),
			// Written as JSON by whoever sends it.
			read(JSON.stringify(printed).slice(1, -1)),
		]) {
			expect([value, event.repaired]).toContain(
				event.repaired === true ? true : event.properties.value,
			);
		}
		// A value that can only have been pasted raw is read so.
		if (/12|u20ac|data/.test(value)) expect(read(printed).properties).toEqual({ value });
		expect(read(printed, ', "note": "a "b" c"').properties).toMatchObject({ value });
	});

	it('is not called repaired where nothing is lost', () => {
		expect(read(pythonRepr({ value: 'two\nlines' }))).toMatchObject({
			properties: { value: 'two\nlines' },
		});
		expect(read(pythonRepr({ value: 'two\nlines' }))).not.toHaveProperty('repaired');
	});
});

describe('the bytes of a body', () => {
	it('may begin with a byte order mark and hold what is no UTF-8', async () => {
		const rawBody = Buffer.concat([
			Buffer.from([0xef, 0xbb, 0xbf]),
			Buffer.from('{"a":"'),
			Buffer.from([0xff]),
			Buffer.from('"}'),
		]);
		const received = await receiveBody({ headers: {}, rawBody, readRawBody: async () => {} });
		expect(readBody(received)).toMatchObject({ readable: true, bodies: [{ a: '\uFFFD' }] });
	});

	it('are told as error when they can not be had', async () => {
		const readRawBody = async () => await Promise.reject(new Error('request entity too large'));
		expect(readBody(await receiveBody({ headers: {}, readRawBody }))).toEqual({
			readable: false,
			error: 'The body could not be received: request entity too large',
			raw: '',
		});
	});

	const form = 'application/x-www-form-urlencoded; charset=utf-8';
	const bodiesOf = (text: string) => {
		const body = parseBody(text, form);
		return body.readable
			? { bodies: body.bodies, raw: body.raw }
			: { error: body.error, raw: body.raw };
	};
	const json = '{"event_name":"x","email":"ana@shop.example"}';
	const value = { event_name: 'x', email: 'ana@shop.example' };

	it.each([
		json,
		` ${json}\n`,
		`[${json}]`,
		encodeURIComponent(json),
		`${encodeURIComponent(json)}=`,
		`payload=${encodeURIComponent(json)}`,
		`data=${json}`,
	])('are read as JSON whatever the content type says: %s', (text) => {
		expect(bodiesOf(text)).toEqual({ bodies: [value], raw: text });
	});

	it('may be JSON that holds the signs of a form', () => {
		const text = '{"a":"1&b=2","first_name_base64":"QW5hYQ=="}';
		expect(bodiesOf(text)).toEqual({ bodies: [JSON.parse(text)], raw: text });
	});

	it.each([
		'hello',
		'{"event_name":"x","email":"ana@shop',
		'"{\\"event_name\\":\\"x\\"}"',
		'<html lang="en"><a href="?a=1&b=2">x</a></html>',
		'eyJldmVudF9uYW1lIjoieCJ9',
		'eyJldmVudF9uYW1lIjoieCIgfQ==',
		'payload=%7B%22event_name%22',
		'event_name=&email=',
		'a&a&a=',
		'%',
		'=x',
		'&',
	])('are told as error and kept when a form can not be understood: %s', (text) => {
		expect(bodiesOf(text)).toEqual({ error: expect.any(String), raw: text });
	});

	it.each([
		['a=1&a=2&a=', [{ a: ['1', '2', ''] }]],
		['Item+Price=41.50&%24value=5', [{ 'Item Price': '41.50', $value: '5' }]],
		[
			'email=ana+news@shop.example&Phone=+420600000001&note=+1',
			[{ email: 'ana+news@shop.example', Phone: '+420600000001', note: ' 1' }],
		],
		[
			'event_time=2031-02-03T05:05:06+01:00&time=2031-02-03+05:05+0100&timestamp=2031-02-03+05:05',
			[
				{
					event_time: '2031-02-03T05:05:06+01:00',
					time: '2031-02-03 05:05+0100',
					timestamp: '2031-02-03 05:05',
				},
			],
		],
		['first_name_base64=QW5h+A==&x=', [{ first_name_base64: 'QW5h+A==', x: '' }]],
		[
			`email=a%40b.example&event=${encodeURIComponent('{"a":1}')}`,
			[{ email: 'a@b.example', event: '{"a":1}' }],
		],
		[
			'__proto__=1&email=a',
			[
				Object.fromEntries([
					['__proto__', '1'],
					['email', 'a'],
				]),
			],
		],
	])('are the fields of a form: %s', (text, bodies) => {
		expect(bodiesOf(text)).toEqual({ bodies, raw: text });
	});

	it('are read as a form when the content type says so', () => {
		expect(parseBody('email=a%40b.example&n=1', 'application/x-www-form-urlencoded')).toMatchObject(
			{
				bodies: [{ email: 'a@b.example', n: '1' }],
			},
		);
	});
});
