import type { FastifyInstance } from 'fastify';
import type { FaultContext } from '../answering';
import type { Store } from '../store';
import { createCatalog } from './catalog';
import { listCustomerEvents } from './customerEvents';
import { createRouter } from './router';
import {
	attributeRoutes,
	customerEventRoutes,
	entityRoutes,
	loginRoutes,
	segmentRoutes,
	type CdpParts,
} from './routes';
import { defaultUser } from './seeds';
import { createSessions } from './sessions';
import { stitched } from './stitching';
import type { Cdp, CdpAssumptions, CdpOptions, Customer, Segment } from './types';
import { createUploads } from './uploads';

const defaultAssumptions: CdpAssumptions = {
	unknownEventTypeStatus: 400,
	payloadForm: 'both',
	eventTimeForm: 'both',
	invalidCustomerEvents: 'refuseAll',
	customerEventsLimit: null,
	existingCustomerEventStatus: null,
	overwritesCustomerEvents: false,
	eventTimePrecision: 'microsecond',
	uploadStatuses: ['processing', 'processing', 'finished'],
	uploadFailedStatus: 'failed',
	uploadLimitBytes: 256 * 1024 * 1024,
	defaultOrder: { by: 'created', dir: 'DESC' },
	totalCountField: null,
	existingIdStatus: 409,
	eventTypeIdMustBeMd5: false,
	refreshEndsOldToken: false,
};

/** The CDP API and what is behind it, to be mounted below `/api`. */
export interface CdpStandIn {
	routes(server: FastifyInstance, faults: FaultContext): void;
	/** People whom the CDP knows: those it was given, and those whom its rules find in customer events. */
	people(): Customer[];
	segments: Segment[];
	/** What the stand-in's owner sees of it. */
	at(url: string): Cdp;
}

export function createCdp(store: Store, options: CdpOptions = {}): CdpStandIn {
	const assumptions = { ...defaultAssumptions, ...options.assumptions };
	const now = options.now ?? Date.now;
	const catalog = createCatalog(options, now, assumptions);
	const sessions = createSessions(options.users ?? [defaultUser], now, assumptions);
	const uploads = createUploads(store, { catalog, assumptions, now });
	const parts: CdpParts = { assumptions, store, catalog, sessions, uploads, now };
	return {
		routes(server, faults) {
			const router = createRouter(server, sessions, faults, options.features);
			loginRoutes(router, parts);
			customerEventRoutes(router, parts);
			entityRoutes(router, parts);
			attributeRoutes(router, parts);
			segmentRoutes(router, parts);
		},
		people: () => [
			...catalog.customers,
			...stitched(listCustomerEvents(store, {}), options.stitching ?? [], catalog.attributes),
		],
		segments: catalog.segments,
		at: (url) => ({
			url: `${url}/api`,
			customerEvents: (filter = {}) => listCustomerEvents(store, filter),
			uploads: () => uploads.list(),
			failNextUpload: (message = 'Failed on purpose') => uploads.failNext(message),
			eventTypes: () => structuredClone(catalog.eventTypes),
			sources: () => structuredClone(catalog.sources),
			attributes: () => structuredClone(catalog.attributes),
			customers: () => structuredClone(catalog.customers),
			logins: () => sessions.logins(),
			refreshes: () => sessions.refreshes(),
			expireTokens: (agoMs = 0) => sessions.expire(agoMs),
		}),
	};
}
