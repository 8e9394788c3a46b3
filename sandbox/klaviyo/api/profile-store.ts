// The profiles of the account and their identifiers.
import type { Dict, Json } from '../types';
import { duplicateProfile, invalid, notFound } from './errors';
import { inventUlid, ULID } from './ids';
import { dict } from './json';
import type { Resource } from './listing';
import { checkId } from './listing';
import { changedProperties } from './patch';
import type { Subscriptions } from './subscriptions';
import { neverSubscribed } from './subscriptions';
import { seconds } from './times';

/** What identifies a profile, the first one that is known decides (assumed order). */
export const IDENTIFIERS = [
	...(['email', 'phone_number', 'external_id', '_kx', 'anonymous_id'] as const),
];
const SHOWN = [
	...['email', 'phone_number', 'external_id', 'first_name', 'last_name', 'organization', 'locale'],
	...['title', 'image'],
];
const PLACE = [
	...['address1', 'address2', 'city', 'country', 'latitude', 'longitude', 'region', 'zip'],
	...['timezone', 'ip'],
];
const PREDICTED = [
	...['historic_clv', 'predicted_clv', 'total_clv', 'historic_number_of_orders'],
	...['predicted_number_of_orders', 'average_days_between_orders', 'average_order_value'],
	...['churn_probability', 'expected_date_of_next_order'],
];

export interface StoredProfile {
	/** 26 characters. */
	id: string;
	/** As they were written, with `location`, `properties` and the identifiers that are not shown. */
	attributes: Dict;
	subscriptions: Subscriptions;
	predictive_analytics: Dict;
	created: Date;
	updated: Date;
	last_event_date: Date | null;
}

/** `data` of a request: who it is, and what is written. */
export interface ProfileInput {
	id?: Json;
	attributes?: Json;
	/** `patch_properties`, `patch_identifiers`. */
	meta?: Json;
}

export class ProfileStore {
	private readonly profiles = new Map<string, StoredProfile>();
	/** `email ana@shop.example` → id. */
	private readonly known = new Map<string, string>();
	private readonly resources = new Map<string, Resource>();
	private readonly merged = new Map<string, string>();
	private created = 0;

	list(): StoredProfile[] {
		return [...this.profiles.values()];
	}

	/** @throws ApiError 400, 404 */
	get(id: string, source = { parameter: 'id' } as { parameter?: string; pointer?: string }) {
		checkId(id, ULID, source);
		const profile = this.profiles.get(id);
		if (!profile) throw notFound('profile', id);
		return profile;
	}

	/** By its id, else by its identifiers. */
	find({ id, attributes }: ProfileInput): StoredProfile | undefined {
		if (typeof id === 'string') return this.profiles.get(id);
		const given = dict(attributes);
		for (const name of IDENTIFIERS) {
			const found = this.known.get(keyOf(name, given[name]));
			if (found !== undefined) return this.profiles.get(found);
		}
		return undefined;
	}

	/** @throws ApiError 400, 409 */
	create(input: ProfileInput, at: Date, id?: string): StoredProfile {
		this.check(input, null);
		const profile: StoredProfile = {
			id: id ?? inventUlid(`profile ${++this.created}`),
			...{ attributes: {}, subscriptions: neverSubscribed(), predictive_analytics: {} },
			...{ created: at, updated: at, last_event_date: null },
		};
		this.profiles.set(profile.id, profile);
		this.write(profile, input, at);
		return profile;
	}

	/**
	 * Null clears a field, an absent one stays (the operation's description); whether the same holds
	 * for the keys of `properties` and `location` is assumed.
	 * @throws ApiError 400, 409
	 */
	update(profile: StoredProfile, input: ProfileInput, at: Date): void {
		this.check(input, profile);
		this.write(profile, input, at);
	}

	/** @throws ApiError 400, 404 for an id that nobody has, 409 */
	upsert(input: ProfileInput, at: Date): { profile: StoredProfile; isNew: boolean } {
		if (typeof input.id === 'string') this.get(input.id, { pointer: '/data/id' });
		const known = this.find(input);
		if (!known) return { profile: this.create(input, at), isNew: true };
		this.update(known, input, at);
		return { profile: known, isNew: false };
	}

	/** Something beside its attributes has changed. */
	touch(profile: StoredProfile): void {
		this.resources.delete(profile.id);
	}

	remove(profile: StoredProfile): void {
		this.profiles.delete(profile.id);
		this.resources.delete(profile.id);
		for (const [key, id] of this.known) if (id === profile.id) this.known.delete(key);
	}

