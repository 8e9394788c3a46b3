import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import { PROFILE_ID_FIELDS } from '../../shared/event/contract';
import { isEmailAddress } from '../../shared/event/emailAddress';
import { e164Of } from '../../shared/event/phoneNumber';
import { isPlaceholder } from '../../shared/event/placeholders';
import { isObject, textOf } from '../../shared/event/values';
import { saysItself } from './sendable';
import { freeName } from './shape';

type ProfileIdField = (typeof PROFILE_ID_FIELDS)[number];

/**
 * Identifier types as Pipes documents them (https://meiro.io/pipes/identity-stitching/). Its user_id is the browser's
 * ID of Meiro's SDK in Meiro's own demos, so the shop's ID has a type of its own. Klaviyo's ID has one, too: an event of a system
 * webhook names its person by nothing else, and Pipes takes events without identifiers of one type and time for one.
 */
export const DEFAULT_IDENTIFIER_TYPES: Record<ProfileIdField, string> = {
	external_id: 'customer_id',
	email: 'email',
	phone_number: 'phone',
	klaviyo_id: 'klaviyo_id',
};

/** An id that Klaviyo does not know, e.g. of a loyalty scheme. */
export interface OwnIdentifier {
	/** Its name at `profile.identifiers`, and Meiro Pipes' identifier type. */
	name: string;
	value: string;
}

export interface IdentitySettings {
	identifierTypes: Record<ProfileIdField, string>;
	own: OwnIdentifier[];
	/** Whether SHA-256 stands in the place of e-mail and phone number. */
	hash: boolean;
}

/** How one value was hashed, for people to compare with what other sources send. */
export interface Hashing {
	field: string;
	/** The value by Meiro's rules; null when the rules can't be met. */
	sanitised: string | null;
	sha256: string | null;
}

export interface Identified {
	/** The event with what was hashed and added; the same object when nothing was. */
	event: IDataObject;
	/** Strongest first. */
	identifiers: Array<{ typeId: string; value: string }>;
	/** Whom the event's order is kept by, e.g. 'email:ana@shop.example'; null for nobody. */
	orderKey: string | null;
	/** The strongest of the ids, e.g. ana@shop.example; null for nobody. */
	userIdentifier: string | null;
	hashings: Hashing[];
}

/** An id as it came, and as Meiro knows the person by it. */
interface KnownId {
	field: ProfileIdField;
	text: string;
	/** Null when it names nobody: a placeholder, no address, no number in E.164. */
	identifier: string | null;
}

/**
 * Ties an event to a person. Pure.
 *
 * @param userIdentifier whose event it is, where that does not stand in the event itself
 */
export function identify(
	event: IDataObject,
	{ identifierTypes, own, hash }: IdentitySettings,
	userIdentifier: string | null = null,
): Identified {
	const inProfile = idsOf(event.profile);
	const named = userIdentifier === null ? [] : [idNamed(userIdentifier)];
	const added = own.flatMap((each) => ownIdOf(each, identifierTypes) ?? []);
	const known = [...named, ...inProfile, ...added.flatMap(({ id }) => id ?? [])];
	const hashable = hash ? known.filter(({ field }) => field in HASHED) : [];
	const secret = new Secrets(hashable);
	const identifiers: Identified['identifiers'] = [];
	let strongest: [kind: string, value: string] | null = null;
	for (const { field, identifier } of userIdentifier === null ? inProfile : named) {
		const value = identifier === null || !hash ? identifier : secret.inPlaceOf(identifier);
		if (value === null) continue;
		strongest ??= [field, value];
		const typeId = identifierTypes[field];
		if (typeId !== '') identifiers.push({ typeId, value });
	}
	const ownIds = own.length === 0 ? [] : ownIdentifiers(added, secret);
	for (const { name, value } of ownIds) {
		strongest ??= [name, value];
		const isThere = identifiers.some((each) => each.typeId === name && each.value === value);
		if (!isThere) identifiers.push({ typeId: name, value });
	}
	const safe = hashable.length === 0 ? event : withHashes(event, inProfile, secret);
	return {
		event: withIdentifiers(safe, ownIds),
		identifiers,
		orderKey: strongest === null ? null : `${strongest[0]}:${strongest[1]}`,
		userIdentifier: strongest === null ? null : strongest[1],
		hashings: distinct(hashable.map(hashingOf)),
	};
}

