import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import { strongestProfileId, type PROFILE_ID_FIELDS } from '../../shared/event';
import { saysItself } from './sendable';
import { isObject, knownIds, textOf } from './take';

type ProfileIdField = (typeof PROFILE_ID_FIELDS)[number];

/**
 * Identifier types as Pipes documents them (https://meiro.io/pipes/identity-stitching/). Klaviyo's own id is
 * none of them: empty means that it is no identifier, and stays in the payload, where a stitching rule can read it.
 */
export const DEFAULT_IDENTIFIER_TYPES: Record<ProfileIdField, string> = {
	external_id: 'user_id',
	email: 'email',
	phone_number: 'phone',
	klaviyo_id: '',
};

/** An id that Klaviyo does not know, e.g. of a loyalty scheme. */
export interface OwnIdentifier {
	/** Its name at `profile.identifiers`. */
	name: string;
	/** Meiro Pipes' identifier type; empty takes the name. */
	typeId: string;
	value: string;
}

export interface IdentitySettings {
	identifierTypes: Record<ProfileIdField, string>;
	own: OwnIdentifier[];
	/** Whether SHA-256 stands in the place of e-mail and phone number. */
	hash: boolean;
}

/** How one value was hashed, for people to compare with what other sources send. */
export interface Hashing extends IDataObject {
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
	hashings: Hashing[];
}

/** Ties an event to a person. Pure. */
export function identify(event: IDataObject, { identifierTypes, own, hash }: IdentitySettings): Identified {
	const known = knownIds(event.profile);
	const hashings = hash ? known.filter(([field]) => field in SANITISE).map(hashingOf) : [];
	const hashed = new Map(hashings.map(({ field, sha256 }) => [field, sha256]));
	const ids = known.flatMap(([field, id]): Array<[ProfileIdField, string]> => {
		const value = hashed.has(field) ? hashed.get(field) : id;
		return typeof value === 'string' ? [[field, value]] : [];
	});
	const added = own
		.map(({ name, typeId, value }) => ({ name: name.trim(), typeId: typeId.trim(), value: value.trim() }))
		.filter(({ name, value }) => name !== '' && value !== '');

	return {
		event: withIdentifiers(hash ? withHashes(event, known, hashed) : event, added),
		identifiers: [
			...ids
				.map(([field, value]) => ({ typeId: identifierTypes[field], value }))
				.filter(({ typeId }) => typeId !== ''),
			...added.map(({ name, typeId, value }) => ({ typeId: typeId || name, value })),
		],
		orderKey:
			strongestProfileId(Object.fromEntries(ids)) ??
			(added[0] === undefined ? null : `${added[0].name}:${added[0].value}`),
		hashings,
	};
}

/**
 * How Meiro wants values to look before they are hashed: the same in all sources, else the hashes differ
 * (https://docs.meiro.io/books/meiro-knowledge-base/page/hashing-and-encrypting-pii-data).
 */
const SANITISE: Partial<Record<ProfileIdField, (text: string) => string | null>> = {
	email: (text) => text.trim().toLowerCase(),
	phone_number: (text) => {
		const trimmed = text.trim();
		// Without its country code the same number would have another hash than in other sources.
		if (!/^(\+|00)/.test(trimmed)) return null;
		return trimmed.replace(/\D/g, '').replace(/^0+/, '') || null;
	},
};

function hashingOf([field, text]: [ProfileIdField, string]): Hashing {
	const sanitised = SANITISE[field]!(text);
	return { field, sanitised, sha256: sanitised === null ? null : sha256(sanitised) };
}

function sha256(text: string): string {
	return createHash('sha256').update(text, 'utf8').digest('hex');
}

/**
 * Puts the hashes in the place of the values, wherever in the event the very same value stands, and tells
 * at `profile.hashed` which fields are hashes. A value that could not be hashed is taken out.
 */
function withHashes(
	event: IDataObject,
	known: Array<[ProfileIdField, string]>,
	hashed: Map<string, string | null>,
): IDataObject {
	const hashOf = new Map<string, string | null>();
	for (const [field, text] of known) {
		if (hashed.has(field)) hashOf.set(comparable(text), hashed.get(field) ?? null);
	}
	if (hashOf.size === 0) return event;
	const replaced = replaceValues(event, hashOf) as IDataObject;
	return { ...replaced, profile: { ...(replaced.profile as IDataObject), hashed: [...hashed.keys()] } };
}

function comparable(text: string): string {
	return text.trim().toLowerCase();
}

function replaceValues(value: unknown, hashOf: Map<string, string | null>): unknown {
	if (Array.isArray(value)) return value.map((entry) => replaceValues(entry, hashOf));
	if (isObject(value) && !saysItself(value)) {
		return Object.fromEntries(
			Object.entries(value)
				.map(([key, entry]) => [key, replaceValues(entry, hashOf)])
				.filter(([, entry]) => entry !== undefined),
		);
	}
	const text = textOf(value);
	const hash = text === undefined ? undefined : hashOf.get(comparable(text));
	return hash === undefined ? value : (hash ?? undefined);
}

function withIdentifiers(event: IDataObject, added: OwnIdentifier[]): IDataObject {
	if (added.length === 0) return event;
	const profile = isObject(event.profile) ? event.profile : {};
	return {
		...event,
		profile: {
			...profile,
			identifiers: Object.fromEntries(added.map(({ name, value }) => [name, value])),
		},
	};
}
