import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerRequest, type Answer, type FaultContext } from '../answering';
import { HttpError, isJsonObject, parseJson, refuse } from '../json';
import type { Store } from '../store';
import { listAttributes, listCustomerAttributes, listCustomerAttributeValues } from './attributes';
import type { Catalog } from './catalog';
import { readCustomerEvents, toNewEvent, type CustomerEventRules } from './customerEvents';
import { isSet, selectPage, type Query } from './listing';
import type { Sessions } from './sessions';
import type { CdpAssumptions } from './types';
import type { Uploads } from './uploads';

/** What the routes of the CDP work on. */
export interface CdpParts {
	assumptions: CdpAssumptions;
	store: Store;
	catalog: Catalog;
	sessions: Sessions;
	uploads: Uploads;
	/** Features of a user whose role lists none; undefined: every one. */
	features?: string[];
	now: () => number;
}

type Request = FastifyRequest<{ Params: Record<string, string>; Querystring: Query }>;
type Handler = (request: Request) => Answer | Promise<Answer>;
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

// 'Required feature (one of)' of the pages events, data-sources, attributes and customer-attributes
// under https://docs.meiro.dev/docs/api/meiro-cdp-api/; what the stand-in's roles can have.
const readEntities = ['settings/cdp_entities', 'customers/detail'];

/** The CDP API, below `/api`. */
export function cdpRoutes(server: FastifyInstance, parts: CdpParts, faults: FaultContext): void {
	const { assumptions, store, catalog, sessions, uploads } = parts;
	const rules: CustomerEventRules = parts;
	// A body that is no JSON is told of after the token and the feature, as the rest of what it holds.
	server.removeAllContentTypeParsers();
	server.addContentTypeParser(
		'*',
		{ parseAs: 'buffer' },
		async (_request: unknown, body: Buffer) => await Promise.resolve(readBody(body)),
	);
	// The file is read as it arrives.
	server.addContentTypeParser(
		'application/octet-stream',
		async (_request: unknown, file: unknown) => await Promise.resolve(file),
	);

	const add = (method: Method, url: string, handle: Handler) =>
		server.route({
			method,
			url,
			handler: async (request, reply: FastifyReply) =>
				await answerRequest(request, reply, faults, () => handle(request as Request)),
		});
	/** A route for users whose role has one of the features. */
	const guarded = (method: Method, url: string, features: string[], handle: Handler) =>
		add(method, url, async (request) => {
			const user = sessions.userOf(request.headers['x-access-token']);
			const own = user.features ?? parts.features;
			if (own && !features.some((feature) => own.includes(feature))) {
				refuse(403, `Missing feature: ${features.join(' or ')}`);
			}
			if (request.body instanceof HttpError) throw request.body;
			return await handle(request);
		});

	// https://docs.meiro.dev/docs/api/meiro-cdp-api/authentication
	add('GET', '/users/auth_options', () =>
		ok({
			authentication_options: { is_credentials_login_enabled: true, is_oidc_login_enabled: false },
		}),
	);
	add('POST', '/users/login', ({ body }) => {
		const { email, password } = toObject(body);
		return ok({ token: sessions.login(email, password) });
	});
	add('PATCH', '/users/login', ({ body }) => ok({ token: sessions.refresh(toObject(body).token) }));
	add('DELETE', '/users/login', ({ body }) => {
		sessions.logout(toObject(body).token);
		return ok({ message: 'Successfully logged-out' });
	});

	const createEvents = ['customer_events/create'];
	const createCustomerEvents: Handler = async ({ body }) => {
		const events = readCustomerEvents(body, rules);
		await store.append(events.map((event) => toNewEvent(event, assumptions)));
		return { status: 201, body: { count: events.length, customer_events: events } };
	};
	guarded('POST', '/customer_events/', createEvents, createCustomerEvents);
	guarded('POST', '/customer_events/async', createEvents, async (request) => {
		if (!isStream(request.body))
			return refuse(415, 'Content-Type must be application/octet-stream');
		const { upload, rows } = await uploads.add(request.body);
		if (request.logEntry) request.logEntry.event_count = rows;
		return { status: 201, body: upload };
	});
	guarded('GET', '/customer_events/async/:id', createEvents, ({ params }) =>
		ok(uploads.look(params.id ?? '')),
	);

	guarded('GET', '/events', readEntities, ({ query }) => {
		const { page, selection_settings } = selectPage(catalog.eventTypes, query, assumptions);
		const events = isSet(query, 'load_full_structure')
			? page.map((one) => ({
					...one,
					source: catalog.sources.find(({ id }) => id === one.source_id) ?? null,
				}))
			: page;
		return ok({ events, selection_settings });
	});
	guarded('POST', '/events', ['settings/cdp_entities'], ({ body }) => ({
		status: 201,
		body: { event: catalog.addEventType(body) },
	}));
	guarded('GET', '/customers/sources', readEntities, ({ query }) => {
		const { page, selection_settings } = selectPage(catalog.sources, query, assumptions);
		return ok({
			// The documented list leaves out what only the form of the source needs.
			sources: page.map((source) => ({ ...source, frontend_settings: undefined })),
			selection_settings,
		});
	});
	guarded('POST', '/customers/sources', ['settings/cdp_entities'], ({ body }) => ({
		status: 201,
		body: { source: catalog.addSource(body) },
	}));

	guarded('GET', '/attributes', readEntities, ({ query }) =>
		ok(listAttributes(catalog, query, assumptions)),
	);
	const detail = ['customers/detail'];
	guarded('GET', '/customers/:customer/attributes', detail, ({ params, query }) =>
		ok(listCustomerAttributes(catalog, params.customer ?? '', query)),
	);
	guarded('GET', '/customers/:customer/attributes/:attribute', detail, ({ params, query }) =>
		ok(listCustomerAttributeValues(catalog, params.customer ?? '', params.attribute ?? '', query)),
	);
}

function ok(body: unknown): Answer {
	return { status: 200, body };
}

function toObject(body: unknown): Record<string, unknown> {
	if (body instanceof HttpError) throw body;
	return isJsonObject(body) ? body : refuse(400, 'The body must be a JSON object');
}

/** The JSON value of a body, or the error that it is to be answered with. */
function readBody(body: Buffer): unknown {
	try {
		return parseJson(body);
	} catch (error) {
		return error;
	}
}

function isStream(body: unknown): body is Readable {
	return typeof body === 'object' && body !== null && 'pipe' in body;
}
