import * as http from 'node:http';
import * as https from 'node:https';
import { urlToHttpOptions } from 'node:url';

export interface Answer {
	/** Null when nothing answered. */
	status: number | null;
	/** Why nothing answered. */
	error: string | null;
	retryAfter: string | null;
}

/** Where and how one flow sends. */
export type Target = https.RequestOptions;

/** Keep-alive connections; how many are open is the caller's business. */
export interface Agents {
	http: http.Agent;
	https: https.Agent;
}

export function createAgents(): Agents {
	const options = { keepAlive: true };
	return {
		http: new http.Agent(options),
		// Klaviyo accepts no self-signed certificate, whatever this process's environment allows.
		https: new https.Agent({ ...options, rejectUnauthorized: true }),
	};
}

/** The request options of one flow, worked out once. No User-Agent: Klaviyo's is not known. */
export function targetOf(url: string, headers: Record<string, string>, agents: Agents): Target {
	const parsed = new URL(url);
	const agent = parsed.protocol === 'https:' ? agents.https : agents.http;
	return { ...urlToHttpOptions(parsed), method: 'POST', headers, agent };
}

/**
 * One POST. Never follows a redirect, never rejects: what goes wrong is in the answer.
 * `timeoutMs` covers the whole exchange; a status that has come by then counts.
 */
export async function post(target: Target, body: Buffer, timeoutMs: number): Promise<Answer> {
	return await new Promise((resolve) => {
		const answer: Answer = { status: null, error: null, retryAfter: null };
		const send = target.protocol === 'https:' ? https.request : http.request;
		const request = send({
			...target,
			headers: { ...(target.headers as Record<string, string>), 'Content-Length': body.length },
		});
		const timer = setTimeout(() => {
			request.destroy(new Error(`no answer within ${timeoutMs} ms`));
		}, timeoutMs);
		request.on('response', (response) => {
			answer.status = response.statusCode ?? null;
			answer.retryAfter = response.headers['retry-after'] ?? null;
			response.on('error', () => {}); // the status has come: a body cut short changes nothing
			response.resume();
		});
		request.on('error', (error: NodeJS.ErrnoException) => {
			if (answer.status === null) answer.error = error.message || (error.code ?? 'no answer');
		});
		request.on('close', () => {
			clearTimeout(timer);
			resolve(answer);
		});
		request.end(body);
	});
}
