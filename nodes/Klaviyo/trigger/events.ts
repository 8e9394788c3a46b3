import type { IDataObject } from 'n8n-workflow';

import type { KlaviyoEvent } from '../../shared/event/contract';
import type { RequestHeaders } from './door/authenticate';
import { normalise, unreadableEvent, type NormaliseSettings } from '../normalise/flowDelivery';
import { normaliseSystemDelivery } from '../normalise/systemDelivery';
import { isObject } from '../../shared/event/values';
import type { ReadBody } from './body/readBody';

const FLOW_ID_HEADER = 'x-klaviyo-flow-id';
const SYSTEM_SIGNATURE_HEADER = 'klaviyo-signature';

/** All events of one delivery. A body that could not be read gives one event that says why and keeps it. */
export function eventsOf(
	body: ReadBody,
	headers: RequestHeaders,
	receivedAt: string,
	settings: NormaliseSettings,
): KlaviyoEvent[] {
	const flowIdHeader = headers[FLOW_ID_HEADER];
	const flowId = typeof flowIdHeader === 'string' && flowIdHeader !== '' ? flowIdHeader : null;
	const isSigned = headers[SYSTEM_SIGNATURE_HEADER] !== undefined;
	const delivery = { raw: body.raw, flowId, receivedAt };

	if (!body.readable) {
		const event = unreadableEvent(delivery, body.error, settings);
		return [isSigned ? { ...event, received_via: 'system_webhook', flow: null } : event];
	}
	const { bodies, strays, repaired } = body;
	const events = bodies.flatMap((one) =>
		isSigned || isSystemEnvelope(one)
			? normaliseSystemDelivery(one, settings, receivedAt)
			: normalise({ ...delivery, body: one, repaired }, settings),
	);
	for (const raw of strays) {
		const error = 'This entry in a list of events is not an object with fields';
		events.push(unreadableEvent({ ...delivery, raw }, error, settings));
	}
	return events;
}

function isSystemEnvelope({ data, meta }: IDataObject): boolean {
	return Array.isArray(data) && isObject(meta) && meta.klaviyo_webhook_id !== undefined;
}
