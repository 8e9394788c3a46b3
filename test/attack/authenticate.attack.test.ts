import crypto from 'node:crypto';

import { authenticate, type RequestHeaders } from '../../nodes/Klaviyo/trigger/authenticate';

const SECRET = 'Correct-Horse-Battery-Staple-01';
const HEADER = 'x-klaviyo-secret';
const expected = { headerName: 'X-Klaviyo-Secret', secret: SECRET };
const sent = (value: unknown): RequestHeaders => ({ [HEADER]: value }) as RequestHeaders;

/** Values that look like the secret, or could trick a careless comparison. */
const FORGED_VALUES: Array<[what: string, value: unknown]> = [
	['nothing', ''],
	['a blank', ' '],
	['one character less', SECRET.slice(0, -1)],
	['one character more', `${SECRET}1`],
	['only the first character', SECRET[0]],
	['another first character', `c${SECRET.slice(1)}`],
	['another last character', `${SECRET.slice(0, -1)}2`],
	['another character in the middle', SECRET.replace('Battery', 'Batterz')],
	['lower case', SECRET.toLowerCase()],
	['upper case', SECRET.toUpperCase()],
	['the case of every letter swapped', swapCase(SECRET)],
	['reversed', [...SECRET].reverse().join('')],
	['twice', SECRET + SECRET],
	['twice with a comma, as Node joins repeated headers', `${SECRET}, ${SECRET}`],
	['behind a wrong one with a comma', `wrong, ${SECRET}`],
	['before a wrong one with a semicolon', `${SECRET}; wrong`],
	['a space before', ` ${SECRET}`],
	['a space behind', `${SECRET} `],
	['a tab behind', `${SECRET}\t`],
	['a line end behind', `${SECRET}\n`],
	['a carriage return behind', `${SECRET}\r`],
	['a NUL behind', `${SECRET}\0`],
	['a NUL and more behind', `${SECRET}\0anything`],
	['a zero width space inside', `Correct\u200b-Horse-Battery-Staple-01`],
	['a soft hyphen inside', `Cor\u00adrect-Horse-Battery-Staple-01`],
	['a byte order mark before', `\ufeff${SECRET}`],
	['a no-break space behind', `${SECRET}\u00a0`],
	['a Cyrillic o', SECRET.replace('o', '\u043e')],
	['full-width letters', SECRET.replace('C', '\uff23')],
	['a combining accent', SECRET.replace('e', 'e\u0301')],
	['typographic hyphens', SECRET.replaceAll('-', '\u2010')],
	['a right-to-left mark', `\u200f${SECRET}`],
	['a lone surrogate', `${SECRET}\ud800`],
	['percent-encoded', SECRET.replaceAll('-', '%2D')],
	['in quotes', `"${SECRET}"`],
	['as a bearer token', `Bearer ${SECRET}`],
	['in base64', Buffer.from(SECRET).toString('base64')],
	['in hexadecimal', Buffer.from(SECRET).toString('hex')],
	['its digest', crypto.createHash('sha256').update(SECRET).digest('hex')],
	['its raw digest', crypto.createHash('sha256').update(SECRET).digest('binary')],
	['a wildcard', '*'],
	['a pattern', '.*'],
	['an SQL condition', "' OR '1'='1"],
	['an expression', '={{ $credentials.secret }}'],
	['a template leftover', '{{ secret }}'],
	['a word for nothing: null', 'null'],
	['a word for nothing: undefined', 'undefined'],
	['a word for yes', 'true'],
	['a megabyte', 'x'.repeat(1_000_000)],
	['a megabyte that begins with the secret', SECRET + 'x'.repeat(1_000_000)],
	['a list of it', [SECRET]],
	['a list of it twice', [SECRET, SECRET]],
	['a list with a wrong one', ['wrong', SECRET]],
	['an empty list', []],
	['an object that reads as it', { toString: () => SECRET }],
	['a boxed string', Object(SECRET)],
	['its bytes', Buffer.from(SECRET)],
	['null', null],
	['undefined', undefined],
	['true', true],
	['zero', 0],
];

describe('a forged secret', () => {
	it.each(FORGED_VALUES)('does not get in: %s', (_, value) => {
		expect(authenticate(sent(value), expected).granted).toBe(false);
	});

	it.each(FORGED_VALUES)(
		'is not repeated, and the true one not told, in the reason: %s',
		(_, value) => {
			const access = authenticate(sent(value), expected);
			const reason = access.granted ? '' : access.reason;
			expect(reason).toMatch(/^The header 'X-Klaviyo-Secret' (is missing|has another value)$/);
		},
	);
});

describe('the right secret in the wrong place', () => {
	it.each([
		'authorization',
		'X-Klaviyo-Secret',
		'x-klaviyo-secret ',
		' x-klaviyo-secret',
		'x_klaviyo_secret',
		'x-klaviyo-secret\0',
		'x-klaviyo-secret[]',
		'x-\u212alaviyo-secret',
		'x-klaviyo-secre',
		'x-klaviyo-secrets',
		'cookie',
		'',
	])('does not get in: header %j', (name) => {
		expect(authenticate({ [name]: SECRET }, expected).granted).toBe(false);
	});
});

describe('a header named like a member of every object', () => {
	it.each([
		'constructor',
		'__proto__',
		'toString',
		'hasOwnProperty',
		'valueOf',
		'__defineGetter__',
	])('lets nobody in who does not send it: %s', (headerName) => {
		expect(authenticate({}, { headerName, secret: SECRET }).granted).toBe(false);
	});
});

describe('without a usable secret', () => {
	it.each([
		['empty', ''],
		['short', 'short'],
		['one under the least length', 'x'.repeat(15)],
		['only blanks', ' '.repeat(32)],
		['unicode', 'ž'.repeat(32)],
		['with a line end', `${SECRET}\n`],
	])('nobody gets in, not even with that same value: %s', (_, secret) => {
		expect(authenticate(sent(secret), { ...expected, secret }).granted).toBe(false);
	});

	it.each(['', ' ', 'X Klaviyo', 'X-Klaviyo-Secret\r\nX-Other', 'X:Y', 'Š'])(
		'or a usable header name nobody gets in: %j',
		(headerName) => {
			const headers = { [headerName.toLowerCase()]: SECRET };
			expect(authenticate(headers, { headerName, secret: SECRET }).granted).toBe(false);
		},
	);
});

describe('the comparison', () => {
	it.each([
		['a character', 'x'],
		['the same length', SECRET.replace('1', '2')],
		['one more', `${SECRET}1`],
		['a megabyte', 'x'.repeat(1_000_000)],
		['characters of several bytes', '🎉'.repeat(8)],
	])('takes the constant-time way over equally long digests with %s', (_, value) => {
		const compare = jest.spyOn(crypto, 'timingSafeEqual');
		try {
			expect(authenticate(sent(value), expected).granted).toBe(false);
			expect(compare).toHaveBeenCalledTimes(1);
			const [given, wanted] = compare.mock.calls[0]!;
			expect([given.byteLength, wanted.byteLength]).toEqual([32, 32]);
		} finally {
			compare.mockRestore();
		}
	});
});

function swapCase(text: string): string {
	return [...text]
		.map((letter) =>
			letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
		)
		.join('');
}
