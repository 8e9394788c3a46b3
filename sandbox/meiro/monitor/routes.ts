import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { FastifyInstance } from 'fastify';
import type { EventGroup, Store, StoredEvent } from '../store';

/** What the page polls. Times are ISO 8601, UTC. */
export interface MonitorData {
	generated_at: string;
	window_minutes: number;
	/** Events in each of the last whole seconds, oldest first, whatever the filter. */
	arrivals: number[];
	/** Every source and type of the window, whatever the filter. */
	groups: Array<Omit<EventGroup, 'type'> & { event_name: string }>;
	/** The newest that pass the filter, newest first. */
	events: MonitorEvent[];
}

/** One event of the list; `payload` is JSON text, cut when `payload_truncated`. */
export interface MonitorEvent {
	id: number;
	received_at: string;
	product: string;
	source: string;
	event_name: string;
	payload: string;
	payload_truncated: boolean;
}

// The product's own monitoring shows the last hour
// (https://docs.meiro.io/books/meiro-events/page/user-interface).
const windowMinutes = 60;
const listedEvents = 50;
const chartSeconds = 120;
/** Characters of one payload; the page is polled and must stay light. */
const payloadLimit = 20_000;

/** `GET /app/monitoring`, the page, and `GET /app/monitoring/data`, the JSON it polls. */
export function monitorRoutes(server: FastifyInstance, store: Store): void {
	const { html, policy } = buildPage();

	server.get('/app/monitoring', async (_request, reply) => {
		return await reply
			.header('content-security-policy', policy)
			.header('x-content-type-options', 'nosniff')
			.type('text/html; charset=utf-8')
			.send(html);
	});

	server.get<{ Querystring: { source?: string; event_name?: string } }>(
		'/app/monitoring/data',
		async (request, reply) => {
			reply.header('cache-control', 'no-store');
			return readMonitor(store, request.query, Date.now());
		},
	);
}

/** The monitor's view of the store at `now`, in milliseconds. Empty filters mean all. */
export function readMonitor(
	store: Store,
	filter: { source?: string; event_name?: string },
	now: number,
): MonitorData {
	const since = new Date(now - windowMinutes * 60_000).toISOString();
	const events = store.latest({
		since,
		limit: listedEvents,
		source: filter.source || undefined,
		eventName: filter.event_name || undefined,
	});
	return {
		generated_at: new Date(now).toISOString(),
		window_minutes: windowMinutes,
		arrivals: arrivalsBefore(store, now),
		groups: store.groups(since).map(({ type, ...group }) => ({ ...group, event_name: type })),
		events: events.map(toMonitorEvent),
	};
}

/** The second that `now` is in is not whole yet. */
function arrivalsBefore(store: Store, now: number): number[] {
	const end = Math.floor(now / 1000);
	const secondOf = (second: number) => new Date(second * 1000).toISOString().slice(0, 19);
	const counts = store.perSecond(secondOf(end - chartSeconds), secondOf(end));
	return Array.from(
		{ length: chartSeconds },
		(_, at) => counts.get(secondOf(end - chartSeconds + at)) ?? 0,
	);
}

function toMonitorEvent({ type, payload, ...event }: StoredEvent): MonitorEvent {
	return {
		id: event.id,
		received_at: event.received_at,
		product: event.product,
		source: event.source,
		event_name: type,
		payload: payload.slice(0, payloadLimit),
		payload_truncated: payload.length > payloadLimit,
	};
}

/**
 * One self-contained page. It holds no event data, and its policy lets nothing run but its own
 * script: payloads come from strangers.
 */
function buildPage(): { html: string; policy: string } {
	const style = read('frame.css') + read('page.css');
	const html = read('page.html')
		.replace('/* style */', () => style)
		.replace('/* script */', () => compile('page.ts'));
	const policy = [
		"default-src 'none'",
		`style-src '${hashOf(contentOf(html, 'style'))}'`,
		`script-src '${hashOf(contentOf(html, 'script'))}'`,
		"connect-src 'self'",
		'img-src data:',
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	].join('; ');
	return { html, policy };
}

function read(name: string): string {
	return readFileSync(join(__dirname, name), 'utf8');
}

/** The page's modules as one classic script. */
function compile(name: string): string {
	const { outputFiles } = buildSync({
		entryPoints: [join(__dirname, name)],
		bundle: true,
		format: 'iife',
		target: 'es2022',
		write: false,
	});
	return outputFiles[0]!.text;
}

function contentOf(html: string, tag: string): string {
	return html.split(`<${tag}>`)[1]?.split(`</${tag}>`)[0] ?? '';
}

function hashOf(text: string): string {
	return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
