import type { FastifyInstance } from 'fastify';
import { parseFaults, type FaultPlan } from './faults';
import { refuse } from './json';
import type { RequestLog } from './requestLog';
import type { Store, StoredEvent } from './store';
import type { EventFilter, Product } from './types';

const products: Product[] = ['meiro_events', 'meiro_pipes', 'meiro_cdp'];

interface Parts {
	store: Store;
	faults: FaultPlan;
	log: RequestLog;
}

/** Query parameters of `GET /_sandbox/events`; a repeated one arrives as an array. */
type EventsQuery = Partial<
	Record<'since' | 'product' | 'source' | 'event_name' | 'limit', unknown>
>;

/** The stand-in's own routes, which Meiro does not have: what arrived, and how to misbehave. */
export function sandboxRoutes(server: FastifyInstance, { store, faults, log }: Parts): void {
	server.get<{ Querystring: EventsQuery }>('/_sandbox/events', async (request, reply) => {
		const events = store.list(toFilter(request.query));
		return await reply.type('application/json; charset=utf-8').send(toJsonArray(events));
	});

	server.get('/_sandbox/skipped', () => store.skipped());

	server.put('/_sandbox/faults', async (request, reply) => {
		faults.replace(readPlan(request.body));
		return await reply.code(204).send();
	});

	server.delete('/_sandbox/faults', async (_request, reply) => {
		faults.replace([]);
		return await reply.code(204).send();
	});

	server.get('/_sandbox/requests', () => log.entries());
}

/**
 * A time filter as the store compares it: ISO 8601, UTC, milliseconds.
 * Throws RangeError when the text is no time.
 */
export function toSince(text: string): string {
	return new Date(text).toISOString();
}

function toFilter(query: EventsQuery): EventFilter {
	const { since, product, source, event_name: eventName, limit } = query;
	try {
		return {
			since: since === undefined ? undefined : toSince(toSingle(since)),
			product: product === undefined ? undefined : toProduct(toSingle(product)),
			source: source === undefined ? undefined : toSingle(source),
			eventName: eventName === undefined ? undefined : toSingle(eventName),
			limit: limit === undefined ? undefined : toLimit(toSingle(limit)),
		};
	} catch {
		return refuse(
			400,
			'since must be an ISO 8601 time, limit a whole number, product a known one, each given once',
		);
	}
}

function toSingle(value: unknown): string {
	if (typeof value !== 'string') throw new TypeError('given more than once');
	return value;
}

function toProduct(text: string): Product {
	const known = products.find((product) => product === text);
	if (known === undefined) throw new TypeError('not a product');
	return known;
}

function toLimit(text: string): number {
	if (!/^\d{1,9}$/.test(text)) throw new TypeError('not a whole number');
	return Number(text);
}

function readPlan(body: unknown) {
	try {
		return parseFaults(body);
	} catch (error) {
		return refuse(400, error instanceof Error ? error.message : 'Not a plan of faults');
	}
}

// The payload is JSON text already; parsing it only to write it again would double the work.
function toJsonArray(events: StoredEvent[]): string {
	return `[${events.map(toJsonItem).join(',')}]`;
}

function toJsonItem({ payload, received_at, product, source, type }: StoredEvent): string {
	const rest = JSON.stringify({ received_at, product, source, event_name: type });
	return `${rest.slice(0, -1)},"body":${payload}}`;
}
