import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { FastifyInstance } from 'fastify';
import type { EventGroup, Store, StoredEvent } from '../store';
import { summaryOf, type Summary } from './summary';

/** What the page polls. Times are ISO 8601, UTC. */
export interface MonitorData {
	generated_at: string;
	window_minutes: number;
	/** Since the first event of the window, whatever the filter. */
	arrivals: Arrivals;
	/** Every source and type of the window, whatever the filter. */
	groups: Array<Omit<EventGroup, 'type'> & { event_name: string }>;
	/** The newest that pass the filter, newest first. */
	events: MonitorEvent[];
}

/** Events in each bar of the chart, oldest first. */
export interface Arrivals {
	seconds_per_bar: number;
	counts: number[];
}

/** One event of the list; `payload` is JSON text, cut when `payload_truncated`. */
export interface MonitorEvent extends Summary {
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
const bars = 120;
/** The widest takes in the whole window. */
const barSeconds = [1, 2, 5, 10, 30];
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
		arrivals: arrivalsBefore(store, since, now),
		groups: store.groups(since).map(({ type, ...group }) => ({ ...group, event_name: type })),
		events: events.map(toMonitorEvent),
	};
}

/** Bars of as few seconds as let the whole run since its first event be seen. The second that `now` is in is not whole yet. */
function arrivalsBefore(store: Store, since: string, now: number): Arrivals {
	const end = Math.floor(now / 1000);
	const secondOf = (second: number) => new Date(second * 1000).toISOString().slice(0, 19);
	const perSecond = [...store.perSecond(since, secondOf(end))].map(
		([second, count]): [number, number] => [Date.parse(`${second}Z`) / 1000, count],
	);
	const first = Math.min(end, ...perSecond.map(([second]) => second));
	const width = barSeconds.find((seconds) => end - first <= (bars - 1) * seconds) ?? 30;
	// At whole multiples of its width, so that a bar keeps what it has as time goes on.
	const last = Math.ceil(end / width) * width;
	const counts = Array.from({ length: bars }, () => 0);
	for (const [second, count] of perSecond) {
		const bar = bars - Math.ceil((last - second) / width);
		if (bar >= 0) counts[bar]! += count;
	}
	return { seconds_per_bar: width, counts };
}

function toMonitorEvent({ type, payload, ...event }: StoredEvent): MonitorEvent {
	return {
		id: event.id,
		received_at: event.received_at,
		product: event.product,
		source: event.source,
		event_name: type,
		...summaryOf(payload),
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
