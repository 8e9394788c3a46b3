import type { KlaviyoEvent } from '../../shared/event';
import type { RequestHeaders } from './authenticate';
import { normalise, unreadableEvent, type NormaliseSettings } from './normalise';
import type { ReadBody } from './read';

const FLOW_ID_HEADER = 'x-klaviyo-flow-id';

/** All events of one delivery. A body that could not be read gives one event that says why and keeps it. */
export function eventsOf(
	body: ReadBody,
	headers: RequestHeaders,
	receivedAt: string,
	settings: NormaliseSettings,
): KlaviyoEvent[] {
	const flowIdHeader = headers[FLOW_ID_HEADER];
	const delivery = {
		raw: body.raw,
		flowId: typeof flowIdHeader === 'string' && flowIdHeader !== '' ? flowIdHeader : null,
		receivedAt,
	};
	return body.readable
		? body.bodies.map((one) => normalise({ ...delivery, body: one }, settings))
		: [unreadableEvent(delivery, body.error, settings)];
}
