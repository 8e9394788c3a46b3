import {
	signatureOf,
	signingSecret,
	verifySignature,
} from '../../nodes/Klaviyo/trigger/signature';

const SECRET = 'Correct-Horse-Battery-Staple-01';
const MARKER = '5f0d3c58-7f0e-4b53-8a5e-0c4c7c9a1b01';
const TIMESTAMP = 'Thu, 04 Jan 2024 18:05:25 GMT';
const BODY = Buffer.from(
	'{"data":[{"external_id":"4L3cwQae2TX","topic":"event:klaviyo.sent_sms","note":"žluťoučký 🐎"}],"meta":{"klaviyo_webhook_id":"a8b890458b4bbfaa"}}',
	'utf8',
);
const SIGNATURE = signatureOf(BODY, TIMESTAMP, signingSecret(SECRET, MARKER));

const isLetIn = (body: Buffer, timestamp: string, signature: string) =>
	verifySignature(
		{ 'klaviyo-signature': signature, 'klaviyo-timestamp': timestamp },
		body,
		{ headerName: 'X-Klaviyo-Secret', secret: SECRET },
		MARKER,
	).granted;

/** All copies that differ in one bit. */
function flipped(original: Buffer): Buffer[] {
	return Array.from({ length: original.length * 8 }, (_, bit) => {
		const copy = Buffer.from(original);
		copy[bit >> 3]! ^= 1 << (bit & 7);
		return copy;
	});
}

/** Header values reach a node one character a byte. */
const textsOf = (text: string) =>
	flipped(Buffer.from(text, 'latin1')).map((bytes) => bytes.toString('latin1'));

describe('a signed delivery', () => {
	it('is let in as it was sent', () => {
		expect(isLetIn(BODY, TIMESTAMP, SIGNATURE)).toBe(true);
	});

	it.each<[string, number, () => boolean[]]>([
		['body', BODY.length, () => flipped(BODY).map((body) => isLetIn(body, TIMESTAMP, SIGNATURE))],
		['timestamp', TIMESTAMP.length, () => textsOf(TIMESTAMP).map((at) => isLetIn(BODY, at, SIGNATURE))],
		['signature', 64, () => textsOf(SIGNATURE).map((given) => isLetIn(BODY, TIMESTAMP, given))],
	])('is refused with any one bit of its %s changed', (_, bytes, tryAll) => {
		const tried = tryAll();
		expect({ tried: tried.length, accepted: tried.filter(Boolean).length }).toEqual({
			tried: bytes * 8,
			accepted: 0,
		});
	});

	it('is refused cut at any byte', () => {
		const accepted = Array.from({ length: BODY.length }, (_, end) =>
			isLetIn(BODY.subarray(0, end), TIMESTAMP, SIGNATURE),
		).filter(Boolean);
		expect(accepted).toHaveLength(0);
	});

	it.each([
		['nothing', ''],
		['the body signed alone', signatureOf(BODY, '', signingSecret(SECRET, MARKER))],
		['the credential’s secret as key', signatureOf(BODY, TIMESTAMP, SECRET)],
		['another trigger’s key', signatureOf(BODY, TIMESTAMP, signingSecret(SECRET, 'other'))],
		['the key of no trigger', signatureOf(BODY, TIMESTAMP, signingSecret(SECRET, ''))],
		['an empty key', signatureOf(BODY, TIMESTAMP, '')],
		['a prefix', `sha256=${SIGNATURE}`],
		['upper case', SIGNATURE.toUpperCase()],
		['Base64', Buffer.from(SIGNATURE, 'hex').toString('base64')],
		['a blank behind', `${SIGNATURE} `],
		['itself twice', `${SIGNATURE}, ${SIGNATURE}`],
		['the secret itself', signingSecret(SECRET, MARKER)],
	])('is refused with a signature that is %s', (_, signature) => {
		expect(isLetIn(BODY, TIMESTAMP, signature)).toBe(false);
	});
});
