// What `person` and `event` hold in a template
// (https://help.klaviyo.com/hc/en-us/articles/4408802648731).
import type { Dict, Json, MetricEvent, Profile } from './types';

/**
 * The dictionary behind `person`: only the documented names and the custom properties. An attribute
 * that is absent stays absent; one that is null is Python's None.
 */
export function personTags(profile: Profile, klaviyoIdKnown: boolean): Dict {
	return {
		...defined({
			KlaviyoID: klaviyoIdKnown ? profile.klaviyo_id : undefined,
			id: profile.external_id,
			email: profile.email,
			phone_number: profile.phone_number,
			first_name: profile.first_name,
			last_name: profile.last_name,
			organization: profile.organization,
			title: profile.title,
			City: profile.city,
			Region: profile.region,
			Country: profile.country,
			Zipcode: profile.zip,
			$address1: profile.address1,
			$consent: profile.consent,
			$source: profile.source,
			$timezone: profile.timezone,
		}),
		...profile.properties,
	};
}

/**
 * The dictionary behind `event`: the properties, with value, currency and unique id back inside.
 * `$value` is absent when it is 0 or null, and `$extra` goes by the name `extra`, too
 * (documented; that a lookup of '$extra' works, was reported live). No time: only the
 * event's properties are documented to be available
 * (https://help.klaviyo.com/hc/en-us/articles/4534329515931).
 */
export function eventTags(event: MetricEvent, exposeEventTime: boolean): Dict {
	const { $extra, $value, ...properties } = event.properties ?? {};
	const value = event.value === undefined ? $value : event.value;
	return {
		...defined({ timestamp: exposeEventTime ? unixSeconds(event.time) : undefined }),
		...properties,
		...defined({
			extra: $extra,
			$extra,
			// Without an id of the sender's it is the event's Unix time in seconds, as text.
			$event_id: event.unique_id || String(unixSeconds(event.time)),
			$value: value === null || value === 0 ? undefined : value,
			$value_currency: event.value_currency ?? undefined,
		}),
	};
}

function unixSeconds(iso: string): number {
	return Math.floor(Date.parse(iso) / 1000);
}

function defined(values: Record<string, Json | undefined>): Dict {
	const entries = Object.entries(values).filter(([, value]) => value !== undefined);
	return Object.fromEntries(entries) as Dict;
}
