import { createHmac } from 'node:crypto';

import {
	isOneOf,
	secretProblem,
	secretsOf,
	type Access,
	type RequestHeaders,
	type WebhookSecret,
} from './authenticate';

const SIGNATURE_HEADER = 'klaviyo-signature';
const TIMESTAMP_HEADER = 'klaviyo-timestamp';
const WEBHOOK_ID_HEADER = 'klaviyo-webhook-id';

/**
 * The secret that Klaviyo signs one system webhook with. It is made from the credential's, so that nothing has to be
 * remembered between publishing and receiving, and no two triggers share one.
 *
 * @param marker the trigger's webhook id
 * @returns 64 hex digits; Klaviyo asks for at least 16 characters
 */
export function signingSecret(secret: string, marker: string): string {
	return createHmac('sha256', secret)
		.update(`klaviyo system webhook ${marker}`, 'utf8')
		.digest('hex');
}

/**
 * Judges a system webhook by its signature: lower-case hex HMAC-SHA256 over the body's bytes followed by the text of
 * the Klaviyo-Timestamp header (https://developers.klaviyo.com/en/docs/working_with_system_webhooks). That header's
 * clock was seen hours off, so age is judged elsewhere, by the body's own timestamp.
 */
export function verifySignature(
	headers: RequestHeaders,
	body: Buffer,
	expected: WebhookSecret,
	marker: string,
): Access {
	const problem = secretProblem(expected);
	if (problem !== null) return { granted: false, reason: problem };

	const given = headers[SIGNATURE_HEADER];
	const timestamp = headers[TIMESTAMP_HEADER];
	if (typeof given !== 'string' || typeof timestamp !== 'string') {
		return { granted: false, reason: 'Klaviyo-Signature or Klaviyo-Timestamp is missing' };
	}
	if (!isCutByKlaviyo(body, timestamp)) {
		return { granted: false, reason: 'The body or Klaviyo-Timestamp holds a part of the other' };
	}
	const signatures = secretsOf(expected).map((secret) =>
		signatureOf(body, timestamp, signingSecret(secret, marker)),
	);
	return isOneOf(given, signatures)
		? { granted: true }
		: { granted: false, reason: 'Klaviyo-Signature does not fit the body' };
}

const CLOSING = new Set<number | undefined>(Buffer.from('}]'));
const isBlank = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/**
 * The signature runs over body and timestamp without anything in between, so whoever has seen one delivery could
 * move the end of the body into the header and keep the signature. Klaviyo's body ends with a bracket, and a date has none.
 */
function isCutByKlaviyo(body: Buffer, timestamp: string): boolean {
	return CLOSING.has(lastInk(body)) && !/[}\]]/.test(timestamp);
}

/** The last byte that is not blank: looked for in a bare loop, as a stranger's body may be megabytes of blanks. */
function lastInk(body: Buffer): number | undefined {
	let at = body.length - 1;
	while (at >= 0 && isBlank(body[at]!)) at--;
	return body[at];
}

/** Lower-case hex, 64 digits. */
export function signatureOf(body: Buffer, timestamp: string, secret: string): string {
	return createHmac('sha256', secret).update(body).update(timestamp, 'utf8').digest('hex');
}

/** Klaviyo says not to process a delivery whose header names another webhook than its body. */
export function isForOtherWebhook(headers: RequestHeaders, webhookIdInBody: unknown): boolean {
	return headers[WEBHOOK_ID_HEADER] !== webhookIdInBody;
}
