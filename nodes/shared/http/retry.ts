/** When to send a request again, and when to stop. Times in milliseconds. */
export interface RetryPolicy {
	/** Give up when the other side has settled nothing for this long. */
	giveUpAfterMs: number;
	/** Upper bound of the first wait; it doubles with each attempt. */
	baseDelayMs: number;
	maxDelayMs: number;
	/** Nothing is sent after this moment of `Runtime.now`, whatever the other side settles. */
	endsAt?: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
	giveUpAfterMs: 60_000,
	baseDelayMs: 500,
	maxDelayMs: 30_000,
};

/** Timers count no further than 24 days: what is longer would be over at once. */
const MOST_SECONDS = 1_000_000;

/**
 * Seconds that a user entered, or an expression gave: at least one, as else nothing would be sent at all.
 *
 * @param otherwiseMs where it is no number
 */
export function msOfSeconds(given: unknown, otherwiseMs: number): number {
	const seconds = given === undefined || given === null || given === '' ? NaN : Number(given);
	if (Number.isNaN(seconds)) return otherwiseMs;
	return Math.min(Math.max(1, seconds), MOST_SECONDS) * 1000;
}

const RETRYABLE_STATUS = new Set([408, 425, 429]);

/** Failures of the connection, not of the request: the same request may well succeed later. */
const RETRYABLE_CODES = new Set([
	'ECONNABORTED',
	'ECONNREFUSED',
	'ECONNRESET',
	// The HTTP client's name for a connection that was cut in the middle of the answer.
	'ERR_BAD_RESPONSE',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'EPIPE',
	'ETIMEDOUT',
	'UND_ERR_SOCKET',
]);

export function isRetryableStatus(status: number): boolean {
	return RETRYABLE_STATUS.has(status) || status >= 500;
}

export function isRetryableCode(code: string | undefined): boolean {
	return code !== undefined && RETRYABLE_CODES.has(code);
}

/**
 * Milliseconds to wait before the next attempt: what Retry-After says, else exponential with full jitter,
 * so that many senders don't come back in step
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * @param attempt number of attempts made so far, from 1
 * @param random in [0, 1)
 */
export function retryDelay(
	policy: RetryPolicy,
	attempt: number,
	retryAfterMs: number | undefined,
	random: number,
): number {
	const backoff = random * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
	return Math.max(retryAfterMs ?? 0, backoff);
}

/** Milliseconds that a Retry-After header asks for, in seconds or as an HTTP date (RFC 9110, 10.2.3). */
export function parseRetryAfter(value: unknown, now: number): number | undefined {
	const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	if (/^\d+$/.test(text)) return Number(text) * 1000;
	// Date.parse alone would find a date in '-1' and '1.5', too.
	const date = /^[a-z]+,? /i.test(text) ? Date.parse(text) : Number.NaN;
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
