import type { IDataObject } from 'n8n-workflow';

import { parseBody } from '../../nodes/Klaviyo/trigger/body/readBody';
import { eventsOf } from '../../nodes/Klaviyo/trigger/events';
import { cleanObject } from '../../nodes/Klaviyo/normalise/clean';
import { mendJson, mostLooks } from '../../nodes/Klaviyo/trigger/body/mend';
import { normaliseSystemDelivery } from '../../nodes/Klaviyo/normalise/systemDelivery';
import { sendPlain, sendRecommended } from '../faults/support/arrivals';
import { storm } from '../faults/support/storm';

const CASES = 500;
const SETTINGS = { account: null, fallbackEventName: '', includeRaw: false };

describe('five hundred fuzzed deliveries', () => {
	it('crash nothing, let nobody in, and are each emitted or told as error', async () => {
		const result = await storm(CASES, 4711);
		expect(result).toMatchObject({
			sent: CASES,
			answered_5xx: 0,
			thrown: 0,
			accepted_with_wrong_secret: 0,
			lost_with_right_secret: 0,
			wrong: [],
		});
		// Each kind of outcome is really met.
		for (const kind of [
			'emitted',
			'emitted_repaired',
			'emitted_as_error',
			'refused_401',
		] as const) {
			expect(result[kind]).toBeGreaterThan(10);
		}
	});
});

describe('five hundred hostile people and orders', () => {
	it('all arrive equal to the originals through the recommended bodies', async () => {
		expect(await sendRecommended(CASES, 4711)).toEqual({ sent: CASES, arrived: CASES, missed: [] });
	});

	it('arrive with the same person and event name through plain bodies', async () => {
		expect((await sendPlain(CASES, 4711)).arrived).toBeGreaterThanOrEqual(CASES - 1);
	});
});

const MB = 1_000_000;
const filled = (begin: string, piece: string, end = 'x') =>
	`${begin}${piece.repeat((MB - begin.length - end.length) / piece.length)}${end}`;

/** What a body can be filled with, where a value is looked for whose end never comes. */
const PIECES = [
	...[
		',',
		'\n',
		' ',
		'\u00a0',
		', ',
		',\n',
		'}',
		']',
		'{',
		'[',
		'},',
		',]',
		'{}',
		'[],',
		'"',
		'",',
		'", "',
		'"\n',
		'"\n"a',
		'"}',
		'"[',
	],
	...[
		'":',
		'"a":1\n',
		'"a":"[",',
		'"\\',
		'\\',
		"'",
		"',",
		"'}",
		"'a':1,",
		"{'",
		"[{'a':",
		'{{',
		'{%',
		'%}',
		'None,',
		'1,,',
		'[1,],',
		'a:1\n',
		'x',
		';',
	],
];
const BEGINS = ['[', '{"a":', '{"a":"', '{"a":["', "{'a':", '{"a":'.repeat(60)];

