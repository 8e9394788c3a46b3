import type { Cdp, CdpOptions, Customer } from './cdp/types';
import type { MeiroDialect } from './dialect';
import type { TimePrecision } from './isoTime';

export type * from './cdp/types';
export type { MeiroDialect } from './dialect';

/** Which of Meiro's ways in an event took; 'meiro_cdp' is a customer event of the CDP API. */
export type Product = 'meiro_events' | 'meiro_pipes' | 'meiro_cdp';

/**
 * What Meiro does not document and this stand-in therefore assumes. Each can be set otherwise, so
 * that a sender can be tried against the other possibility.
 */
export interface Assumptions {
	/** Webhook source: take a JSON array as one event per element. Default false: 400. */
	webhookArrays: boolean;
	/** Webhook source: the answer to an accepted event. Default 200 `{}`. */
	webhookAnswer: { status: number; body: unknown };
	/** Status for a source that is not known; with 200 nothing is kept. Default 404. */
	unknownSourceStatus: 404 | 200;
	/** Pipes: the answer to a request that was accepted as a whole; null: 200 with the count. Default null. */
	collectAnswer: { status: number; body: unknown } | null;
	/** Pipes: whether one bad event refuses the whole request, and whether it is named. Default 'no'. */
	collectRefusesWhole: 'no' | 'unnamed' | 'named';
	/** Pipes: where an event's identifiers are read. Default 'envelope'. */
	pipesIdentifiers: 'envelope' | 'rules';
	/** Pipes: status when some events of a request were accepted and some not. Default 200. */
	collectPartialStatus: number;
	/** Pipes: status when no event of a request was accepted. Default 400. */
	collectRejectedStatus: number;
	/**
	 * Pipes: how much of a time counts when an event is known again. Whether that is less than a
	 * microsecond is unknown. Default 'millisecond'.
	 */
	pipesTimePrecision: TimePrecision;
	/** Largest request body in bytes, both products. Default 16 MiB; above it 413. */
	bodyLimitBytes: number;
}

/** What the Audience API gives away, and about whom. */
export interface AudienceOptions {
	/** Default: the customers of the CDP. */
	people?: Customer[];
	/** Attributes that Meiro put on the list of those to return. Default: all that a person has. */
	returnedAttributes?: string[];
	/** Status for a request without attribute or value, or with a wrong segment. Default 400, assumed. */
	invalidStatus?: number;
}

/** A profile of Pipes and the identifiers that find it. */
export interface Profile {
	profile_id: string;
	identifiers: Array<{ type: string; value: string }>;
	attributes: Record<string, unknown>;
	audiences: unknown[];
}

/** Why the Profile API refuses a request. */
export type ProfileRefusal = 'invalidToken' | 'unknownSlug' | 'invalidRequest' | 'unknownProfile';

/** What the Profile API knows, and who may ask. */
export interface ProfileOptions {
	/** Known slugs; others get 404. Undefined: any. */
	slugs?: string[];
	/** Accepted `X-API-Token`s; an empty list asks for none. Default: `mppak_stand_in`. */
	tokens?: string[];
	/** Beside those whom events in Pipes are about. Default: Jana. */
	people?: Profile[];
	/** Only the shape `{ error, code }` is known; the rest is assumed: 401, 404, 400 and 404. */
	refusals?: Partial<Record<ProfileRefusal, { status: number; error: string; code: string }>>;
}

/** How to start the stand-in; every field has a default. */
export interface MeiroOptions {
	/** TCP port on 127.0.0.1; 0 (default) takes a free one. */
	port?: number;
	/** SQLite file that outlives the stand-in. Default: a temporary file, removed on close. */
	databaseFile?: string;
	/** Known webhook sources; others get 404. Undefined: any path segment is accepted. */
	sources?: string[];
	/** Known Pipes source slugs; others get 404. Undefined: any. */
	pipesSources?: string[];
	/** Pipes: code of a source's transform, by slug. Its events have no identifiers, so that rules find them. */
	transforms?: Record<string, string>;
	/** Pipes: known event types; others are rejected. Undefined: any. */
	eventTypes?: string[];
	/** Pipes: JSON Schema (draft-07) by event type, for its payload; what does not fit is rejected. */
	eventTypeSchemas?: Record<string, Record<string, unknown>>;
	/** The CDP behind `/api`. */
	cdp?: CdpOptions;
	/** The Audience API at `/wbs`. */
	audience?: AudienceOptions;
	/** The Profile API at `/profile-api/<slug>`. */
	profiles?: ProfileOptions;
	/** Seed for faults with a `rate`. The same seed and plan misbehave the same way. */
	seed?: number;
	/** Answers to what Meiro does not document; see dialect.ts. `assumptions` go before it. */
	dialect?: Partial<MeiroDialect>;
	assumptions?: Partial<Assumptions>;
}

