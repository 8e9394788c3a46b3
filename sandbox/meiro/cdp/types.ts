import type { TimePrecision } from '../isoTime';

/** What Meiro does not document about its CDP API and this stand-in therefore assumes. */
export interface CdpAssumptions {
	/** Status for a customer event whose event type does not exist. Default 400; null accepts it. */
	unknownEventTypeStatus: number | null;
	/** Which `payload` a customer event may have. Default 'both'. */
	payloadForm: 'string' | 'object' | 'both';
	/** Spellings of `event_time`: ISO 8601 with offset, 'YYYY-MM-DD hh:mm:ss' in UTC. Default 'both'. */
	eventTimeForm: 'iso' | 'plain' | 'both';
	/** One invalid customer event refuses the request ('refuseAll', default) or is left out ('skip'). */
	invalidCustomerEvents: 'refuseAll' | 'skip';
	/** Most customer events of one request; more get 413. Default null: no limit. */
	customerEventsLimit: number | null;
	/**
	 * Status for a request with a customer event whose id is stored already. Default null: 201, and
	 * only the first one is stored, as the loader into the database does it.
	 */
	existingCustomerEventStatus: number | null;
	/** A customer event whose id is stored already takes its place. Default false. */
	overwritesCustomerEvents: boolean;
	/** How much of event_time counts in the id of a customer event. Default 'microsecond'. */
	eventTimePrecision: TimePrecision;
	/** Statuses of an upload: the first in the answer to the upload, one more with each look at it. */
	uploadStatuses: string[];
	/** Last status of an upload that failed. Default 'failed'. */
	uploadFailedStatus: string;
	/** Largest unpacked upload in bytes; above it 413. Default 256 MiB. */
	uploadLimitBytes: number;
	/** Order of a list without `order_by`. Default newest first, as the API's first page says. */
	defaultOrder: { by: string; dir: 'ASC' | 'DESC' };
	/** Name of a total in `selection_settings`. Default null: the documented examples have none. */
	totalCountField: string | null;
	/** Status for an id that exists already. Default 409. */
	existingIdStatus: number;
	/** `POST /events` takes only the UUID form of md5(source_id + type + version) as id. Default false. */
	eventTypeIdMustBeMd5: boolean;
	/** Whether `PATCH /users/login` ends the token that it replaces. Default false. */
	refreshEndsOldToken: boolean;
}

export interface CdpUser {
	email: string;
	password: string;
	/** Features of the user's role; default: the option `features`. */
	features?: string[];
}

/** A data source, as `GET /customers/sources` shows it. */
export interface Source {
	id: string;
	name: string;
	description: string | null;
	type: string;
	is_hidden: number;
	is_system: number;
	frontend_settings: unknown;
	modified: string;
	created: string;
}

/** An event type, which the API calls event, as `GET /events` shows it. */
export interface EventType {
	id: string;
	source_id: string;
	type: string;
	version: string;
	name: string;
	description: string | null;
	schema: unknown;
	is_hidden: number;
	is_system: number;
	examples: unknown[];
	ttl: number;
	ttl_mutable: number;
	priority: number;
	modified: string;
	created: string;
}

/** An attribute, as `GET /attributes` shows it. */
export interface Attribute {
	id: string;
	source_id: string;
	name: string;
	is_disabled: number;
	is_unique: number;
	is_hidden: number;
	is_system: number;
	is_pii_protected: number;
	data_type: string;
	order_index: number;
	description: string | null;
	definition: unknown;
	tags: string[];
	modified: string;
	created: string;
}

/** A person whom the CDP knows; the Audience API asks about the same people. */
export interface Customer {
	customer_entity_id: string;
	/** Values by attribute id; an array is an attribute with several values. */
	attributes: Record<string, unknown>;
	/** Ids of the segments that the person is in. */
	segments?: number[];
	/** 'YYYY-MM-DD hh:mm:ss'. */
	modified?: string;
	eventsCount?: number;
	identifiersCount?: number;
}

