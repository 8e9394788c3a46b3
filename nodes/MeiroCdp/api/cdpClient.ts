import {
	NodeApiError,
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type ICredentialsDecrypted,
	type IDataObject,
	type IExecuteFunctions,
	type ILoadOptionsFunctions,
} from 'n8n-workflow';

import type { Answer } from '../../shared/http/answer';
import { apiErrorOf } from '../../shared/http/explanation';
import {
	DEFAULT_RETRY_POLICY,
	isRetryableCode,
	isRetryableStatus,
	type RetryPolicy,
	msOfSeconds,
} from '../../shared/http/retry';
import type { Runtime } from '../../shared/http/runtime';
import {
	decrypted,
	n8nTransport,
	ServiceClient,
	type NoAnswer,
	type Sent,
	type Service,
} from '../../shared/http/serviceClient';
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

export interface MeiroClient {
	readonly runtime: Runtime;
	/** Waits and repeats while Meiro settles nothing. Never rejects. */
	send(request: MeiroRequest): Promise<Sent>;
	/** @throws NodeApiError or NodeOperationError with a sentence that says what to do */
	request(request: MeiroRequest): Promise<{ status: number; body: IDataObject }>;
	/** Changes for how long requests are repeated. */
	giveUpAfter(seconds: unknown): void;
}

/** Stands where n8n looks for a token, so that it logs in nowhere: the other APIs need no login. */
const NO_LOGIN = 'none';

/** What has happened to a request that was not sent. */
const NOT_SENT = { answer: null, attempts: 0, isCancelled: false };

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
	/** Why the login was refused: trying on with it could lock the user out. */
	private refused: { status: number; reason: string } | null = null;

	private readonly services = new Map<MeiroApi, ServiceClient>();

	private readonly policy: RetryPolicy;

	constructor(
		private readonly context: IExecuteFunctions | ILoadOptionsFunctions,
		private readonly data: ICredentialDataDecryptedObject,
		readonly runtime: Runtime,
		policy: RetryPolicy,
	) {
		this.policy = { ...policy };
	}

	giveUpAfter(seconds: unknown): void {
		this.policy.giveUpAfterMs = msOfSeconds(seconds, this.policy.giveUpAfterMs);
	}

	async send(request: MeiroRequest): Promise<Sent> {
		const { api = 'cdp', method = 'GET', path, query, body, contentType, feature } = request;
		if (api === 'cdp' && this.refused) return { ...NOT_SENT, ...this.refused };
		return await this.serviceOf(api).send({
			method,
			url: path,
			query,
			body,
			headers: contentType === undefined ? {} : { 'Content-Type': contentType },
			json: true,
			timeoutMs: timeoutMsOf(this.data),
			repeatable: request.repeatable,
			explain: (answer) => explainAnswer(answer, api, feature).sentence,
		});
	}

	async request(request: MeiroRequest): Promise<{ status: number; body: IDataObject }> {
		const { answer, reason } = await this.send(request);
		const node = this.context.getNode();
		if (answer === null) throw new NodeOperationError(node, reason);
		const { status, body } = answer;
		const isAnswer = status < 300 || request.accept?.includes(status) === true;
		if (isAnswer && isObject(body)) return { status, body };
		throw apiErrorOf(node, status, explainAnswer(answer, request.api ?? 'cdp', request.feature));
	}

	/** Each API has an address of its own, and so a clock of its own for giving up. */
	private serviceOf(api: MeiroApi): ServiceClient {
		const known = this.services.get(api);
		if (known !== undefined) return known;
		const credential = this.credentialFor(api);
		// Asked anew each time: n8n may have renewed the token just now.
		const hide = (body: unknown) => hidingTokens(credential.data ?? {})(body);
		// n8n renews the token after a 401 only where the 401 is an error.
		const ignored = api === 'cdp' ? { ignore: true as const, except: [401] } : true;
		const exchange = n8nTransport(this.context, credential, hide, ignored);
		const service: Service = {
			name: 'Meiro',
			field: ADDRESS_FIELDS[api].label,
			transport: async (request) =>
				await exchange({ ...request, url: `${addressOf(this.data, api)}${request.url}` }),
			readThrown: (error) => {
				if (error instanceof NodeApiError && error.httpCode === '401') {
					return this.unauthorised(hide(error.context.data), api);
				}
				const login = loginProblemOf(error);
				return login === undefined ? undefined : this.notLoggedIn(login);
			},
		};
		const client = new ServiceClient(service, this.policy, this.runtime);
		this.services.set(api, client);
		return client;
	}

	/** What n8n throws when a 401 stayed although it had renewed the token. */
	private unauthorised(body: unknown, api: MeiroApi): Answer {
		const answer: Answer = { status: 401, headers: {}, body: body ?? null };
		this.refused = { status: 401, reason: explainAnswer(answer, api).sentence };
		return answer;
	}

	/** A request whose login did not come about was not sent. */
	private notLoggedIn(login: NonNullable<ReturnType<typeof loginProblemOf>>): NoAnswer {
		const { sentence: reason, status = null, code, retryAfter } = login;
		const final = status === null ? !isRetryableCode(code) : !isRetryableStatus(status);
		if (final && status !== null) this.refused = { status, reason };
		return { reason, status, final, untaken: true, retryAfter };
	}

	/**
	 * What n8n may use for requests to this API: no more than belongs to it. The same object for all of them, because
	 * n8n puts a renewed token into it.
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
		return decrypted(MEIRO_CDP_CREDENTIAL, own[api]);
	}
}

function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null;
}
