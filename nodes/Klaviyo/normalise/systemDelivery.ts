import type { IDataObject } from 'n8n-workflow';

import type { KlaviyoEvent, Profile } from '../../shared/event/contract';
import { cleanObject } from './clean';
import { eventNameOf } from './eventName';
import { triggerEventOf, whenItHappened } from './facts';
import { makeEvent } from '../../shared/event/makeEvent';
import type { NormaliseSettings } from './flowDelivery';
import { sortEventProperties } from './sortFields';
import { parseTime } from '../../shared/event/time';
import { isObject, textOf, withoutAbsent } from '../../shared/event/values';

/** 'event:klaviyo.sent_sms', and as the help centre prints it, 'event: sent sms'. */
const TOPIC = /^event:\s*(?:[^.\s]+\.\s*)?(\S.*)$/;
/** As Klaviyo writes its metrics: 'Subscribed to List', 'Received SMS'. */
const LOWER_WORDS = new Set(['and', 'as', 'from', 'in', 'of', 'on', 'to']);
const UPPER_WORDS = new Set(['dm', 'sms', 'ugc']);

/** What the entries of one delivery share. */
interface Delivery {
	account: string | null;
	settings: NormaliseSettings;
	receivedAt: string;
}

/**
 * The events of one system webhook delivery, each once. An entry that is not as documented becomes an event
 * that says so and keeps it; its neighbours stay.
 * https://developers.klaviyo.com/en/docs/working_with_system_webhooks
 */
export function normaliseSystemDelivery(
	envelope: IDataObject,
	settings: NormaliseSettings,
	receivedAt: string,
): KlaviyoEvent[] {
	const meta = isObject(envelope.meta) ? envelope.meta : {};
	const account = settings.account ?? textOf(meta.klaviyo_account_id) ?? null;
	const delivery = { account, settings, receivedAt };
	if (!Array.isArray(envelope.data)) {
		return [malformed(envelope, "The delivery has no list under 'data'", delivery)];
	}

	const seen = new Set<string>();
	const events: KlaviyoEvent[] = [];
	for (const data of envelope.data as unknown[]) {
		const entry = readEntry(data);
		if (typeof entry === 'string') events.push(malformed(data, entry, delivery));
		else if (!seen.has(entry.id)) {
			seen.add(entry.id);
			events.push(eventOf(entry, delivery));
		}
	}
	return events;
}

interface Entry {
	/** Klaviyo's id of the event. */
	id: string;
	/** 'viewed_product' of the topic 'event:api.viewed_product'. */
	name: string;
	attributes: IDataObject;
	profileId: string | undefined;
	/** As it came, for events that keep it. */
	source: unknown;
}

/** An entry's parts, or what is wrong with it. */
function readEntry(source: unknown): Entry | string {
	if (!isObject(source)) return 'The entry is not an object';
	const name = TOPIC.exec(textOf(source.topic)?.trim() ?? '')?.[1];
	if (name === undefined) return "The entry's topic names no event";
	const data = isObject(source.payload) ? source.payload.data : undefined;
	if (!isObject(data) || !isObject(data.attributes))
		return 'The entry has no event under payload.data';
	const id = textOf(source.external_id) ?? textOf(data.id);
	if (id === undefined) return 'The entry has no id';
	return { id, name, attributes: data.attributes, profileId: relatedId(data, 'profile'), source };
}

function relatedId({ relationships }: IDataObject, kind: string): string | undefined {
	const related = isObject(relationships) ? relationships[kind] : undefined;
	return isObject(related) && isObject(related.data) ? textOf(related.data.id) : undefined;
}

function eventOf(entry: Entry, delivery: Delivery): KlaviyoEvent {
	const { attributes } = entry;
	const fields = sortEventProperties(
		isObject(attributes.event_properties) ? cleanObject(attributes.event_properties) : {},
		delivery.settings.placeholders,
	);
	// The sender's own id, unlike Klaviyo's, may come again with another event: it stays a property.
	const { trigger_event_id: sendersId, ...facts } = fields.facts;
	const properties = {
		...fields.properties,
		...(sendersId === undefined ? {} : { $event_id: sendersId as string }),
	};
	const time = parseTime(attributes.datetime) ?? parseTime(attributes.timestamp);
	return makeEvent({
		...shared(delivery, time),
		event_name: eventNameOf([entry.name], 'metric'),
		occurrence: entry.id,
		raw: delivery.settings.includeRaw ? JSON.stringify(entry.source) : undefined,
		trigger_event: triggerEventOf({
			...fields,
			facts: {
				...facts,
				metric: humanised(entry.name),
				trigger_event_id: entry.id,
				trigger_event_time: time,
			},
		}),
		profile: withoutAbsent<Profile>({ klaviyo_id: entry.profileId }),
		properties,
	});
}

function malformed(source: unknown, error: string, delivery: Delivery): KlaviyoEvent {
	const raw = JSON.stringify(source) ?? '';
	return makeEvent({
		...shared(delivery),
		event_name: eventNameOf([delivery.settings.fallbackEventName], 'metric'),
		// What arrived is all that tells two unreadable entries apart.
		occurrence: raw,
		raw,
		error,
	});
}

function shared({ account, receivedAt }: Delivery, time?: string) {
	return {
		received_via: 'system_webhook' as const,
		account,
		time: whenItHappened({ time, receivedAt }),
	};
}

function humanised(slug: string): string {
	return slug
		.split(/[_\s]+/)
		.map((word, index) => {
			if (UPPER_WORDS.has(word)) return word.toUpperCase();
			if (index > 0 && LOWER_WORDS.has(word)) return word;
			return word.charAt(0).toUpperCase() + word.slice(1);
		})
		.join(' ');
}
