import type { FastifyInstance, FastifyRequest } from 'fastify';
import { answerRequest, type Answer, type FaultContext } from '../answering';
import { HttpError, isJsonObject, parseJson, refuse } from '../json';
import type { Query } from './listing';
import type { Sessions } from './sessions';

type Request = FastifyRequest<{ Params: Record<string, string>; Querystring: Query }>;
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export type Handler = (request: Request) => Answer | Promise<Answer>;

/** Adds routes in the order that a request goes through: fault, token, feature, body. */
export interface Router {
	/** A route that anyone may call. */
	open(method: Method, url: string, handle: Handler): void;
	/** A route for users whose role has one of the features. */
	guarded(method: Method, url: string, features: string[], handle: Handler): void;
}

/** `ownFeatures`: those of a user whose role lists none; undefined: every one. */
export function createRouter(
	server: FastifyInstance,
	sessions: Sessions,
	faults: FaultContext,
	ownFeatures?: string[],
): Router {
	readBodies(server);

	function open(method: Method, url: string, handle: Handler): void {
		server.route({
			method,
			url,
			handler: async (request, reply) =>
				await answerRequest(request, reply, faults, () => handle(request as Request)),
		});
	}

	return {
		open,
		guarded(method, url, features, handle) {
			open(method, url, async (request) => {
				const user = sessions.userOf(request.headers['x-access-token']);
				const own = user.features ?? ownFeatures;
				if (own && !features.some((feature) => own.includes(feature))) {
					refuse(403, `Missing feature: ${features.join(' or ')}`);
				}
				if (request.body instanceof HttpError) throw request.body;
				return await handle(request);
			});
		},
	};
}

/**
 * JSON, whatever its content type says, but for `application/octet-stream`: such a file stays a
 * stream. A body that is no JSON arrives as the error to answer, so that token and feature come first.
 */
function readBodies(server: FastifyInstance): void {
	server.removeAllContentTypeParsers();
	server.addContentTypeParser(
		'*',
		{ parseAs: 'buffer' },
		async (_request: unknown, body: Buffer) => await Promise.resolve(readBody(body)),
	);
	server.addContentTypeParser(
		'application/octet-stream',
		async (_request: unknown, file: unknown) => await Promise.resolve(file),
	);
}

function readBody(body: Buffer): unknown {
	try {
		return parseJson(body);
	} catch (error) {
		return error;
	}
}

/** A body that must be a JSON object. Throws HttpError 400. */
export function toObject(body: unknown): Record<string, unknown> {
	if (body instanceof HttpError) throw body;
	return isJsonObject(body) ? body : refuse(400, 'The body must be a JSON object');
}

/** A status 200 with this body. */
export function ok(body: unknown): Answer {
	return { status: 200, body };
}
