import { HIDDEN, hiding } from '../../../nodes/shared/http/secrets';

const SECRET = 'tk/abc+def=&"<x>';
const hide = hiding([`Bearer ${SECRET}`]);

describe('an answer that repeats a secret', () => {
	it.each([
		['as it is', SECRET],
		['in JSON', JSON.stringify(SECRET).slice(1, -1)],
		['in a URL', encodeURIComponent(SECRET)],
		['in a form', new URLSearchParams({ a: SECRET }).toString().slice(2)],
		['in Base64', Buffer.from(SECRET).toString('base64')],
		['in HTML', 'tk/abc+def=&amp;&quot;&lt;x>'],
		['with escaped slashes', JSON.stringify(SECRET).slice(1, -1).replace('/', '\\/')],
	])('loses it %s', (_, text) => {
		expect(hide(`You sent ${text} twice: ${text}`)).toBe(`You sent ${HIDDEN} twice: ${HIDDEN}`);
		expect(hide({ errors: [{ message: text }] })).toEqual({ errors: [{ message: HIDDEN }] });
	});

	it('loses it with its first word, and in the names of fields', () => {
		expect(hide({ [`Bearer ${SECRET}`]: 1 })).toEqual({ [HIDDEN]: 1 });
	});

	it('loses it when line ends that stood in it were dropped on the way', () => {
		expect(hiding([`${SECRET}\r\nor: 1`])(`You sent ${SECRET}or: 1`)).toBe(
			`You sent ${HIDDEN}or: 1`,
		);
	});

	it('loses it however deep it stands', () => {
		let deep: unknown = SECRET;
		for (let i = 0; i < 100_000; i++) deep = [deep];
		let found = hide(deep);
		while (Array.isArray(found)) [found] = found as unknown[];
		expect(found).toBe(HIDDEN);
	});
});

/** All characters that some encoding spells in a way of its own. */
const ODD = `s3*cr!et'(a)~b>c/d+e"f<g&h=i%j\\k?l#m:n;o@p,q\`r|s{t}u[v]w`;
const upper = (text: string) =>
	text.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
const inHtml = (text: string, entities: Record<string, string>) =>
	text.replace(/[^\w]/g, (sign) => entities[sign] ?? sign);
const BASICS = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

describe('a secret of odd characters', () => {
	const hideOdd = hiding([ODD]);
	const base64 = Buffer.from(ODD).toString('base64');

	it.each([
		['by encodeURIComponent', encodeURIComponent(ODD)],
		['strictly by RFC 3986', upper(encodeURIComponent(ODD))],
		[
			'with hex digits in lower case',
			upper(encodeURIComponent(ODD)).replace(/%../g, (hex) => hex.toLowerCase()),
		],
		[
			'as in a query that is shown',
			ODD.replaceAll('%', '%25')
				.replaceAll('"', '%22')
				.replaceAll('<', '%3C')
				.replaceAll('>', '%3E'),
		],
		['as in a form', new URLSearchParams({ _: ODD }).toString().slice(2)],
		['in JSON', JSON.stringify(ODD)],
		['in JSON in JSON', JSON.stringify(JSON.stringify(ODD))],
		['in JSON with escaped slashes', JSON.stringify(ODD).replaceAll('/', '\\/')],
		[
			'in JSON for web pages',
			JSON.stringify(ODD).replace(/[<>&']/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
		],
		['as it is, with escaped slashes', ODD.replaceAll('/', '\\/')],
		['in text of a web page', inHtml(ODD, BASICS)],
		['in HTML with quotes by number', inHtml(ODD, { ...BASICS, '"': '&#34;', "'": '&#39;' })],
		[
			'in HTML with quotes by hex number',
			inHtml(ODD, {
				...BASICS,
				'"': '&quot;',
				"'": '&#x27;',
				'/': '&#x2F;',
				'`': '&#x60;',
				'=': '&#x3D;',
			}),
		],
		['in HTML with leading zeros', inHtml(ODD, { ...BASICS, '"': '&quot;', "'": '&#039;' })],
		['in XML', inHtml(ODD, { ...BASICS, '"': '&quot;', "'": '&apos;' })],
		['in Base64', base64],
		['in Base64 with escaped slashes', base64.replaceAll('/', '\\/')],
		['in Base64 without its padding', base64.replace(/=+$/, '')],
		['in Base64 in a URL', encodeURIComponent(base64)],
		['in Base64 for URLs', Buffer.from(ODD).toString('base64url')],
	])('is taken out %s', (_, text) => {
		const left = hideOdd(`You sent ${text} twice: ${text}`) as string;
		expect(left.replace(/\\*"/g, '')).toBe(`You sent ${HIDDEN} twice: ${HIDDEN}`);
	});

	it.each([
		['spaces', 'a secret in words', 'a+secret+in+words'],
		['a line end', 'secret\nof two lines', 'secret\\nof two lines'],
		[
			'letters of other alphabets',
			'tajné-heslo-žluťoučké',
			encodeURIComponent('tajné-heslo-žluťoučké'),
		],
		['emoji in JSON of ASCII', 'secret-🎉-party', 'secret-\\ud83c\\uDF89-party'],
		['backslashes at its end', 'secret\\\\', JSON.stringify('secret\\\\').slice(1, -1)],
	])('is taken out with %s', (_, secret, text) => {
		expect(hiding([secret])(`(${text})`)).toBe(`(${HIDDEN})`);
	});

	it.each([
		['backslashes', '\\'.repeat(200_000)],
		['escaped slashes', '\\/'.repeat(100_000)],
		['the beginning of it, again and again', `${ODD.slice(0, -1)}x`.repeat(20_000)],
		['zeros', `s3&#${'0'.repeat(200_000)}`],
	])('does not keep n8n busy with an answer of %s', (_, text) => {
		const before = performance.now();
		hideOdd(text);
		hiding(['\\/'.repeat(30) + 'x', '//////////', '\\\\\\\\\\\\x'])(text);
		// What tries all ways takes hours.
		expect(performance.now() - before).toBeLessThan(30_000);
	});
});

describe('an answer without a secret', () => {
	it.each([undefined, null, 7, '', 'OK', { a: [1, null, { b: 'x' }] }])(
		'stays as it is: %j',
		(body) => {
			expect(hide(body)).toBe(body);
		},
	);

	it('is not searched for what is too short to be told from other text', () => {
		expect(hiding(['', 'short'])('A short one')).toBe('A short one');
	});
});
