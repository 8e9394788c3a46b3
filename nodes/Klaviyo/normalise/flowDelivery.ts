import type { IDataObject } from 'n8n-workflow';

import type { KlaviyoEvent } from '../../shared/event/contract';
import { makeEvent } from '../../shared/event/makeEvent';
import { cleanObject } from './clean';
import { eventNameOf, toSnakeCase } from './eventName';
import { referenceOf, triggerEventOf, triggerTypeOf, whenItHappened } from './facts';
import { profileOf } from './profile';
import { sortFields } from './sortFields';
import { parseDay, parseDelay } from '../../shared/event/time';
import { isTrue, textOf } from '../../shared/event/values';

/** One delivery of a flow webhook, read but not yet understood. */
export interface FlowDelivery {
	body: IDataObject;
	/** The body's text, for events that keep it. */
	raw: string;
	/** From the header X-Klaviyo-Flow-ID. */
	flowId: string | null;
	/** ISO 8601 UTC. */
	receivedAt: string;
	/** The body's text was no JSON and had to be mended. */
	repaired?: boolean;
}

export interface NormaliseSettings {
	account: string | null;
	/** For bodies that say neither event_name nor metric; '' leaves the choice to the flow's kind. */
	fallbackEventName: string;
	includeRaw: boolean;
	/** The user's own texts that stand for no ID, in lower case and trimmed. */
	placeholders?: ReadonlySet<string>;
}

/** Makes the event of one flow webhook delivery. Pure: the same delivery gives the same event. */
export function normalise(delivery: FlowDelivery, settings: NormaliseSettings): KlaviyoEvent {
	const fields = sortFields(cleanObject(delivery.body), settings.placeholders);
	const { facts, properties } = fields;

	const list = referenceOf(facts.list, facts.list_id, facts.list_name);
	const segment = referenceOf(facts.segment, facts.segment_id, facts.segment_name);
	const flow = referenceOf(facts.flow, delivery.flowId ?? facts.flow_id);
	const triggerEvent = triggerEventOf(fields);
	const saidName = textOf(facts.event_name);
	const ownName = saidName === undefined ? undefined : toSnakeCase(saidName);
	const triggerType = triggerTypeOf(textOf(facts.trigger_type), {
		triggerEvent,
		list,
		segment,
		name: ownName,
	});
	const eventName = eventNameOf(
		[ownName, triggerEvent?.metric, settings.fallbackEventName, flow?.name],
		triggerType,
	);
	const profile = profileOf(fields);
	const step = textOf(facts.step) ?? null;
	const day = parseDay(facts.day);
	// A delay moves only what the body itself names; the metric's event happened when it happened.
	const isOwnEvent = ownName !== undefined && ownName !== toSnakeCase(triggerEvent?.metric ?? '');

	return makeEvent({
		event_name: eventName,
		received_via: 'flow_webhook',
		account: settings.account,
		time: whenItHappened({
			time: triggerEvent?.time,
			delayMs: isOwnEvent ? parseDelay(facts.delay) : undefined,
			day,
			receivedAt: delivery.receivedAt,
		}),
		occurrence: triggerEvent?.id ?? triggerEvent?.time ?? day ?? delivery.receivedAt.slice(0, 10),
		flow: { id: flow?.id ?? null, step, trigger_type: triggerType },
		trigger_event: triggerEvent,
		list,
		segment,
		profile,
		properties,
		is_test: isTrue(facts.is_test),
		repaired: delivery.repaired ? true : undefined,
		raw: settings.includeRaw ? delivery.raw : undefined,
	});
}

/** The event of a delivery whose body could not be read: kept whole, so that nothing is lost. */
export function unreadableEvent(
	{ raw, flowId, receivedAt }: Omit<FlowDelivery, 'body'>,
	error: string,
	settings: NormaliseSettings,
): KlaviyoEvent {
	return makeEvent({
		event_name: eventNameOf([settings.fallbackEventName], 'unknown'),
		received_via: 'flow_webhook',
		account: settings.account,
		time: whenItHappened({ receivedAt }),
		// The bytes are all that tells two unreadable deliveries apart.
		occurrence: raw,
		flow: { id: flowId, step: null, trigger_type: 'unknown' },
		raw,
		error,
	});
}
