import type { IDataObject } from 'n8n-workflow';

/**
 * Deeper than any event (Klaviyo itself takes 10 levels), and far below the depth at which
 * writing the item to n8n's database would overflow the stack.
 */
const MAX_DEPTH = 64;

/** A body that could be read: one object per event. */
export type ReadBody =
	| { readable: true; bodies: IDataObject[]; raw: string }
	| { readable: false; error: string; raw: string };

/** The part of n8n's request that the bytes come from. */
export interface BodySource {
	headers: { 'content-type'?: string };
	/** Set by n8n for the content types that it parses itself. */
	rawBody?: Buffer;
	/** Reads the bytes, gunzipped; rejects when they are too many, cut off or no gzip. */
	readRawBody(): Promise<void>;
}

/** Fetches the bytes of a delivery and reads them. Never throws: what can't be read is told. */
export async function readBody(request: BodySource): Promise<ReadBody> {
	try {
		// n8n reads only the content types that it parses; for all others the bytes still wait in the socket.
		if (!request.rawBody) await request.readRawBody();
	} catch (error) {
		return unreadable(`The body could not be received: ${(error as Error).message}`, '');
	}
	return parseBody(decode(request.rawBody ?? Buffer.alloc(0)), request.headers['content-type'] ?? '');
}

/** Reads the text of a body: JSON whatever the content type says, or a form. */
export function parseBody(text: string, contentType: string): ReadBody {
	if (text.trim() === '') return unreadable('The body is empty', text);
	if (contentType.toLowerCase().startsWith('application/x-www-form-urlencoded')) {
		return { readable: true, bodies: [Object.fromEntries(new URLSearchParams(text))], raw: text };
	}
	if (depthOf(text) > MAX_DEPTH) {
		return unreadable(`The body is nested deeper than ${MAX_DEPTH} levels`, text);
	}

	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		return unreadable(`The body is not valid JSON: ${(error as Error).message}`, text);
	}

	const bodies = Array.isArray(value) ? value : [value];
	return bodies.length > 0 && bodies.every(isObject)
		? { readable: true, bodies, raw: text }
		: unreadable('The body is JSON, but not an object with fields', text);
}

function unreadable(error: string, raw: string): ReadBody {
	return { readable: false, error, raw };
}

/** Klaviyo sends UTF-8; bytes that are none become U+FFFD, so that the rest stays readable. */
function decode(bytes: Buffer): string {
	const text = bytes.toString('utf8');
	return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Levels of brackets in a JSON text, found without recursion and before anything is built from it. */
function depthOf(text: string): number {
	let depth = 0;
	let deepest = 0;
	let inString = false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (inString) {
			if (code === 0x5c) i++;
			else if (code === 0x22) inString = false;
		} else if (code === 0x22) {
			inString = true;
		} else if (code === 0x7b || code === 0x5b) {
			if (++depth > deepest) deepest = depth;
		} else if (code === 0x7d || code === 0x5d) {
			depth--;
		}
	}
	return deepest;
}

function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
