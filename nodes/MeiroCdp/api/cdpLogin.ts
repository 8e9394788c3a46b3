import { createHash } from 'node:crypto';
import {
	UserError,
	type ICredentialDataDecryptedObject,
	type IHttpRequestHelper,
	type IHttpRequestOptions,
	type IN8nHttpFullResponse,
} from 'n8n-workflow';

import { addressOfRequest, isWithin } from '../../shared/http/address';
import { clip } from '../../shared/http/answer';
import { connectionFailureOf, explainConnectionFailure } from '../../shared/http/connectionFailure';
import { redirectSentence } from '../../shared/http/explanation';
import { msOfSeconds } from '../../shared/http/retry';
import { hiding, type Hide } from '../../shared/http/secrets';
import { addressOf } from './cdpAddress';

export const MEIRO_CDP_CREDENTIAL = 'meiroCdpApi';

const DEFAULT_TIMEOUT_S = 30;

/** How long one request may take. */
export function timeoutMsOf(credentials: ICredentialDataDecryptedObject): number {
	return msOfSeconds(credentials.timeoutSeconds || undefined, DEFAULT_TIMEOUT_S * 1000);
}

/** Adds the one secret that belongs to the request's address; to any other address goes none. */
export function authorise(
	credentials: ICredentialDataDecryptedObject,
	request: IHttpRequestOptions,
): IHttpRequestOptions {
	const address = addressOfRequest(request);
	const [secret] = secretsOf(credentials)
		.filter(({ base }) => isWithin(address, base))
		.sort((one, other) => other.base.length - one.base.length);
	if (secret === undefined || secret.value === '') return request;
	return { ...request, headers: { ...request.headers, [secret.header]: secret.value } };
}

/** Takes the credential's tokens out of an answer. The password is sent to the login alone. */
export function hidingTokens(credentials: ICredentialDataDecryptedObject): Hide {
	return hiding(secretsOf(credentials).map(({ value }) => value));
}

/**
 * X-Access-Token: https://docs.meiro.dev/docs/api/meiro-cdp-api
 * X-API-Token: https://github.com/meiroio/mobile_sdk_flutter
 */
function secretsOf(credentials: ICredentialDataDecryptedObject) {
	const secrets: Array<{ base: string; header: string; value: string }> = [];
	if (isFilled(credentials.baseUrl)) {
		secrets.push({
			base: addressOf(credentials, 'cdp'),
			header: 'X-Access-Token',
			value:
				credentials.authentication === 'accessToken'
					? textOf(credentials.accessToken)
					: tokenIn(credentials),
		});
	}
	if (isFilled(credentials.pipesUrl)) {
		secrets.push({
			base: addressOf(credentials, 'pipes'),
			header: 'X-API-Token',
			value: textOf(credentials.pipesToken),
		});
	}
	return secrets;
}

/** Why a login brought no token, as the client finds it behind the error that n8n throws. */
export interface LoginProblem {
	sentence: string;
	/** Absent when no answer came. */
	status?: number;
	retryAfter?: unknown;
	/** Node's code of a connection that did not come about. */
	code?: string;
}

/**
 * Logs in for a token that lives 8 hours; n8n calls it when there is none and after a 401, and stores
 * what it returns (https://docs.meiro.dev/docs/api/meiro-cdp-api, section Authentication).
 */
export async function logIn(
	helper: IHttpRequestHelper,
	credentials: ICredentialDataDecryptedObject,
): Promise<{ sessionToken?: string }> {
	if (credentials.authentication === 'accessToken') return {};
	const base = addressOf(credentials, 'cdp');
	const email = textOf(credentials.email);
	const password = String(credentials.password ?? '');
	if (email === '' || password === '') {
		throw loginError({
			sentence: "'Email' or 'Password' of the Meiro CDP credential is empty. Fill in both.",
			status: 400,
		});
	}
	const { statusCode, headers, body } = await sendLogin(helper, {
		method: 'POST',
		url: `${base}/users/login`,
		body: { email, password },
		json: true,
		timeout: timeoutMsOf(credentials),
		disableFollowRedirect: true,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
	});
	const token = (body as { token?: unknown } | null)?.token;
	if (statusCode < 300 && typeof token === 'string' && token !== '') {
		return { sessionToken: `${fingerprint(credentials)}.${token}` };
	}
	throw loginError({
		sentence: refusal(
			statusCode,
			hiding([password])((body as { message?: unknown } | null)?.message),
		),
		status: statusCode,
		retryAfter: headers['retry-after'],
	});
}

async function sendLogin(
	helper: IHttpRequestHelper,
	request: IHttpRequestOptions,
): Promise<IN8nHttpFullResponse> {
	try {
		return (await helper.helpers.httpRequest(request)) as IN8nHttpFullResponse;
	} catch (error) {
		// Told anew: the HTTP client's error holds the request, and with it the password.
		const failure = connectionFailureOf(error);
		throw loginError({
			sentence: explainConnectionFailure(failure, 'Base URL'),
			code: failure.code,
		});
	}
}

/** By their sentences: the wrapper that n8n 2.20 puts around what is thrown keeps no cause, and the words alone. */
const told = new Map<string, LoginProblem>();
const TOLD_AT_MOST = 100;

function loginError(login: LoginProblem): UserError {
	if (told.size >= TOLD_AT_MOST) told.clear();
	told.set(login.sentence, login);
	return new UserError(login.sentence, { cause: { login } });
}

/** Finds what `logIn` threw, wherever in the chain of causes it stands. */
export function loginProblemOf(error: unknown): LoginProblem | undefined {
	let current = error as { cause?: unknown; login?: LoginProblem } | undefined;
	for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth++) {
		if (current.login !== undefined) return current.login;
		current = current.cause as typeof current;
	}
	const { message, messages = [] } = (error ?? {}) as { message?: string; messages?: string[] };
	return [message ?? '', ...messages].map((words) => told.get(words)).find(isThere);
}

const isThere = (login: LoginProblem | undefined) => login !== undefined;

function refusal(status: number, message: unknown): string {
	const said = typeof message === 'string' && message !== '' ? ` Meiro says: ${clip(message)}` : '';
	if (status === 401 || status === 403) {
		return `Meiro refused the login (${status}). Check 'Email' and 'Password' of the Meiro CDP credential, and that the user may log in with a password.${said}`;
	}
	if (status < 300 || status === 404 || status === 405) {
		return `No login of the Meiro CDP API was found at the address in 'Base URL' (${status}). It often ends in /api, e.g. https://example.meiro.io/api${said}`;
	}
	if (status < 400) {
		return redirectSentence('Base URL', status, 'a login is');
	}
	return `Meiro could not log in (${status}). Try again later.${said}`;
}

/** The stored token, unless address or user were changed since: it belongs to the former ones. */
function tokenIn(credentials: ICredentialDataDecryptedObject): string {
	const [owner, ...token] = String(credentials.sessionToken ?? '').split('.');
	return owner === fingerprint(credentials) ? token.join('.') : '';
}

function fingerprint({ baseUrl, email, password }: ICredentialDataDecryptedObject): string {
	return createHash('sha256')
		.update(JSON.stringify([baseUrl, email, password]))
		.digest('hex')
		.slice(0, 16);
}

function isFilled(value: unknown): boolean {
	return String(value ?? '').trim() !== '';
}

function textOf(value: unknown): string {
	return String(value ?? '').trim();
}
