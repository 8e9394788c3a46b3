import {
	authenticate,
	MIN_SECRET_LENGTH,
	secretProblem,
} from '../../../nodes/Klaviyo/trigger/door/authenticate';

const SECRET = 'correct-horse-battery-staple';
const expected = { headerName: 'X-Klaviyo-Secret', secret: SECRET };

describe('a delivery', () => {
	it('gets in with the secret in the header that the credential names', () => {
		expect(authenticate({ 'x-klaviyo-secret': SECRET }, expected)).toEqual({ granted: true });
	});

	it('gets in whatever case the credential writes the header’s name in', () => {
		expect(
			authenticate({ 'x-klaviyo-secret': SECRET }, { ...expected, headerName: 'x-KLAVIYO-secret' }),
		).toEqual({ granted: true });
	});

	it('gets in with a secret of every character that a header can carry', () => {
		const secret = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i)).join('');
		expect(authenticate({ 'x-klaviyo-secret': secret }, { ...expected, secret })).toEqual({
			granted: true,
		});
	});

	it('is told apart: without the header, and with another value', () => {
		expect(authenticate({}, expected)).toEqual({
			granted: false,
			reason:
				"The header 'X-Klaviyo-Secret' is missing. Add it to the headers of the webhook action in Klaviyo.",
		});
		expect(authenticate({ 'x-klaviyo-secret': 'x' }, expected)).toEqual({
			granted: false,
			reason:
				"The header 'X-Klaviyo-Secret' has another value. Enter the 'Secret' of the Klaviyo Webhook API credential in Klaviyo.",
		});
	});
});

describe('a secret', () => {
	it(`is good from ${MIN_SECRET_LENGTH} characters on`, () => {
		expect(secretProblem({ ...expected, secret: 'x'.repeat(MIN_SECRET_LENGTH) })).toBeNull();
		expect(secretProblem({ ...expected, secret: 'x'.repeat(MIN_SECRET_LENGTH - 1) })).toMatch(
			/has 15 characters; it needs at least 16/,
		);
	});

	it.each([
		['a space at the end', `${SECRET} `],
		['a line end', `${SECRET}\n`],
		['a line end inside', `${SECRET}\r\nX-Other: 1`],
		['an accent', `${SECRET}é`],
		['a NUL', `${SECRET}\0`],
		['a DEL', `${SECRET}\x7f`],
	])('is not usable with %s', (_, secret) => {
		expect(secretProblem({ ...expected, secret })).toMatch(/can't carry unchanged/);
	});

	it.each([
		'',
		' ',
		'X Klaviyo',
		'X-Klaviyo:',
		'X-Klaviyo\n',
		'X-Klavíyo',
		'X-\u212alaviyo',
		'(x)',
	])('is not usable in a header named %j', (headerName) => {
		expect(secretProblem({ ...expected, headerName })).toMatch(/'Header Name'/);
	});

	it.each(['tooshort-4711', `${SECRET} `, `${SECRET}é`])(
		'is not repeated by the sentence on it: %j',
		(secret) => {
			expect(secretProblem({ ...expected, secret })).not.toContain(secret.trim());
		},
	);
});
