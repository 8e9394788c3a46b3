import type { Dict, Entry, MetricEvent, Profile } from '../../klaviyo';
import { inventEvent, inventProfile } from '../../klaviyo/profiles';
import { SHOP, type World } from '../world';

/** A profile as Klaviyo's API has it. */
export function attributesOf({
	email,
	phone_number,
	external_id,
	first_name,
	last_name,
	properties,
}: Profile): Dict {
	return {
		email: email ?? null,
		phone_number: phone_number ?? null,
		external_id: external_id ?? null,
		first_name: first_name ?? null,
		last_name: last_name ?? null,
		properties: properties ?? {},
	};
}

/** Klaviyo's API tells of what happened at the shop, and to whom. */
export function seedEntries({ klaviyo }: Pick<World, 'klaviyo'>, entries: Entry[]): void {
	const known = new Map(entries.map(({ profile }) => [profile.klaviyo_id, profile]));
	klaviyo.seedProfiles(
		[...known].map(([id, profile]) => ({ id, attributes: attributesOf(profile) })),
	);
	klaviyo.seedEvents(
		entries.map(({ profile, event }) => ({
			...{ metric: event!.metric, service: SHOP, profile: profile.klaviyo_id },
			time: new Date(event!.time),
			...(event!.unique_id ? { unique_id: event!.unique_id } : {}),
			...(typeof event!.value === 'number' ? { value: event!.value } : {}),
			...(event!.value_currency ? { value_currency: event!.value_currency } : {}),
			properties: event!.properties ?? {},
		})),
	);
}

/** Of somebody who agreed to e-mails, and to nothing else. */
export const SUBSCRIBED: Dict = {
	email: {
		marketing: {
			can_receive_email_marketing: true,
			consent: 'SUBSCRIBED',
			consent_timestamp: '2031-02-03T04:05:06+00:00',
			last_updated: '2031-02-03T04:05:06+00:00',
			method: 'FORM_SUBMISSION',
			method_detail: '',
			custom_method_detail: null,
			double_optin: false,
			suppression: [],
			list_suppressions: [],
		},
	},
	sms: { marketing: { can_receive_sms_marketing: false, consent: 'NEVER_SUBSCRIBED' } },
};

/** Numbers of people that no other scenario has. */
export function people(first: number, count: number): number[] {
	return Array.from({ length: count }, (_, index) => first + index);
}

/** Something that a shop tells Klaviyo, of a kind that the stand-in does not invent by itself. */
export function happened(index: number, metric: string, properties: Dict, value?: number): Entry {
	const event: MetricEvent = {
		...inventEvent('Placed Order', index),
		metric,
		unique_id: `${metric}-${index}`,
		properties,
	};
	delete event.value;
	delete event.value_currency;
	return {
		profile: inventProfile(index, { hostile: true }),
		event: value === undefined ? event : { ...event, value, value_currency: 'EUR' },
	};
}
