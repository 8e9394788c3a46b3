import pLimit from 'p-limit';

import { connectionFailureOf, explainConnectionFailure } from '../../shared/http/connectionFailure';
import {
	isRetryableCode,
	isRetryableStatus,
	parseRetryAfter,
	repeat,
	type Attempt,
	type RetryPolicy,
} from '../../shared/http/retry';
import type { Runtime } from '../../shared/http/runtime';
import { describeAnswer, objectionsIn, type Answer } from '../../shared/http/answer';
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

export interface DeliverySettings extends Runtime {
	policy: RetryPolicy;
	/** Requests under way at once. */
	concurrency: number;
	/** Told how many more events have come to their end. */
	onSettled?(count: number): void;
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
	const { waitsFor, followers } = orderOf(requests);
	const outcomes: Outcome[][] = Array.from({ length: requests.length });

	const run = async (position: number): Promise<void> => {
		outcomes[position] = await limit(async () => await sender.send(requests[position]!));
		const free = (followers.get(position) ?? []).filter((next) => --waitsFor[next]! === 0);
		followers.delete(position);
		await Promise.all(free.map(run));
	};
	await Promise.all(
		requests.flatMap((_, position) => (waitsFor[position] === 0 ? [run(position)] : [])),
	);
	return outcomes.flat();
}

/** Which requests have to wait for which, so that a person's events keep their order. */
function orderOf(requests: OutgoingRequest[]) {
	const waitsFor: number[] = requests.map(() => 0);
	const followers = new Map<number, number[]>();
	const lastOfPerson = new Map<string, number>();
	for (const [position, { entries }] of requests.entries()) {
		const people = new Set(entries.flatMap(({ event }) => event.order_key ?? []));
		const earlier = new Set([...people].flatMap((person) => lastOfPerson.get(person) ?? []));
		for (const request of earlier) {
			const waiting = followers.get(request);
			if (waiting === undefined) followers.set(request, [position]);
			else waiting.push(position);
			waitsFor[position]!++;
		}
		for (const person of people) lastOfPerson.set(person, position);
	}
	return { waitsFor, followers };
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

	/** @param before attempts that the events have behind them, in a request that was taken apart */
	async send(request: OutgoingRequest, before = 0): Promise<Outcome[]> {
		const { policy } = this.settings;
		const { attempts, last, isCancelled } = await repeat(
			async () => await this.attempt(request),
			policy,
			this.settings,
			() => this.progressAt + policy.giveUpAfterMs,
			before,
		);
		if (last?.answer) {
			this.progressAt = this.settings.now();
			return await this.settle(request, last.answer, attempts);
		}
		this.settings.onSettled?.(request.entries.length);
		const reason = isCancelled
			? 'Not delivered: the execution was cancelled'
			: (last?.reason ?? 'Not sent: Meiro has settled nothing for too long before');
		return request.entries.map(({ index }) => ({
			index,
			status: 'failed',
			attempts,
			http_status: last?.status ?? null,
			reason,
		}));
	}

	private async attempt(request: OutgoingRequest): Promise<Sent> {
		try {
			const answer = await this.transport(request);
			const final = !isRetryableStatus(answer.status);
			return {
				final,
				...(final ? { answer } : {}),
				status: answer.status,
				reason: `${describeAnswer(answer)}.`,
				retryAfterMs: parseRetryAfter(answer.headers['retry-after'], this.settings.wallTime()),
			};
		} catch (error) {
			const failure = connectionFailureOf(error);
			return {
				final: !isRetryableCode(failure.code),
				status: null,
				reason: explainConnectionFailure(failure, 'Base URL'),
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
			return await this.sendInHalves(request, attempts);
		}
		this.settings.onSettled?.(entries.length);
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
	private async sendInHalves(
		{ entries, target }: OutgoingRequest,
		attempts: number,
	): Promise<Outcome[]> {
		const middle = Math.ceil(entries.length / 2);
		const first = await this.send(requestOf(entries.slice(0, middle), target), attempts);
		return [...first, ...(await this.send(requestOf(entries.slice(middle), target), attempts))];
	}
}

interface Sent extends Attempt {
	/** Meiro's final answer. */
	answer?: Answer;
	status: number | null;
}
