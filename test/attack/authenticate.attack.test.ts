import crypto from 'node:crypto';

import { authenticate, type RequestHeaders } from '../../nodes/Klaviyo/trigger/door/authenticate';
import { verifySignature } from '../../nodes/Klaviyo/trigger/door/signature';
import {
	FORGED_VALUES,
	HEADER,
	MEMBER_NAMES,
	SECRET,
	UNUSABLE_HEADERS,
	UNUSABLE_SECRETS,
	WRONG_HEADERS,
} from './support/secretHeader';

const expected = { headerName: 'X-Klaviyo-Secret', secret: SECRET };
const sent = (value: unknown): RequestHeaders => ({ [HEADER]: value }) as RequestHeaders;

describe('a forged secret', () => {
	it.each(FORGED_VALUES)('does not get in: %s', (_, value) => {
		expect(authenticate(sent(value), expected).granted).toBe(false);
	});

	it.each(FORGED_VALUES)(
		'is not repeated, and the true one not told, in the reason: %s',
		(_, value) => {
			const access = authenticate(sent(value), expected);
			const reason = access.granted ? '' : access.reason;
			expect(reason).toMatch(
				/^The header 'X-Klaviyo-Secret' (is missing\. Add it to the headers of the webhook action in Klaviyo|has another value\. Enter the 'Secret' of the Klaviyo Webhook API credential in Klaviyo)\.$/,
			);
		},
	);
});

describe('the right secret in the wrong place', () => {
	it.each(WRONG_HEADERS)('does not get in: header %j', (name) => {
		expect(authenticate({ [name]: SECRET }, expected).granted).toBe(false);
	});
});

describe('a header named like a member of every object', () => {
	it.each(MEMBER_NAMES)('lets nobody in who does not send it: %s', (headerName) => {
		expect(authenticate({}, { headerName, secret: SECRET }).granted).toBe(false);
	});
});

describe('without a usable secret', () => {
	it.each(UNUSABLE_SECRETS)('nobody gets in, not even with that same value: %s', (_, secret) => {
		expect(authenticate(sent(secret), { ...expected, secret }).granted).toBe(false);
	});

	it.each(UNUSABLE_HEADERS)('or a usable header name nobody gets in: %j', (headerName) => {
		const headers = { [headerName.toLowerCase()]: SECRET };
		expect(authenticate(headers, { headerName, secret: SECRET }).granted).toBe(false);
	});
});

/** What was compared while `work` ran, as the lengths of both sides. */
function compared(work: () => void): number[][] {
	const compare = jest.spyOn(crypto, 'timingSafeEqual');
	try {
		work();
		return compare.mock.calls.map(([given, wanted]) => [given.byteLength, wanted.byteLength]);
	} finally {
		compare.mockRestore();
	}
}

const texts: Array<[string, unknown]> = [
	...FORGED_VALUES.filter(([, value]) => typeof value === 'string' && value !== ''),
	['itself', SECRET],
];

describe('the comparison takes the constant-time way over equally long digests', () => {
	it.each(texts)('with %s', (_, value) => {
		expect(compared(() => authenticate(sent(value), expected))).toEqual([[32, 32]]);
	});

	it.each(texts)('with both secrets while one is changed, whichever fits: %s', (_, value) => {
		const changing = { ...expected, previousSecret: `${SECRET}-before` };
		expect(compared(() => authenticate(sent(value), changing))).toEqual([
			[32, 32],
			[32, 32],
		]);
	});

	it.each(['', 'x', '0'.repeat(64), 'f'.repeat(65)])('with a signature: %j', (given) => {
		const headers = {
			'klaviyo-signature': given,
			'klaviyo-timestamp': 'Thu, 04 Jan 2024 18:05:25 GMT',
		};
		expect(compared(() => verifySignature(headers, Buffer.from('{}'), expected, 'marker'))).toEqual(
			[[32, 32]],
		);
	});
});
