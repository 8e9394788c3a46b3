import fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import { audienceRoutes } from './audienceApi';
import type { CdpStandIn } from './cdp';
import { ingestCollect, ingestWebhook, type IngestContext } from './ingest';
import { isJsonObject, parseJson } from './json';
import { monitorRoutes } from './monitor/routes';
import { profileRoutes } from './profileApi';
import type { RequestLog } from './requestLog';
import { sandboxRoutes } from './sandboxRoutes';

/** What the HTTP side needs. */
export interface ServerContext extends IngestContext {
	log: RequestLog;
	cdp: CdpStandIn;
}

// First path segments that are this server's or the product's own and never a webhook source. The
// root is the SDK's endpoint, which is not played here.
const reserved = /^\/(?:app|_sandbox|collect|api|wbs|profile-api)?(?:[/?]|$)/;
const ownPages = /^\/(?:app|_sandbox)\//;

/** The stand-in's HTTP server with every route, not yet listening. */
export function buildServer(context: ServerContext): FastifyInstance {
	const server = fastify({
		bodyLimit: context.assumptions.bodyLimitBytes,
		forceCloseConnections: 'idle',
		routerOptions: { maxParamLength: 1000 },
	});
	readBodies(server);
	answerErrors(server);
	logRequests(server, context.log);

	server.get('/', () => ({
		name: 'Meiro stand-in',
		message: "Not Meiro: a local stand-in that keeps Meiro's documented rules, for tests and demos",
		monitor: '/app/monitoring',
		events: '/_sandbox/events',
	}));
	server.post<{ Params: { source: string }; Querystring: { event_name?: unknown } }>(
		'/:source',
		{
			onRequest: async (request, reply) => {
				if (reserved.test(request.url)) reply.callNotFound();
			},
		},
		async (request, reply) => await ingestWebhook(request, reply, context),
	);
	server.post<{ Params: { slug: string } }>(
		'/collect/:slug',
		async (request, reply) => await ingestCollect(request, reply, context),
	);
	server.register(
		async (api) => {
			context.cdp.routes(api, context);
		},
		{ prefix: '/api' },
	);
	const { audience = {}, profiles = {} } = context.options;
	audienceRoutes(server, context.cdp.people, context.cdp.segments, audience, context);
	profileRoutes(server, profiles, context, context);
	sandboxRoutes(server, context);
	monitorRoutes(server, context.store);
	return server;
}

/** Any content type is read as JSON: Meiro asks for a JSON payload and names no header. */
function readBodies(server: FastifyInstance): void {
	server.removeAllContentTypeParsers();
	server.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) =>
		parseJson(body),
	);
}

/** Errors as `{ "message": … }`, the shape of Meiro's admin API; that of the collectors is unknown. */
function answerErrors(server: FastifyInstance): void {
	server.setErrorHandler<FastifyError>(async (error, _request, reply) => {
		const status = error.statusCode ?? 500;
		return await reply.code(status).send({ message: error.message });
	});
	server.setNotFoundHandler(async (request, reply) => {
		return await reply.code(404).send({ message: `Nothing at ${request.method} ${request.url}` });
	});
}

function logRequests(server: FastifyInstance, log: RequestLog): void {
	server.decorateRequest('logEntry', undefined);
	server.addHook('onRequest', async (request) => {
		if (!ownPages.test(request.url)) request.logEntry = log.add(request.raw);
	});
	server.addHook('preHandler', async (request) => {
		if (request.logEntry) request.logEntry.event_count = countEvents(request);
	});
	// Before the answer leaves: whoever has it must find it in the log.
	server.addHook('onSend', async (request, reply) => {
		if (request.logEntry) request.logEntry.status = reply.statusCode;
	});
}

function countEvents({ body, url }: FastifyRequest): number {
	if (url.startsWith('/api/')) {
		const events = isJsonObject(body) ? body.customer_events : undefined;
		return Array.isArray(events) ? events.length : 0;
	}
	if (Array.isArray(body)) return body.length;
	return typeof body === 'object' && body !== null ? 1 : 0;
}