/** The ids that a profile has, in the order of their strength. */
function idsOf(profile: unknown): KnownId[] {
	if (!isObject(profile)) return [];
	const ids: KnownId[] = [];
	for (const field of PROFILE_ID_FIELDS) {
		const text = Object.hasOwn(profile, field) ? textOf(profile[field]) : undefined;
		if (text !== undefined) ids.push({ field, text, identifier: IDENTIFIER[field](text) });
	}
	return ids;
}

/** The id that a user named without its kind. */
function idNamed(text: string): KnownId {
	const isPhone = /^\s*(?:\+|00)/.test(text) && e164Of(text) !== null;
	const field = isEmailAddress(text.trim()) ? 'email' : isPhone ? 'phone_number' : 'external_id';
	return { field, text, identifier: IDENTIFIER[field](text) };
}

/** Marks that copied texts bring along. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** By what Meiro knows a person: e-mail addresses as Meiro's own pages send them, phone numbers with their country. */
const IDENTIFIER: Record<ProfileIdField, (text: string) => string | null> = {
	external_id: anyId,
	email: (text) => {
		const address = text.replace(INVISIBLE, '').trim().toLowerCase();
		return isEmailAddress(address) && !isPlaceholder(address) ? address : null;
	},
	phone_number: e164Of,
	klaviyo_id: anyId,
};

function anyId(text: string): string | null {
	return isPlaceholder(text) ? null : text.trim();
}

/**
 * How Meiro wants identifiers to look before they are hashed: the same in all sources, else the hashes differ
 * (https://docs.meiro.io/books/meiro-knowledge-base/page/hashing-and-encrypting-pii-data).
 */
const HASHED: Partial<Record<ProfileIdField, (identifier: string) => string>> = {
	email: (address) => address,
	phone_number: (number) => number.slice(1),
};

function hashingOf({ field, identifier }: KnownId): Hashing {
	const sanitised = identifier === null ? null : HASHED[field]!(identifier);
	return { field, sanitised, sha256: sanitised === null ? null : sha256(sanitised) };
}

/** An own identifier may say what the profile says. */
function distinct(hashings: Hashing[]): Hashing[] {
	return hashings.filter(
		({ field, sanitised }, index) =>
			hashings.findIndex((each) => each.field === field && each.sanitised === sanitised) === index,
	);
}

