import type { RetryPolicy } from '../../shared/http/retry';
import type { Runtime } from '../../shared/http/runtime';

/** What asking Klaviyo may cost in time beyond its answers. */
const MOST_MS = 5000;

/**
 * Asks Klaviyo so that other users of the account's rate are left the half of it, and nobody waits for long.
 * https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling
 */
export class Gently {
	private waitedMs = 0;

	/** Read anew for each attempt: each request has what is left. */
	readonly policy: RetryPolicy;

	constructor(private readonly runtime: Runtime) {
		this.policy = {
			giveUpAfterMs: MOST_MS,
			baseDelayMs: 500,
			maxDelayMs: 2000,
			endsAt: runtime.now() + MOST_MS,
		};
	}

	/** After each answer. @throws Error when waiting for the other half of the rate would take too long */
	async afterAnswer(headers: Record<string, unknown>): Promise<void> {
		const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
			Number.parseInt(String(headers[`ratelimit-${name}`] ?? ''), 10),
		) as [number, number, number];
		if (remaining * 2 < limit) {
			const wait = (Number.isNaN(reset) ? 1 : reset) * 1000;
			if (this.waitedMs + wait > MOST_MS) {
				throw new Error('Half of what Klaviyo allows this account is used up.');
			}
			this.waitedMs += wait;
			await this.runtime.sleep(wait);
		}
		this.policy.endsAt = this.runtime.now() + MOST_MS - this.waitedMs;
	}
}
