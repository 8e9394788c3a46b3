import type { IDataObject } from 'n8n-workflow';

import { depthOf, MAX_DEPTH } from '../../normalise/depth';
import { MAX_MENDED_LENGTH, repairJson } from './repair';
import { isObject } from '../../../shared/event/values';

/** Klaviyo sends at most 1,000 at once; what holds many times more would keep all other deliveries waiting. */
const MAX_EVENTS = 10_000;

/** A body that could be read: one object per event. */
export type ReadBody =
	| {
			readable: true;
			bodies: IDataObject[];
			raw: string;
			/** The text was no JSON and had to be mended first. */
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
	if (contentType.toLowerCase().startsWith('application/x-www-form-urlencoded')) {
		return readable(Object.fromEntries(new URLSearchParams(text)), text, false);
	}
	if (depthOf(text) > MAX_DEPTH) {
		return unreadable(`The body is nested deeper than ${MAX_DEPTH} levels`, text);
	}

	try {
		return readable(JSON.parse(text), text, false);
	} catch (error) {
		const value = repairJson(text);
		return value === undefined
			? unreadable(
					`The body is not valid JSON and ${whyNotRepaired(text)}: ${(error as Error).message}`,
					text,
				)
			: readable(value, text, true);
	}
}

function whyNotRepaired({ length }: string): string {
	return length > MAX_MENDED_LENGTH
		? `too long to be repaired (more than ${MAX_MENDED_LENGTH} characters)`
		: "can't be repaired";
}

function readable(value: unknown, raw: string, repaired: boolean): ReadBody {
	const bodies = Array.isArray(value) ? value : [value];
	if (bodies.length > MAX_EVENTS)
		return unreadable(`The body is a list of more than ${MAX_EVENTS} events`, raw);
	return bodies.length > 0 && bodies.every(isObject)
		? { readable: true, bodies, raw, repaired }
		: unreadable('The body is JSON, but not an object with fields', raw);
}

function unreadable(error: string, raw: string): ReadBody {
	return { readable: false, error, raw };
}

/** Klaviyo sends UTF-8; bytes that are none become U+FFFD, so that the rest stays readable. */
function decode(bytes: Buffer): string {
	const text = bytes.toString('utf8');
	return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
