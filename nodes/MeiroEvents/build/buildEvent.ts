import type { IDataObject } from 'n8n-workflow';

import { PROFILE_ID_FIELDS } from '../../shared/event/contract';
import { identify, type Hashing, type IdentitySettings } from './identify';
import { isWellFormed, problemIn } from './sendable';
import { shapeOf, withoutPaths, type ShapeSettings } from './shape';
import { isObject, takeEvent, textOf, type Subject, type TakeSettings } from './take';

/** An event that Meiro can take. */
export interface OutgoingEvent {
	/** Path segment of a Meiro Events webhook source, or slug of a Meiro Pipes source. */
	source: string;
	event_id: string;
	event_name: string;
	/** ISO 8601. */
	event_time: string;
	/** Events with the same key are sent in the order they came in; null where order says nothing. */
	order_key: string | null;
	/** Meiro Pipes' identifiers, strongest first; null for an event that is about nobody. */
	identifiers: Array<{ typeId: string; value: string }> | null;
	/** What is sent: the occurrence time, ids and event id inside it, at paths that stay. */
	payload: IDataObject;
}

/** An item on its way out: an event, or the reason why there is none. */
export type Draft = ReadyDraft | UnsentDraft;

export interface ReadyDraft {
	status: 'ready';
	event: OutgoingEvent;
	hashings?: Hashing[];
}

export interface UnsentDraft {
	status: 'rejected' | 'skipped' | 'failed';
	reason: string;
	event_id: string | null;
	event_name: string | null;
}

/** What the user chose for one item. */
export interface BuildSettings extends TakeSettings {
	source: string;
	testEvents: 'deliver' | 'validate' | 'drop';
	/** Names in Meiro by the names that items carry. */
	rename: Map<string, string>;
	/** Paths that never leave n8n. */
	redact: string[][];
	identity: IdentitySettings;
	shape: ShapeSettings;
}

/** Date.parse alone would find a date in 'order 12', too. */
const ISO_DATE = /^\d{4}-\d{2}-\d{2}(T|$)/;

/** Makes the outgoing event of one item, or says why there is none. Pure. */
export function buildEvent(json: IDataObject, settings: BuildSettings): Draft {
	const taken = takeEvent(json, settings);
	const eventId = textOf(taken.event_id);
	const givenName = textOf(taken.event_name);
	const eventName =
		givenName === undefined ? undefined : (settings.rename.get(givenName) ?? givenName);
	const unsent = (status: UnsentDraft['status'], reason: string): UnsentDraft => ({
		status,
		reason,
		event_id: eventId ?? null,
		event_name: eventName ?? null,
	});
	if (taken.is_test === true && settings.testEvents === 'drop') {
		return unsent('skipped', "A test event. Set 'Test Events' to Deliver to send it.");
	}

	const source = sourceOf(settings.source);
	const reason =
		unreadable(json, settings) ??
		faultOfSource(source, settings.source) ??
		faultOfItem(taken, settings) ??
		faultOfName(eventName, settings) ??
		faultOfId(eventId, settings) ??
		faultOfTime(taken.event_time) ??
		faultOfSubject(settings.subject) ??
		faultOfOwnIdentifiers(settings.identity);
	if (reason !== null) return unsent('rejected', reason);

	const left = withoutPaths(taken, settings.redact);
	const { event, identifiers, orderKey, hashings } = identify(left, settings.identity);
	const isAboutPerson = settings.subject.kind === 'person';
	if (isAboutPerson && orderKey === null) return unsent('rejected', noIdentity(left));

	if (taken.is_test === true && settings.testEvents === 'validate') {
		return unsent(
			'skipped',
			"A valid test event, which was not sent. Set 'Test Events' to Deliver to send it.",
		);
	}
	return {
		status: 'ready',
		event: {
			source,
			event_id: eventId!,
			event_name: eventName!,
			event_time: textOf(taken.event_time)!,
			order_key: isAboutPerson ? orderKey : `subject:${JSON.stringify(taken.subject)}`,
			identifiers: isAboutPerson ? identifiers : null,
			payload: shapeOf(
				eventName === givenName ? event : { ...event, event_name: eventName },
				settings.shape,
			),
		},
		...(hashings.length === 0 ? {} : { hashings }),
	};
}

function unreadable(json: IDataObject, { mapped }: BuildSettings): string | null {
	return mapped === null && typeof json.error === 'string' && 'raw' in json
		? `The delivery could not be read: ${json.error}`
		: null;
}

function sourceOf(given: string): string {
	return given.trim().replace(/^\/+|\/+$/g, '');
}

function faultOfSource(source: string, given: string): string | null {
	if (source === '') {
		return "'Source' is empty. Enter the name of the Meiro source as Meiro shows it, e.g. klaviyo.";
	}
	if (/(^|\/)\.{1,2}(\/|$)/.test(source) || !isWellFormed(source)) {
		return `'Source' is not a name: ${JSON.stringify(given)}. Enter the name of the Meiro source as Meiro shows it, e.g. klaviyo.`;
	}
	return null;
}

function faultOfItem(taken: IDataObject, { mapped, what }: BuildSettings): string | null {
	const problem = problemIn(taken);
	if (problem === null) return null;
	const parameter =
		mapped === null ? 'Event Fields' : what === 'profile' ? 'Attributes' : 'Properties';
	return `The event ${problem} ('${parameter}').`;
}

function faultOfName(eventName: string | undefined, { mapped }: BuildSettings): string | null {
	if (eventName === undefined) {
		return mapped === null
			? noEvent('event_name')
			: "'Event Name' is empty. Enter a name or an expression, e.g. order_placed.";
	}
	return isWellFormed(eventName)
		? null
		: "'Event Name' or 'Rename Events' holds half an emoji, which no address can carry. Was a text cut off?";
}

function faultOfOwnIdentifiers({ own }: IdentitySettings): string | null {
	return own.every(({ name, typeId, value }) => isWellFormed(`${name} ${typeId} ${value}`))
		? null
		: "'Own Identifiers' holds half an emoji. Was a text cut off?";
}

function faultOfId(eventId: string | undefined, { mapped }: BuildSettings): string | null {
	return eventId === undefined && mapped === null ? noEvent('event_id') : null;
}

function noEvent(key: string): string {
	return `The item has no '${key}', so it is not an event of a Klaviyo trigger. Set 'Event Fields' to Map Each Field Below.`;
}

function faultOfTime(value: unknown): string | null {
	const time = textOf(value);
	return time !== undefined && ISO_DATE.test(time) && !Number.isNaN(Date.parse(time))
		? null
		: `'Event Time' is not a date: '${String(value ?? '')}'. Use ISO 8601, e.g. 2031-02-03T04:05:06Z.`;
}

function faultOfSubject(subject: Subject): string | null {
	return subject.kind === 'none' && subject.id.trim() === ''
		? "'Subject ID' is empty. With 'Subject' None an event needs the ID of the thing it is about, e.g. of the campaign."
		: null;
}

function noIdentity({ profile }: IDataObject): string {
	const phone = isObject(profile) ? textOf(profile.phone_number) : undefined;
	if (phone !== undefined) {
		return "No identity: the only one is a phone number without a country code, and 'Hash Email and Phone Number' needs one, e.g. +420600000001.";
	}
	return `No identity: none of ${PROFILE_ID_FIELDS.join(', ')} is filled in, so Meiro could not tie the event to a person. Map one of them under 'Profile Fields', or set 'Subject' to None.`;
}
