import type {
	RequestHeaders,
	WebhookSecret,
} from '../../../nodes/Klaviyo/trigger/door/authenticate';
import {
	isForOtherWebhook,
	signatureOf,
	signingSecret,
	verifySignature,
} from '../../../nodes/Klaviyo/trigger/door/signature';

const VECTOR_SECRET = 'klaviyo-test-secret';
const TIMESTAMP = 'Thu, 04 Jan 2024 18:05:25 GMT';
const BODY =
	'{"data":[{"external_id":"4L3cwQae2TX","topic":"event:klaviyo.sent_sms"}],"meta":{"klaviyo_webhook_id":"a8b890458b4bbfaa26d961471b83c101d6de23bd826e7e5173a15310985ec3cb"}}';
const SIGNATURE = '5aa0e720d80b3a04ca04baf3c65cdfe31da57504af69fee8da29c35d45f0596b';
const MARKER = '5f0d3c58-7f0e-4b53-8a5e-0c4c7c9a1b01';
const OTHER_MARKER = '0e4c1d77-1111-4222-8333-944455556666';

const sign = (body: string, secret = VECTOR_SECRET) =>
	signatureOf(Buffer.from(body, 'utf8'), TIMESTAMP, secret);

describe('a signature', () => {
	it.each([
		['of a body as Klaviyo sends it', BODY, SIGNATURE],
		['of nothing', '', '20207af32de1a92c348f827f1eace8aefdcc554c6fc41e1e5625d4480a1cf059'],
		[
			'of text beyond ASCII',
			'{"note":"žluťoučký 🐎"}',
			'467a85358af367f118b1ab343292f1c16e91803dc23eb79556fda4de284861e8',
		],
	])('%s is the one that others compute', (_, body, expected) => {
		expect(sign(body)).toBe(expected);
	});

	it.each([
		['the body alone', '438863f345f5d893316dd3e513592a9c7810ea748775c2c61b7fce6a049bee6a'],
		[
			'the timestamp before the body',
			'041e913b20e8df375c7984608bb7ec1407cda7b94300c4db19ab8eefb95ac329',
		],
	])('is not the one over %s', (_, wrong) => {
		expect(sign(BODY)).not.toBe(wrong);
	});
});

describe('the secret that Klaviyo signs with', () => {
	const secret = 'the-secret-of-the-lamp-shop';

	it('has 64 hex digits', () => {
		expect(signingSecret(secret, MARKER)).toMatch(/^[0-9a-f]{64}$/);
	});

	it('is the same each time', () => {
		expect(signingSecret(secret, MARKER)).toBe(signingSecret(secret, MARKER));
	});

	it('is another one for each trigger and for each secret', () => {
		const made = [
			signingSecret(secret, MARKER),
			signingSecret(secret, OTHER_MARKER),
			signingSecret('another-secret-of-the-shop', MARKER),
		];
		expect(new Set(made).size).toBe(made.length);
	});
});

describe('a signed delivery', () => {
	const expected: WebhookSecret = {
		headerName: 'X-Klaviyo-Secret',
		secret: 'the-secret-of-the-lamp-shop',
		previousSecret: 'the-secret-of-last-summer',
	};
	const signedWith = (secret: string, body = BODY, marker = MARKER): RequestHeaders => ({
		'klaviyo-signature': sign(body, signingSecret(secret, marker)),
		'klaviyo-timestamp': TIMESTAMP,
	});
	const good = signedWith(expected.secret);
	const verify = (headers: RequestHeaders, body = BODY, secret = expected) =>
		verifySignature(headers, Buffer.from(body, 'utf8'), secret, MARKER).granted;

	it('is let in by the secret in force', () => {
		expect(verify(good)).toBe(true);
	});

	it('is let in by the previous secret while there is one', () => {
		const headers = signedWith('the-secret-of-last-summer');
		expect(verify(headers)).toBe(true);
		expect(verify(headers, BODY, { ...expected, previousSecret: '' })).toBe(false);
	});

	it.each<[string, RequestHeaders]>([
		[
			'in upper case',
			{ ...good, 'klaviyo-signature': String(good['klaviyo-signature']).toUpperCase() },
		],
		[
			'that is cut short',
			{ ...good, 'klaviyo-signature': String(good['klaviyo-signature']).slice(1) },
		],
		['that is empty', { ...good, 'klaviyo-signature': '' }],
		['that is missing', { 'klaviyo-timestamp': TIMESTAMP }],
		['that came twice', { ...good, 'klaviyo-signature': [String(good['klaviyo-signature'])] }],
		['without its timestamp', { 'klaviyo-signature': good['klaviyo-signature'] }],
		[
			'with the timestamp of another',
			{ ...good, 'klaviyo-timestamp': 'Thu, 04 Jan 2024 18:05:26 GMT' },
		],
		['by a stranger', signedWith('the-secret-of-a-stranger')],
		['of another trigger', signedWith(expected.secret, BODY, OTHER_MARKER)],
	])('is refused with a signature %s', (_, headers) => {
		expect(verify(headers)).toBe(false);
	});

	it('is refused when its body was read and written anew', () => {
		const spaced = BODY.replaceAll(':', ': ');
		const headers = signedWith(expected.secret, spaced);
		expect(verify(headers, spaced)).toBe(true);
		expect(verify(headers, JSON.stringify(JSON.parse(spaced)))).toBe(false);
	});

	it('is refused whatever it says while the secret is too short', () => {
		const short = { ...expected, secret: 'short', previousSecret: '' };
		expect(verify(signedWith('short'), BODY, short)).toBe(false);
	});

	it('is told without the secret why it is refused', () => {
		const access = verifySignature({}, Buffer.from(BODY), expected, MARKER);
		expect(access).toEqual({ granted: false, reason: expect.stringMatching(/missing/) });
		expect(JSON.stringify(access)).not.toContain(expected.secret);
	});
});

describe('the id of the webhook', () => {
	it('has to be the same in header and body', () => {
		expect(isForOtherWebhook({ 'klaviyo-webhook-id': 'a8b8' }, 'a8b8')).toBe(false);
		expect(isForOtherWebhook({ 'klaviyo-webhook-id': 'a8b8' }, 'a8b9')).toBe(true);
		expect(isForOtherWebhook({ 'klaviyo-webhook-id': 'a8b8' }, undefined)).toBe(true);
		expect(isForOtherWebhook({}, 'a8b8')).toBe(true);
	});
});
