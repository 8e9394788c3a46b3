// Somebody who has seen system webhooks, or tries without: what n8n's webhook context lets through.
import {
	signatureOf,
	signingSecret,
	verifySignature,
} from '../../../nodes/Klaviyo/trigger/door/signature';
import { envelope } from '../../../sandbox/klaviyo/api/system-events';
import { callTrigger, MemoryCredentials, type TriggerSetup } from '../../engine/support/engine';
import type { Attack, AttackGroup } from './attack';

const SECRET = 'Correct-Horse-Battery-Staple-01';
const OLD_SECRET = 'Correct-Horse-Battery-Staple-00';
const MARKER = '5f0d3c58-7f0e-4b53-8a5e-0c4c7c9a1b01';
const TIMESTAMP = 'Thu, 04 Jan 2024 18:05:25 GMT';
const HOUR_MS = 3_600_000;
const KEY = signingSecret(SECRET, MARKER);

/** One event, said to be sent at this time. */
function bodyAt(now: Date, note = 'žluťoučký 🐎'): Buffer {
	const event = {
		topic: 'event:api.placed_order',
		external_id: '4L3cwQae2TX',
		profile_id: '01JZ',
		properties: { note },
	};
	return Buffer.from(
		JSON.stringify(envelope([event], { webhookId: 'a8b890458b4bbfaa', accountId: 'AcCnt1', now })),
	);
}

const BODY = bodyAt(new Date());
const SIGNATURE = signatureOf(BODY, TIMESTAMP, KEY);

interface Delivery {
	body?: Buffer;
	timestamp?: unknown;
	signature?: unknown;
	webhookId?: unknown;
	marker?: string;
	more?: Record<string, unknown>;
}

let count = 0;

function triggerOf(marker = MARKER): TriggerSetup {
	return {
		credentials: new MemoryCredentials({
			klaviyoWebhookApi: { headerName: 'X-Klaviyo-Secret', secret: SECRET },
		}),
		parameters: { setUp: 'systemWebhook' },
		credentialId: `signed-${count++}`,
		webhookId: marker,
	};
}

const trigger = triggerOf();
const otherTrigger = triggerOf('0e4c1d77-1111-4222-8333-944455556666');

/** The ids of the events that a delivery starts the workflow with. */
async function eventsOf({
	body = BODY,
	marker = MARKER,
	more = {},
	...given
}: Delivery): Promise<unknown[]> {
	const headers = {
		'klaviyo-signature': 'signature' in given ? given.signature : signatureOf(body, TIMESTAMP, KEY),
		'klaviyo-timestamp': 'timestamp' in given ? given.timestamp : TIMESTAMP,
		'klaviyo-webhook-id': 'webhookId' in given ? given.webhookId : 'a8b890458b4bbfaa',
		...more,
	};
	const answer = await callTrigger(marker === MARKER ? trigger : otherTrigger, {
		headers: headers as Record<string, string>,
		body,
	});
	return answer.items.map(({ json }) => json.event_id);
}

const attack = (what: string, delivery: Delivery): Attack => ({
	what,
	succeeds: async () => (await eventsOf(delivery)).length > 0,
});

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

const isLetIn = (body: Buffer, timestamp: string, signature: string) =>
	verifySignature(
		{ 'klaviyo-signature': signature, 'klaviyo-timestamp': timestamp },
		body,
		{ headerName: 'X-Klaviyo-Secret', secret: SECRET },
		MARKER,
	).granted;

/** So many that only the judge itself is asked. */
export const SIGNATURE_BITS: AttackGroup = {
	name: 'system webhook: one bit changed',
	attacks: () => [
		...flipped(BODY).map((body, bit) => ({
			what: `body, bit ${bit}`,
			succeeds: () => isLetIn(body, TIMESTAMP, SIGNATURE),
		})),
		...textsOf(TIMESTAMP).map((at, bit) => ({
			what: `time, bit ${bit}`,
			succeeds: () => isLetIn(BODY, at, SIGNATURE),
		})),
		...textsOf(SIGNATURE).map((given, bit) => ({
			what: `signature, bit ${bit}`,
			succeeds: () => isLetIn(BODY, TIMESTAMP, given),
		})),
	],
	honest: () => isLetIn(BODY, TIMESTAMP, SIGNATURE),
};

