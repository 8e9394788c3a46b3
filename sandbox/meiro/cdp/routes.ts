import type { Readable } from 'node:stream';
import { refuse } from '../json';
import type { NewEvent, Store } from '../store';
import { listAttributes, listCustomerAttributes, listCustomerAttributeValues } from './attributes';
import { withSource, type Catalog } from './catalog';
import { readCustomerEvents, toNewEvent } from './customerEvents';
import * as features from './features';
import { isSet, selectPage } from './listing';
import { ok, toObject, type Router } from './router';
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
	now: () => number;
}

/** `/users/…` (https://docs.meiro.dev/docs/api/meiro-cdp-api/authentication). */
export function loginRoutes({ open }: Router, { sessions }: CdpParts): void {
	open('GET', '/users/auth_options', () =>
		ok({
			authentication_options: { is_credentials_login_enabled: true, is_oidc_login_enabled: false },
		}),
	);
	open('POST', '/users/login', ({ body }) => {
		const { email, password } = toObject(body);
		return ok({ token: sessions.login(email, password) });
	});
	open('PATCH', '/users/login', ({ body }) =>
		ok({ token: sessions.refresh(toObject(body).token) }),
	);
	open('DELETE', '/users/login', ({ body }) => {
		sessions.logout(toObject(body).token);
		return ok({ message: 'Successfully logged-out' });
	});
}

/** `/customer_events/…`; the slash at the end is as documented. */
export function customerEventRoutes({ guarded }: Router, parts: CdpParts): void {
	const { store, uploads } = parts;
	const needed = features.createCustomerEvents;

	guarded('POST', '/customer_events/', needed, async ({ body }) => {
		const events = readCustomerEvents(body, parts);
		const wanted = events.map((event) => toNewEvent(event, parts.assumptions));
		refuseExisting(wanted, parts);
		await store.append(wanted);
		return { status: 201, body: { count: events.length, customer_events: events } };
	});
	guarded('POST', '/customer_events/async', needed, async ({ body, logEntry }) => {
		if (!isStream(body)) return refuse(415, 'Content-Type must be application/octet-stream');
		const { upload, rows } = await uploads.add(body);
		if (logEntry) logEntry.event_count = rows;
		return { status: 201, body: upload };
	});
	guarded('GET', '/customer_events/async/:id', needed, ({ params }) =>
		ok(uploads.look(params.id ?? '')),
	);
}

/** Throws HttpError where an event that is stored already is assumed to be refused. */
function refuseExisting(events: NewEvent[], { assumptions, store }: CdpParts): void {
	const status = assumptions.existingCustomerEventStatus;
	if (status === null) return;
	const keys = events.flatMap(({ dedupKey }) => dedupKey ?? []);
	if (new Set(keys).size < keys.length || store.isStored(keys)) {
		refuse(status, 'A customer event exists already');
	}
}

/** `/events`, which are event types, and `/customers/sources`. */
export function entityRoutes({ guarded }: Router, { assumptions, catalog }: CdpParts): void {
	guarded('GET', '/events', features.listEvents, ({ query }) => {
		const { page, selection_settings } = selectPage(catalog.eventTypes, query, assumptions);
		const isFull = isSet(query, 'load_full_structure');
		return ok({ events: isFull ? page.map(withSource(catalog)) : page, selection_settings });
	});
	guarded('POST', '/events', features.createEntities, ({ body }) => ({
		status: 201,
		body: { event: catalog.addEventType(body) },
	}));
	guarded('GET', '/customers/sources', features.listSources, ({ query }) => {
		const { page, selection_settings } = selectPage(catalog.sources, query, assumptions);
		// The documented list leaves out what only the form of the source needs.
		const sources = page.map((source) => ({ ...source, frontend_settings: undefined }));
		return ok({ sources, selection_settings });
	});
	guarded('POST', '/customers/sources', features.createEntities, ({ body }) => ({
		status: 201,
		body: { source: catalog.addSource(body) },
	}));
}

/** `/segments`. */
export function segmentRoutes({ guarded }: Router, { assumptions, catalog }: CdpParts): void {
	guarded('GET', '/segments', features.listSegments, ({ query }) => {
		const { page, selection_settings } = selectPage(catalog.segments, query, assumptions);
		return ok({ segments: page, selection_settings });
	});
}

/** `/attributes` and `/customers/{customer_entity_id}/attributes…`. */
export function attributeRoutes({ guarded }: Router, { assumptions, catalog }: CdpParts): void {
	guarded('GET', '/attributes', features.listAttributes, ({ query }) =>
		ok(listAttributes(catalog, query, assumptions)),
	);
	const path = '/customers/:customer/attributes';
	guarded('GET', path, features.customerDetail, ({ params, query }) =>
		ok(listCustomerAttributes(catalog, params.customer ?? '', query)),
	);
	guarded('GET', `${path}/:attribute`, features.customerDetail, ({ params, query }) =>
		ok(listCustomerAttributeValues(catalog, params.customer ?? '', params.attribute ?? '', query)),
	);
}

function isStream(body: unknown): body is Readable {
	return typeof body === 'object' && body !== null && 'pipe' in body;
}
