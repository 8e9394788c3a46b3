/** A value as JSON knows it. `undefined` stands for "missing", `null` for Python's None. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A dictionary as a template sees it. */
export type Dict = { [key: string]: Json };

export type TriggerType = 'metric' | 'list' | 'segment' | 'date' | 'price_drop' | 'low_inventory';

export type FlowStatus = 'draft' | 'manual' | 'live';

/** The webhook action of a flow: the body is raw text with template tags, never parsed as JSON. */
export interface Webhook {
	url: string;
	headers: Record<string, string>;
	body: string;
}

export interface Flow {
	/** Six letters and digits. */
	id: string;
	name: string;
	status: FlowStatus;
	trigger_type: TriggerType;
	webhook: Webhook;
	/** A step "wait" before the webhook, in milliseconds of Klaviyo's time (divided by timeScale). */
	delayMs: number;
}

/** What a flow is created from: everything that can be left out has a default. */
export interface NewFlow {
	id?: string;
	name: string;
	/** Default 'live'. */
	status?: FlowStatus;
	/** Default 'metric'. */
	trigger_type?: TriggerType;
	webhook: { url: string; headers?: Record<string, string>; body: string };
	delayMs?: number;
}

/** A Klaviyo profile; absent and null attributes are both possible. */
export interface Profile {
	/** 26 characters, shaped like a ULID. */
	klaviyo_id: string;
	external_id?: string | null;
	email?: string | null;
	phone_number?: string | null;
	first_name?: string | null;
	last_name?: string | null;
	organization?: string | null;
	title?: string | null;
	address1?: string | null;
	city?: string | null;
	region?: string | null;
	country?: string | null;
	zip?: string | null;
	timezone?: string | null;
	/** No documented tag reads it, so templates do not see it. */
	locale?: string | null;
	/** What `person|lookup:'$consent'` gives. */
	consent?: string | string[] | null;
	/** What `person|lookup:'$source'` gives: a numeric code. */
	source?: number | string | null;
	/** Custom properties: `person.key`, `person|lookup:'key'`. */
	properties?: Dict;
}

/** The event that sends a profile into a metric flow. */
export interface MetricEvent {
	metric: string;
	/** The sender's own id; unique per profile and metric only. */
	unique_id?: string | null;
	/** ISO 8601. */
	time: string;
	value?: number | null;
	/** ISO 4217. */
	value_currency?: string | null;
	properties?: Dict;
}

export interface Entry {
	profile: Profile;
	event?: MetricEvent;
}

/** The account's own data behind `organization.*`. */
export interface Organization {
	name: string;
	url?: string;
	full_address?: string;
	street_address?: string;
	city?: string;
	region?: string;
	zip_code?: string;
}

export interface Attempt {
	/** ISO 8601 with milliseconds. */
	at: string;
	http_status: number | null;
	error: string | null;
	duration_ms: number;
}

export type DeliveryStatus = 'waiting' | 'sent' | 'failed' | 'skipped';

/** One profile's way through the webhook step, as "View All Activity" would list it. */
export interface Delivery {
	id: string;
	flow_id: string;
	flow_name: string;
	profile_id: string;
	email: string | null;
	event_unique_id: string | null;
	/** The rendered text; empty when bodies are not kept. */
	body: string;
	status: DeliveryStatus;
	attempts: Attempt[];
	first_sent_at: string | null;
	acknowledged_at: string | null;
}

export interface Activity {
	sent: number;
	waiting: number;
	failed: number;
	skipped: number;
}

/** Something the caller got wrong; `statusCode` is what the control surface answers. */
export class InputError extends Error {
	constructor(
		message: string,
		readonly statusCode: 400 | 404 | 409 = 400,
	) {
		super(message);
		this.name = 'InputError';
	}
}

/** A template that Klaviyo would refuse with 400. */
export class RenderError extends Error {
	readonly statusCode = 400;

	constructor(message: string) {
		super(message);
		this.name = 'RenderError';
	}
}
