import { Agent, request } from 'node:http';

/** Deliveries as Klaviyo sends them: one POST each. */
export interface Target {
	/** As a function it is asked anew for each attempt; null says that nobody is there. */
	url: string | (() => string | null);
	headers: Record<string, string>;
	body(number: number): string;
}

export interface Acknowledgements {
	sent: number;
	/** Milliseconds to the final 2xx of each delivery, all its attempts included. */
	acks_ms: number[];
	resent: number;
	/** Deliveries that Klaviyo would never send again: answered neither 2xx nor 429 nor 5xx. */
	dropped: number;
	/** How many attempts were answered how; 'none' for no answer. */
	answers: Record<string, number>;
}

export interface LoadOptions {
	/** Deliveries under way at once. */
	connections: number;
	timeoutMs?: number;
	/** Wait before the nth sending again. Klaviyo waits 1 minute and more; here it goes faster. */
	waitMs?: (attempt: number) => number;
	/** What a load balancer in front makes of a status; absent passes it on as it is. */
	passedOn?: (status: number) => number;
	/** When delivery `number` is due, in milliseconds from the start; absent sends as fast as answers come. */
	dueMs?: (number: number) => number;
}

/** Statuses after which Klaviyo sends again (https://developers.klaviyo.com/en/docs/understanding_webhook_status_codes). */
const SENT_AGAIN = new Set([429, 500, 502, 503]);
const MAX_ATTEMPTS = 17;

/** Sends `count` deliveries numbered from `first` on, and waits for all answers. */
export async function sendAll(
	{ url, headers, body }: Target,
	first: number,
	count: number,
	options: LoadOptions,
): Promise<Acknowledgements> {
	const {
		connections,
		timeoutMs = 120_000,
		waitMs = () => 200,
		passedOn = (status) => status,
		dueMs,
	} = options;
	const agent = new Agent({ keepAlive: true, maxSockets: connections });
	const result: Acknowledgements = { sent: count, acks_ms: [], resent: 0, dropped: 0, answers: {} };
	const started = performance.now();
	let next = 0;
	const sender = async () => {
		while (next < count) {
			const number = next++;
			const early = (dueMs?.(number) ?? 0) - (performance.now() - started);
			if (early > 0) await pause(early);
			const begun = performance.now();
			for (let attempt = 1; ; attempt++) {
				const address = typeof url === 'string' ? url : url();
				const answer =
					address === null
						? null
						: await post(agent, address, headers, body(first + number), timeoutMs);
				result.answers[answer ?? 'none'] = (result.answers[answer ?? 'none'] ?? 0) + 1;
				const status = answer === null ? null : passedOn(answer);
				if (status !== null && status >= 200 && status < 300) {
					result.acks_ms.push(performance.now() - begun);
					break;
				}
				if ((status !== null && !SENT_AGAIN.has(status)) || attempt > MAX_ATTEMPTS) {
					result.dropped++;
					break;
				}
				result.resent++;
				await pause(waitMs(attempt));
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(connections, count) }, sender));
	agent.destroy();
	return result;
}

/** @returns the status, or null when no answer came in time */
async function post(
	agent: Agent,
	url: string,
	headers: Record<string, string>,
	body: string,
	timeoutMs: number,
): Promise<number | null> {
	return await new Promise((resolve) => {
		const outgoing = request(
			url,
			{
				method: 'POST',
				agent,
				timeout: timeoutMs,
				headers: { ...headers, 'content-length': Buffer.byteLength(body) },
			},
			(answer) => {
				answer.resume();
				answer.once('end', () => resolve(answer.statusCode ?? null));
				answer.once('error', () => resolve(null));
			},
		);
		outgoing.once('timeout', () => outgoing.destroy(new Error('timeout')));
		outgoing.once('error', () => resolve(null));
		outgoing.end(body);
	});
}

export async function pause(ms: number): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, ms));
}
