import type { Dict, Entry, MetricEvent, Profile } from '../../klaviyo';
import { inventEvent, inventProfile } from '../../klaviyo/profiles';

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