function sha256(text: string): string {
	return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Values that must not go out as they are, however they are written. */
class Secrets {
	private readonly hashOf = new Map<string, string | null>();

	constructor(secrets: KnownId[]) {
		for (const id of secrets) this.hashOf.set(comparable(id.text), hashingOf(id).sha256);
	}

	/** The value itself, its hash when it is secret, or null when it is secret and has none. */
	inPlaceOf(text: string): string | null {
		const hash = this.hashOf.get(comparable(text));
		return hash === undefined ? text : hash;
	}

	/** Whether a value is secret wherever it stands: a short number may be a quantity, too. */
	isSecret(text: string): boolean {
		const key = comparable(text);
		return key.length >= MIN_TELLING_LENGTH && this.hashOf.has(key);
	}
}

const MIN_TELLING_LENGTH = 6;

const INTERNATIONAL = /^[\s(]*(?:\+|00)/;
const DIGITS = /^\s*[+\d][\d\s()./-]{5,}$/;

/** What stays the same however an e-mail or a phone number is written. */
function comparable(given: string): string {
	const text = given.replace(INVISIBLE, '');
	const number = INTERNATIONAL.test(text) ? e164Of(text) : null;
	if (number !== null) return number.slice(1);
	return DIGITS.test(text) ? text.replace(/\D/g, '').replace(/^0+/, '') : text.trim().toLowerCase();
}

/**
 * Puts the hashes in the place of the values, wherever in the event the very same value or name stands, and tells
 * at `profile.hashed` which fields are hashes. A value that could not be hashed is taken out.
 */
function withHashes(event: IDataObject, inProfile: KnownId[], secret: Secrets): IDataObject {
	const replaced = replaceSecrets(event, secret) as IDataObject;
	const ids = inProfile.filter(({ field }) => field in HASHED);
	if (ids.length === 0) return replaced;
	const profile: IDataObject = { ...(replaced.profile as IDataObject) };
	const hashed: string[] = [];
	for (const { field, text } of ids) {
		const hash = secret.inPlaceOf(text);
		if (hash === null) delete profile[field];
		else {
			profile[field] = hash;
			hashed.push(field);
		}
	}
	return { ...replaced, profile: hashed.length === 0 ? profile : { ...profile, hashed } };
}

/** Undefined for a secret that has no hash. */
function replaceSecrets(value: unknown, secret: Secrets): unknown {
	if (Array.isArray(value)) {
		return value
			.map((entry) => replaceSecrets(entry, secret))
			.filter((entry) => entry !== undefined);
	}
	if (isObject(value) && !saysItself(value)) {
		const result = new Map<string, unknown>();
		for (const [key, entry] of Object.entries(value)) {
			const safe = replaceSecrets(entry, secret);
			if (safe !== undefined) result.set(freeName(safeName(key, secret), result), safe);
		}
		return Object.fromEntries(result);
	}
	const text = textOf(value);
	return text === undefined || !secret.isSecret(text)
		? value
		: (secret.inPlaceOf(text) ?? undefined);
}

/** A name can be an e-mail or a phone number, too, e.g. in a table of people. */
function safeName(name: string, secret: Secrets): string {
	return secret.isSecret(name) ? (secret.inPlaceOf(name) ?? 'redacted') : name;
}

/** One of the user's own identifiers; `id` where its type is the one that an id of the profile has. */
interface OwnId extends OwnIdentifier {
	id?: KnownId;
}

/** Null without a name, or with a value that names nobody. */
function ownIdOf(
	{ name, value }: OwnIdentifier,
	identifierTypes: IdentitySettings['identifierTypes'],
): OwnId | null {
	const [typeId, text] = [name.trim(), value.trim()];
	if (typeId === '' || isPlaceholder(text)) return null;
	const field = PROFILE_ID_FIELDS.find((each) => identifierTypes[each] === typeId);
	if (field === undefined || SHA256_HEX.test(text)) return { name: typeId, value: text };
	const identifier = IDENTIFIER[field](text);
	return identifier === null
		? null
		: { name: typeId, value: identifier, id: { field, text, identifier } };
}

const SHA256_HEX = /^[\da-f]{64}$/i;

/** The user's own identifiers; of two with one name the last counts. */
function ownIdentifiers(own: OwnId[], secret: Secrets): OwnIdentifier[] {
	const byName = new Map<string, OwnIdentifier>();
	for (const { name, value } of own) {
		const safe = secret.inPlaceOf(value);
		if (safe !== null) byName.set(name, { name, value: safe });
	}
	return [...byName.values()];
}

function withIdentifiers(event: IDataObject, added: OwnIdentifier[]): IDataObject {
	if (added.length === 0) return event;
	const profile = isObject(event.profile) ? event.profile : {};
	const known = isObject(profile.identifiers) ? profile.identifiers : {};
	return {
		...event,
		profile: {
			...profile,
			identifiers: {
				...known,
				...Object.fromEntries(added.map(({ name, value }) => [name, value])),
			},
		},
	};
}
