import {
	NodeApiError,
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type ICredentialsDecrypted,
	type IDataObject,
	type IExecuteFunctions,
	type IHookFunctions,
	type IHttpRequestMethods,
	type ILoadOptionsFunctions,
	type IN8nHttpFullResponse,
	type IPollFunctions,
	type JsonObject,
} from 'n8n-workflow';

import { connectionFailureOf, explainConnectionFailure } from '../../shared/http/connectionFailure';
import { problemWithPath } from '../../shared/http/path';
import {
	isRetryableCode,
	isRetryableStatus,
	parseRetryAfter,
	repeat,
	type Attempt,
	type RetryPolicy,
} from '../../shared/http/retry';
import { runtimeOf, type Runtime } from '../../shared/http/runtime';
import { hiding, type Hide } from '../../shared/http/secrets';
import { klaviyoAddressOf } from './klaviyoAddress';
import { explainProblem, type Labels } from './explainRefusal';
import { nextPage, resourcesOf, withPageSize } from './klaviyoPages';

export const KLAVIYO_CREDENTIAL = 'klaviyoPrivateKeyApi';

export type ApiContext =
	| IExecuteFunctions
	| IHookFunctions
	| ILoadOptionsFunctions
	| IPollFunctions;

export interface ApiRequest {
	method?: IHttpRequestMethods;
	/** From /api on. */
	path: string;
	query?: Record<string, string>;
	body?: object;
	/** What the operation needs, for the sentence on a 403. */
	scopes: string;
	/** Names in the editor of what stands where in the request, for the sentence on a 400. */
	labels?: Labels;
	/** Statuses that are an answer, not an error. */
	accept?: number[];
}

export interface ApiAnswer {
	status: number;
	body: IDataObject;
}

export interface KlaviyoClient {
	/**
	 * One request; waits and repeats on 429, 5xx and broken connections.
	 *
	 * @throws NodeApiError for an answer that is no yes, NodeOperationError when there is none
	 */
	request(request: ApiRequest): Promise<ApiAnswer>;
	/**
	 * The resources of a collection page by page, at most `limit` in all. A resource has in `included`
	 * what the answer included of it. 'page[size]' in the query is to be the endpoint's largest.
	 */
	pages(request: ApiRequest, limit?: number): AsyncGenerator<IDataObject[], void, undefined>;
	/** All of these pages together. */
	all(request: ApiRequest, limit?: number): Promise<IDataObject[]>;
}

/**
 * For executions and polls. A limit per minute can make Klaviyo ask for a wait of a minute
 * (https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling).
 */
export const PATIENT: RetryPolicy = {
	giveUpAfterMs: 180_000,
	baseDelayMs: 500,
	maxDelayMs: 30_000,
};

/** For publishing and dropdowns, where someone waits. */
export const PROMPT: RetryPolicy = { giveUpAfterMs: 30_000, baseDelayMs: 500, maxDelayMs: 8_000 };

const TIMEOUT_MS = 30_000;
const MEDIA_TYPE = 'application/vnd.api+json';

/**
 * Reads the credential once; all requests of a run share one clock for giving up.
 *
 * @param sent secrets beside the key that requests carry in their bodies, and that no error must repeat
 * @throws UserError when the credential's address can't be used
 */
export async function klaviyoClient(
	context: ApiContext,
	policy: RetryPolicy = PATIENT,
	runtime: Runtime = runtimeOf(context),
	sent: string[] = [],
): Promise<KlaviyoClient> {
	const data = await context.getCredentials<ICredentialDataDecryptedObject>(KLAVIYO_CREDENTIAL);
	return new Client(context, data, policy, runtime, sent);
}

class Client implements KlaviyoClient {
	/** Since when Klaviyo has settled nothing; null when the last request was settled. */
	private failingSince: number | null = null;

	private readonly baseURL: string;

	/** Passed on, n8n need not decrypt it per request. */
	private readonly credential: ICredentialsDecrypted;

	private readonly hideKey: Hide;

	/** A flow that Klaviyo answers with holds the secrets that it was made with, and rightly so. */
	private readonly hideAll: Hide;

	constructor(
		private readonly context: ApiContext,
		data: ICredentialDataDecryptedObject,
		private readonly policy: RetryPolicy,
		private readonly runtime: Runtime,
		sent: string[],
	) {
		this.baseURL = klaviyoAddressOf(data);
		const key = String(data.apiKey ?? '').trim();
		this.hideKey = hiding([key]);
		this.hideAll = hiding([key, ...sent]);
		this.credential = { id: '', name: KLAVIYO_CREDENTIAL, type: KLAVIYO_CREDENTIAL, data };
	}

