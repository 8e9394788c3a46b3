import type { IDataObject } from 'n8n-workflow';

import {
	ORIGIN_PROPERTY,
	type CampaignReference,
	type KlaviyoEvent,
	type NamedReference,
	type Profile,
} from '../../shared/event/contract';
import type { EventIdentity } from '../../shared/event/eventId';
import { makeEvent, type EventParts } from '../../shared/event/makeEvent';
import { isoOf, timeOf, unixSecondOf } from '../../shared/event/time';
import { isEmpty, isObject, isTrue, textOf, withoutAbsent } from '../../shared/event/values';
import { cleanObject } from './clean';
import { eventNameOf } from './eventName';
import { triggerEventOf } from './facts';
import type { OwnPlaceholders } from './personalFields';
import { profileOf } from './profile';
import { sortEventProperties, sortFields } from './sortFields';

/** What tells about the profile as Klaviyo keeps it, not about the person. */
const BOOKKEEPING = ['created', 'updated', 'last_event_date', 'joined_group_at', 'subscriptions'];

interface Occurrence {
	/** As the user typed it. */
	account: string | null;
	name: string;
	/** What tells it from another one of the same name, person and group; without it the time does. */
	occurrence?: string;
	/** ISO 8601 UTC; without it the event is dated `readAt`. */
	time?: string;
	/** ISO 8601 UTC. */
	readAt: string;
	profile: Profile;
	properties?: IDataObject;
	fromMeiro: boolean;
	list?: NamedReference;
	segment?: NamedReference;
}

/** The event of something that Klaviyo's API tells of a profile, a list or a segment. */
export function updateEvent(given: Occurrence): KlaviyoEvent {
	const at = timeOf(given.time);
	const happenedAt = Number.isNaN(at) ? undefined : at;
	const kind: EventIdentity['kind'] = (given.list ?? given.segment) ? 'group' : 'metric';
	return makeEvent({
		event_name: given.name,
		received_via: 'polling',
		received_at: given.readAt,
		accountLabel: given.account,
		happenedAt,
		identity: { kind, occurrence: given.occurrence ?? unixSecondOf(happenedAt ?? 0) },
		list: given.list,
		segment: given.segment,
		profile: given.profile,
		properties: given.properties,
		from_meiro: given.fromMeiro,
	});
}

/** Where an event of Klaviyo's API comes from. */
interface ReadContext {
	account: string | null;
	readAt: string;
	via?: 'polling' | 'import';
}

/** The event of an entry of Get Events, with what the answer includes of it. */
export function metricEvent(
	resource: IDataObject,
	metricName: string,
	{ account, readAt, via = 'polling' }: ReadContext,
): KlaviyoEvent {
	return makeEvent({
		...klaviyoEventParts(resource, metricName),
		received_via: via,
		received_at: readAt,
		accountLabel: account,
		profile: profileOfEvent(resource),
	});
}

/** What every way tells alike of an event that Klaviyo keeps: https://developers.klaviyo.com/en/reference/get_event */
export function klaviyoEventParts(
	resource: IDataObject,
	metricName: string,
	placeholders?: OwnPlaceholders,
): Pick<
	EventParts,
	'event_name' | 'happenedAt' | 'identity' | 'trigger_event' | 'campaign' | 'properties'
> {
	const { event_properties: given, datetime, timestamp } = attributesOf(resource);
	const { facts, properties } = sortEventProperties(
		isObject(given) ? cleanObject(given) : {},
		placeholders,
	);
	const exact = timeOf(datetime);
	const at = Number.isNaN(exact) ? timeOf(timestamp) : exact;
	const happenedAt = Number.isNaN(at) ? undefined : at;
	const id = facts.trigger_event_id;
	const klaviyoId = textOf(resource.id);
	return {
		event_name: eventNameOf([metricName], 'metric'),
		happenedAt,
		identity: {
			kind: 'metric',
			occurrence:
				id?.trim() ?? (happenedAt === undefined ? (klaviyoId ?? '') : unixSecondOf(happenedAt)),
		},
		trigger_event: triggerEventOf({
			metric: metricName === '' ? undefined : metricName,
			id,
			klaviyo_event_id: klaviyoId,
			time: happenedAt === undefined ? undefined : isoOf(happenedAt),
			value: facts.value,
			currency: facts.currency,
		}),
		campaign: campaignOf(resource, properties, metricName),
		properties,
	};
}

