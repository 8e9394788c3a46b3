// What `person` and `event` hold in a template
// (https://help.klaviyo.com/hc/en-us/articles/4408802648731).
import type { KlaviyoDialect } from './dialect';
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
 * `$value` is absent when it is 0 or null. No time unless the dialect has one: only the
 * event's properties are documented to be available
 * (https://help.klaviyo.com/hc/en-us/articles/4534329515931).
 */
export function eventTags(event: MetricEvent, dialect: KlaviyoDialect): Dict {
	const { eventTimestampTag, extraName } = dialect;
	const { $extra, $value, ...properties } = event.properties ?? {};
	const value = event.value === undefined ? $value : event.value;
	return {
		...defined({ timestamp: eventTimestampTag === 'there' ? unixSeconds(event.time) : undefined }),
		...properties,
		...defined({
			extra: extraName === '$extra' ? undefined : $extra,
			$extra: extraName === 'extra' ? undefined : $extra,
			$event_id: event.unique_id || idWithoutSenders(unixSeconds(event.time), dialect),
			$value: value === null || value === 0 ? undefined : value,
			$value_currency: event.value_currency ?? undefined,
		}),
	};
}

/** `$event_id` of an event whose sender gave none. */
export function idWithoutSenders(
	unixSecond: number,
	{ eventIdWithoutSenders }: Pick<KlaviyoDialect, 'eventIdWithoutSenders'>,
): string | undefined {
	if (eventIdWithoutSenders === 'absent') return undefined;
	return eventIdWithoutSenders === 'empty' ? '' : String(unixSecond);
}

function unixSeconds(iso: string): number {
	return Math.floor(Date.parse(iso) / 1000);
}

function defined(values: Record<string, Json | undefined>): Dict {
	const entries = Object.entries(values).filter(([, value]) => value !== undefined);
	return Object.fromEntries(entries) as Dict;
}