describe('a body of a megabyte made to take long', () => {
	it.each(PIECES.map((piece) => [JSON.stringify(piece), piece]))(
		'is read or given up, and kept to the letter: %s',
		(_, piece) => {
			for (const begin of BEGINS) {
				const text = filled(begin, piece);
				const effort = { looks: 0 };
				mendJson(text, effort);
				// Whoever gives up has begun a last look at what follows.
				expect({ begin, isBounded: effort.looks <= mostLooks(MB) + 2 * MB }).toEqual({
					begin,
					isBounded: true,
				});

				const body = parseBody(text, 'text/plain');
				expect(body.raw).toBe(text);
				expect(eventsOf(body, {}, '2031-02-03T04:05:07.000Z', SETTINGS).length).toBeGreaterThan(0);
			}
		},
	);

	it.each([
		['commas where a value should be', filled('{"a":', ',')],
		['line ends behind a bare value', filled('{"a": y', '\n')],
		[
			'a first name that is left, and commas behind it',
			filled('{"first_name": "", "x":', ',', '", "email": "a@b.example"}'),
		],
		['brackets that close everything', filled('{"a":', '}')],
		['blanks behind a text', filled('{"a": "x"', ' ', '"')],
	])('is looked at a few times at most: %s', (_, text) => {
		const effort = { looks: 0 };
		mendJson(text, effort);
		expect(effort.looks).toBeLessThan(5 * text.length);
	});

	it('is given up when it costs too much, and kept with the reason', () => {
		const text = `${'{"a":'.repeat(60)}${'}'.repeat(200_000)}x`;
		const effort = { looks: 0 };
		expect(mendJson(text, effort)).toBeUndefined();
		expect(effort.looks).toBeGreaterThan(mostLooks(text.length));
		expect(parseBody(text, 'text/plain')).toEqual({
			readable: false,
			error: expect.stringMatching(/not valid JSON and can't be repaired/),
			raw: text,
		});
	});

	it.each(['a=1&', 'a&', '=', '%', '%7B', 'x_base64= &', 'profile={"email":"a"}&', '+', '{', '"'])(
		'is read or given up as a form as well: %s',
		(piece) => {
			const body = parseBody(filled('', piece), 'application/x-www-form-urlencoded');
			expect(body.raw).toBe(filled('', piece));
			expect(eventsOf(body, {}, '2031-02-03T04:05:07.000Z', SETTINGS)).toHaveLength(1);
		},
	);

	it('is of no more trouble as the topic of a system webhook', () => {
		const data = [{ topic: filled('event:', ' ', 'a\nb') }];
		const [event] = normaliseSystemDelivery({ data }, SETTINGS, '2031-02-03T04:05:07.000Z');
		expect(event).toMatchObject({ error: "The entry's topic names no event" });
	});
});

describe('nesting', () => {
	const python = (levels: number) => `${"{'a': ".repeat(levels)}1${'}'.repeat(levels)}`;

	it('is read to 64 levels and no deeper, also inside a text', () => {
		const read = cleanObject({ payload: python(60) });
		expect(typeof read.payload).toBe('object');
		const tooDeep = cleanObject({ payload: python(64) });
		expect(tooDeep.payload).toBe(python(64));
	});

	it('a hundred thousand levels inside a text stay text', () => {
		for (const text of [python(100_000), '['.repeat(100_000), `${'[1,'.repeat(100_000)}`]) {
			expect(cleanObject({ payload: text }).payload).toBe(text);
		}
	});

	it('of an object that nobody bounded is cut, not followed', () => {
		let deep: IDataObject = {};
		for (let i = 0; i < 100_000; i++) deep = { a: deep };
		expect(JSON.stringify(cleanObject(deep)).length).toBeLessThan(64 * 6);
	});

	it('does not add up over texts inside texts', () => {
		let blob = '{"a": 1}';
		for (let i = 0; i < 200; i++) {
			blob = JSON.stringify({ payload_base64: Buffer.from(blob).toString('base64') });
			if (blob.length > 200_000) break;
		}
		expect(() => JSON.stringify(cleanObject(JSON.parse(blob) as never))).not.toThrow();
	});

	it('of a body without end is told, not followed', () => {
		expect(parseBody('{"a":'.repeat(100_000), 'text/plain')).toMatchObject({ readable: false });
		expect(parseBody(`{'a':`.repeat(100_000), 'text/plain')).toMatchObject({ readable: false });
		expect(parseBody('{(('.repeat(100_000), 'text/plain')).toMatchObject({ readable: false });
	});
});

describe('a prototype', () => {
	it.each([
		`{"__proto__": {"polluted": 1}, "email": "a@b.example"}`,
		`{'__proto__': {'polluted': 1}, 'email': 'a@b.example'}`,
		`{"payload": "{'__proto__': {'polluted': 1}}"}`,
		`{"payload": "{\\"__proto__\\": {\\"polluted\\": 1}}"}`,
		`{"__proto___base64": "${Buffer.from("{'polluted': 1}").toString('base64')}"}`,
		`{"__proto__": {"polluted": 1}, "x": ,}`,
	])('is set by no body: %s', (text) => {
		const body = parseBody(text, 'text/plain');
		expect(body.readable).toBe(true);
		const clean = cleanObject(body.readable ? body.bodies[0]! : {});
		expect((clean as { polluted?: number }).polluted).toBeUndefined();
		expect((clean.payload as { polluted?: number } | undefined)?.polluted).toBeUndefined();
		expect(({} as { polluted?: number }).polluted).toBeUndefined();
	});

	it('does not hide fields with the names of its own', () => {
		expect(cleanObject({ toString: 'x', constructor: 'y' } as never)).toEqual({
			toString: 'x',
			constructor: 'y',
		});
	});
});

describe('a value that is made to look like the body', () => {
	it.each([
		`{"first_name": ""}, {"email": "eve@shop.example", "email": "ana@shop.example"}`,
		`{"profile": {"first_name": ""}, {"email": "eve@shop.example", "email": "ana@shop.example"}}`,
		`{"n": 1}, {"email": "eve@shop.example"}`,
	])('makes no second event: %s', (text) => {
		const body = parseBody(text, 'text/plain');
		expect(body.readable && body.bodies.length).toBe(1);
	});
});
