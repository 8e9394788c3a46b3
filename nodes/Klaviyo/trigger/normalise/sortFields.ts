import type { IDataObject } from 'n8n-workflow';

import { keyOf } from './clean';

/** A delivery's fields by what they speak of. Values are clean; nothing is interpreted yet. */
export interface SortedFields {
	/** About the delivery and the event behind it. */
	facts: Partial<Record<Fact, unknown>>;
	profile: IDataObject;
	/** The person's own properties. */
	profileProperties: IDataObject;
	/** The event's own properties, and all that is not known by name. */
	properties: IDataObject;
}

export type Fact =
	| 'event_name'
	| 'step'
	| 'delay'
	| 'day'
	| 'trigger_type'
	| 'metric'
	| 'flow_name'
	| 'trigger_event_id'
	| 'trigger_event_time'
	| 'value'
	| 'currency'
	| 'list'
	| 'list_id'
	| 'list_name'
	| 'segment'
	| 'segment_id'
	| 'segment_name'
	| 'is_test';

/** Keys as `keyOf` gives them; the spellings that Klaviyo, shops and earlier receivers use. */
const FACTS = table<Fact>({
	event_name: ['eventname'],
	step: ['step'],
	delay: ['delay'],
	day: ['day', 'today'],
	trigger_type: ['triggertype'],
	metric: ['metric', 'metricname'],
	flow_name: ['flow', 'flowname'],
	trigger_event_id: ['eventid', 'triggereventid', 'uniqueid'],
	trigger_event_time: ['eventtime', 'eventtimestamp', 'eventdatetime', 'timestamp', 'datetime'],
	value: ['value', 'eventvalue'],
	currency: ['currency', 'valuecurrency', 'currencycode'],
	list: ['list'],
	list_id: ['listid'],
	list_name: ['listname'],
	segment: ['segment'],
	segment_id: ['segmentid'],
	segment_name: ['segmentname'],
	is_test: ['istest'],
});

/** Inside the event's properties only Klaviyo's reserved keys are facts; the rest belongs to the shop. */
const RESERVED = new Map<string, Fact>([
	['$value', 'value'],
	['$value_currency', 'currency'],
	['$currency_code', 'currency'],
	['$event_id', 'trigger_event_id'],
]);

/** What says who the person is, wherever it stands. */
const IDENTITY = {
	klaviyo_id: ['klaviyoid', 'profileid'],
	external_id: ['externalid', 'customerid', 'shopifycustomerid', 'userid'],
	email: ['email', 'emailaddress'],
	phone_number: ['phonenumber', 'phone', 'mobile'],
	first_name: ['firstname'],
	last_name: ['lastname'],
	consent: ['consent'],
};
const TOP_LEVEL_PROFILE = table(IDENTITY);
/** Inside a profile object these mean the person; beside it 'title' or 'organization' may mean the message or the shop. */
const NESTED_PROFILE = table({
	...IDENTITY,
	klaviyo_id: [...IDENTITY.klaviyo_id, 'id'],
	organization: ['organization'],
	title: ['title'],
	locale: ['locale'],
	image: ['image'],
	timezone: ['timezone'],
	address1: ['address1'],
	address2: ['address2'],
	city: ['city'],
	region: ['region'],
	country: ['country'],
	zip: ['zip', 'zipcode'],
	source: ['source'],
});

const PROFILE_CONTAINERS = new Set(['profile', 'person', 'customer', 'subscriber']);
const PROPERTY_CONTAINERS = new Set(['properties', 'event', 'eventproperties', 'payload']);
/** Klaviyo's profile ids are ULIDs; under the bare key 'id' only such a value is taken for one. */
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/i;

/** Sorts a cleaned body, of our recommended shape or of the user's own design. */
export function sortFields(body: IDataObject): SortedFields {
	const sorted: SortedFields = { facts: {}, profile: {}, profileProperties: {}, properties: {} };
	for (const [key, value] of Object.entries(body)) {
		const plain = keyOf(key);
		if (PROFILE_CONTAINERS.has(plain) && isObject(value)) sortProfile(sorted, value);
		else if (PROPERTY_CONTAINERS.has(plain) && isObject(value)) sortProperties(sorted, value);
		else if (plain === 'id' && typeof value === 'string' && ULID.test(value)) {
			sorted.profile.klaviyo_id ??= value;
		} else if (FACTS.has(plain)) sorted.facts[FACTS.get(plain)!] ??= value;
		else if (TOP_LEVEL_PROFILE.has(plain)) sorted.profile[TOP_LEVEL_PROFILE.get(plain)!] ??= value;
		else sorted.properties[key] ??= value;
	}
	return sorted;
}

function sortProfile(sorted: SortedFields, profile: IDataObject): void {
	for (const [key, value] of Object.entries(profile)) {
		const field = NESTED_PROFILE.get(keyOf(key));
		if (field !== undefined) sorted.profile[field] ??= value;
		else if (keyOf(key) === 'properties' && isObject(value)) {
			Object.assign(sorted.profileProperties, value);
		} else sorted.profileProperties[key] ??= value;
	}
}

function sortProperties(sorted: SortedFields, properties: IDataObject): void {
	for (const [key, value] of Object.entries(properties)) {
		const fact = RESERVED.get(key);
		if (fact !== undefined) sorted.facts[fact] ??= value;
		else sorted.properties[key] ??= value;
	}
}

function table<Name extends string>(spellings: Record<Name, string[]>): Map<string, Name> {
	return new Map(
		(Object.entries(spellings) as Array<[Name, string[]]>).flatMap(([name, keys]) =>
			keys.map((key): [string, Name] => [key, name]),
		),
	);
}

function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
