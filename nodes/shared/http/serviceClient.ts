import {
	UserError,
	type IAllExecuteFunctions,
	type ICredentialsDecrypted,
	type IHttpRequestMethods,
	type IHttpRequestOptions,
	type IN8nHttpFullResponse,
} from 'n8n-workflow';

import { describeAnswer, type Answer } from './answer';
import { connectionFailureOf, explainConnectionFailure } from './connectionFailure';
import { problemWithPath } from './path';
import {
	isRetryableCode,
	isRetryableStatus,
	parseRetryAfter,
	retryDelay,
	type RetryPolicy,
} from './retry';
import type { Runtime } from './runtime';

export interface ServiceRequest {
	method: IHttpRequestMethods;
	/** Whole, or what the transport takes for it; the query may stand apart. */
	url: string;
	query?: IHttpRequestOptions['qs'];
	headers?: Record<string, string>;
	body?: IHttpRequestOptions['body'];
	json?: boolean;
	encoding?: IHttpRequestOptions['encoding'];
	timeoutMs?: number;
	/** False: not sent again when the service may have taken it although no clear answer came. */
	repeatable?: boolean;
	/** What an answer that settles nothing says, in a sentence; default: the service's own words. */
	explain?(answer: Answer): string;
}

/** Why no answer came. */
export interface NoAnswer {
	/** One sentence, for people. */
	reason: string;
	/** Of an answer to something that had to come before, as a login. */
	status: number | null;
	/** Sending the same again can't help. */
	final: boolean;
	/** The service has certainly not taken the request. */
	untaken: boolean;
	/** As the header Retry-After says it. */
	retryAfter?: unknown;
}

/** Sends one request once; rejects when no answer came. */
export type Transport = (request: ServiceRequest) => Promise<Answer>;

export interface Service {
	/** As in 'Klaviyo answered 503'. */
	name: string;
	/** The credential's field for the address, as the editor shows it. */
	field: string;
	transport: Transport;
	/** Reads what the transport threw, where the service knows more of it than the code of a connection says. */
	readThrown?(thrown: unknown): Answer | NoAnswer | undefined;
}

/** What came of a request with all its attempts. */
export interface Sent {
	/** The final answer, whatever it says; null when there is none. */
	answer: Answer | null;
	/** Of the last attempt; null when no answer came. */
	status: number | null;
	/** Those that what is sent had behind it included. */
	attempts: number;
	/** Why there is no final answer, in sentences; '' when there is one. */
	reason: string;
	isCancelled: boolean;
	/** The last answer where it settled nothing, e.g. a 503. */
	unsettled?: Answer;
	/** What the last attempt was asked to wait. */
	retryAfterMs?: number;
}

interface Attempt extends Omit<Sent, 'attempts' | 'isCancelled'> {
	isFinal: boolean;
	isUntaken: boolean;
}

/** Statuses that say: not taken. After others that may be repeated, the service may have taken it. */
const NOT_TAKEN = new Set([425, 429, 503]);

/** Failures before the request can have reached anyone. */
const NEVER_CONNECTED = new Set([
	'ECONNREFUSED',
	'EAI_AGAIN',
	'ENOTFOUND',
	'EHOSTUNREACH',
	'ENETUNREACH',
]);

/**
 * All requests of one run to one address with one credential. They share one clock for giving up: it starts with the
 * first attempt that settles nothing, and any final answer stops it, whatever it says. It lives no longer than the
 * run, so that neither another workflow nor another credential can start or stop it.
 */
export class ServiceClient {
	/** Since when the service has settled nothing; null when its last answer was final. */
	private failingSince: number | null = null;

	/** @param policy read anew for each attempt, so that it may change on the way */
	constructor(
		private readonly service: Service,
		private readonly policy: RetryPolicy,
		private readonly runtime: Runtime,
	) {}

	/**
	 * Waits and repeats on 408, 425, 429, 5xx and broken connections, and never rejects.
	 *
	 * @param before attempts that what is sent has behind it already; they count on
	 */
	async send(request: ServiceRequest, before = 0): Promise<Sent> {
		const { service, policy, runtime } = this;
		let attempts = before;
		let last: Attempt = {
			...nothing(
				runtime.now() >= (policy.endsAt ?? Number.POSITIVE_INFINITY)
					? 'Not sent: the time that this run may take is over.'
					: `Not sent: ${service.name} has settled nothing for too long before.`,
			),
			...unlessMisled(request),
		};
		while (!last.isFinal && !runtime.signal?.aborted && runtime.now() < this.deadline()) {
			attempts++;
			last = await this.attempt(request);
			if (last.isFinal) break;
			const wait = retryDelay(policy, attempts - before, last.retryAfterMs, runtime.random());
			if (runtime.now() + wait >= this.deadline()) {
				const count = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
				last = { ...last, isFinal: true, reason: `${last.reason} Given up after ${count}.` };
				break;
			}
			await runtime.sleep(wait);
		}
		const isCancelled = last.answer === null && runtime.signal?.aborted === true;
		const reason = isCancelled ? 'Not sent: the execution was cancelled.' : last.reason;
		const { answer, status, unsettled, retryAfterMs } = last;
		return { answer, status, attempts, reason, isCancelled, unsettled, retryAfterMs };
	}

