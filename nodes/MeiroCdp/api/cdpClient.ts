import {
	NodeApiError,
	NodeOperationError,
	UserError,
	type ICredentialDataDecryptedObject,
	type ICredentialsDecrypted,
	type IDataObject,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type ILoadOptionsFunctions,
	type IN8nHttpFullResponse,
	type JsonObject,
} from 'n8n-workflow';

import type { Answer } from '../../shared/http/answer';
import { connectionFailureOf, explainConnectionFailure } from '../../shared/http/connectionFailure';
import { problemWithPath } from '../../shared/http/path';
import {
	DEFAULT_RETRY_POLICY,
	isRetryableCode,
	isRetryableStatus,
	parseRetryAfter,
	repeat,
	type Attempt,
	type RetryPolicy,
} from '../../shared/http/retry';
import type { Runtime } from '../../shared/http/runtime';
import { ADDRESS_FIELDS, addressOf, type MeiroApi } from './cdpAddress';
import { hidingTokens, loginProblemOf, MEIRO_CDP_CREDENTIAL, timeoutMsOf } from './cdpLogin';
import { explainAnswer } from './explainCdpAnswer';

export interface MeiroRequest {
	/** Default: the CDP API. */
	api?: MeiroApi;
	method?: 'GET' | 'POST';
	/** From the API's address on. */
	path: string;
	query?: IDataObject;
	body?: IDataObject | Buffer;
	contentType?: string;
	/** What the user's role needs, for the sentence on a 403. */
	feature?: string;
	/** Statuses that are an answer, not an error. */
	accept?: number[];
	/** False: not sent again when Meiro may have taken it although no clear answer came. */
	repeatable?: boolean;
}

/** What came of a request: Meiro's final answer, or the reason why there is none. */
export type Sent =
	| { attempts: number; answer: Answer }
	| { attempts: number; answer: null; status: number | null; reason: string };

export interface MeiroClient {
	readonly runtime: Runtime;
	/** Waits and repeats while Meiro settles nothing. Never rejects. */
	send(request: MeiroRequest): Promise<Sent>;
	/** @throws NodeApiError or NodeOperationError with a sentence that says what to do */
	request(request: MeiroRequest): Promise<{ status: number; body: IDataObject }>;
	/** Changes for how long requests are repeated. */
	giveUpAfter(ms: number): void;
}

/** Stands where n8n looks for a token, so that it logs in nowhere: the other APIs need no login. */
const NO_LOGIN = 'none';

/** Failures before the request can have reached anyone. */
const NEVER_CONNECTED = new Set([
	'ECONNREFUSED',
	'EAI_AGAIN',
	'ENOTFOUND',
	'EHOSTUNREACH',
	'ENETUNREACH',
]);

/** Statuses that say: not taken. After others that may be repeated, Meiro may have taken it. */
const NOT_TAKEN = new Set([425, 429, 503]);

/** Reads the credential once; all requests of a run share its token and one clock for giving up. */
export async function meiroClient(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	runtime: Runtime,
	policy: RetryPolicy = DEFAULT_RETRY_POLICY,
): Promise<MeiroClient> {
	const data = await context.getCredentials<ICredentialDataDecryptedObject>(MEIRO_CDP_CREDENTIAL);
	return new Client(context, data, runtime, policy);
}

class Client implements MeiroClient {
	/** Since when Meiro has settled nothing; null when the last request was settled. */
	private failingSince: number | null = null;

	/** Why the login was refused: trying on with it could lock the user out. */
	private refused: { status: number; reason: string } | null = null;

	constructor(
		private readonly context: IExecuteFunctions | ILoadOptionsFunctions,
		private readonly data: ICredentialDataDecryptedObject,
		readonly runtime: Runtime,
		private policy: RetryPolicy,
	) {}

	giveUpAfter(ms: number): void {
		this.policy = { ...this.policy, giveUpAfterMs: ms };
	}

	async send(request: MeiroRequest): Promise<Sent> {
		const api = request.api ?? 'cdp';
		const problem = problemWithPath(request.path);
		if (problem !== null) return { attempts: 0, answer: null, status: null, reason: problem };
		if (api === 'cdp' && this.refused) return { attempts: 0, answer: null, ...this.refused };

		const { attempts, last, isCancelled } = await repeat(
			async () => await this.attempt(request, api),
			this.policy,
			this.runtime,
			() => this.deadline(),
		);
		if (last?.answer) {
			this.failingSince = null;
			return { attempts, answer: last.answer };
		}
		const reason = isCancelled
			? 'Not sent: the execution was cancelled.'
			: (last?.reason ?? 'Not sent: Meiro has settled nothing for too long before.');
		return { attempts, answer: null, status: last?.status ?? null, reason };
	}

	async request(request: MeiroRequest): Promise<{ status: number; body: IDataObject }> {
		const sent = await this.send(request);
		const node = this.context.getNode();
		if (sent.answer === null) throw new NodeOperationError(node, sent.reason);
		const { status, body } = sent.answer;
		const isAnswer = status < 300 || request.accept?.includes(status) === true;
		if (isAnswer && isObject(body)) return { status, body };
		const { sentence, description } = explainAnswer(
			sent.answer,
			request.api ?? 'cdp',
			request.feature,
		);
		throw new NodeApiError(node, { message: sentence } as JsonObject, {
			message: sentence,
			description,
			httpCode: String(status),
		});
	}

	private deadline(): number {
		return (this.failingSince ?? this.runtime.now()) + this.policy.giveUpAfterMs;
	}

