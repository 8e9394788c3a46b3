import {
	NodeOperationError,
	sleep,
	type IDataObject,
	type IHookFunctions,
	type IHttpRequestMethods,
	type ILoadOptionsFunctions,
	type IN8nHttpFullResponse,
} from 'n8n-workflow';

import { connectionFailureOf, explainConnectionFailure } from '../../shared/errors';
import {
	isRetryableCode,
	isRetryableStatus,
	parseRetryAfter,
	retryDelay,
	type RetryPolicy,
} from '../../shared/retry';
import { explainProblem } from './errors';
import { KLAVIYO_API_URL } from './revision';

export const KLAVIYO_CREDENTIAL = 'klaviyoApi';

export type ApiContext = IHookFunctions | ILoadOptionsFunctions;

export interface ApiRequest {
	method?: IHttpRequestMethods;
	/** From /api on. */
	path: string;
	query?: Record<string, string>;
	body?: object;
	/** What the operation needs, for the sentence on a 403. */
	scopes: string;
	/** Statuses that are an answer, not an error. */
	accept?: number[];
}

export interface ApiAnswer {
	status: number;
	body: IDataObject;
}

/** Publishing and dropdowns have someone waiting. */
const POLICY: RetryPolicy = { giveUpAfterMs: 30_000, baseDelayMs: 500, maxDelayMs: 8_000 };
const TIMEOUT_MS = 15_000;

/**
 * One request to Klaviyo's API; waits and repeats on 429, 5xx and broken connections.
 *
 * @throws NodeOperationError with a sentence that says what to do
 */
export async function klaviyoRequest(context: ApiContext, request: ApiRequest): Promise<ApiAnswer> {
	const credential = await context.getCredentials<{ baseUrl?: string }>(KLAVIYO_CREDENTIAL);
	const baseURL = credential.baseUrl?.trim().replace(/\/+$/, '') || KLAVIYO_API_URL;
	const deadline = Date.now() + POLICY.giveUpAfterMs;
	for (let attempt = 1; ; attempt++) {
		const { answer, failure } = await send(context, baseURL, request);
		if (answer && (answer.statusCode < 300 || request.accept?.includes(answer.statusCode))) {
			return { status: answer.statusCode, body: jsonOf(answer.body) };
		}
		const again = answer ? isRetryableStatus(answer.statusCode) : isRetryableCode(failure?.code);
		const asked = parseRetryAfter(answer?.headers['retry-after'], Date.now());
		const wait = retryDelay(POLICY, attempt, asked, Math.random());
		if (again && Date.now() + wait < deadline) {
			await sleep(wait);
			continue;
		}
		const problem = answer
			? explainProblem(answer.statusCode, jsonOf(answer.body), request.scopes)
			: { sentence: explainConnectionFailure(failure!, 'API URL'), description: undefined };
		throw new NodeOperationError(context.getNode(), problem.sentence, {
			description: problem.description,
		});
	}
}

/** All pages of a collection, by `links.next` alone: `links.prev` was seen to hold garbage. */
export async function klaviyoPages(context: ApiContext, request: ApiRequest): Promise<IDataObject[]> {
	const found: IDataObject[] = [];
	let next: ApiRequest | undefined = request;
	while (next !== undefined) {
		const { body }: ApiAnswer = await klaviyoRequest(context, next);
		found.push(...((body.data as IDataObject[] | undefined) ?? []));
		const link = (body.links as { next?: string | null } | undefined)?.next;
		next = link ? nextPage(request, link) : undefined;
	}
	return found;
}

/** The next page at the credential's address: a link must not lead the key elsewhere. */
function nextPage(request: ApiRequest, link: string): ApiRequest {
	const { pathname, searchParams } = new URL(link);
	return { ...request, path: pathname, query: Object.fromEntries(searchParams) };
}

type Sent =
	| { answer: IN8nHttpFullResponse; failure?: undefined }
	| { answer?: undefined; failure: ReturnType<typeof connectionFailureOf> };

async function send(context: ApiContext, baseURL: string, request: ApiRequest): Promise<Sent> {
	try {
		const answer = (await context.helpers.httpRequestWithAuthentication.call(
			context,
			KLAVIYO_CREDENTIAL,
			{
				method: request.method ?? 'GET',
				baseURL,
				url: request.path,
				qs: request.query,
				body: request.body === undefined ? undefined : JSON.stringify(request.body),
				headers: {
					Accept: 'application/vnd.api+json',
					...(request.body === undefined ? {} : { 'Content-Type': 'application/vnd.api+json' }),
				},
				timeout: TIMEOUT_MS,
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
			},
		)) as IN8nHttpFullResponse;
		return { answer };
	} catch (error) {
		return { failure: connectionFailureOf(error) };
	}
}

/** n8n leaves media types other than application/json as text. */
function jsonOf(body: unknown): IDataObject {
	if (typeof body !== 'string') return (body ?? {}) as IDataObject;
	try {
		return JSON.parse(body) as IDataObject;
	} catch {
		return {};
	}
}
