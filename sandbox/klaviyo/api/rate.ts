// Fixed windows, a short and a long one per endpoint
// (https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling).

/** As the specification writes them in `x-klaviyo-ratelimit`: '3/s', '60/m', '100/d'. */
export interface Limits {
	burst: string;
	steady: string;
	daily?: string;
}

export const XS: Limits = { burst: '1/s', steady: '15/m' };
export const S: Limits = { burst: '3/s', steady: '60/m' };
export const M: Limits = { burst: '10/s', steady: '150/m' };
export const L: Limits = { burst: '75/s', steady: '750/m' };
export const XL: Limits = { burst: '350/s', steady: '3500/m' };
/** Of the reports. */
export const REPORT: Limits = { burst: '1/s', steady: '2/m', daily: '225/d' };

export interface RateAnswer {
	/** The `ratelimit-*` ones; none when the request is one too many. */
	headers: Record<string, string>;
	/** Seconds to wait when the request is one too many, else null. */
	retryAfter: number | null;
}

interface Window {
	count: number;
	seconds: number;
	used: number;
	endsAt: number;
}

const SECONDS: Record<string, number> = { s: 1, m: 60, d: 86_400 };

/** Counts requests; its seconds pass `timeScale` times faster. */
export class RateLimiter {
	private readonly windows = new Map<string, Window[]>();

	/** @throws RangeError unless timeScale is above 0. */
	constructor(
		private readonly timeScale: number,
		private readonly clock: () => number = () => performance.now(),
	) {
		if (!(timeScale > 0)) throw new RangeError(`not a time scale: ${timeScale}`);
	}

	/** Takes one request from `quota` (an endpoint of an account, or of an app). */
	take(quota: string, limits: Limits): RateAnswer {
		const now = this.clock();
		const name = `${quota} ${Object.values(limits).join(' ')}`;
		const windows = this.windows.get(name) ?? windowsOf(limits);
		this.windows.set(name, windows);
		for (const window of windows) this.renew(window, now);
		const full = windows.filter(({ used, count }) => used >= count);
		if (full.length > 0) {
			// In seconds of the caller's clock: whoever waits that long gets through.
			const wait = Math.max(...full.map(({ endsAt }) => seconds(endsAt - now)));
			const retryAfter = Math.max(1, wait);
			return { headers: {}, retryAfter };
		}
		for (const window of windows) window.used++;
		return { headers: headersOf(windows, now), retryAfter: null };
	}

	private renew(window: Window, now: number): void {
		if (now < window.endsAt) return;
		window.used = 0;
		window.endsAt = now + (window.seconds * 1000) / this.timeScale;
	}
}

function windowsOf(limits: Limits): Window[] {
	return Object.values(limits).map((limit: string) => {
		const [count, unit = ''] = limit.split('/');
		return { count: Number(count), seconds: SECONDS[unit] ?? 1, used: 0, endsAt: -Infinity };
	});
}

// `10, 10;w=1, 150;w=60` as recorded; that `remaining` and `reset` speak of the window that is
// nearest to its end is assumed, and so is where a daily limit stands.
function headersOf(windows: Window[], now: number): Record<string, string> {
	const left = ({ count, used }: Window) => count - used;
	const tightest = windows.reduce((a, b) => (left(b) < left(a) ? b : a));
	const all = windows.map(({ count, seconds }) => `${count};w=${seconds}`).join(', ');
	return {
		'ratelimit-limit': `${tightest.count}, ${all}`,
		'ratelimit-remaining': String(left(tightest)),
		'ratelimit-reset': String(seconds(tightest.endsAt - now)),
	};
}

// Whole ones, rounded up; a clock's last digits do not make a second more.
function seconds(ms: number): number {
	return Math.max(0, Math.ceil(ms / 1000 - 1e-6));
}