	private async attempt(request: MeiroRequest, api: MeiroApi): Promise<Result> {
		const result = await this.tryOnce(request, api);
		if (result.final) return result;
		if (request.repeatable === false && !result.untaken) {
			const reason = `${result.reason} It is not known whether Meiro took it, so it was not sent again.`;
			return { ...result, final: true, reason };
		}
		this.failingSince ??= this.runtime.now();
		return result;
	}

	private async tryOnce(request: MeiroRequest, api: MeiroApi): Promise<Result> {
		const now = () => this.runtime.wallTime();
		try {
			const answer = await this.exchange(request, api);
			const final = !isRetryableStatus(answer.status);
			return {
				final,
				...(final ? { answer } : {}),
				status: answer.status,
				reason: `${explainAnswer(answer, api, request.feature).sentence}.`,
				retryAfterMs: parseRetryAfter(answer.headers['retry-after'], now()),
				untaken: NOT_TAKEN.has(answer.status),
			};
		} catch (error) {
			if (error instanceof NodeApiError && error.httpCode === '401') {
				return this.readUnauthorised(this.withoutTokens(error.context.data, api), api);
			}
			const login = loginProblemOf(error);
			if (login !== undefined) return this.readLogin(login, now());
			const mistake = mistakeIn(error);
			if (mistake !== undefined) return { status: null, reason: mistake.message, final: true };
			const failure = connectionFailureOf(error);
			return {
				status: null,
				reason: explainConnectionFailure(failure, ADDRESS_FIELDS[api].label),
				final: !isRetryableCode(failure.code),
				untaken: NEVER_CONNECTED.has(failure.code ?? ''),
			};
		}
	}

	/** What n8n throws when a 401 stayed although it had renewed the token. */
	private readUnauthorised(body: unknown, api: MeiroApi): Result {
		const answer: Answer = { status: 401, headers: {}, body: body ?? null };
		this.refused = { status: 401, reason: explainAnswer(answer, api).sentence };
		return { final: true, answer, status: 401, reason: this.refused.reason };
	}

	/** A request whose login did not come about was not sent. */
	private readLogin(login: NonNullable<ReturnType<typeof loginProblemOf>>, now: number): Result {
		const status = login.status ?? null;
		const final = status === null ? !isRetryableCode(login.code) : !isRetryableStatus(status);
		if (final && status !== null) this.refused = { status, reason: login.sentence };
		return {
			status,
			reason: login.sentence,
			final,
			untaken: true,
			retryAfterMs: parseRetryAfter(login.retryAfter, now),
		};
	}

	private async exchange(request: MeiroRequest, api: MeiroApi): Promise<Answer> {
		const options: IHttpRequestOptions = {
			method: request.method ?? 'GET',
			url: `${addressOf(this.data, api)}${request.path}`,
			qs: request.query,
			body: request.body,
			headers: request.contentType === undefined ? {} : { 'Content-Type': request.contentType },
			json: true,
			timeout: timeoutMsOf(this.data),
			// A redirect would carry the credential to an address that nobody entered.
			disableFollowRedirect: true,
			returnFullResponse: true,
			// n8n renews the token after a 401 only where the 401 is an error.
			ignoreHttpStatusErrors: api === 'cdp' ? { ignore: true, except: [401] } : true,
		};
		const response = (await this.context.helpers.httpRequestWithAuthentication.call(
			this.context,
			MEIRO_CDP_CREDENTIAL,
			options,
			{ credentialsDecrypted: this.credentialFor(api) },
		)) as IN8nHttpFullResponse;
		const body = this.withoutTokens(response.body, api);
		return { status: response.statusCode, headers: response.headers, body };
	}

	/** Asked anew each time: n8n may have renewed the token just now. */
	private withoutTokens(body: unknown, api: MeiroApi): unknown {
		return hidingTokens(this.credentialFor(api).data ?? {})(body);
	}

	private readonly credentials = new Map<MeiroApi, ICredentialsDecrypted>();

	/**
	 * What n8n may use for a request to this API: no more than belongs to it. The same object each
	 * time, because n8n puts a renewed token into it; passed on, n8n need not decrypt it per request.
	 */
	private credentialFor(api: MeiroApi): ICredentialsDecrypted {
		const { data } = this;
		const own: Record<MeiroApi, ICredentialDataDecryptedObject> = {
			cdp: data,
			audience: { sessionToken: NO_LOGIN },
			pipes: {
				sessionToken: NO_LOGIN,
				pipesUrl: data.pipesUrl ?? '',
				pipesToken: data.pipesToken ?? '',
				allowPrivate: data.allowPrivate ?? false,
				allowHttp: data.allowHttp ?? false,
			},
		};
		const known = this.credentials.get(api) ?? {
			id: '',
			name: MEIRO_CDP_CREDENTIAL,
			type: MEIRO_CDP_CREDENTIAL,
			data: own[api],
		};
		this.credentials.set(api, known);
		return known;
	}
}

interface Result extends Attempt {
	/** Meiro's final answer. */
	answer?: Answer;
	status: number | null;
	/** Meiro has certainly not taken it. */
	untaken?: boolean;
}

/** A mistake in the credential that was found before anything was sent; n8n may have wrapped it. */
function mistakeIn(error: unknown): UserError | undefined {
	return [error, (error as { cause?: unknown } | null)?.cause].find(
		(one) => one instanceof UserError,
	);
}

function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null;
}
