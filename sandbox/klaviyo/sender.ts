import pLimit from 'p-limit';

import { isRetried, retryAfterMs, retryWaits } from './backoff';
import type { DeliveryLog } from './log';
import type { Answer, Target } from './post';
import { createAgents, post, targetOf } from './post';
import type { Delivery, DeliveryStatus } from './types';

// Node fires a longer timer at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface SenderOptions {
	/** Requests in flight at most; Klaviyo's own limit is unknown. */
	concurrency: number;
	/** How many times faster than Klaviyo the waits pass. */
	timeScale: number;
	/** Milliseconds until "no answer"; Klaviyo's own figure is unknown. Real time. */
	timeoutMs: number;
	/** Nothing documents that Klaviyo obeys Retry-After. */
	honourRetryAfter: boolean;
	now: () => Date;
}

/** Sends what the flows have rendered, and comes back as Klaviyo does. */
export class Sender {
	/** The waits before each retry, in milliseconds of real time. */
	readonly waits: number[];
	private readonly limit;
	private readonly agents;
	private readonly timers = new Set<NodeJS.Timeout>();
	private readonly inFlight = new Set<Promise<void>>();
	private closed = false;

	constructor(
		private readonly log: DeliveryLog,
		private readonly options: SenderOptions,
	) {
		this.waits = retryWaits(options.timeScale);
		this.limit = pLimit(options.concurrency);
		this.agents = createAgents();
	}

	target(url: string, headers: Record<string, string>): Target {
		return targetOf(url, headers, this.agents);
	}

	/** Sends after `delayMs` of Klaviyo's time; each attempt asks for its bytes. */
	send(delivery: Delivery, target: Target, delayMs: number, body: () => Buffer): void {
		if (delayMs > 0) this.later(delivery, target, body, delayMs / this.options.timeScale);
		else this.enqueue(delivery, target, body);
	}

	/** Cuts what is in flight and forgets what waits. */
	async close(): Promise<void> {
		this.closed = true;
		this.limit.clearQueue();
		for (const timer of this.timers) clearTimeout(timer);
		this.agents.http.destroy();
		this.agents.https.destroy();
		await Promise.all(this.inFlight);
	}

	private later(delivery: Delivery, target: Target, body: () => Buffer, waitMs: number): void {
		const timer = setTimeout(
			() => {
				this.timers.delete(timer);
				this.enqueue(delivery, target, body);
			},
			Math.min(waitMs, LONGEST_TIMER_MS),
		);
		this.timers.add(timer);
	}

	private enqueue(delivery: Delivery, target: Target, body: () => Buffer): void {
		void this.limit(async () => {
			if (this.closed) return;
			const attempt = this.attempt(delivery, target, body);
			this.inFlight.add(attempt);
			await attempt;
			this.inFlight.delete(attempt);
		});
	}

	private async attempt(delivery: Delivery, target: Target, body: () => Buffer): Promise<void> {
		const at = this.options.now().toISOString();
		const started = performance.now();
		delivery.first_sent_at ??= at;
		const answer = await post(target, body(), this.options.timeoutMs);
		if (this.closed) return;
		const { status: http_status, error } = answer;
		const duration_ms = Math.round((performance.now() - started) * 100) / 100;
		const status = this.verdict(http_status, delivery.attempts.length);
		if (status === 'sent') delivery.acknowledged_at = this.options.now().toISOString();
		if (status === 'waiting') {
			this.later(delivery, target, body, this.waitAfter(answer, delivery.attempts.length));
		}
		this.log.attempted(delivery, { at, http_status, error, duration_ms }, status);
	}

	private verdict(httpStatus: number | null, retriesSoFar: number): DeliveryStatus {
		if (httpStatus !== null && httpStatus >= 200 && httpStatus < 300) return 'sent';
		if (!isRetried(httpStatus)) return 'skipped';
		return retriesSoFar < this.waits.length ? 'waiting' : 'failed';
	}

	private waitAfter(answer: Answer, retriesSoFar: number): number {
		const backoff = this.waits[retriesSoFar] ?? 0;
		if (!this.options.honourRetryAfter) return backoff;
		// The receiver speaks of real seconds, so these are not scaled.
		return Math.max(backoff, retryAfterMs(answer.retryAfter, this.options.now()));
	}
}
