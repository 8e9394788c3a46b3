import type { IDataObject } from 'n8n-workflow';

import {
	ORIGIN_PROPERTY,
	strongestProfileId,
	type KlaviyoEvent,
	type NamedReference,
	type Profile,
	type TriggerEvent,
} from '../../shared/event/contract';
import { cleanObject } from './clean';
import { triggerEventOf, whenItHappened } from './facts';
import { toSnakeCase } from './eventName';
import { makeEvent } from '../../shared/event/makeEvent';
import { profileOf } from './profile';
import { sortEventProperties, sortFields } from './sortFields';
import { parseTime } from '../../shared/event/time';
import { isEmpty, isObject, isTrue, textOf, withoutAbsent } from '../../shared/event/values';

/** What tells about the profile as Klaviyo keeps it, not about the person. */
const BOOKKEEPING = ['created', 'updated', 'last_event_date', 'joined_group_at', 'subscriptions'];

interface Occurrence {
	account: string | null;
	name: string;
	/** What tells it from another one of the same name and person. */
	occurrence: string;
	/** ISO 8601 UTC; without it the event is dated `readAt`. */
	time?: string;
	readAt: string;
	profile: Profile;
	properties?: IDataObject;
	fromMeiro: boolean;
	triggerEvent?: TriggerEvent | null;
	list?: NamedReference;
	segment?: NamedReference;
}

/** An event of the contract that all triggers share. */
export function updateEvent(given: Occurrence): KlaviyoEvent {
	const { account, name, occurrence, time, readAt, profile } = given;
	const { klaviyo_id } = profile;
	return makeEvent({
		event_name: name,
		received_via: 'polling',
		account,
		time: whenItHappened({ time, receivedAt: readAt }),
		occurrence,
		// Klaviyo's own id alone: the others may change between two polls.
		profileId: strongestProfileId({ klaviyo_id }),
		trigger_event: given.triggerEvent,
		list: given.list,
		segment: given.segment,
		profile,
		properties: given.properties,
		from_meiro: given.fromMeiro,
	});
}

/** The event of an entry of Get Events, with the profile that the answer includes. */
export function metricEvent(
	resource: IDataObject,
	metricName: string,
	{ account, readAt }: Pick<Occurrence, 'account' | 'readAt'>,
): KlaviyoEvent {
	const { event_properties: given, ...attributes } = attributesOf(resource);
	const { facts, properties } = sortEventProperties(isObject(given) ? cleanObject(given) : {});
	// The sender's own id, unlike Klaviyo's, may come again with another event: it stays a property.
	const { trigger_event_id: sendersId, ...known } = facts;
	const time = parseTime(attributes.datetime) ?? parseTime(attributes.timestamp);
	const fields = {
		facts: {
			...known,
			metric: metricName,
			trigger_event_id: resource.id,
			trigger_event_time: time,
		},
		profile: {},
		profileProperties: {},
		properties,
	};
	return updateEvent({
		account,
		name: toSnakeCase(metricName),
		occurrence: String(resource.id),
		time,
		readAt,
		triggerEvent: triggerEventOf(fields),
		profile: profileOfEvent(resource),
		properties: {
			...properties,
			...(sendersId === undefined ? {} : { $event_id: sendersId as string }),
		},
		fromMeiro: isTrue(properties[ORIGIN_PROPERTY]),
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
	const markedAt = parseTime(marker);
	if (markedAt === undefined) return isTrue(marker);
	return Math.abs(Date.parse(markedAt) - Date.parse(String(updated))) <= MARKER_TOLERANCE_MS;
}

/** Between Meiro's writing of the marker and Klaviyo's dating of the change. */
const MARKER_TOLERANCE_MS = 120_000;

export function attributesOf({ attributes }: IDataObject): IDataObject {
	return isObject(attributes) ? attributes : {};
}

/** Milliseconds; NaN when it is no time. */
export function timeOf(value: unknown): number {
	return Date.parse(parseTime(value) ?? '');
}

function profileOfEvent(resource: IDataObject): Profile {
	const included = (resource.included ?? []) as IDataObject[];
	const profile = included.find(({ type }) => type === 'profile');
	if (profile !== undefined) return profileOfResource(profile);
	const relationships = (resource.relationships ?? {}) as {
		profile?: { data?: { id?: string } | null };
	};
	return withoutAbsent<Profile>({ klaviyo_id: textOf(relationships.profile?.data?.id) });
}

/** Channels that Klaviyo says are subscribed: email, sms, mobile_push. */
function consentOf(subscriptions: unknown): string[] {
	if (!isObject(subscriptions)) return [];
	return Object.entries(subscriptions)
		.filter(([, channel]) => {
			const marketing = isObject(channel) ? channel.marketing : undefined;
			return isObject(marketing) && !isEmpty(marketing) && marketing.consent === 'SUBSCRIBED';
		})
		.map(([name]) => name);
}