	async request(request: ApiRequest): Promise<ApiAnswer> {
		const problem = problemWithPath(request.path);
		if (problem !== null) throw this.problem(problem);
		const { last, isCancelled } = await repeat(
			async () => await this.attempt(request),
			this.policy,
			this.runtime,
			() => (this.failingSince ?? this.runtime.now()) + this.policy.giveUpAfterMs,
		);
		if (isCancelled) throw this.problem('Not sent: the execution was cancelled.');
		if (last === null)
			throw this.problem('Not sent: Klaviyo has settled nothing for too long before.');
		const { answer } = last;
		if (answer === undefined) throw this.problem(last.reason);
		const { status, body } = answer;
		if (status < 300 || request.accept?.includes(status)) return answer;

		const { sentence, description } = explainProblem(status, body, request.scopes, request.labels);
		// Not the answer itself: n8n would keep it, however large, and look for words of its own in it.
		throw new NodeApiError(this.context.getNode(), { message: sentence } as JsonObject, {
			message: sentence,
			description,
			httpCode: String(status),
		});
	}

	async *pages(
		request: ApiRequest,
		limit = Number.POSITIVE_INFINITY,
	): AsyncGenerator<IDataObject[], void, undefined> {
		const seen = new Set<string>();
		let left = limit;
		let next: ApiRequest | null = withPageSize(request, limit);
		while (next !== null && left > 0) {
			const { body } = await this.request(next);
			const page = resourcesOf(body).slice(0, left);
			left -= page.length;
			yield page;
			next = nextPage(request, body);
			const key = JSON.stringify(next?.query);
			if (next !== null && seen.has(key)) {
				throw this.problem('Klaviyo named the same next page twice. Try again later.');
			}
			seen.add(key);
		}
	}

	async all(request: ApiRequest, limit?: number): Promise<IDataObject[]> {
		const found: IDataObject[] = [];
		for await (const page of this.pages(request, limit)) found.push(...page);
		return found;
	}

	private async attempt(request: ApiRequest): Promise<Result> {
		const result = await this.tryOnce(request);
		if (result.final) this.failingSince = null;
		else this.failingSince ??= this.runtime.now();
		return result;
	}

	private async tryOnce(request: ApiRequest): Promise<Result> {
		try {
			const { statusCode: status, headers, body: answered } = await this.exchange(request);
			const hide = status < 300 ? this.hideKey : this.hideAll;
			return {
				final: !isRetryableStatus(status) || request.accept?.includes(status) === true,
				reason: `Klaviyo answered ${status}.`,
				answer: { status, body: hide(jsonOf(answered)) as IDataObject },
				retryAfterMs: parseRetryAfter(headers['retry-after'], this.runtime.wallTime()),
			};
		} catch (error) {
			const failure = connectionFailureOf(error);
			return {
				final: !isRetryableCode(failure.code),
				reason: explainConnectionFailure(failure, 'API URL'),
			};
		}
	}

	private async exchange(request: ApiRequest): Promise<IN8nHttpFullResponse> {
		return (await this.context.helpers.httpRequestWithAuthentication.call(
			this.context,
			KLAVIYO_CREDENTIAL,
			{
				method: request.method ?? 'GET',
				baseURL: this.baseURL,
				url: request.path,
				qs: request.query,
				body: request.body === undefined ? undefined : JSON.stringify(request.body),
				headers: {
					Accept: MEDIA_TYPE,
					...(request.body === undefined ? {} : { 'Content-Type': MEDIA_TYPE }),
				},
				timeout: TIMEOUT_MS,
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				// A redirect would carry the key to an address that nobody entered.
				disableFollowRedirect: true,
			},
			{ credentialsDecrypted: this.credential },
		)) as IN8nHttpFullResponse;
	}

	private problem(sentence: string): NodeOperationError {
		return new NodeOperationError(this.context.getNode(), sentence);
	}
}

interface Result extends Attempt {
	/** Klaviyo's answer, whatever it says. */
	answer?: ApiAnswer;
}

/** n8n leaves media types other than application/json as text. */
function jsonOf(body: unknown): IDataObject {
	if (typeof body !== 'string') return (body ?? {}) as IDataObject;
	try {
		const parsed: unknown = JSON.parse(body);
		return typeof parsed === 'object' && parsed !== null ? (parsed as IDataObject) : {};
	} catch {
		return {};
	}
}
