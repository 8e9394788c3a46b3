import type { IDataObject } from 'n8n-workflow';

import { mayHaveLostBackslashes } from '../../normalise/blob';
import { MAX_DEPTH, parseJson, surveyJson } from '../../../shared/event/jsonText';
import { FACTS, plainKey, TOP_LEVEL_PROFILE } from '../../normalise/keys';
import { MAX_MENDED_LENGTH, repairJson } from './repair';
import { isObject } from '../../../shared/event/values';

/** Klaviyo sends at most 1,000 at once; what holds many times more would keep all other deliveries waiting. */
const MAX_EVENTS = 10_000;

/** A body that could be read: one object per event. */
export type ReadBody =
	| {
			readable: true;
			bodies: IDataObject[];
			/** Entries of a list of events that are no objects, as JSON. */
			strays: string[];
			raw: string;
			/** The text was no JSON and had to be mended first, or can be read in two ways. */
			repaired: boolean;
	  }
	| { readable: false; error: string; raw: string };

/** The part of n8n's request that the bytes come from. */
export interface BodySource {
	headers: { 'content-type'?: string };
	/** Set by n8n for the content types that it parses itself. */
	rawBody?: Buffer;
	/** Reads the bytes, gunzipped; rejects when they are too many, cut off or no gzip. */
	readRawBody(): Promise<void>;
}

/** A body as it came: nothing has looked into it. */
export interface ReceivedBody {
	bytes: Buffer;
	contentType: string;
	/** Why there are no bytes. */
	error?: string;
}

/** Fetches the bytes of a delivery. Never throws: what can't be had is told. */
export async function receiveBody(request: BodySource): Promise<ReceivedBody> {
	const contentType = request.headers['content-type'] ?? '';
	try {
		// n8n reads only the content types that it parses; for all others the bytes still wait in the socket.
		if (!request.rawBody) await request.readRawBody();
	} catch (error) {
		const reason = `The body could not be received: ${(error as Error).message}`;
		return { bytes: Buffer.alloc(0), contentType, error: reason };
	}
	return { bytes: request.rawBody ?? Buffer.alloc(0), contentType };
}

/** Reads what was received from somebody who is let in. Never throws: what can't be read is told. */
export function readBody({ bytes, contentType, error }: ReceivedBody): ReadBody {
	return error === undefined ? parseBody(decode(bytes), contentType) : unreadable(error, '');
}

/** Reads the text of a body: JSON whatever the content type says, JSON that has to be mended, or a form. */
export function parseBody(text: string, contentType: string): ReadBody {
	if (text.trim() === '') return unreadable('The body is empty', text);
	const saysForm = contentType.toLowerCase().startsWith('application/x-www-form-urlencoded');
	if (!saysForm || !FORM_START.test(text)) return parseText(text, text);

	const fields = formFields(text);
	const json = onlyJsonIn(fields);
	if (json !== undefined) return parseText(json, text);
	return Object.entries(fields).some(isFilledIn)
		? readable(fields, text, false)
		: unreadable(
				'The body says that it is a form, but has no filled-in field such as email=ana%40shop.example',
				text,
			);
}

/** What begins otherwise is JSON or a web page, whatever the content type says. */
const FORM_START = /^\s*[^\s{["'<]/;
const FORM_FIELD = /^[\p{L}\p{N}_$][\p{L}\p{N}_$ .:[\]-]{0,199}$/u;

/** A field that comes several times is a list. */
function formFields(text: string): IDataObject {
	const fields = new Map<string, string[]>();
	for (const [key, given] of new URLSearchParams(text)) {
		const value = withPlus(key, given);
		const known = fields.get(key);
		if (known === undefined) fields.set(key, [value]);
		else known.push(value);
	}
	return Object.fromEntries(
		[...fields].map(([key, values]) => [key, values.length === 1 ? values[0] : values]),
	);
}

/** The blank in 2031-02-03T05:05:06 01:00, and none of those in 2031-02-03 05:05. */
const BLANK_BEFORE_OFFSET = /(?<=[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?) (?=\d\d(?::?\d\d)?$)/;

/** A plus sign that was sent as it is comes out of a form as a blank. Base64, times, phone numbers and addresses mean the sign. */
function withPlus(key: string, value: string): string {
	if (key.endsWith('_base64')) return value.replaceAll(' ', '+');
	const plain = plainKey(key);
	if (FACTS.get(plain) === 'trigger_event_time') return value.replace(BLANK_BEFORE_OFFSET, '+');
	switch (TOP_LEVEL_PROFILE.get(plain)) {
		case 'phone_number':
			return value.replace(/^ (?=[1-9])/, '+');
		case 'email':
			return value.trim().replaceAll(' ', '+');
		default:
			return value;
	}
}

/** A whole body as the form's only field, or as its value: `payload={…}`. */
function onlyJsonIn(fields: IDataObject): string | undefined {
	const [first, ...others] = Object.entries(fields);
	if (first === undefined || others.length > 0) return undefined;
	const [key, value] = first;
	return [key, value].find(
		(text): text is string => typeof text === 'string' && /^\s*[{[]/.test(text),
	);
}

/** What ends in = alone is text in base64 rather than a field. */
function isFilledIn([key, value]: [string, unknown]): boolean {
	return FORM_FIELD.test(key) && /[^=,]/.test(String(value));
}

function parseText(text: string, raw: string): ReadBody {
	const survey = surveyJson(text);
	if (survey.depth > MAX_DEPTH) {
		return unreadable(`The body is nested deeper than ${MAX_DEPTH} levels`, raw);
	}

	try {
		return readable(parseJson(text, survey), raw, mayHaveLostBackslashes(text));
	} catch (error) {
		const value = repairJson(text);
		return value === undefined
			? unreadable(
					`The body is not valid JSON and ${whyNotRepaired(text)}: ${(error as Error).message}`,
					raw,
				)
			: readable(value, raw, true);
	}
}

function whyNotRepaired({ length }: string): string {
	return length > MAX_MENDED_LENGTH
		? `too long to be repaired (more than ${MAX_MENDED_LENGTH} characters)`
		: "can't be repaired";
}

function readable(value: unknown, raw: string, repaired: boolean): ReadBody {
	const entries: unknown[] = Array.isArray(value) ? value : [value];
	if (entries.length > MAX_EVENTS)
		return unreadable(`The body is a list of more than ${MAX_EVENTS} events`, raw);
	const bodies = entries.filter(isObject);
	if (bodies.length === 0)
		return unreadable('The body is JSON, but not an object with fields', raw);
	const strays = entries.filter((entry) => !isObject(entry)).map((entry) => JSON.stringify(entry));
	return { readable: true, bodies, strays, raw, repaired };
}

function unreadable(error: string, raw: string): ReadBody {
	return { readable: false, error, raw };
}

/** Klaviyo sends UTF-8; bytes that are none become U+FFFD, so that the rest stays readable. */
function decode(bytes: Buffer): string {
	const text = bytes.toString('utf8');
	return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
