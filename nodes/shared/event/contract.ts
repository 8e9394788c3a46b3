import type { IDataObject } from 'n8n-workflow';

/** Version of the published event dictionary: in Meiro, source, type and version can't be edited later. */
export const EVENT_VERSION = 1;

/** Property that everything sent to Klaviyo on Meiro's behalf carries, so that it is recognised when it comes back. */
export const ORIGIN_PROPERTY = 'meiro_origin';

export type TriggerType =
	| 'metric'
	| 'list'
	| 'segment'
	| 'date'
	| 'price_drop'
	| 'low_inventory'
	| 'unknown';

// docs/events.md is made from the comments of these interfaces: `npm run docs:events`.

/** A person as Klaviyo told of them: every id that is known is kept, absent values are absent. */
export interface Profile {
	/** Klaviyo's ID of the person. */
	klaviyo_id?: string;
	/** The person's ID in the shop. */
	external_id?: string;
	/** As received, or its SHA-256 where `profile.hashed` says so. */
	email?: string;
	/** E.164 where it was safe to write it so, else as received; or its SHA-256 where `profile.hashed` says so. */
	phone_number?: string;
	first_name?: string;
	last_name?: string;
	/** Channels, only where Klaviyo said so: being on a list is not consent. */
	consent?: string[];
	/** The consent of each channel as Klaviyo has it, where it was asked. */
	subscriptions?: IDataObject;
	/** Everything else that is known of the person, under Klaviyo's names. */
	properties?: IDataObject;
	/** The user's own identifiers by name, added by Meiro Events. */
	identifiers?: Record<string, string>;
	/** Fields that Meiro Events replaced by their SHA-256: email, phone_number. */
	hashed?: string[];
}

/** Klaviyo's own event behind a flow, e.g. 'Placed Order'. */
export interface TriggerEvent {
	/** The metric's name as Klaviyo writes it. */
	metric?: string;
	/** The sender's own ID of the event ($event_id), e.g. of the order, by whatever way it came. */
	id?: string;
	/** Klaviyo's ID of the event, where Klaviyo said it. */
	klaviyo_event_id?: string;
	/** When it happened, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
	time?: string;
	/** Amount of money, always with a currency. */
	value?: number;
	/** ISO 4217. */
	currency?: string;
	/** An amount that said no currency, moved here by Meiro Events: no sum may be made over it. */
	value_without_currency?: number;
}

export interface NamedReference {
	/** Klaviyo's ID. */
	id?: string;
	name?: string;
}

/** The flow that called the webhook. */
export interface FlowReference {
	/** Klaviyo's ID of the flow. */
	id: string | null;
	/** As the body says it, or Klaviyo where it was asked. */
	name?: string;
	/** Where a person opens it in Klaviyo. */
	url?: string;
	/** Which webhook action of the flow. */
	step: string | null;
	/** What starts the flow. */
	trigger_type: TriggerType;
}

/** The campaign whose message was opened or clicked, or led to the order, where Klaviyo says it. */
export interface CampaignReference {
	/** Klaviyo's ID. */
	id?: string;
	name?: string;
	/** Of the message. */
	subject?: string;
	/** email, sms or mobile_push. */
	channel?: string;
}

/** A thing that an event is about in place of a person. */
export interface SubjectReference {
	/** What kind of thing, e.g. campaign. */
	type?: string;
	id: string;
}

/** The contract between the triggers and Meiro Events: one item per event. */
export interface KlaviyoEvent {
	/** SHA-256, hex: one event has one ID however often, and by whatever way, it comes. */
	event_id: string;
	/** snake_case, e.g. winback_due. */
	event_name: string;
	/** Version of this dictionary. */
	event_version: number;
	/** `YYYY-MM-DDTHH:MM:SS.sssZ`: when that which event_name names happened. Never later than received_at. */
	event_time: string;
	/** What event_time is: the event's own time, that plus the delay of a flow's step, or received_at where neither is known. */
	event_time_source: 'event' | 'step' | 'received';
	/** `YYYY-MM-DDTHH:MM:SS.sssZ`: when n8n had it first in hand. In no ID. */
	received_at: string;
	/** YYYY-MM-DD: the day of the account's calendar, where the body said it. */
	event_day?: string;
	/** How n8n learned of it: import is Get Many of events. */
	received_via: 'flow_webhook' | 'system_webhook' | 'polling' | 'import';
	/** Label of the Klaviyo account: IDs are only unique inside it. */
	account: string | null;
	flow: FlowReference | null;
	/** Klaviyo's own event behind the flow. */
	trigger_event: TriggerEvent | null;
	list: NamedReference | null;
	segment: NamedReference | null;
	campaign?: CampaignReference;
	profile: Profile;
	/** The event's own properties, under the shop's names. */
	properties: IDataObject;
	/** Whether Event: Complete found the event at Klaviyo; absent where it was not asked to. */
	completed?: boolean;
	/** The event came from Meiro in the first place. */
	from_meiro: boolean;
	/** A sample delivery. */
	is_test: boolean;
	/** What the event is about, where it is no person; added by Meiro Events. */
	subject?: SubjectReference;
	/** The body was no valid JSON and had to be mended before it could be read, or can be read in two ways. */
	repaired?: true;
	/** The body as it came: when asked for, and always beside `error`. Stays in n8n. */
	raw?: string;
	/** Why the body could not be read. Such an event is rejected, and stays in n8n. */
	error?: string;
}

/** An event or a profile as an item's json. Our interfaces have no index, so that a typo does not compile. */
export function jsonOfItem(contents: KlaviyoEvent | Profile): IDataObject {
	return contents as unknown as IDataObject;
}

/** Profile ids, strongest first: what an event is tied to and what order is kept by. */
export const PROFILE_ID_FIELDS = ['external_id', 'email', 'phone_number', 'klaviyo_id'] as const;

/**
 * The strongest id that a profile has, with its kind, e.g. 'email:ana@shop.example'; null when there is none.
 * E-mail is compared without regard to case.
 */
export function strongestProfileId(
	profile: Partial<Record<(typeof PROFILE_ID_FIELDS)[number], unknown>>,
): string | null {
	for (const field of PROFILE_ID_FIELDS) {
		const value = profile[field];
		if (typeof value === 'string' && value.trim() !== '') {
			return `${field}:${field === 'email' ? value.toLowerCase() : value}`;
		}
	}
	return null;
}
