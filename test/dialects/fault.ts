import type { Way } from './play';

export const FAULTS = [
	'lost',
	'merged',
	'wrong person',
	'wrong time',
	'doubled',
	'told as delivered but not stored',
] as const;

/** Why an event is not stored that shares its name, person and second with another. */
export const SAME_SECOND = 'another has its name, person and second';
export const NO_SUCH_SOURCE = 'an event to a source that there is none of';

export type FaultKind = (typeof FAULTS)[number];

export interface Fault {
	kind: FaultKind;
	body: string;
	way: Way;
	isCompleted: boolean;
	/** Whether the event's sender gave it an id that the body carries. */
	hasSendersId: boolean;
	what: string;
	/** Of what is doubled: under how many event_id, and whether only the receipt tells the time of one of them. */
	copies?: { eventIds: number; isDatedByReceipt: boolean };
}
