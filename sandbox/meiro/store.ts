import { Database, type BindValues } from 'node-sqlite3-wasm';
import { claimDatabaseFile, type ClaimedFile } from './databaseFile';
import type { EventFilter, Product, SkippedEvents } from './types';

/** An event that passed validation and waits to be stored. */
export interface NewEvent {
	product: Product;
	source: string;
	type: string;
	/** ISO 8601; null when the moment of arrival is the event's time. */
	time: string | null;
	/** JSON text. */
	payload: string;
	/** Events with the same key are stored once; null is never a duplicate. */
	dedupKey: string | null;
	/** Takes the place of the one with its key. Default: is not stored. */
	replaces?: boolean;
}

/** A stored event; `payload` is still JSON text. */
export interface StoredEvent {
	id: number;
	product: Product;
	source: string;
	type: string;
	time: string;
	payload: string;
	received_at: string;
}

/** Events of one data source and type. */
export interface EventGroup {
	product: Product;
	source: string;
	type: string;
	count: number;
	last_received_at: string;
}

export interface Store {
	/** Resolves when the events are on disk. Rejects when they could not be written; then none is. */
	append(events: NewEvent[]): Promise<void>;
	/** Oldest first. */
	list(filter?: EventFilter): StoredEvent[];
	/** Newest first. */
	latest(filter: EventFilter & { since: string; limit: number }): StoredEvent[];
	groups(since: string): EventGroup[];
	/** How many events came in each second from `since` until before `until`, by the second: ISO 8601, 19 characters. */
	perSecond(since: string, until: string): Map<string, number>;
	count(): number;
	/** Whether an event with one of these keys is stored. */
	isStored(dedupKeys: string[]): boolean;
	/** What was not stored since the start, for there was one with its key. */
	skipped(): SkippedEvents[];
	/** Called after every commit, before the requests that waited for it are answered. */
	onStored(listener: () => void): void;
	close(): void;
}

interface Waiting {
	events: NewEvent[];
	resolve(): void;
	reject(error: unknown): void;
}

// Meiro Events keeps events in a table events.events with a JSON column payload
// (https://docs.meiro.dev/docs/api/meiro-me-api/); this is its SQLite likeness.
const schema = `
	CREATE TABLE IF NOT EXISTS events (
		id INTEGER PRIMARY KEY,
		product TEXT NOT NULL,
		source TEXT NOT NULL,
		type TEXT NOT NULL,
		time TEXT NOT NULL,
		payload TEXT NOT NULL,
		received_at TEXT NOT NULL,
		dedup_key TEXT UNIQUE
	);
	CREATE INDEX IF NOT EXISTS events_arrival ON events (received_at, product, source, type);
`;

// A commit is in the system's hands when it returns, so a killed process loses nothing and leaves a
// journal to roll back. Only a power cut could; waiting for the disk would test the disk.
const settings = `
	PRAGMA journal_mode = PERSIST;
	PRAGMA synchronous = OFF;
	PRAGMA cache_size = -32768;
`;

const insertSql = `
	INSERT INTO events (product, source, type, time, payload, received_at, dedup_key)
	VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
	ON CONFLICT (dedup_key) DO UPDATE SET payload = excluded.payload, time = excluded.time WHERE ?8
`;

const columns = 'id, product, source, type, time, payload, received_at';

/**
 * Opens the event store: one SQLite file, kept when `databaseFile` names it. `now` gives
 * milliseconds. Throws Error when the file is in use or is no database.
 */
