import type { IDataObject } from 'n8n-workflow';

import { PROFILE_ID_FIELDS } from '../../shared/event/contract';
import { consentOf } from './consent';
import { findIdentity } from './findIdentity';
import {
	ENVELOPES,
	FACTS,
	keyOf,
	NESTED_PROFILE,
	PROFILE_CONTAINERS,
	PROPERTY_CONTAINERS,
	RESERVED,
	TIME_PROPERTIES,
	TOP_LEVEL_PROFILE,
	type Fact,
} from './keys';
import { parseDay, parseDelay, parseTime } from '../../shared/event/time';
import { isObject, numberOf, setOnce, textOf } from '../../shared/event/values';

type Value = IDataObject[string];

/** A delivery's fields by what they speak of. Values are clean and can be understood; nothing is interpreted yet. */
export interface SortedFields {
	/** About the delivery and the event behind it. */
	facts: Partial<Record<Fact, unknown>>;
	profile: IDataObject;
	/** The person's own properties. */
	profileProperties: IDataObject;
	/** The event's own properties, and all that is not known by name. */
	properties: IDataObject;
}

/** Klaviyo's profile ids are ULIDs; under the bare key 'id' only such a value is taken for one. */
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/i;

const isText = (value: unknown) => textOf(value) !== undefined;
const isTextOrObject = (value: unknown) => isText(value) || isObject(value);

/** What a fact must look like to be taken for one; all else under its key stays a property. */
const UNDERSTOOD: Partial<Record<Fact, (value: unknown) => boolean>> = {
	delay: (value) => parseDelay(value) !== undefined,
	day: (value) => parseDay(value) !== undefined,
	trigger_event_time: (value) => parseTime(value) !== undefined,
	value: (value) => numberOf(value) !== undefined,
	metric: isTextOrObject,
	flow: isTextOrObject,
	list: isTextOrObject,
	segment: isTextOrObject,
	is_test: (value) => !isObject(value),
};

/** Sorts a cleaned body, of our recommended shape or of the user's own design. */
export function sortFields(body: IDataObject): SortedFields {
	const sorted = emptyFields();
	sortTopLevel(sorted, body);
	takeTime(sorted);
	if (!PROFILE_ID_FIELDS.some((field) => sorted.profile[field] !== undefined)) {
		Object.assign(sorted.profile, findIdentity(sorted.properties));
	}
	return sorted;
}

/** Sorts the cleaned properties of an event of which the rest is known. */
export function sortEventProperties(properties: IDataObject): SortedFields {
	const sorted = emptyFields();
	sortProperties(sorted, properties);
	return sorted;
}

function emptyFields(): SortedFields {
	return { facts: {}, profile: {}, profileProperties: {}, properties: {} };
}

/** `cleanObject` has bounded the depth. */
function sortTopLevel(sorted: SortedFields, body: IDataObject): void {
	for (const key of Object.keys(body)) {
		const value = body[key];
		const plain = keyOf(key);
		const fact = FACTS.get(plain);
		const field = TOP_LEVEL_PROFILE.get(plain);
		if (fact !== undefined) addFact(sorted, fact, key, value);
		else if (field !== undefined) addToProfile(sorted, field, value, sorted.properties, key);
		else if (plain === 'id' && typeof value === 'string' && ULID.test(value)) {
			addToProfile(sorted, 'klaviyo_id', value, sorted.properties, key);
		} else if (isObject(value)) sortContainer(sorted, key, plain, value);
		else if (plain === 'event' && isMetricName(value)) addFact(sorted, 'metric', key, value);
		else if (plain !== 'type' || !isObject(body.attributes)) addProperty(sorted, key, value);
	}
}

function sortContainer(sorted: SortedFields, key: string, plain: string, value: IDataObject): void {
	if (PROFILE_CONTAINERS.has(plain)) sortProfile(sorted, value);
	else if (PROPERTY_CONTAINERS.has(plain)) sortProperties(sorted, value);
	else if (ENVELOPES.has(plain)) sortTopLevel(sorted, value);
	else addProperty(sorted, key, value);
}

function sortProfile(sorted: SortedFields, profile: IDataObject): void {
	for (const key of Object.keys(profile)) {
		const value = profile[key];
		const plain = keyOf(key);
		const field = NESTED_PROFILE.get(plain);
		if (field !== undefined) {
			addToProfile(sorted, field, value, sorted.profileProperties, key);
		} else if (plain === 'properties' && isObject(value)) {
			for (const name of Object.keys(value)) setOnce(sorted.profileProperties, name, value[name]);
		} else if ((ENVELOPES.has(plain) || plain === 'location') && isObject(value)) {
			sortProfile(sorted, value);
		} else if (plain !== 'type' || !isObject(profile.attributes)) {
			setOnce(sorted.profileProperties, key, value);
		}
	}
}

function sortProperties(sorted: SortedFields, properties: IDataObject): void {
	for (const key of Object.keys(properties)) {
		const fact = RESERVED.get(key);
		if (fact !== undefined) addFact(sorted, fact, key, properties[key]);
		else addProperty(sorted, key, properties[key]);
	}
}

function addFact(sorted: SortedFields, fact: Fact, key: string, value: Value): void {
	const understood = UNDERSTOOD[fact] ?? isText;
	if (sorted.facts[fact] === undefined && understood(value)) sorted.facts[fact] = value;
	else if (sorted.facts[fact] !== value) addProperty(sorted, key, value);
}

/** What is no name or id of a person stays where it was. */
function addToProfile(
	{ profile }: SortedFields,
	field: string,
	value: Value,
	rest: IDataObject,
	key: string,
): void {
	const understood =
		field === 'consent' ? consentOf(value) !== undefined : !isObject(value) && isText(value);
	if (profile[field] === undefined && understood) profile[field] = value;
	else if (profile[field] !== value) setOnce(rest, key, value);
}

function addProperty({ properties }: SortedFields, key: string, value: Value): void {
	setOnce(properties, key, value);
}

function isMetricName(value: unknown): boolean {
	return typeof value === 'string' && /^[^{[]{1,200}$/.test(value);
}

function takeTime({ facts, properties }: SortedFields): void {
	if (facts.trigger_event_time !== undefined) return;
	facts.trigger_event_time = TIME_PROPERTIES.map((key) => properties[key]).find(
		(value) => parseTime(value) !== undefined,
	);
}
