// What arrived, held against what truly happened.
import type { IDataObject } from 'n8n-workflow';

import type { Truth } from './cast';
import type { Played, Told, Way } from './play';

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
	/** Of what is doubled: under how many event_id, and whether only the receipt tells the time. */
	copies?: { eventIds: number; isTimeKnown: boolean };
}

type Event = IDataObject & {
	profile: IDataObject;
	trigger_event: IDataObject | null;
};

export function faultsIn(played: Played): Fault[] {
	const { truths, told, elsewhere } = played;
	const faults = truths.flatMap((truth) => faultsOf(truth, played));
	if (elsewhere?.status === 'delivered') {
		const kind = 'told as delivered but not stored';
		faults.push({
			...about(played, null),
			kind,
			what: NO_SUCH_SOURCE,
		});
	}
	const refused = told.find(({ truth }) => truth === null);
	if (refused?.outcome.status === 'delivered') {
		const kind = 'told as delivered but not stored';
		faults.push({ ...about(played, null), kind, what: 'an event that Meiro refuses' });
	}
	return faults;
}

function faultsOf(truth: Truth, played: Played): Fault[] {
	const fault = (kind: FaultKind, what: string): Fault => ({ ...about(played, truth), kind, what });
	const unsent = played.unsent.get(truth);
	if (unsent !== undefined) return [fault('lost', unsent)];
	const stored = played.stored.filter((event) => isAbout(event as Event, truth)) as Event[];
	if (stored.length === 0) return [fault(...whyNotStored(truth, played.told))];
	const faults: Fault[] = [];
	if (stored.length > 1) {
		const ids = new Set(stored.map(({ event_id }) => event_id));
		const isTimeKnown = stored.some(({ event_time_source }) => event_time_source !== 'received');
		const copies = { eventIds: ids.size, isTimeKnown };
		faults.push({ ...fault('doubled', `${stored.length} times, ${ids.size} event_id`), copies });
	}
	for (const event of stored) {
		const stranger = strangerIn(event.profile, truth);
		if (stranger !== null) faults.push(fault('wrong person', stranger));
		const time = wrongTimeOf(event, truth);
		if (time !== null) faults.push(fault('wrong time', time));
	}
	return faults;
}

function about({ way, isCompleted }: Played, truth: Truth | null) {
	const hasSendersId = truth?.body.hasSendersId === true && Boolean(truth.entry.event?.unique_id);
	return { way, isCompleted, body: truth?.body.name ?? '', hasSendersId };
}

function isAbout(event: Event, { value, entry, body }: Truth): boolean {
	if (value !== undefined) {
		return event.trigger_event?.value === value || JSON.stringify(event).includes(String(value));
	}
	const flow = event.flow as { trigger_type?: string } | null;
	return flow?.trigger_type === body.startsFrom && isOf(event.profile, entry.profile);
}

function isOf(profile: IDataObject, { email, phone_number }: Truth['entry']['profile']): boolean {
	return (
		profile.email === (email ?? undefined) && profile.phone_number === (phone_number ?? undefined)
	);
}

/** An event that came and is nowhere: another took its place, or it is in truth not delivered. */
function whyNotStored(truth: Truth, told: Told[]): [FaultKind, string] {
	const own = told.filter((each) => each.truth === truth);
	if (own.length === 0) return ['lost', 'no item came out of the trigger'];
	const ids = new Set(own.map(({ item }) => item.event_id));
	if (told.some((each) => each.truth !== truth && ids.has(each.item.event_id))) {
		return ['merged', 'it has the event_id of another'];
	}
	const twin = told.find((each) => each.truth !== truth && own.some((one) => isTwin(one, each)));
	const yes = own.find(({ outcome }) =>
		['delivered', 'skipped', 'uploaded', 'done'].includes(String(outcome.status)),
	);
	if (yes) {
		const why = twin ? SAME_SECOND : JSON.stringify(yes.outcome);
		return ['told as delivered but not stored', why];
	}
	return ['lost', JSON.stringify(own[0]!.outcome)];
}

/** Two events that a key which is precise to seconds can't tell apart. */
function isTwin({ item: one }: Told, { item: other }: Told): boolean {
	return (
		one.event_name === other.event_name &&
		secondOf(one) === secondOf(other) &&
		isOf(other.profile as IDataObject, one.profile as never)
	);
}

const secondOf = ({ event_time }: IDataObject) => String(event_time).slice(0, 19);

function strangerIn(profile: IDataObject, { entry }: Truth): string | null {
	const person = entry.profile;
	const known = { ...person } as unknown as IDataObject;
	const ids = ['klaviyo_id', 'external_id', 'email', 'phone_number'];
	const wrong = ids.find((id) => profile[id] !== undefined && profile[id] !== known[id]);
	if (wrong !== undefined) return `${wrong} is ${String(profile[wrong])}`;
	return ids.some((id) => profile[id] !== undefined) ? null : 'it is of nobody';
}

function wrongTimeOf(event: Event, { happened, body }: Truth): string | null {
	const time = String(event.event_time);
	if (event.event_time_source === 'received') {
		return time === event.received_at ? null : `${time}, received at ${String(event.received_at)}`;
	}
	const isStep = event.event_time_source === 'step';
	if (isStep !== body.isSteps) return `the time of ${isStep ? 'a step' : 'the event'}`;
	const expected = new Date(happened + (isStep ? body.delayMs : 0)).toISOString();
	return time === expected ? null : `${time} in place of ${expected}`;
}
