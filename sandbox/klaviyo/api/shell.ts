// The way of every request under /api and /client, in Klaviyo's order as far as it is known: key,
// revision, permission, rate, contract, and then the operation itself.
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';

import type { Json } from '../types';
import { InputError } from '../types';
import type { Contract, Violation, WireRequest } from './contract';
import { ApiError, errorBody, invalid, throttled } from './errors';
import type { ApiKey } from './keys';
import { authenticate, checkPermission, checkRevision } from './keys';
import type { Operation, Query } from './operation';
import { findOperation } from './operation';
import type { RateLimiter } from './rate';

const MEDIA_TYPE = 'application/vnd.api+json';

/** One request that came, and what it was answered. */
export interface ApiCall {
	method: string;
	/** Without the query. */
	path: string;
	query: Query;
	/** The operationId, or null. */
	operation: string | null;
	status: number;
}

export interface Shell {
	operations: readonly Operation[];
	keys: readonly ApiKey[];
	revisions: readonly string[];
	contract: Contract;
	limiter: RateLimiter;
	calls: ApiCall[];
}

interface Outcome {
	status: number;
	headers: Record<string, string>;
	body: Json | undefined;
}

/** The routes; bodies are read as bytes, so that broken JSON gets Klaviyo's own answer. */
export function apiRoutes(shell: Shell): FastifyPluginCallback {
	return (app, _options, done) => {
		app.removeAllContentTypeParsers();
		app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => {
			parsed(null, body);
		});
		const handler = async (request: FastifyRequest, reply: FastifyReply) => {
			const { status, headers, body } = handle(wireOf(request), request, shell);
			void reply.code(status).headers(headers);
			if (body === undefined) return await reply.send();
			return await reply.type(MEDIA_TYPE).send(JSON.stringify(body));
		};
		app.all('/api/*', handler);
		app.all('/client/*', handler);
		done();
	};
}

function wireOf(request: FastifyRequest): WireRequest {
	const { method, headers, url } = request;
	return {
		method,
		path: url.split('?')[0] ?? '',
		query: request.query as WireRequest['query'],
		headers,
		body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
	};
}

function handle(wire: WireRequest, request: FastifyRequest, shell: Shell): Outcome {
	const found = findOperation(shell.operations, wire.method, wire.path);
	const headers: Record<string, string> = {};
	const query = Object.fromEntries(
		Object.entries(wire.query).map(([name, value]) => [name, String(value)]),
	);
	let outcome: Outcome;
	try {
		const violations = shell.contract.check(wire);
		const { operation, id } = found ?? missing(wire, violations);
		admit(wire, query, operation, shell, headers);
		if (violations[0]) throw refusal(violations[0]);
		const baseUrl = `${request.protocol}://${request.host}`;
		const body = parsed(wire.body);
		const answer = operation.run({ id, query, body, baseUrl, path: request.url });
		outcome = { status: answer.status, headers, body: answer.body };
	} catch (error) {
		const known = asApiError(error);
		const { status } = known;
		outcome = { status, headers: { ...headers, ...known.headers }, body: errorBody(known) };
	}
	const { method, path } = wire;
	const operation = found?.operation.name ?? null;
	shell.calls.push({ method, path, query, operation, status: outcome.status });
	return outcome;
}

// Lets a request pass and adds its rate headers: a 403 has them, a 401 and a 429 have not (recorded).
function admit(
	{ headers }: WireRequest,
	query: Query,
	operation: Operation,
	{ keys, revisions, limiter }: Shell,
	answerHeaders: Record<string, string>,
): void {
	const isPublic = operation.scopes.length === 0;
	const key = isPublic ? null : authenticate(headers.authorization as string | undefined, keys);
	const revision = headers.revision as string | undefined;
	if (!isPublic || revision !== undefined) checkRevision(revision, revisions);
	const limits =
		typeof operation.limits === 'function' ? operation.limits(query) : operation.limits;
	// Private keys share the account's quota, each app install has its own
	// (https://developers.klaviyo.com/en/docs/set_up_oauth).
	const owner = key?.oauth ? key.key : 'account';
	const rate = limiter.take(`${owner} ${operation.name}`, limits);
	if (rate.retryAfter !== null) throw throttled(rate.retryAfter);
	Object.assign(answerHeaders, rate.headers);
	if (key) checkPermission(key, operation);
}

// 404 and not 400: nothing of Klaviyo's is there to check the request.
function missing({ method, path }: WireRequest, violations: Violation[]): never {
	const unknown = violations.some(({ where }) => where === 'operation');
	const reason = unknown ? 'is not in the specification' : 'is not part of the stand-in';
	throw new ApiError(404, 'not_found', 'Not found.', `${method} ${path} ${reason}.`);
}

function refusal({ where, pointer, message }: Violation): ApiError {
	const source = where === 'body' ? { pointer } : { parameter: pointer };
	return invalid(`${pointer || 'The body'}: ${message}`, source);
}

function parsed(body: Buffer): Json | undefined {
	if (body.length === 0) return undefined;
	try {
		return JSON.parse(body.toString('utf8')) as Json;
	} catch (error) {
		throw invalid((error as Error).message, { pointer: '/data' });
	}
}

function asApiError(error: unknown): ApiError {
	if (error instanceof ApiError) return error;
	if (error instanceof InputError) return invalid(error.message, { pointer: '/data/attributes' });
	throw error;
}