export function openStore(databaseFile?: string, now: () => number = Date.now): Store {
	const file = claimDatabaseFile(databaseFile);
	const database = openDatabase(file);
	const listeners: Array<() => void> = [];
	const newest = database.get('SELECT count(*) AS count, max(received_at) AS at FROM events');
	let stored = Number(newest?.count ?? 0);
	let lastReceivedAt = typeof newest?.at === 'string' ? newest.at : '';
	const skipped = new Map<string, SkippedEvents>();
	let queue: Waiting[] = [];

	/** One transaction for all who wait: a commit costs the same for one event and for hundreds. */
	function flush(): void {
		const waiting = queue;
		queue = [];
		if (waiting.length === 0) return;
		try {
			write(waiting.flatMap(({ events }) => events));
		} catch (error) {
			waiting.forEach(({ reject }) => reject(error));
			return;
		}
		listeners.forEach((listener) => listener());
		waiting.forEach(({ resolve }) => resolve());
	}

	function write(events: NewEvent[]): void {
		// Stamped at commit and never decreasing, so that reading on from a time misses nothing.
		const clock = new Date(now()).toISOString();
		const receivedAt = clock > lastReceivedAt ? clock : lastReceivedAt;
		let inserted = 0;
		const known: NewEvent[] = [];
		// Prepared anew each time: the driver cannot use a statement again that failed once.
		const insert = database.prepare(insertSql);
		try {
			database.exec('BEGIN IMMEDIATE');
			for (const event of events) {
				const { product, source, type, time, payload, dedupKey, replaces = false } = event;
				const isKnown = replaces && dedupKey !== null && isStored([dedupKey]);
				const fields = [product, source, type, time ?? receivedAt, payload, receivedAt, dedupKey];
				const isNew = insert.run([...fields, Number(replaces)]).changes > 0 && !isKnown;
				if (isNew) inserted += 1;
				else known.push(event);
			}
			database.exec('COMMIT');
		} finally {
			if (database.inTransaction) database.exec('ROLLBACK');
			// Last, for it throws the statement's failure once more.
			insert.finalize();
		}
		stored += inserted;
		known.forEach(countSkipped);
		lastReceivedAt = receivedAt;
	}

	function isStored(dedupKeys: string[]): boolean {
		return dedupKeys.some(
			(key) => database.get('SELECT 1 FROM events WHERE dedup_key = ?', [key]) !== null,
		);
	}

	function countSkipped({ product, source, type }: NewEvent): void {
		const kind = JSON.stringify([product, source, type]);
		const count = (skipped.get(kind)?.count ?? 0) + 1;
		skipped.set(kind, { product, source, event_name: type, count });
	}

	return {
		append(events) {
			if (events.length === 0) return Promise.resolve();
			return new Promise((resolve, reject) => {
				if (queue.length === 0) setImmediate(flush);
				queue.push({ events, resolve, reject });
			});
		},
		list(filter = {}) {
			const { where, values } = toWhere(filter);
			const sql = `SELECT ${columns} FROM events ${where} ORDER BY id LIMIT ?`;
			return database.all(sql, [...values, filter.limit ?? -1]) as unknown as StoredEvent[];
		},
		latest(filter) {
			const { where, values } = toWhere(filter);
			const sql = `SELECT ${columns} FROM events ${where} ORDER BY id DESC LIMIT ?`;
			return database.all(sql, [...values, filter.limit]) as unknown as StoredEvent[];
		},
		groups(since) {
			const sql = `SELECT product, source, type, count(*) AS count,
				max(received_at) AS last_received_at FROM events WHERE received_at >= ?
				GROUP BY product, source, type ORDER BY product, source, type`;
			return database.all(sql, [since]) as unknown as EventGroup[];
		},
		perSecond(since, until) {
			const sql = `SELECT substr(received_at, 1, 19) AS second, count(*) AS count
				FROM events WHERE received_at >= ? AND received_at < ? GROUP BY second`;
			const rows = database.all(sql, [since, until]) as unknown as Array<{
				second: string;
				count: number;
			}>;
			return new Map(rows.map(({ second, count }) => [second, count]));
		},
		count: () => stored,
		isStored,
		skipped: () => [...skipped.values()],
		onStored: (listener) => void listeners.push(listener),
		close() {
			if (!database.isOpen) return;
			flush();
			database.close();
			file.release();
		},
	};
}

function openDatabase(file: ClaimedFile): Database {
	let database: Database | undefined;
	let isReady = false;
	try {
		database = new Database(file.path);
		database.exec(settings + schema);
		isReady = true;
		return database;
	} finally {
		if (!isReady) {
			database?.close();
			file.release();
		}
	}
}

function toWhere(filter: EventFilter): { where: string; values: Extract<BindValues, unknown[]> } {
	const conditions = [
		['received_at >= ?', filter.since],
		['product = ?', filter.product],
		['source = ?', filter.source],
		['type = ?', filter.eventName],
	].filter((condition): condition is [string, string] => condition[1] !== undefined);
	const where = conditions.map(([sql]) => sql).join(' AND ');
	return { where: where && `WHERE ${where}`, values: conditions.map(([, value]) => value) };
}