	/** What the destination lacks comes from the source, which is gone afterwards. */
	merge(destination: StoredProfile, source: StoredProfile, at: Date): void {
		this.remove(source);
		this.merged.set(source.id, destination.id);
		const { attributes: own } = destination;
		const { properties, ...attributes } = source.attributes;
		const lacking = Object.entries(attributes).filter(([name]) => (own[name] ?? null) === null);
		destination.attributes = {
			...own,
			...Object.fromEntries(lacking),
			properties: { ...dict(properties), ...dict(own.properties) },
		};
		// The identifiers that lost are still those of this person (assumed).
		for (const name of IDENTIFIERS) this.know(name, attributes[name], destination);
		destination.updated = at;
		this.touch(destination);
	}

	/** Into which profile one was merged. */
	mergedInto(id: string): string | undefined {
		return this.merged.get(id);
	}

	resource(profile: StoredProfile): Resource {
		const known = this.resources.get(profile.id);
		if (known) return known;
		const resource = resourceOf(profile);
		this.resources.set(profile.id, resource);
		return resource;
	}

	private check({ attributes, meta }: ProfileInput, self: StoredProfile | null): void {
		const given = dict(attributes);
		checkAddresses(given);
		const named = IDENTIFIERS.filter((name) => (given[name] ?? '') !== '');
		if (!self && named.length === 0) {
			const detail = `A profile needs one of ${IDENTIFIERS.join(', ')}.`;
			throw invalid(detail, { pointer: '/data/attributes' });
		}
		const emails = appendedEmails(meta).map((each) => ['email', each] as const);
		for (const [name, value] of [...named.map((each) => [each, given[each]] as const), ...emails]) {
			const owner = this.known.get(keyOf(name, value));
			if (owner !== undefined && owner !== self?.id) throw duplicateProfile(owner);
		}
	}

	private write(profile: StoredProfile, { attributes, meta }: ProfileInput, at: Date): void {
		const { properties, location, ...plain } = dict(attributes);
		const own = profile.attributes;
		for (const name of IDENTIFIERS) {
			if (plain[name] === undefined) continue;
			if (plain[name] !== own[name]) this.known.delete(keyOf(name, own[name]));
			this.know(name, plain[name], profile);
		}
		for (const email of appendedEmails(meta)) this.know('email', email, profile);
		const patch = dict(dict(meta).patch_properties);
		profile.attributes = {
			...own,
			...plain,
			location: { ...dict(own.location), ...dict(location) },
			properties: changedProperties(dict(own.properties), properties, patch),
		};
		profile.updated = at;
		this.touch(profile);
	}

	private know(name: string, value: Json | undefined, { id }: StoredProfile): void {
		if (typeof value === 'string' && value !== '') this.known.set(keyOf(name, value), id);
	}
}

/** @throws ApiError 400 for an e-mail address or phone number that is none. */
export function checkAddresses(given: Dict, at = '/data/attributes'): void {
	checkAddress(given, 'email', /^[^\s@]+@[^\s@]+\.[^\s@]+$/, at);
	checkAddress(given, 'phone_number', /^\+[1-9]\d{5,14}$/, at);
}

function keyOf(name: string, value: Json | undefined): string {
	const text = typeof value === 'string' ? value : '';
	return `${name} ${name === 'email' ? text.toLowerCase() : text}`;
}

// How strict Klaviyo is with addresses is not documented; these are no addresses at all.
function checkAddress(given: Dict, name: string, shape: RegExp, at: string): void {
	const value = given[name];
	if (typeof value !== 'string' || value === '' || shape.test(value)) return;
	throw invalid(`'${value}' is not a valid ${name}.`, { pointer: `${at}/${name}` });
}

// `patch_identifiers` knows secondary e-mail addresses only.
function appendedEmails(meta: Json | undefined): string[] {
	const emails = dict(dict(dict(meta).patch_identifiers).append).email;
	return [emails ?? []].flat().filter((each) => typeof each === 'string');
}

function resourceOf(profile: StoredProfile): Resource {
	const { attributes, created, updated, last_event_date } = profile;
	const all = (names: string[], from: Dict) =>
		Object.fromEntries(names.map((name) => [name, from[name] ?? null])) as Dict;
	return {
		type: 'profile',
		id: profile.id,
		attributes: {
			...all(SHOWN, attributes),
			...{ created: seconds(created), updated: seconds(updated) },
			last_event_date: last_event_date && seconds(last_event_date),
			location: all(PLACE, dict(attributes.location)),
			properties: dict(attributes.properties),
		},
		additional: {
			subscriptions: profile.subscriptions,
			predictive_analytics: {
				...all(PREDICTED, profile.predictive_analytics),
				ranked_channel_affinity: profile.predictive_analytics.ranked_channel_affinity ?? [],
			},
		},
		filterable: { _kx: attributes._kx ?? null, profile_id: profile.id, push_token: null },
		relationships: { lists: {}, segments: {}, 'push-tokens': {} },
	};
}
