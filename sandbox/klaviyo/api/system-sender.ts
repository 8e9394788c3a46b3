import { setMaxListeners } from 'node:events';

import { createAgents, post, targetOf } from '../post';
import { envelope, systemHeaders } from './system-events';
import type { SystemDelivery, SystemEvent } from './system-events';
import type { StoredWebhook } from './webhooks';

/** "Up to 1,000 events per request", third-party restatement of the guide. */
export const MAX_EVENTS = 1000;
// The same source: at most 1 h between tries, disabled after more than 48 h of failures. The first
// wait and the doubling are assumed.
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 3_600_000;
const GIVE_UP_MS = 48 * 3_600_000;
const ACCEPTED = new Set([200, 201, 202]);

export interface SystemSenderOptions {
	accountId: string;
	timeoutMs: number;
	/** How many times faster than Klaviyo the waits pass. */
	timeScale: number;
	now: () => Date;
}

/** Delivers system events; any answer but 200, 201, 202 in time is tried again (assumed for 4xx). */
export class SystemSender {
	private readonly agents = createAgents();
	private readonly cancelled = new AbortController();
	private readonly underWay = new Set<Promise<void>>();
	/** Since when a webhook has only failed; its own clock, so that `now` may stand still. */
	private readonly failingSince = new WeakMap<StoredWebhook, number>();

	constructor(private readonly options: SystemSenderOptions) {
		// As many listen to it as deliveries wait for their next try.
		setMaxListeners(0, this.cancelled.signal);
	}

	send(webhook: StoredWebhook, events: SystemEvent[]): SystemDelivery[] {
		if (!webhook.enabled) return [];
		const wanted = events.filter(({ topic }) => webhook.topics.includes(topic));
		const deliveries: SystemDelivery[] = [];
		for (let start = 0; start < wanted.length; start += MAX_EVENTS) {
			const delivery = this.packed(webhook, wanted.slice(start, start + MAX_EVENTS));
			const run = this.deliver(webhook, delivery).finally(() => this.underWay.delete(run));
			this.underWay.add(run);
			deliveries.push(delivery);
		}
		return deliveries;
	}

	async settled(timeoutMs: number): Promise<void> {
		const timeout = new AbortController();
		const late = pause(timeoutMs, timeout.signal).then(() => !timeout.signal.aborted);
		const isLate = await Promise.race([Promise.all(this.underWay).then(() => false), late]);
		timeout.abort();
		if (isLate) throw new Error(`${this.underWay.size} system deliveries still wait`);
	}

	/** Cuts what is in flight and forgets what waits. */
	async close(): Promise<void> {
		this.cancelled.abort();
		this.agents.http.destroy();
		this.agents.https.destroy();
		await Promise.all(this.underWay);
	}

	private packed(webhook: StoredWebhook, events: SystemEvent[]): SystemDelivery {
		const { accountId, now } = this.options;
		const webhookId = webhook.klaviyo_webhook_id;
		const body = JSON.stringify(envelope(events, { webhookId, accountId, now: now() }));
		const { id } = webhook;
		return { webhook_id: id, events: events.length, status: 'waiting', body, attempts: [] };
	}

	private async deliver(webhook: StoredWebhook, delivery: SystemDelivery): Promise<void> {
		const { timeScale } = this.options;
		for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
			if (!webhook.enabled || this.cancelled.signal.aborted) break;
			if (await this.attempt(webhook, delivery)) {
				delivery.status = 'sent';
				this.failingSince.delete(webhook);
				return;
			}
			if (this.hasFailedForLong(webhook)) {
				webhook.enabled = false;
				this.failingSince.delete(webhook);
				break;
			}
			await pause(wait / timeScale, this.cancelled.signal);
		}
		delivery.status = 'dropped';
	}

	// The same bytes each time, signed anew (assumed: the header is the time of the sending).
	private async attempt(webhook: StoredWebhook, delivery: SystemDelivery): Promise<boolean> {
		const { now, timeoutMs } = this.options;
		const body = Buffer.from(delivery.body, 'utf8');
		const at = now();
		const { endpoint_url, secret_key, klaviyo_webhook_id } = webhook;
		const headers = systemHeaders(body, secret_key, klaviyo_webhook_id, at);
		const started = performance.now();
		const answer = await post(targetOf(endpoint_url, headers, this.agents), body, timeoutMs);
		const duration_ms = Math.round(performance.now() - started);
		const { status: http_status, error } = answer;
		delivery.attempts.push({ at: at.toISOString(), http_status, error, duration_ms });
		return http_status !== null && ACCEPTED.has(http_status);
	}

	private hasFailedForLong(webhook: StoredWebhook): boolean {
		const clock = performance.now();
		const since = this.failingSince.get(webhook) ?? clock;
		this.failingSince.set(webhook, since);
		return (clock - since) * this.options.timeScale > GIVE_UP_MS;
	}
}

/** Resolves after `ms`, or at once when `signal` says so. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
	await new Promise<void>((resolve) => {
		const timer = setTimeout(done, ms);
		function done(): void {
			clearTimeout(timer);
			signal.removeEventListener('abort', done);
			resolve();
		}
		if (signal.aborted) done();
		else signal.addEventListener('abort', done);
	});
}
