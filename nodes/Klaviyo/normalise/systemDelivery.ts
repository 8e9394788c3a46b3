import type { IDataObject } from 'n8n-workflow';

import type { KlaviyoEvent, Profile } from '../../shared/event/contract';
import { makeEvent } from '../../shared/event/makeEvent';
import { isObject, textOf, withoutAbsent } from '../../shared/event/values';
import { klaviyoEventParts, relatedId } from './apiResource';
import { eventNameOf } from './eventName';
import type { NormaliseSettings } from './flowDelivery';
import { metricOfSlug } from './metricNames';

/** 'event:klaviyo.sent_sms', and as the help centre prints it, 'event: sent sms'. */
const TOPIC = /^event:\s*(?:[^.\s]+\.\s*)?(\S.*)$/;
/** What the entries of one delivery share. */
interface Delivery {
	/** Of the Klaviyo account, as the envelope names it. */
	accountFound: string | null;
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
	const accountFound = textOf(meta.klaviyo_account_id) ?? null;
	const delivery = { accountFound, settings, receivedAt };
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
	/** The event as Get Event gives it. */
	resource: IDataObject;
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
	return { id, name, resource: { ...data, id }, source };
}

function eventOf({ name, resource, source }: Entry, delivery: Delivery): KlaviyoEvent {
	return makeEvent({
		...shared(delivery),
		...klaviyoEventParts(resource, metricOfSlug(name), delivery.settings.placeholders),
		event_name: eventNameOf([name], 'metric'),
		profile: withoutAbsent<Profile>({ klaviyo_id: relatedId(resource, 'profile') }),
		raw: delivery.settings.includeRaw ? JSON.stringify(source) : undefined,
	});
}

function malformed(source: unknown, error: string, delivery: Delivery): KlaviyoEvent {
	const raw = JSON.stringify(source) ?? '';
	return makeEvent({
		...shared(delivery),
		event_name: eventNameOf([delivery.settings.fallbackEventName], 'metric'),
		// What arrived is all that tells two unreadable entries apart.
		identity: { kind: 'step', occurrence: raw },
		raw,
		error,
	});
}

function shared({ accountFound, settings, receivedAt }: Delivery) {
	return {
		received_via: 'system_webhook' as const,
		received_at: receivedAt,
		accountLabel: settings.account,
		accountFound,
	};
}