	private deadline(): number {
		const { giveUpAfterMs, endsAt = Number.POSITIVE_INFINITY } = this.policy;
		return Math.min(endsAt, (this.failingSince ?? this.runtime.now()) + giveUpAfterMs);
	}

	/** What is left of the run's time cuts a request's own short. */
	private timeoutMs({ timeoutMs }: ServiceRequest): number | undefined {
		const { endsAt } = this.policy;
		if (endsAt === undefined) return timeoutMs;
		return Math.ceil(Math.min(timeoutMs ?? Number.POSITIVE_INFINITY, endsAt - this.runtime.now()));
	}

	private async attempt(request: ServiceRequest): Promise<Attempt> {
		const startedAt = this.runtime.now();
		const attempt = await this.tryOnce({ ...request, timeoutMs: this.timeoutMs(request) });
		if (attempt.answer) this.failingSince = null;
		if (attempt.isFinal) return attempt;
		if (request.repeatable === false && !attempt.isUntaken) {
			const reason = `${attempt.reason} It is not known whether ${this.service.name} took it, so it was not sent again.`;
			return { ...attempt, isFinal: true, reason };
		}
		this.failingSince ??= startedAt;
		return attempt;
	}

	private waitIn(retryAfter: unknown): Pick<Sent, 'retryAfterMs'> {
		const retryAfterMs = parseRetryAfter(retryAfter, this.runtime.wallTime());
		return retryAfterMs === undefined ? {} : { retryAfterMs };
	}

	private async tryOnce(request: ServiceRequest): Promise<Attempt> {
		const { name, field, transport, readThrown = () => undefined } = this.service;
		let got: Answer | NoAnswer;
		try {
			got = await transport(request);
		} catch (error) {
			got = readThrown(error) ?? noAnswerOf(error, field);
		}
		if (!('body' in got)) {
			const { status, reason, final: isFinal, untaken: isUntaken, retryAfter } = got;
			return { answer: null, status, reason, isFinal, isUntaken, ...this.waitIn(retryAfter) };
		}
		const { status, headers } = got;
		if (!isRetryableStatus(status)) {
			return { answer: got, status, reason: '', isFinal: true, isUntaken: false };
		}
		return {
			answer: null,
			unsettled: got,
			status,
			reason: `${request.explain?.(got) ?? describeAnswer(got, name)}.`,
			isFinal: false,
			isUntaken: NOT_TAKEN.has(status),
			...this.waitIn(headers['retry-after']),
		};
	}
}

function nothing(reason: string): Attempt {
	return { answer: null, status: null, reason, isFinal: false, isUntaken: true };
}

function unlessMisled({ url }: ServiceRequest): Partial<Attempt> {
	const reason = problemWithPath(url);
	return reason === null ? {} : { reason, isFinal: true };
}

/** What the transport threw, in words. */
export function noAnswerOf(error: unknown, field: string): NoAnswer {
	// A mistake in the credential that was found before anything was sent; n8n may have wrapped it.
	const mistake = [error, (error as { cause?: unknown } | null)?.cause].find(
		(one) => one instanceof UserError,
	);
	if (mistake !== undefined) {
		return { reason: mistake.message, status: null, final: true, untaken: true };
	}
	const failure = connectionFailureOf(error);
	return {
		reason: explainConnectionFailure(failure, field),
		status: null,
		final: !isRetryableCode(failure.code),
		untaken: NEVER_CONNECTED.has(failure.code ?? ''),
	};
}

/** Sends with n8n's HTTP helper and the credential's login; what must be read nowhere is taken out of the answer. */
export function n8nTransport(
	context: IAllExecuteFunctions,
	credential: ICredentialsDecrypted,
	hide: (body: unknown, status: number) => unknown,
	ignoreHttpStatusErrors: IHttpRequestOptions['ignoreHttpStatusErrors'] = true,
): Transport {
	return async ({ method, url, query, headers, body, json, encoding, timeoutMs }) => {
		const response = (await context.helpers.httpRequestWithAuthentication.call(
			context,
			credential.type,
			{
				method,
				url,
				...(query === undefined ? {} : { qs: query }),
				...(headers === undefined ? {} : { headers }),
				...(body === undefined ? {} : { body }),
				...(json === undefined ? {} : { json }),
				...(encoding === undefined ? {} : { encoding }),
				timeout: timeoutMs,
				// A redirect would carry the credential to an address that nobody entered.
				disableFollowRedirect: true,
				returnFullResponse: true,
				ignoreHttpStatusErrors,
			},
			// Passed on decrypted: n8n would otherwise read and decrypt it for every request.
			{ credentialsDecrypted: credential },
		)) as IN8nHttpFullResponse;
		const { statusCode: status, headers: answered, body: said } = response;
		return { status, headers: answered, body: hide(said, status) };
	};
}

/** What n8n takes in place of a credential of this type that it would have to read and decrypt. */
export function decrypted(
	type: string,
	data: ICredentialsDecrypted['data'],
): ICredentialsDecrypted {
	return { id: '', name: type, type, data };
}
