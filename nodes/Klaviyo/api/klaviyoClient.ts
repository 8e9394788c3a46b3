import {
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteFunctions,
	type IHookFunctions,
	type IHttpRequestMethods,
	type ILoadOptionsFunctions,
	type IPollFunctions,
} from 'n8n-workflow';

import { parseJson, surveyJson } from '../../shared/event/jsonText';
import { apiErrorOf } from '../../shared/http/explanation';
import type { RetryPolicy } from '../../shared/http/retry';
import { runtimeOf, type Runtime } from '../../shared/http/runtime';
import { hiding } from '../../shared/http/secrets';
import { decrypted, n8nTransport, ServiceClient } from '../../shared/http/serviceClient';
import { explainProblem, type Labels } from './explainRefusal';
import { klaviyoAddressOf } from './klaviyoAddress';
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

/** Runs after each answer with its headers, before it is handed on; what it throws ends the asking. */
export type AfterAnswer = (headers: Record<string, unknown>) => Promise<void>;

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
	afterAnswer?: AfterAnswer,
): Promise<KlaviyoClient> {
	const data = await context.getCredentials<ICredentialDataDecryptedObject>(KLAVIYO_CREDENTIAL);
	const key = String(data.apiKey ?? '').trim();
	// A flow that Klaviyo answers with holds the secrets that it was made with, and rightly so.
	const hide = { inAnswers: hiding([key]), inRefusals: hiding([key, ...sent]) };
	const transport = n8nTransport(context, decrypted(KLAVIYO_CREDENTIAL, data), (body, status) =>
		(status < 300 ? hide.inAnswers : hide.inRefusals)(jsonOf(body)),
	);
	const service = { name: 'Klaviyo', field: 'API URL', transport };
	const client = new ServiceClient(service, policy, runtime);
	return new Client(context, klaviyoAddressOf(data), client, afterAnswer);
}

class Client implements KlaviyoClient {
	constructor(
		private readonly context: ApiContext,
		private readonly address: string,
		private readonly service: ServiceClient,
		private readonly afterAnswer?: AfterAnswer,
	) {}

	async request(request: ApiRequest): Promise<ApiAnswer> {
		const { method = 'GET', path, query, body, scopes, labels, accept } = request;
		const sent = await this.service.send({
			method,
			url: `${this.address}${path}`,
			query,
			body: body === undefined ? undefined : JSON.stringify(body),
			headers: {
				Accept: MEDIA_TYPE,
				...(body === undefined ? {} : { 'Content-Type': MEDIA_TYPE }),
			},
			// n8n would round the digits of an order's number that has more of them than a number holds.
			encoding: 'text',
			timeoutMs: TIMEOUT_MS,
		});
		const answer = sent.answer ?? sent.unsettled;
		if (answer === undefined || sent.isCancelled) throw this.problem(sent.reason);
		const { status } = answer;
		await this.afterAnswer?.(answer.headers);
		const said = answer.body as IDataObject;
		if (status < 300 || accept?.includes(status)) return { status, body: said };
		throw apiErrorOf(this.context.getNode(), status, explainProblem(status, said, scopes, labels));
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

	private problem(sentence: string): NodeOperationError {
		return new NodeOperationError(this.context.getNode(), sentence);
	}
}

function jsonOf(body: unknown): IDataObject {
	if (typeof body !== 'string') return (body ?? {}) as IDataObject;
	try {
		const parsed = parseJson(body, surveyJson(body));
		return typeof parsed === 'object' && parsed !== null ? (parsed as IDataObject) : {};
	} catch {
		return {};
	}
}