/** Events of a kind that Meiro took and did not store, as `/_sandbox/skipped` shows them. */
export interface SkippedEvents {
	product: Product;
	source: string;
	event_name: string;
	count: number;
}

/** One stored event, as `urls.events` shows it. For Pipes `body` is the
 * whole envelope, for the CDP the customer event as its API answers it. */
export interface ArrivedEvent {
	/** When it was stored: ISO 8601, UTC, milliseconds; never decreases. */
	received_at: string;
	product: Product;
	source: string;
	event_name: string;
	body: unknown;
}

/** Which stored events to read; all given conditions must hold. `since` is inclusive. */
export interface EventFilter {
	since?: string;
	product?: Product;
	source?: string;
	eventName?: string;
	/** At most so many, oldest first. */
	limit?: number;
}

/** One request as the stand-in saw it. Its own pages (`/app/…`, `/_sandbox/…`) are not logged. */
export interface RequestLogEntry {
	received_at: string;
	method: string;
	/** Without the query string, still percent-encoded. */
	path: string;
	query: Record<string, string>;
	/** Every header sent, names in lower case; repeated ones joined with ', '. */
	headers: Record<string, string>;
	/** The status answered, 'reset' when the socket was reset, null while unanswered. */
	status: number | 'reset' | null;
	/** Events in the body, accepted or not; 0 when the body was unreadable. */
	event_count: number;
}

interface FaultTiming {
	/** So many requests are hit. Default: 1, or without limit when `rate` is given. */
	times?: number;
	/** Probability 0..1 that a request is hit; a miss falls through to the plan's next fault. */
	rate?: number;
	/** Only requests whose path begins so are hit, e.g. '/api/customer_events'. Default: all. */
	path?: string;
}

/**
 * One way to misbehave towards a sender; see faults.ts for how a plan is consumed. The three APIs
 * misbehave in all these ways but 'errors', which passes them by.
 */
export type Fault =
	/** Answers this status at once; nothing is stored. `retryAfter` goes out as it is. */
	| ({ kind: 'status'; status: number; retryAfter?: string; body?: unknown } & FaultTiming)
	/** Resets the connection. With `stored` the events are kept and only the answer is lost. */
	| ({ kind: 'reset'; stored?: boolean } & FaultTiming)
	/** Stores the events, then lets the sender wait for its normal answer. */
	| ({ kind: 'slow'; delayMs: number } & FaultTiming)
	/** 2xx with an `errors` array; the events named (default: all) are not stored. */
	| ({ kind: 'errors'; indexes?: number[]; message?: string } & FaultTiming);

/** A running stand-in. */
export interface MeiroStandIn {
	/** `http://127.0.0.1:<port>`, without a slash at the end. */
	url: string;
	urls: { monitor: string; events: string };
	/** The CDP behind `/api`. */
	cdp: Cdp;
	/** Stored events, oldest first. */
	events(filter?: EventFilter): ArrivedEvent[];
	/** How many events are stored. */
	count(): number;
	/**
	 * How many events Pipes and the CDP took with 2xx since the start and did not store, because
	 * they had one with the same key.
	 */
	duplicatesSkipped(filter?: Pick<EventFilter, 'product' | 'source' | 'eventName'>): number;
	/** Resolves once `count` events are stored; rejects after `timeoutMs` and on close. */
	waitForEvents(count: number, timeoutMs: number): Promise<ArrivedEvent[]>;
	/** The last 10,000 requests, oldest first. */
	requests(): RequestLogEntry[];
	/** How many requests came since the start. */
	requestCount(): number;
	/** Replaces the plan of faults and restarts the random sequence; `[]` ends misbehaving. */
	misbehave(plan: Fault[]): void;
	close(): Promise<void>;
}
