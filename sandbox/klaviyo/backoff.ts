// When Klaviyo tries again: "up to 17 times over 24 h, exponential backoff"
// (https://developers.klaviyo.com/en/docs/understanding_webhook_status_codes).

/** Retries after the first attempt. */
export const MAX_RETRIES = 17;
/** All waits together, in milliseconds of Klaviyo's time. */
export const RETRY_WINDOW_MS = 24 * 60 * 60 * 1000;
/** Assumed, only the total is known: the first wait. The growth follows from it. */
export const FIRST_WAIT_MS = 60_000;
/** 300 times faster than Klaviyo: first retry after 200 ms, the last one within 288 s. */
export const DEFAULT_TIME_SCALE = 300;

const RETRIED = new Set([429, 500, 502, 503]);

/**
 * The answers Klaviyo comes back for. No answer at all (null: refused, reset, timed out) is not
 * documented; a retry is assumed.
 */
export function isRetried(httpStatus: number | null): boolean {
	return httpStatus === null || RETRIED.has(httpStatus);
}

/**
 * The waits before retry 1 … 17 in milliseconds of real time, `timeScale` times faster.
 * @throws RangeError unless timeScale is above 0.
 */
export function retryWaits(timeScale: number): number[] {
	if (!(timeScale > 0)) throw new RangeError(`not a time scale: ${timeScale}`);
	const growth = growthFor(FIRST_WAIT_MS, MAX_RETRIES, RETRY_WINDOW_MS);
	return Array.from(
		{ length: MAX_RETRIES },
		(_, index) => (FIRST_WAIT_MS * growth ** index) / timeScale,
	);
}

/** A Retry-After header in milliseconds from `now`, or 0 when there is none that can be read. */
export function retryAfterMs(header: string | null, now: Date): number {
	if (header === null) return 0;
	if (/^\d+$/.test(header.trim())) return Math.min(Number(header) * 1000, RETRY_WINDOW_MS);
	const until = Date.parse(header) - now.getTime();
	return Number.isNaN(until) ? 0 : Math.min(Math.max(until, 0), RETRY_WINDOW_MS);
}

// The factor that makes `count` waits, the first one `first` long, add up to `total`.
function growthFor(first: number, count: number, total: number): number {
	let [low, high] = [1, 10];
	for (let step = 0; step < 100; step++) {
		const middle = (low + high) / 2;
		let sum = 0;
		for (let index = 0; index < count; index++) sum += first * middle ** index;
		if (sum < total) low = middle;
		else high = middle;
	}
	return (low + high) / 2;
}
