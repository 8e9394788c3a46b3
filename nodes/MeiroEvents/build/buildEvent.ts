import type { IDataObject } from 'n8n-workflow';

import { PROFILE_ID_FIELDS } from '../../shared/event/contract';
import { isObject, textOf } from '../../shared/event/values';
import { instantOf, wireTimeOf } from './eventTime';
import { identify, type Hashing, type IdentitySettings } from './identify';
import { isWellFormed, problemIn, withoutNul } from './sendable';
import { shapeOf, withoutPaths, type ShapeSettings } from './shape';
import { takeEvent, type TakenEvent, type TakeSettings } from './take';

/** An event that Meiro can take, whichever of its doors it goes through. */
export interface OutgoingEvent {
	/** Path segment of a Meiro Events webhook source, slug of a Meiro Pipes source, or data source of the CDP. */
	source: string;
	event_id: string;
	event_name: string;
	/** Version of the event's shape, as the item says it. */
	event_version: string;
	/** YYYY-MM-DDTHH:MM:SS.ffffffZ by which Meiro tells events apart, see `wireTimeOf`; the payload keeps the true time. */
	event_time: string;
	/** Events with the same key are sent in the order they came in; null where order says nothing. */
	order_key: string | null;
	/** Meiro Pipes' identifiers, strongest first; null for an event that is about nobody. */
	identifiers: Array<{ typeId: string; value: string }> | null;
	/** The strongest of all ids, for the CDP; null for an event that is about nobody. */
	user_identifier: string | null;
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
	/** Paths that never leave n8n. */
	redact: string[][];
	identity: IdentitySettings;
	shape: ShapeSettings;
	/** What the person at the node can do about an event of nobody. */
	identityHint: string;
}

/** Makes the outgoing event of one item, or says why there is none. Pure. */
export function buildEvent(json: IDataObject, settings: BuildSettings): Draft {
	let hasNul = false;
	let taken = takeEvent(json, settings);
	let problem = problemIn(taken.event, () => (hasNul = true));
	if (hasNul && problem === null) {
		taken = withoutNul(taken) as TakenEvent;
		problem = problemIn(taken.event);
	}
	const eventId = textOf(taken.id);
	const eventName = textOf(taken.name);
	const time = textOf(taken.time);
	const instant = time === undefined ? null : instantOf(time.trim(), settings.timezone);
	const unsent = (status: UnsentDraft['status'], reason: string): UnsentDraft => ({
		status,
		reason,
		event_id: eventId ?? null,
		event_name: eventName ?? null,
	});
	const isTest = taken.event.is_test === true;
	if (isTest && settings.testEvents === 'drop') {
		return unsent('skipped', "A test event. Set 'Test Events' to Deliver to send it.");
	}

	const source = sourceOf(settings.source);
	const reason =
		unreadable(json, settings) ??
		faultOfSource(source, settings.source) ??
		(problem === null ? null : `The event ${problem} ('${parameterOf(settings)}').`) ??
		faultOfName(eventName, settings) ??
		faultOfId(eventId, settings) ??
		(instant === null ? noTime(taken.time) : null) ??
		faultOfOwnIdentifiers(settings.identity);
	if (reason !== null) return unsent('rejected', reason);

	const left = withoutPaths(taken.event, settings.redact);
	const { event, identifiers, orderKey, userIdentifier, hashings } = identify(
		left,
		settings.identity,
		taken.userIdentifier,
	);
	const isAboutPerson = settings.subject.kind === 'person';
	if (isAboutPerson && orderKey === null) {
		return unsent('rejected', noIdentity(left, taken.userIdentifier, settings));
	}

	if (isTest && settings.testEvents === 'validate') {
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
			event_version: String(taken.version),
			event_time: wireTimeOf(instant!, eventId!),
			order_key: isAboutPerson ? orderKey : `subject:${JSON.stringify(taken.event.subject)}`,
			identifiers: isAboutPerson ? identifiers : null,
			user_identifier: isAboutPerson ? userIdentifier : null,
			payload: shapeOf(event, settings.shape),
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
	if (/:\/\/|\w\?event_name=/.test(source)) {
		return `'Source' holds an address: ${JSON.stringify(given)}. Enter the name of the source alone, e.g. klaviyo, and the address under 'Base URL' of the credential.`;
	}
	return null;
}

/** The parameter that the event comes from. */
function parameterOf({ mapped, what }: BuildSettings): string {
	if (mapped === null) return 'Event Fields';
	if ('payload' in mapped) return 'Payload';
	return what === 'profile' ? 'Attributes' : 'Properties';
}

function faultOfName(eventName: string | undefined, { mapped }: BuildSettings): string | null {
	if (eventName === undefined) {
		return mapped === null
			? noEvent('event_name')
			: "'Event Name' is empty. Enter a name or an expression, e.g. order_placed.";
	}
	return isWellFormed(eventName)
		? null
		: "'Event Name' holds half an emoji, which no address can carry. Was a text cut off?";
}

function faultOfOwnIdentifiers({ own }: IdentitySettings): string | null {
	return own.every(({ name, value }) => isWellFormed(`${name} ${value}`))
		? null
		: "'Own Identifiers' holds half an emoji. Was a text cut off?";
}

function faultOfId(eventId: string | undefined, { mapped }: BuildSettings): string | null {
	return eventId === undefined && mapped === null ? noEvent('event_id') : null;
}

function noEvent(key: string): string {
	return `The item has no '${key}', so it is not an event of a Klaviyo trigger. Set 'Event Fields' to Map Each Field Below.`;
}

function noTime(value: unknown): string {
	return `'Event Time' is not a date: '${String(value ?? '')}'. Use ISO 8601, e.g. 2031-02-03T04:05:06Z.`;
}

function noIdentity(
	{ profile }: IDataObject,
	userIdentifier: string | null,
	{ identityHint }: BuildSettings,
): string {
	const isGiven =
		userIdentifier !== null ||
		(isObject(profile) && PROFILE_ID_FIELDS.some((field) => textOf(profile[field]) !== undefined));
	const why = isGiven
		? 'No identity: what is there names nobody for certain: a placeholder, no whole email address, or a phone number that is not like +420600000001.'
		: `No identity: none of ${PROFILE_ID_FIELDS.join(', ')} is filled in, so Meiro could not tie the event to a person.`;
	return `${why} ${identityHint}`;
}
