import type { IncomingMessage } from 'node:http';
import type { RequestLogEntry } from './types';

/** The last requests, bounded so that long runs do not fill the memory. */
export interface RequestLog {
	/** Notes a request on arrival; the entry is completed as more becomes known. */
	add(message: IncomingMessage): RequestLogEntry;
	/** Oldest first. */
	entries(): RequestLogEntry[];
	/** All that ever came, those that are no longer kept as well. */
	count(): number;
}

/** Keeps the last `limit` requests. */
export function createRequestLog(limit = 10_000): RequestLog {
	let kept: RequestLogEntry[] = [];
	let count = 0;
	return {
		add(message) {
			const entry = toEntry(message);
			kept.push(entry);
			count++;
			// Cut in large steps: one removal per request would move the whole list each time.
			if (kept.length >= 2 * limit) kept = kept.slice(-limit);
			return entry;
		},
		entries: () => kept.slice(-limit),
		count: () => count,
	};
}

function toEntry(message: IncomingMessage): RequestLogEntry {
	const [path = '', query = ''] = (message.url ?? '').split(/\?(.*)/s);
	return {
		received_at: new Date().toISOString(),
		method: message.method ?? '',
		path,
		query: joined(new URLSearchParams(query)),
		headers: toHeaders(message.rawHeaders),
		status: null,
		event_count: 0,
	};
}

// Node's own header object drops some repeated headers, which a test may want to see.
function toHeaders(raw: string[]): Record<string, string> {
	return joined(
		Array.from({ length: raw.length / 2 }, (_, at): [string, string] => [
			(raw[2 * at] ?? '').toLowerCase(),
			raw[2 * at + 1] ?? '',
		]),
	);
}

/** What comes twice under one name stands there with a comma between. */
function joined(pairs: Iterable<[string, string]>): Record<string, string> {
	const values = new Map<string, string>();
	for (const [name, value] of pairs) {
		const earlier = values.get(name);
		values.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
	}
	return Object.fromEntries(values);
}

declare module 'fastify' {
	interface FastifyRequest {
		/** Absent on requests for the stand-in's own pages. */
		logEntry?: RequestLogEntry;
	}
}
