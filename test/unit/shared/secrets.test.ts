import { HIDDEN, hiding } from '../../../nodes/shared/secrets';

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
		expect(hiding([`${SECRET}\r\nor: 1`])(`You sent ${SECRET}or: 1`)).toBe(`You sent ${HIDDEN}or: 1`);
	});

	it('loses it however deep it stands', () => {
		let deep: unknown = SECRET;
		for (let i = 0; i < 100_000; i++) deep = [deep];
		let found = hide(deep);
		while (Array.isArray(found)) [found] = found as unknown[];
		expect(found).toBe(HIDDEN);
	});
});

describe('an answer without a secret', () => {
	it.each([undefined, null, 7, '', 'OK', { a: [1, null, { b: 'x' }] }])('stays as it is: %j', (body) => {
		expect(hide(body)).toBe(body);
	});

	it('is not searched for what is too short to be told from other text', () => {
		expect(hiding(['', 'short'])('A short one')).toBe('A short one');
	});
});
