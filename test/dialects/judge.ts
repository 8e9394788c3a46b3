// What arrived, held against what truly happened.
import type { IDataObject } from 'n8n-workflow';

import { idsIn } from './bodies';
import type { Truth } from './cast';
import type { Dialects } from './combinations';
import { isTimeTold } from './expected';
import { NO_SUCH_SOURCE, SAME_SECOND, type Fault, type FaultKind } from './fault';
import type { Played, Stored, Told } from './play';

const HOUR_MS = 3_600_000;
/** A repeat comes within a day. */
const LATEST_MS = 25 * HOUR_MS;

export function faultsIn(played: Played, dialects: Dialects): Fault[] {
	const { truths, told, elsewhere } = played;
	const faults = truths.flatMap((truth) => faultsOf(truth, played, dialects));
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

function faultsOf(truth: Truth, played: Played, dialects: Dialects): Fault[] {
	const fault = (kind: FaultKind, what: string): Fault => ({ ...about(played, truth), kind, what });
	const unsent = played.unsent.get(truth);
	if (unsent !== undefined) return [fault('lost', unsent)];
	const stored = played.stored.filter(({ event }) => isAbout(event, truth));
	if (stored.length === 0) return [fault(...whyNotStored(truth, played.told))];
	const faults: Fault[] = [];
	if (stored.length > 1) {
		const ids = new Set(stored.map(({ event }) => event.event_id));
		const isDatedByReceipt = stored.some(({ event }) => event.event_time_source === 'received');
		const copies = { eventIds: ids.size, isDatedByReceipt };
		faults.push({ ...fault('doubled', `${stored.length} times, ${ids.size} event_id`), copies });
	}
	const isTold = isTimeTold(truth, dialects, played.isCompleted);
	for (const each of stored) {
		const stranger = strangerIn(each, truth, dialects);
		if (stranger !== null) faults.push(fault('wrong person', stranger));
		const time = wrongTimeOf(each, truth, isTold);
		if (time !== null) faults.push(fault('wrong time', time));
	}
	return faults;
}

function about({ way, isCompleted }: Played, truth: Truth | null) {
	const hasSendersId = truth?.body.carriesId === true && Boolean(truth.entry.event?.unique_id);
	return { way, isCompleted, body: truth?.body.name ?? '', hasSendersId };
}

/** By its value, which no other has; where there is none by the person, whom no other flow has. */
export function isAbout(event: IDataObject, { value, entry, body }: Truth): boolean {
	if (value !== undefined) return JSON.stringify(event).includes(String(value));
	const flow = event.flow as { trigger_type?: string } | null;
	if (flow?.trigger_type !== body.startsFrom) return false;
	const profile = event.profile as IDataObject;
	return Object.entries(idsOf(entry.profile)).some(([name, id]) => profile[name] === id);
}

const ID_NAMES = ['klaviyo_id', 'external_id', 'email', 'phone_number'] as const;

function idsOf(profile: Truth['entry']['profile']): Record<string, string> {
	return Object.fromEntries(
		ID_NAMES.flatMap((name) => (profile[name] ? [[name, profile[name]]] : [])),
	);
}

/** An event that came and is nowhere: another took its place, or it is in truth not delivered. */
function whyNotStored(truth: Truth, told: Told[]): [FaultKind, string] {
	const own = told.filter((each) => each.truth === truth);
	if (own.length === 0) return ['lost', 'no item came out of the trigger'];
	const others = told.filter((each) => each.truth !== null && each.truth !== truth);
	const ids = new Set(own.map(({ item }) => item.event_id));
	const inItsPlace = others.find(({ item }) => ids.has(item.event_id));
	if (inItsPlace) {
		const isTwin =
			isTwinOf(truth, inItsPlace.truth!) && truth.happened === inItsPlace.truth!.happened;
		return ['merged', isTwin ? SAME_SECOND : 'it has the event_id of another'];
	}
	const yes = own.find(({ outcome }) =>
		['delivered', 'skipped', 'uploaded', 'done'].includes(String(outcome.status)),
	);
	if (!yes) return ['lost', JSON.stringify(own[0]!.outcome)];
	const twin = others.find(
		(each) =>
			isTwinOf(truth, each.truth!) &&
			own.some(({ item }) => secondOf(item) === secondOf(each.item)),
	);
	const why = twin ? SAME_SECOND : JSON.stringify(yes.outcome);
	return ['told as delivered but not stored', why];
}

/** Two that a key of type, person and second can't tell apart when they fall into one second. */
function isTwinOf(one: Truth, other: Truth): boolean {
	return (
		one.body.eventName === other.body.eventName &&
		one.entry.profile.klaviyo_id === other.entry.profile.klaviyo_id
	);
}

const secondOf = ({ event_time }: IDataObject) => String(event_time).slice(0, 19);

/** Of the ids that the body prints, each has to be there and the person's, and none of anybody else. */
function strangerIn(
	{ event, who }: Stored,
	{ entry, body }: Truth,
	{ klaviyo }: Dialects,
): string | null {
	const profile = event.profile as IDataObject;
	const ids = idsOf(entry.profile);
	const wrong = ID_NAMES.find((id) => profile[id] !== undefined && profile[id] !== ids[id]);
	if (wrong !== undefined) return `${wrong} is ${String(profile[wrong])}`;
	const isUnknown = body.startsFrom === 'date' && klaviyo.klaviyoIdInDateFlows === 'empty';
	const lacks = idsIn(body).find(
		(id) =>
			ids[id] !== undefined && profile[id] === undefined && !(id === 'klaviyo_id' && isUnknown),
	);
	if (lacks !== undefined) return `it lacks the ${lacks}`;
	if (who === null) return null;
	if (who.length === 0) return 'Meiro is told nobody';
	// The CDP documents phone numbers as digits alone.
	const right = [...Object.values(ids), ids.phone_number?.slice(1)];
	const stranger = who.find((id) => !right.includes(id));
	return stranger === undefined ? null : `Meiro is told ${stranger}`;
}

function wrongTimeOf({ event, at }: Stored, truth: Truth, isTold: boolean): string | null {
	const time = String(event.event_time);
	if (at !== null && at.slice(0, 19).replace(' ', 'T') !== time.slice(0, 19)) {
		return `Meiro is told ${at} of ${time}`;
	}
	const { happened, body } = truth;
	const due = happened + body.delayMs;
	if (event.event_time_source === 'received') {
		if (isTold) return 'the receipt, though its own is told';
		if (time !== event.received_at) return `${time}, received at ${String(event.received_at)}`;
		const late = Date.parse(time) - due;
		return late >= 0 && late < LATEST_MS ? null : `received at ${time}, which it was not`;
	}
	const isStep = event.event_time_source === 'step';
	if (isStep !== body.isSteps) return `the time of ${isStep ? 'a step' : 'the event'}`;
	const expected = new Date(isStep ? due : happened).toISOString();
	return time === expected ? null : `${time} in place of ${expected}`;
}