const CHANNEL_WORDS: Array<[word: RegExp, channel: string]> = [
	[/email/i, 'email'],
	[/sms|text/i, 'sms'],
	[/push/i, 'mobile_push'],
];

/** The campaign behind an event, as the message's properties and the answer's attribution name it. */
function campaignOf(
	resource: IDataObject,
	properties: IDataObject,
	metricName: string,
): CampaignReference | undefined {
	const id = includedIn(resource, 'attribution')
		.map((attribution) => relatedId(attribution, 'campaign'))
		.find((each) => each !== undefined);
	const name = textOf(properties['Campaign Name']);
	if (id === undefined && name === undefined) return undefined;
	return withoutAbsent<CampaignReference>({
		id,
		name,
		subject: textOf(properties.Subject),
		channel: CHANNEL_WORDS.find(([word]) => word.test(metricName))?.[1],
	});
}

/** A profile as the contract has it, from Klaviyo's resource. */
export function profileOfResource(resource: IDataObject): Profile {
	const attributes = { ...attributesOf(resource) };
	const consent = consentOf(attributes.subscriptions);
	for (const name of BOOKKEEPING) delete attributes[name];
	const profile = profileOf(
		sortFields({ profile: cleanObject({ ...attributes, klaviyo_id: resource.id }) }),
	);
	return consent.length > 0 ? { ...profile, consent } : profile;
}

/**
 * Whether the latest change of a profile came from Meiro. A marker that holds a time speaks of the change of
 * that time, any other of all changes.
 */
export function isChangeFromMeiro(resource: IDataObject): boolean {
	const { properties, updated } = attributesOf(resource);
	const marker = isObject(properties) ? properties[ORIGIN_PROPERTY] : undefined;
	const markedAt = timeOf(marker);
	if (Number.isNaN(markedAt)) return isTrue(marker);
	return Math.abs(markedAt - Date.parse(String(updated))) <= MARKER_TOLERANCE_MS;
}

/** Between Meiro's writing of the marker and Klaviyo's dating of the change. */
const MARKER_TOLERANCE_MS = 120_000;

export function attributesOf({ attributes }: IDataObject): IDataObject {
	return isObject(attributes) ? attributes : {};
}

/** The id of what a resource is related to; undefined when there is none. */
export function relatedId({ relationships }: IDataObject, kind: string): string | undefined {
	const related = isObject(relationships) ? relationships[kind] : undefined;
	return isObject(related) && isObject(related.data) ? textOf(related.data.id) : undefined;
}

function includedIn({ included }: IDataObject, wanted: string): IDataObject[] {
	return Array.isArray(included)
		? (included as IDataObject[]).filter(({ type }) => type === wanted)
		: [];
}

function profileOfEvent(resource: IDataObject): Profile {
	const [profile] = includedIn(resource, 'profile');
	return profile === undefined
		? withoutAbsent<Profile>({ klaviyo_id: relatedId(resource, 'profile') })
		: profileOfResource(profile);
}

/** Why Klaviyo sends the person no marketing email, whatever the consent, e.g. HARD_BOUNCE; undefined for no reason. */
export function emailSuppressionsOf(resource: IDataObject): string[] | undefined {
	let found: unknown = attributesOf(resource).subscriptions;
	for (const step of ['email', 'marketing', 'suppression'])
		found = isObject(found) ? found[step] : undefined;
	if (!Array.isArray(found) || found.length === 0) return undefined;
	return (found as unknown[]).map((each) => String(isObject(each) ? each.reason : each));
}

/** Channels that Klaviyo says are subscribed: email, sms, mobile_push. */
export function consentOf(subscriptions: unknown): string[] {
	if (!isObject(subscriptions)) return [];
	return Object.entries(subscriptions)
		.filter(([, channel]) => {
			const marketing = isObject(channel) ? channel.marketing : undefined;
			return isObject(marketing) && !isEmpty(marketing) && marketing.consent === 'SUBSCRIBED';
		})
		.map(([name]) => name);
}
