// The way of every request under /api and /client, in Klaviyo's order as far as it is known: key,
// revision, permission, rate, contract, and then the operation itself.
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';

import type { Json } from '../types';
import { InputError } from '../types';
import type { Contract, Violation, WireRequest } from './contract';
import { ApiError, errorBody, invalid, throttled } from './errors';
import type { Fault, Faults } from './faults';
import type { ApiKey } from './keys';
import { authenticate, checkPermission, checkRevision } from './keys';
import type { Operation, Query } from './operation';
import { findOperation } from './operation';
import type { RateLimiter } from './rate';
import type { Recent } from './recent';

// In the place of a status: no answer at all.
const RESET = -1;
const HANG = -2;
const MEDIA_TYPE = 'application/vnd.api+json';

/** One request that came, and what it was answered. */
export interface ApiCall {
	method: string;
	/** Without the query. */
	path: string;
	query: Query;
	/** The operationId, or null. */
	operation: string | null;
	/** 0 when there was no answer. */
	status: number;
	/** It met a planned fault. */
	fault: boolean;
}

export interface Shell {
	operations: readonly Operation[];
	keys: readonly ApiKey[];
	revisions: readonly string[];
	contract: Contract;
	limiter: RateLimiter;
	faults: Faults;
	calls: Recent<ApiCall>;
	/** Called before each operation: what was to happen by now happens. */
	catchUp: () => void;
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
			const { status, headers, body } = answerOf(wireOf(request), request, shell);
			if (status === RESET || status === HANG) {
				reply.hijack();
				if (status === RESET) request.raw.socket.resetAndDestroy();
				return;
			}
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

// The operation's own answer, or the fault's in its place.
function answerOf(wire: WireRequest, request: FastifyRequest, shell: Shell): Outcome {
	const { method, path } = wire;
	const query = Object.fromEntries(
		Object.entries(wire.query).map(([name, value]) => [name, String(value)]),
	);
	const found = findOperation(shell.operations, method, path);
	const fault = shell.faults.take(method, path);
	const carriedOut = !fault || fault.carriedOut === true;
	const own = carriedOut ? handle(wire, query, found, request, shell) : null;
	if (own) shell.contract.checkAnswer(wire, own.status, own.body);
	const outcome = fault ? faultOutcome(fault) : (own as Outcome);
	shell.calls.add({
		...{ method, path, query, operation: found?.operation.name ?? null },
		...{ status: Math.max(0, outcome.status), fault: fault !== null },
	});
	return outcome;
}

function faultOutcome({ answer, retryAfter }: Fault): Outcome {
	if (answer === 'reset') return { status: RESET, headers: {}, body: undefined };
	if (answer === 'hang') return { status: HANG, headers: {}, body: undefined };
	const known =
		answer === 429
			? throttled(retryAfter ?? 1)
			: new ApiError(answer, 'error', 'Error.', 'Planned.');
	const headers = { ...known.headers };
	if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
	return { status: answer, headers, body: errorBody(known) };
}

function handle(
	wire: WireRequest,
	query: Query,
	found: ReturnType<typeof findOperation>,
	request: FastifyRequest,
	shell: Shell,
): Outcome {
	const headers: Record<string, string> = {};
	try {
		const violations = shell.contract.check(wire);
		const { operation, id } = found ?? missing(wire, violations);
		admit(wire, query, operation, shell, headers);
		if (violations[0]) throw refusal(violations[0]);
		shell.catchUp();
		const baseUrl = `${request.protocol}://${request.host}`;
		const [body, size] = [parsed(wire.body), wire.body.length];
		const answer = operation.run({ id, query, body, size, baseUrl, path: request.url });
		return { status: answer.status, headers, body: answer.body };
	} catch (error) {
		const known = asApiError(error);
		const { status } = known;
		return { status, headers: { ...headers, ...known.headers }, body: errorBody(known) };
	}
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
