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

/** A person as Klaviyo told of them: every id that is known is kept, absent values are absent. */
export interface Profile extends IDataObject {
	klaviyo_id?: string;
	external_id?: string;
	email?: string;
	/** E.164 where it was safe to write it so, else as received. */
	phone_number?: string;
	first_name?: string;
	last_name?: string;
	/** Channels, only where Klaviyo said so: being on a list is not consent. */
	consent?: string[];
	properties?: IDataObject;
}

/** Klaviyo's own event behind a flow, e.g. 'Placed Order'. */
export interface TriggerEvent extends IDataObject {
	metric?: string;
	id?: string;
	/** ISO 8601 UTC. */
	time?: string;
	value?: number;
	currency?: string;
}

export interface NamedReference extends IDataObject {
	id?: string;
	name?: string;
}

/** The contract between the triggers and Meiro Events: one item per event. */
export interface KlaviyoEvent extends IDataObject {
	/** SHA-256, hex: the same delivery sent again gives the same id. */
	event_id: string;
	/** snake_case, e.g. winback_due. */
	event_name: string;
	event_version: number;
	/** ISO 8601 UTC: when that which event_name names happened. */
	event_time: string;
	event_time_source: 'event' | 'step' | 'day' | 'received';
	received_via: 'flow_webhook' | 'system_webhook' | 'polling';
	/** Label of the Klaviyo account: ids are only unique inside it. */
	account: string | null;
	flow: { id: string | null; step: string | null; trigger_type: TriggerType } | null;
	trigger_event: TriggerEvent | null;
	list: NamedReference | null;
	segment: NamedReference | null;
	profile: Profile;
	properties: IDataObject;
	from_meiro: boolean;
	is_test: boolean;
	/** The body was no valid JSON and had to be mended before it could be read. */
	repaired?: true;
	/** The body as it came: when asked for, and always beside `error`. */
	raw?: string;
	/** Why the body could not be read. */
	error?: string;
}

/** Profile ids, strongest first: what an event is tied to and what order is kept by. */
export const PROFILE_ID_FIELDS = ['external_id', 'email', 'phone_number', 'klaviyo_id'] as const;

/**
 * The strongest id that a profile has, with its kind, e.g. 'email:ana@shop.example'; null when there is none.
 * E-mail is compared without regard to case.
 */
export function strongestProfileId(profile: IDataObject): string | null {
	for (const field of PROFILE_ID_FIELDS) {
		const value = profile[field];
		if (typeof value === 'string' && value.trim() !== '') {
			return `${field}:${field === 'email' ? value.toLowerCase() : value}`;
		}
	}
	return null;
}
