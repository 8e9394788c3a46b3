import { createHash, timingSafeEqual } from 'node:crypto';

/** Shorter ones can be guessed. Klaviyo signs no flow webhook, so the secret is all that keeps strangers out. */
export const MIN_SECRET_LENGTH = 16;

/** Names in lower case, as Node gives them. */
export type RequestHeaders = Record<string, string | string[] | undefined>;

export interface WebhookSecret {
	headerName: string;
	secret: string;
	/** Accepted beside the new one while it is changed in Klaviyo: a 401 loses the event for good. */
	previousSecret?: string;
}

export type Access = { granted: true } | { granted: false; reason: string };

// The token characters of RFC 9110, 5.6.2: anything else can't be a header's name.
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Tells what is wrong with a webhook secret, or null when it can be used.
 * The sentence never contains the secret.
 */
export function secretProblem({
	headerName,
	secret,
	previousSecret,
}: WebhookSecret): string | null {
	if (!HEADER_NAME.test(headerName)) {
		return "'Header Name' is not a valid HTTP header name. Use letters, digits and hyphens, e.g. X-Klaviyo-Secret.";
	}
	if (secret.length < MIN_SECRET_LENGTH) {
		return `'Secret' has ${secret.length} characters; it needs at least ${MIN_SECRET_LENGTH}, because Klaviyo does not sign flow webhooks and this secret is all that keeps others out. Make a random one, for example with a password manager or with: openssl rand -hex 32`;
	}
	if (secret !== secret.trim() || /[^\x20-\x7e]/.test(secret)) {
		return "'Secret' has characters that an HTTP header can't carry unchanged (spaces at the ends, line ends, accents). Use letters and digits.";
	}
	if (previousSecret && previousSecret.length < MIN_SECRET_LENGTH) {
		return `'Previous Secret' has fewer than ${MIN_SECRET_LENGTH} characters and would be the way in for others. Empty it.`;
	}
	return null;
}

/**
 * Judges a delivery by its secret header. Fails closed: without a usable secret nobody gets in.
 */
export function authenticate(headers: RequestHeaders, expected: WebhookSecret): Access {
	const problem = secretProblem(expected);
	if (problem !== null) return { granted: false, reason: problem };

	const given = headers[expected.headerName.toLowerCase()];
	if (typeof given !== 'string' || given === '') {
		return {
			granted: false,
			reason: `The header '${expected.headerName}' is missing. Add it to the headers of the webhook action in Klaviyo.`,
		};
	}
	return isOneOf(given, secretsOf(expected))
		? { granted: true }
		: {
				granted: false,
				reason: `The header '${expected.headerName}' has another value. Enter the 'Secret' of the Klaviyo Webhook API credential in Klaviyo.`,
			};
}

/** The secrets that open the door now: the current one, and the previous one while there is one. */
export function secretsOf({ secret, previousSecret }: WebhookSecret): string[] {
	return previousSecret ? [secret, previousSecret] : [secret];
}

/** Compares with all of them, so that the time it takes doesn't tell which one it was. */
export function isOneOf(given: string, accepted: string[]): boolean {
	return accepted.map((one) => equalInConstantTime(given, one)).includes(true);
}

/** Compares digests, so that neither content nor length of the secret shows in the time it takes. */
function equalInConstantTime(a: string, b: string): boolean {
	return timingSafeEqual(digest(a), digest(b));
}

function digest(value: string): Buffer {
	return createHash('sha256').update(value, 'utf8').digest();
}
