import { createHash } from 'node:crypto';
import type { Answer } from './answering';
import { cutInstant, toInstant, type TimePrecision } from './isoTime';
import { isJsonObject, refuse, toJsonText } from './json';
import type { CheckPayload } from './payloadSchemas';
import type { Reading } from './reading';
import type { NewEvent } from './store';
import type { Assumptions } from './types';

export interface CollectRules {
	pipesSources?: string[];
	eventTypes?: string[];
	checkPayload?: CheckPayload;
	assumptions: Pick<
		Assumptions,
		'unknownSourceStatus' | 'collectRefusesWhole' | 'pipesIdentifiers' | 'pipesTimePrecision'
	>;
}

interface Identifier {
	typeId: string;
	value: string;
}

interface Envelope {
	event_type: string;
	event_time: string;
	/** Optional: an event type may find its identifiers in the payload by rules of its own. */
	identifiers?: Identifier[];
	event_payload: Record<string, unknown>;
}

/**
 * Reads `POST /collect/<slug>`: one envelope or an array of them. Collecting, transforming and
 * validating are synchronous, so a malformed event is known before the answer
 * (https://meiro.io/product/architecture).
 * Throws HttpError 404 for an unknown slug, 400 when the body holds no event at all.
 */
export function readCollect(slug: string, body: unknown, rules: CollectRules): Reading {
	if (rules.pipesSources && !rules.pipesSources.includes(slug)) {
		if (rules.assumptions.unknownSourceStatus === 200) return { accepted: [], errors: [] };
		refuse(404, `Unknown source '${slug}'`);
	}
	const events: unknown[] = Array.isArray(body) ? body : [body];
	if (events.length === 0) refuse(400, 'The array holds no event');

	const reading: Reading = { accepted: [], errors: [] };
	events.forEach((value, index) => {
		const problem = findProblem(value, rules.eventTypes);
		if (problem !== null) {
			reading.errors.push({ index, message: problem });
			return;
		}
		const envelope = value as Envelope;
		const errors = rules.checkPayload?.(envelope.event_type, envelope.event_payload) ?? [];
		if (errors.length > 0) {
			const message = `event_payload does not fit the schema of '${envelope.event_type}'`;
			reading.errors.push({ index, message, errors });
		} else {
			reading.accepted.push({ index, event: toNewEvent(slug, envelope, rules.assumptions) });
		}
	});
	const isRefused = reading.errors.length > 0 && rules.assumptions.collectRefusesWhole !== 'no';
	return isRefused ? { ...reading, accepted: [] } : reading;
}

type AnswerAssumptions = Pick<
	Assumptions,
	'collectAnswer' | 'collectRefusesWhole' | 'collectPartialStatus' | 'collectRejectedStatus'
>;

/**
 * The answer to a collect request. Assumed, as Meiro documents neither statuses nor bodies: 400 when
 * nothing was accepted, otherwise 2xx with an `errors` array beside the count. A clean answer has no
 * `errors` at all; a payload that its schema rejects lists its fields, as `{ path, message }`. Duplicates count as accepted because they are skipped silently.
 */
export function collectAnswer(
	{ accepted, errors }: Reading,
	assumptions: AnswerAssumptions,
): Answer {
	if (errors.length === 0) {
		return assumptions.collectAnswer ?? { status: 200, body: { accepted: accepted.length } };
	}
	if (assumptions.collectRefusesWhole === 'unnamed') {
		return { status: assumptions.collectRejectedStatus, body: { message: errors[0]?.message } };
	}
	const isPartial = accepted.length > 0;
	return {
		status: isPartial ? assumptions.collectPartialStatus : assumptions.collectRejectedStatus,
		body: { accepted: accepted.length, errors },
	};
}

/** What is wrong with one envelope, in a sentence; null when nothing is. */
export function findProblem(value: unknown, eventTypes?: string[]): string | null {
	if (!isJsonObject(value)) return 'An event must be a JSON object';
	const { event_type: type, event_time: time, event_payload: payload, identifiers } = value;
	if (typeof type !== 'string' || type === '') return 'event_type must be a non-empty string';
	if (eventTypes && !eventTypes.includes(type)) return `Unknown event_type '${type}'`;
	if (typeof time !== 'string' || toInstant(time) === null) {
		return 'event_time must be an ISO 8601 date and time with an offset';
	}
	if (!isJsonObject(payload)) return 'event_payload must be a JSON object';
	if (identifiers === undefined) return null;
	if (!Array.isArray(identifiers)) return 'identifiers must be an array';
	const malformed = identifiers.findIndex((identifier) => !isIdentifier(identifier));
	return malformed < 0
		? null
		: `identifiers[${malformed}] must have a non-empty string typeId and a non-empty string value`;
}

function isIdentifier(value: unknown): value is Identifier {
	if (!isJsonObject(value)) return false;
	return [value.typeId, value.value].every((part) => typeof part === 'string' && part !== '');
}

/** Paths of `event_payload` by which rules find a person, as the trigger's items have them. */
const RULES: Record<string, string> = {
	email: 'email',
	phone: 'phone_number',
	customer_id: 'external_id',
	klaviyo_id: 'klaviyo_id',
};

function identifiedByRules({ event_payload }: Pick<Envelope, 'event_payload'>): Identifier[] {
	const { profile } = event_payload;
	if (!isJsonObject(profile)) return [];
	return Object.entries(RULES).flatMap(([typeId, path]) => {
		const value = profile[path];
		return typeof value === 'string' && value !== '' ? [{ typeId, value }] : [];
	});
}

/** Whom an event is about, as Pipes finds it out. */
export function identifiersOf(
	envelope: Pick<Envelope, 'identifiers' | 'event_payload'>,
	{ pipesIdentifiers }: Pick<Assumptions, 'pipesIdentifiers'>,
): Identifier[] {
	return pipesIdentifiers === 'rules' ? identifiedByRules(envelope) : (envelope.identifiers ?? []);
}

function toNewEvent(
	slug: string,
	envelope: Envelope,
	assumptions: CollectRules['assumptions'],
): NewEvent {
	const found = identifiersOf(envelope, assumptions);
	return {
		product: 'meiro_pipes',
		source: slug,
		type: envelope.event_type,
		time: envelope.event_time,
		payload: toJsonText(envelope),
		dedupKey: dedupKey({ ...envelope, identifiers: found }, assumptions.pipesTimePrecision),
	};
}

/**
 * The key by which Pipes knows an event again: type, time and the set of its identifiers, nothing
 * else (https://meiro.io/product/architecture). Assumed: the source does not matter. An event without
 * identifiers has type and time alone: whoever it is about, the second of one instant is dropped.
 */
export function dedupKey(envelope: Envelope, precision: TimePrecision): string {
	const who = (envelope.identifiers ?? []).map(({ typeId, value }) =>
		JSON.stringify([typeId, value]),
	);
	const time = cutInstant(toInstant(envelope.event_time) ?? '', precision);
	const content = [envelope.event_type, time, [...new Set(who)].sort()];
	return createHash('sha256').update(toJsonText(content)).digest('base64');
}