/** With the signature of the whole: the bytes that were signed are the same, the cut between them is another. */
function movedCuts(): Attack[] {
	const intoHeader = Array.from({ length: BODY.length - 1 }, (_, index) => {
		const at = BODY.length - 1 - index;
		return attack(`end of the body, from byte ${at}, moved into the time`, {
			body: BODY.subarray(0, at),
			timestamp: BODY.subarray(at).toString('utf8') + TIMESTAMP,
			signature: SIGNATURE,
		});
	});
	const intoBody = Array.from({ length: TIMESTAMP.length }, (_, at) =>
		attack(`${at + 1} characters of the time moved into the body`, {
			body: Buffer.concat([BODY, Buffer.from(TIMESTAMP.slice(0, at + 1))]),
			timestamp: TIMESTAMP.slice(at + 1),
			signature: SIGNATURE,
		}),
	);
	return [...intoHeader, ...intoBody];
}

function forgedSignatures(): Attack[] {
	const forged: Array<[string, unknown]> = [
		['nothing', ''],
		['absent', undefined],
		['a list', [SIGNATURE]],
		['a list with another', [SIGNATURE, '0'.repeat(64)]],
		['the body signed alone', signatureOf(BODY, '', KEY)],
		['the time before the body', signatureOf(Buffer.from(TIMESTAMP), BODY.toString('utf8'), KEY)],
		['the credential’s secret as key', signatureOf(BODY, TIMESTAMP, SECRET)],
		['another trigger’s key', signatureOf(BODY, TIMESTAMP, signingSecret(SECRET, 'other'))],
		['the key of no trigger', signatureOf(BODY, TIMESTAMP, signingSecret(SECRET, ''))],
		[
			'the key of a secret that was withdrawn',
			signatureOf(BODY, TIMESTAMP, signingSecret(OLD_SECRET, MARKER)),
		],
		['an empty key', signatureOf(BODY, TIMESTAMP, '')],
		['of another body', signatureOf(bodyAt(new Date(), 'other'), TIMESTAMP, KEY)],
		['a prefix', `sha256=${SIGNATURE}`],
		['upper case', SIGNATURE.toUpperCase()],
		['Base64', Buffer.from(SIGNATURE, 'hex').toString('base64')],
		['a blank before', ` ${SIGNATURE}`],
		['a blank behind', `${SIGNATURE} `],
		['a line end behind', `${SIGNATURE}\r\n`],
		['a NUL behind', `${SIGNATURE}\0`],
		['itself twice', `${SIGNATURE}, ${SIGNATURE}`],
		['behind a wrong one', `${'0'.repeat(64)}, ${SIGNATURE}`],
		['the secret itself', SECRET],
		['the signing secret itself', KEY],
		['zeros', '0'.repeat(64)],
	];
	const cut = Array.from({ length: 64 }, (_, length): [string, unknown] => [
		`cut to ${length} digits`,
		SIGNATURE.slice(0, length),
	]);
	return [...forged, ...cut].map(([what, signature]) =>
		attack(`signature: ${what}`, { signature }),
	);
}

/** Rightly signed, but not for here, not for now, or not any more. */
function replays(): Attack[] {
	const old = bodyAt(new Date(Date.now() - 49 * HOUR_MS));
	const times = [
		undefined,
		'',
		'Thu, 04 Jan 2024 18:05:26 GMT',
		[TIMESTAMP],
		` ${TIMESTAMP}`,
		`${TIMESTAMP}, ${TIMESTAMP}`,
	];
	return [
		attack('at another trigger with the same secret', { marker: 'other', signature: SIGNATURE }),
		attack('too old', { body: old }),
		attack('a year old', { body: bodyAt(new Date(Date.now() - 8766 * HOUR_MS)) }),
		...[undefined, '', 'b8b890458b4bbfaa', ['a8b890458b4bbfaa'], '__proto__'].map((webhookId) =>
			attack(`with the webhook id ${JSON.stringify(webhookId)}`, {
				webhookId,
				signature: SIGNATURE,
			}),
		),
		...times.map((timestamp) =>
			attack(`with the time ${JSON.stringify(timestamp)}`, { timestamp, signature: SIGNATURE }),
		),
		attack('with the flow webhook’s secret in its place', {
			signature: undefined,
			more: { 'x-klaviyo-secret': SECRET },
		}),
		{
			what: 'replayed in time, for another event',
			succeeds: async () => String(await eventsOf({})) !== String(await eventsOf({})),
		},
	];
}

export const SIGNATURE_ATTACKS: AttackGroup = {
	name: 'system webhook: signature forged, replayed, stale or cut',
	attacks: () => [
		...forgedSignatures(),
		...Array.from({ length: BODY.length }, (_, end) =>
			attack(`body cut at byte ${end}`, { body: BODY.subarray(0, end), signature: SIGNATURE }),
		),
		...movedCuts(),
		...replays(),
	],
	honest: async () => (await eventsOf({ signature: SIGNATURE })).length === 1,
};