/** A segment, as `GET /segments` shows it; its fields but id and name are assumed. */
export interface Segment {
	id: number;
	name: string;
	tags: string[];
	modified: string;
	created: string;
}

export type SegmentSeed = Pick<Segment, 'id' | 'name'> & Partial<Segment>;
export type SourceSeed = Pick<Source, 'id'> & Partial<Source>;
export type EventTypeSeed = Pick<EventType, 'source_id' | 'type' | 'version'> & Partial<EventType>;
export type AttributeSeed = Pick<Attribute, 'id'> & Partial<Attribute>;

/** A rule of identity stitching (https://docs.meiro.io/books/meiro-business-explorer/page/identity-stitching-setup). */
export interface StitchingRule {
	/** Id of the category, by which the Audience API asks. */
	category: string;
	/** Of the events. */
	type: string;
	/** Where the value stands in the payload, e.g. `payload -> 'profile' ->> 'email'`. */
	value: string;
}

/** What the CDP holds at the start. */
export interface CdpOptions {
	/** Default: one user, `n8n@shop.example` with the password `stand-in`. */
	users?: CdpUser[];
	/** Features of users who list none. Default: all that the routes ask for. */
	features?: string[];
	/** Default: the source `klaviyo`. A source that only an event type names is made as well. */
	sources?: SourceSeed[];
	/** Default: `placed_order`, `profile_updated` and `subscribed_to_list` of `klaviyo`, version 1-0-0. */
	eventTypes?: EventTypeSeed[];
	/** Default: e-mail address, first name, last name and two tags. */
	attributes?: AttributeSeed[];
	/** Default: Jana and Petr. */
	customers?: Customer[];
	/** Identity stitching: by which value in which events a person is found. Default: none. */
	stitching?: StitchingRule[];
	/** Default: 'Everyone' (1) and 'VIP' (42). */
	segments?: SegmentSeed[];
	/** Milliseconds since 1970, for the life of tokens and `created`. Default: the real clock. */
	now?: () => number;
	assumptions?: Partial<CdpAssumptions>;
}

/** One stored customer event, as the API answers it. */
export interface CustomerEvent {
	/** JSON text. */
	payload: string;
	type: string;
	version: string;
	/** 'YYYY-MM-DD hh:mm:ss.ffffff', UTC. */
	created: string;
	source_id: string;
	/** 'YYYY-MM-DD hh:mm:ss', UTC. */
	event_time: string;
	/** MD5, 32 hexadecimal digits. */
	id: string;
	/** UUID form of md5(source_id + type + version). */
	event_id: string;
	user_identifier: string;
}

/** One asynchronous upload; all names but `id` are assumed. */
export interface AsyncUpload {
	id: string;
	status: string;
	/** Customer events that were stored. */
	count: number;
	/** Why it failed, else null. */
	message: string | null;
	created: string;
}

/** Which stored customer events to read; all given conditions must hold. */
export interface CustomerEventFilter {
	source_id?: string;
	type?: string;
	/** At most so many, oldest first. */
	limit?: number;
}

/** The CDP behind a running stand-in. */
export interface Cdp {
	/** `<url>/api`. */
	url: string;
	/** Stored customer events, oldest first, whichever way they came. */
	customerEvents(filter?: CustomerEventFilter): CustomerEvent[];
	/** Asynchronous uploads, oldest first; looking here does not move their status on. */
	uploads(): AsyncUpload[];
	/** The next upload is answered 201 and fails afterwards; nothing of it is stored. */
	failNextUpload(message?: string): void;
	eventTypes(): EventType[];
	sources(): Source[];
	attributes(): Attribute[];
	customers(): Customer[];
	/** How often `POST /users/login` gave a token. */
	logins(): number;
	/** How often `PATCH /users/login` gave a token. */
	refreshes(): number;
	/** All tokens end now, or ended so many milliseconds ago. */
	expireTokens(agoMs?: number): void;
}
