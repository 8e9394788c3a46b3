import { setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createCdp } from './cdp';
import { cdpAssumptions, collectorAssumptions, meiroDialect } from './dialect';
import { createFaultPlan, parseFaults } from './faults';
import { compileSchemas } from './payloadSchemas';
import { createRequestLog } from './requestLog';
import { toSince } from './sandboxRoutes';
import { buildServer } from './server';
import { openStore, type Store } from './store';
import type {
	ArrivedEvent,
	Assumptions,
	EventFilter,
	MeiroOptions,
	MeiroStandIn,
	SkippedEvents,
} from './types';
import { createWaiters } from './waiting';

export type * from './types';

const defaultAssumptions: Assumptions = {
	webhookArrays: false,
	webhookAnswer: { status: 200, body: {} },
	unknownSourceStatus: 404,
	collectAnswer: null,
	collectRefusesWhole: 'no',
	pipesIdentifiers: 'envelope',
	collectPartialStatus: 200,
	collectRejectedStatus: 400,
	pipesTimePrecision: 'millisecond',
	bodyLimitBytes: 16 * 1024 * 1024,
};

/** How long close() waits for senders that are still in the middle of a request, milliseconds. */
const closeGraceMs = 2_000;

/**
 * Starts a stand-in for Meiro Events, Meiro Pipes and the Meiro CDP on 127.0.0.1 only.
 * Rejects when the port is taken, the database file is in use, or a schema cannot be used.
 */
export async function startMeiro(options: MeiroOptions = {}): Promise<MeiroStandIn> {
	const dialect = meiroDialect(options.dialect);
	const assumptions = {
		...defaultAssumptions,
		...(options.dialect && collectorAssumptions(dialect)),
		...options.assumptions,
	};
	const checkPayload = compileSchemas(options.eventTypeSchemas);
	const faults = createFaultPlan(options.seed ?? 1);
	const store = openStore(options.databaseFile);
	const log = createRequestLog();
	const closing = new AbortController();
	// As many listen to it as answers are late at once.
	setMaxListeners(0, closing.signal);
	const cdp = createCdp(store, {
		...options.cdp,
		assumptions: { ...(options.dialect && cdpAssumptions(dialect)), ...options.cdp?.assumptions },
	});
	const context = {
		...{ options, assumptions, checkPayload, store, faults, log, cdp },
		closing: closing.signal,
	};
	const server = buildServer(context);
	const listening = server.listen({ host: '127.0.0.1', port: options.port ?? 0 });
	await listening.catch(async (error: unknown) => {
		store.close();
		return await Promise.reject(error);
	});

	const { port } = server.server.address() as AddressInfo;
	const url = `http://127.0.0.1:${port}`;
	const waiters = createWaiters(store, () => readEvents(store));
	let closed: Promise<void> | undefined;

	async function closeAll(): Promise<void> {
		closing.abort();
		const cutOff = setTimeout(() => server.server.closeAllConnections(), closeGraceMs);
		await server.close();
		clearTimeout(cutOff);
		waiters.close();
		store.close();
	}

	return {
		url,
		urls: { monitor: `${url}/app/monitoring`, events: `${url}/_sandbox/events` },
		cdp: cdp.at(url),
		events: (filter) => readEvents(store, filter),
		count: () => store.count(),
		duplicatesSkipped: (filter) => sumOf(store.skipped(), filter),
		waitForEvents: (count, timeoutMs) => waiters.wait(count, timeoutMs),
		requests: () => log.entries(),
		requestCount: () => log.count(),
		misbehave: (plan) => faults.replace(parseFaults(plan)),
		close: () => (closed ??= closeAll()),
	};
}

function sumOf(
	skipped: SkippedEvents[],
	{ product, source, eventName }: Pick<EventFilter, 'product' | 'source' | 'eventName'> = {},
): number {
	return skipped
		.filter(
			(kind) =>
				(product === undefined || kind.product === product) &&
				(source === undefined || kind.source === source) &&
				(eventName === undefined || kind.event_name === eventName),
		)
		.reduce((sum, { count }) => sum + count, 0);
}

function readEvents(store: Store, filter: EventFilter = {}): ArrivedEvent[] {
	const since = filter.since === undefined ? undefined : toSince(filter.since);
	return store
		.list({ ...filter, since })
		.map(({ received_at, product, source, type, payload }) => ({
			received_at,
			product,
			source,
			event_name: type,
			body: JSON.parse(payload) as unknown,
		}));
}
