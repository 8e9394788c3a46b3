import pLimit from 'p-limit';

import { connectionFailureOf, explainConnectionFailure } from '../../shared/errors';
import {
	isRetryableCode,
	isRetryableStatus,
	parseRetryAfter,
	retryDelay,
	type RetryPolicy,
} from '../../shared/retry';
import { describeAnswer, objectionsIn, type Answer } from './answer';
import { requestOf, type OutgoingRequest } from './batch';

/** Sends one request; rejects when no answer came. */
export type Transport = (request: OutgoingRequest) => Promise<Answer>;

/** What became of one event. */
export interface Outcome {
	index: number;
	status: 'delivered' | 'rejected' | 'failed';
	attempts: number;
	http_status: number | null;
	reason?: string;
}

export interface DeliverySettings {
	policy: RetryPolicy;
	/** Requests under way at once. */
	concurrency: number;
	/** Aborted when the execution is cancelled. */
	signal?: AbortSignal;
	/** Resolves after `ms`, or as soon as the execution is cancelled. */
	sleep(ms: number): Promise<void>;
	now(): number;
	/** In [0, 1). */
	random(): number;
}

/** Statuses by which Meiro may mean one event of several, not the address or the caller. */
const REJECTS_CONTENT = new Set([400, 413, 422]);

/**
 * Sends all requests and tells the outcome of every event. A person's events keep their order; one
 * request that fails leaves the others alone. Never rejects.
 */
export async function deliver(
	requests: OutgoingRequest[],
	transport: Transport,
	settings: DeliverySettings,
): Promise<Outcome[]> {
	const limit = pLimit(settings.concurrency);
	const sender = new Sender(transport, settings);
	const lastOfPerson = new Map<string, Promise<unknown>>();

	const deliveries = requests.map(async (request) => {
		const people = new Set(request.entries.flatMap(({ event }) => event.order_key ?? []));
		const earlier = [...people].map((person) => lastOfPerson.get(person));
		const delivery = Promise.all(earlier).then(async () => await limit(() => sender.send(request)));
		for (const person of people) lastOfPerson.set(person, delivery);
		return await delivery;
	});
	return (await Promise.all(deliveries)).flat();
}

/** Sends requests one after the other or side by side; all share one clock for giving up. */
class Sender {
	/** When Meiro last settled something: an outage shows in that this stands still. */
	private progressAt: number;

	constructor(
		private readonly transport: Transport,
		private readonly settings: DeliverySettings,
	) {
		this.progressAt = settings.now();
	}

	async send(request: OutgoingRequest): Promise<Outcome[]> {
		const { policy, signal, sleep, now, random } = this.settings;
		let attempts = 0;
		let last: Result = { reason: 'Not sent: Meiro has settled nothing for too long before', status: null };

		while (!signal?.aborted && now() < this.progressAt + policy.giveUpAfterMs) {
			attempts++;
			last = await this.attempt(request);
			if (last.answer && !isRetryableStatus(last.answer.status)) {
				this.progressAt = now();
				return await this.settle(request, last.answer, attempts);
			}
			if (last.permanent) break;
			const wait = retryDelay(policy, attempts, last.retryAfterMs, random());
			if (now() + wait >= this.progressAt + policy.giveUpAfterMs) {
				last.reason += ` Given up after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}.`;
				break;
			}
			await sleep(wait);
		}
		const reason = signal?.aborted ? 'Not delivered: the execution was cancelled' : last.reason;
		return request.entries.map(({ index }) => ({
			index,
			status: 'failed',
			attempts,
			http_status: last.status,
			reason,
		}));
	}

	private async attempt(request: OutgoingRequest): Promise<Result> {
		try {
			const answer = await this.transport(request);
			return {
				answer,
				status: answer.status,
				reason: `${describeAnswer(answer)}.`,
				retryAfterMs: parseRetryAfter(answer.headers['retry-after'], this.settings.now()),
			};
		} catch (error) {
			const failure = connectionFailureOf(error);
			return {
				status: null,
				reason: explainConnectionFailure(failure, 'Base URL'),
				permanent: !isRetryableCode(failure.code),
			};
		}
	}

	/** Reads a final answer event by event. */
	private async settle(
		request: OutgoingRequest,
		answer: Answer,
		attempts: number,
	): Promise<Outcome[]> {
		const { entries } = request;
		const accepted = answer.status >= 200 && answer.status < 300;
		if (!accepted && entries.length > 1 && REJECTS_CONTENT.has(answer.status)) {
			return await this.sendInHalves(request);
		}
		const { all, byPosition } = objectionsIn(answer.body, entries.length);
		return entries.map(({ index }, position) => {
			const reason = accepted
				? (byPosition.get(position) ?? all ?? undefined)
				: (byPosition.get(position) ?? describeAnswer(answer));
			const settled = { index, attempts, http_status: answer.status };
			return reason === undefined
				? { ...settled, status: 'delivered' }
				: { ...settled, status: 'rejected', reason };
		});
	}

	/** Finds the events that Meiro objects to, so that their neighbours are delivered. */
	private async sendInHalves({ entries, target }: OutgoingRequest): Promise<Outcome[]> {
		const middle = Math.ceil(entries.length / 2);
		const first = await this.send(requestOf(entries.slice(0, middle), target));
		return [...first, ...(await this.send(requestOf(entries.slice(middle), target)))];
	}
}

interface Result {
	answer?: Answer;
	status: number | null;
	reason: string;
	retryAfterMs?: number;
	/** Sending the same again can't help. */
	permanent?: boolean;
}
