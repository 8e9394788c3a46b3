import { EVENT_VERSION, ORIGIN_PROPERTY, strongestProfileId, type KlaviyoEvent } from './contract';
import { eventIdOf } from './eventId';
import { isTrue } from './values';

/** What is known of an event; all else has a default. */
export interface EventParts
	extends Partial<
		Pick<
			KlaviyoEvent,
			| 'flow'
			| 'trigger_event'
			| 'list'
			| 'segment'
			| 'profile'
			| 'properties'
			| 'from_meiro'
			| 'is_test'
			| 'repaired'
			| 'raw'
			| 'error'
		>
	> {
	event_name: string;
	received_via: KlaviyoEvent['received_via'];
	account: string | null;
	/** When it happened. */
	time: Pick<KlaviyoEvent, 'event_time' | 'event_time_source'>;
	/** Tells it from another event of the same name, person, flow and step. */
	occurrence: string;
	/** The person in the event's id, when it is not the profile's strongest id. */
	profileId?: string | null;
}

/** The one place that writes an event of the contract. */
export function makeEvent(parts: EventParts): KlaviyoEvent {
	const { event_name, account, flow = null, profile = {}, properties = {} } = parts;
	return {
		event_id: eventIdOf({
			account,
			flowId: flow?.id ?? null,
			step: flow?.step ?? null,
			eventName: event_name,
			profileId: parts.profileId === undefined ? strongestProfileId(profile) : parts.profileId,
			occurrence: parts.occurrence,
		}),
		event_name,
		event_version: EVENT_VERSION,
		...parts.time,
		received_via: parts.received_via,
		account,
		flow,
		trigger_event: parts.trigger_event ?? null,
		list: parts.list ?? null,
		segment: parts.segment ?? null,
		profile,
		properties,
		from_meiro: parts.from_meiro ?? isTrue(properties[ORIGIN_PROPERTY]),
		is_test: parts.is_test ?? false,
		...(parts.repaired === undefined ? {} : { repaired: parts.repaired }),
		...(parts.raw === undefined ? {} : { raw: parts.raw }),
		...(parts.error === undefined ? {} : { error: parts.error }),
	};
}
