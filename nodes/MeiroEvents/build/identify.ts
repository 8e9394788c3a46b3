import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import { strongestProfileId, type PROFILE_ID_FIELDS } from '../../shared/event/contract';
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
export function identify(
	event: IDataObject,
	{ identifierTypes, own, hash }: IdentitySettings,
): Identified {
	const known = knownIds(event.profile);
	const hashings = hash ? known.filter(([field]) => field in SANITISE).map(hashingOf) : [];
	const secret = new Secrets(known, hashings);
	const ids = known.flatMap(([field, id]): Array<[ProfileIdField, string]> => {
		const value = secret.inPlaceOf(id.trim());
		return value === null ? [] : [[field, value]];
	});
	const added = ownIdentifiers(own, secret);

	return {
		event: withIdentifiers(
			hashings.length === 0 ? event : withHashes(event, hashings, secret),
			added,
		),
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

/** Values that must not go out as they are, however they are written. */
class Secrets {
	private readonly hashOf = new Map<string, string | null>();

	constructor(known: Array<[ProfileIdField, string]>, hashings: Hashing[]) {
		for (const { field, sha256: hash } of hashings) {
			const text = known.find(([other]) => other === field)?.[1] ?? '';
			this.hashOf.set(comparable(text), hash);
		}
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

/** What stays the same however an e-mail or a phone number is written. */
function comparable(text: string): string {
	return /^\s*[+\d][\d\s()./-]{5,}$/.test(text)
		? text.replace(/\D/g, '').replace(/^0+/, '')
		: text.trim().toLowerCase();
}

/**
 * Puts the hashes in the place of the values, wherever in the event the very same value stands, and tells
 * at `profile.hashed` which fields are hashes. A value that could not be hashed is taken out.
 */
function withHashes(event: IDataObject, hashings: Hashing[], secret: Secrets): IDataObject {
	const replaced = replaceSecrets(event, secret) as IDataObject;
	const profile: IDataObject = { ...(replaced.profile as IDataObject) };
	for (const { field, sha256: hash } of hashings) {
		if (hash === null) delete profile[field];
		else profile[field] = hash;
	}
	const hashed = hashings.filter(({ sha256: hash }) => hash !== null).map(({ field }) => field);
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
		return Object.fromEntries(
			Object.entries(value)
				.map(([key, entry]) => [key, replaceSecrets(entry, secret)])
				.filter(([, entry]) => entry !== undefined),
		);
	}
	const text = textOf(value);
	return text === undefined || !secret.isSecret(text)
		? value
		: (secret.inPlaceOf(text) ?? undefined);
}

/** The user's own identifiers that have a value; of two with one name the last counts. */
function ownIdentifiers(own: OwnIdentifier[], secret: Secrets): OwnIdentifier[] {
	const byName = new Map<string, OwnIdentifier>();
	for (const { name, typeId, value } of own) {
		const safe = secret.inPlaceOf(value.trim());
		if (name.trim() !== '' && safe !== null && safe !== '') {
			byName.set(name.trim(), { name: name.trim(), typeId: typeId.trim(), value: safe });
		}
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
