import type { IDataObject } from 'n8n-workflow';

import { consentOf } from './consent';
import { unescaped } from './htmlEntities';
import { ENVELOPES, NESTED_PROFILE, plainKey, SPELLING_RANK, type PersonField } from './keys';
import { isEmailAddress } from '../../shared/event/emailAddress';
import { isPlaceholder } from '../../shared/event/placeholders';
import { isObject, setOnce, textOf } from '../../shared/event/values';

type Value = IDataObject[string];

/** Texts that stand for no ID, beside those known to everybody: in lower case and trimmed. */
export type OwnPlaceholders = ReadonlySet<string> | undefined;

/** A field that may tell of the person, as it stands in one place. */
export interface PersonalEntry {
	field: PersonField;
	key: string;
	value: Value;
}

/** What one place says of a person. */
export interface PersonalFields {
	fields: IDataObject;
	/** How `fields` were written. */
	taken: PersonalEntry[];
	/** What stands there besides, under its own keys. */
	rest: IDataObject;
	hasId: boolean;
}

const ID_FIELDS = new Set<PersonField>(['klaviyo_id', 'external_id', 'email', 'phone_number']);
/** Klaviyo's profile ids are ULIDs; under the bare key 'id' only such a value is taken for one. */
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/i;

export const isUlid = (value: unknown) => typeof value === 'string' && ULID.test(value);

/**
 * The field of `id` in a person's object: a shop's own number is no Klaviyo id.
 * `{{ person.id }}` is the external id, too: https://help.klaviyo.com/hc/en-us/articles/4408802648731
 */
function fieldOfBareId(value: Value): PersonField {
	return isUlid(value) ? 'klaviyo_id' : 'external_id';
}

/** A container that stands for a person, with JSON:API's envelopes, `properties` and `location` in it unfolded. */
export function readPerson(person: IDataObject, placeholders: OwnPlaceholders): PersonalFields {
	const entries: PersonalEntry[] = [];
	const properties: IDataObject = {};
	collect(person, entries, properties);
	const read = takeFields(entries, placeholders);
	addAll(properties, read.rest);
	return { ...read, rest: properties };
}

function collect(person: IDataObject, entries: PersonalEntry[], properties: IDataObject): void {
	for (const key of Object.keys(person)) {
		const value = person[key];
		const plain = plainKey(key);
		const field = plain === 'id' ? fieldOfBareId(value) : NESTED_PROFILE.get(plain);
		if (field !== undefined) entries.push({ field, key, value });
		else if (plain === 'properties' && isObject(value)) addAll(properties, value);
		else if ((ENVELOPES.has(plain) || plain === 'location') && isObject(value)) {
			collect(value, entries, properties);
		} else if (plain !== 'type' || !isObject(person.attributes)) setOnce(properties, key, value);
	}
}

/**
 * Of two values of one field the better spelled one counts. The other one, and what is no name or id of a person,
 * stays where it was; a placeholder of an id is absent.
 */
export function takeFields(
	entries: PersonalEntry[],
	placeholders: OwnPlaceholders,
): PersonalFields {
	const fields: IDataObject = {};
	const taken: PersonalEntry[] = [];
	const rest: IDataObject = {};
	for (const entry of entries) {
		const { field, key, value } = entry;
		if (ID_FIELDS.has(field) && standsForNoId(value, placeholders)) continue;
		const understood = understand(field, value);
		const known = fields[field];
		const isAll = field !== 'consent' || !isByChannel(value);
		if (understood === undefined || !isAll) setOnce(rest, key, value);
		if (understood === undefined || understood === known) continue;
		const at = known === undefined ? taken.length : taken.findIndex((one) => one.field === field);
		const worse = known === undefined || rankOf(entry) < rankOf(taken[at]!) ? taken[at] : entry;
		if (worse !== undefined) setOnce(rest, worse.key, worse.value);
		if (worse === entry) continue;
		taken[at] = entry;
		fields[field] = understood;
	}
	return { fields, taken, rest, hasId: taken.some(({ field }) => ID_FIELDS.has(field)) };
}

const rankOf = ({ key }: PersonalEntry) => SPELLING_RANK.get(plainKey(key)) ?? Infinity;

/** Consent by channel, also as a template prints it: what was said to the others is kept. */
function isByChannel(value: Value): boolean {
	return isObject(value) || (typeof value === 'string' && /^\s*\{/.test(value));
}

function standsForNoId(value: Value, placeholders: OwnPlaceholders): boolean {
	if (typeof value === 'boolean') return true;
	const text = typeof value === 'string' ? value : textOf(value);
	return text !== undefined && isPlaceholder(text, placeholders);
}

function understand(field: PersonField, value: Value): Value | undefined {
	if (field === 'consent') return consentOf(value);
	if (!ID_FIELDS.has(field)) {
		// A name may be blank: it is what Klaviyo holds.
		return typeof value === 'string' || textOf(value) !== undefined ? value : undefined;
	}
	// What came through base64 is what the shop holds: its spaces belong to the id.
	if (field === 'external_id') return textOf(value);
	const id = textOf(value)?.trim();
	return field === 'email' ? addressIn(id ?? '') : id;
}

/** No address holds an entity: `o&#x27;hara@shop.example` is one that the template has escaped. */
function addressIn(text: string): string | undefined {
	return isEmailAddress(text) ? text : [unescaped(text)].find(isEmailAddress);
}

export function addAll(target: IDataObject, source: IDataObject): void {
	for (const key of Object.keys(source)) setOnce(target, key, source[key]);
}
