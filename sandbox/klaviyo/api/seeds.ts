// What was in the account before anybody called: put there directly, at the times that are chosen.
import type { Dict } from '../types';
import { InputError } from '../types';
import { inventProfile } from '../profiles';
import type { CampaignStore, NewCampaign } from './campaign-store';
import { eventTime } from './event-rules';
import { dict } from './json';
import type { Pending } from './pending';
import type { StoredProfile } from './profile-store';
import type { People } from './profiles';

export interface NewProfile {
	/** 26 characters. */
	id?: string;
	/** As the API has them: `email`, `location`, `properties`, … */
	attributes?: Dict;
	/** Default now. */
	created?: Date;
	/** Default as created. */
	updated?: Date;
	/** Replaces what nobody has agreed to, by channel. */
	subscriptions?: Dict;
	predictive_analytics?: Dict;
}

export interface NewSeedEvent {
	/** Made when the account has none of that name. */
	metric: string;
	/** The integration's key; default api. */
	service?: string;
	/** Its id or its e-mail address; an address that nobody has makes a profile. */
	profile: string;
	/** When it happened. */
	time: Date;
	/** When it becomes visible; default now. Later: it arrives late. */
	visible?: Date;
	unique_id?: string;
	value?: number;
	value_currency?: string;
	properties?: Dict;
	/** The id of the campaign whose message led to it. */
	campaign?: string;
}

export interface ProfileChange {
	id: string;
	/** Default none: only `updated` changes. */
	attributes?: Dict;
	/** Default now. */
	updated?: Date;
}

const MINUTE_MS = 60_000;

export class Seeds {
	constructor(
		private readonly people: People,
		private readonly campaigns: CampaignStore,
		private readonly pending: Pending,
	) {}

	/** A number of them are made a minute apart, the last one now. */
	addCampaigns(given: number | NewCampaign[]): string[] {
		const all =
			typeof given === 'number' ? this.minutely(given, (created_at) => ({ created_at })) : given;
		return all.map((each) => this.campaigns.add(each).id);
	}

	/** A number of them are invented, a minute apart, the last one now. @throws InputError */
	addProfiles(given: number | NewProfile[]): string[] {
		const all = typeof given === 'number' ? this.minutely(given, invented) : given;
		return all.map((each) => inWords(() => this.addProfile(each).id));
	}

	/** @throws InputError (404) when there is no such profile. */
	changeProfiles(changes: ProfileChange[]): void {
		const { profiles, now } = this.people;
		for (const { id, attributes = {}, updated = now() } of changes) {
			inWords(() => profiles.update(profiles.get(id), { attributes }, updated));
		}
	}

	/** The ids of those that are visible at once, null for the others and for repetitions. */
	addEvents(given: NewSeedEvent[]): Array<string | null> {
		return given.map((each) => {
			let id: string | null = null;
			const visible = each.visible ?? this.people.now();
			this.pending.at(visible, () => (id = this.addEvent(each, visible)));
			return id;
		});
	}

	/** To a list or a segment. @throws InputError (404) */
	addMembers(groupId: string, members: Array<string | { id: string; joined: Date }>): void {
		const { catalog, profiles, now } = this.people;
		if (!catalog.has('list', groupId) && !catalog.has('segment', groupId)) {
			throw new InputError(`no list or segment ${groupId}`, 404);
		}
		for (const member of members) {
			const { id, joined } = typeof member === 'string' ? { id: member, joined: now() } : member;
			this.people.members.add(groupId, inWords(() => profiles.get(id)).id, joined);
		}
	}

	private addProfile(given: NewProfile): StoredProfile {
		const { profiles, now } = this.people;
		const { id, attributes = {}, created = now(), updated = created } = given;
		const profile = profiles.create({ attributes }, created, id);
		profile.updated = updated;
		profile.subscriptions = { ...profile.subscriptions, ...given.subscriptions };
		profile.predictive_analytics = given.predictive_analytics ?? {};
		profiles.touch(profile);
		return profile;
	}

	private addEvent(given: NewSeedEvent, recorded: Date): string | null {
		const { catalog, events, profiles } = this.people;
		const { metric, service, profile, time, unique_id, value, value_currency, campaign } = given;
		const who = profile.includes('@') ? { attributes: { email: profile } } : { id: profile };
		const found = profiles.find(who) ?? profiles.create(who, recorded);
		const event = events.add({
			...{ metric_id: catalog.metricNamed(metric, service).id, profile_id: found.id, recorded },
			...{ time: eventTime(time.toISOString(), recorded), written: false, backfill: false },
			...(campaign !== undefined && { campaign_id: campaign }),
			properties: {
				...given.properties,
				...(unique_id !== undefined && { $event_id: unique_id }),
				...(value !== undefined && { $value: value }),
				...(value_currency !== undefined && { $value_currency: value_currency }),
			},
		});
		if (!event) return null;
		if (!found.last_event_date || found.last_event_date < time) found.last_event_date = event.time;
		profiles.touch(found);
		return event.id;
	}

	private minutely<T>(count: number, make: (at: Date, index: number) => T): T[] {
		const last = this.people.now().getTime();
		return Array.from({ length: count }, (_, index) =>
			make(new Date(last - (count - 1 - index) * MINUTE_MS), index),
		);
	}
}

function invented(created: Date, index: number): NewProfile {
	const profile = inventProfile(index) as unknown as Dict & { klaviyo_id: string };
	const only = (names: string[]) =>
		Object.fromEntries(names.map((name) => [name, profile[name] ?? null])) as Dict;
	const attributes = {
		...only(['email', 'phone_number', 'external_id', 'first_name', 'last_name', 'locale']),
		location: only(['city', 'country', 'timezone']),
		properties: dict(profile.properties),
	};
	return { id: profile.klaviyo_id, attributes, created };
}

// Whoever seeds is no caller of the API: the same words, another error.
function inWords<T>(act: () => T): T {
	try {
		return act();
	} catch (error) {
		const { status, message } = error as { status?: number; message: string };
		if (status !== 404 && status !== 400 && status !== 409) throw error;
		throw new InputError(message, status);
	}
}
