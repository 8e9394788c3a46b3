/** Whether a parsed JSON value is an object: not null, not an array. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A request that is answered with `status` and `{ "message": … }`, the only error shape Meiro shows. */
export class HttpError extends Error {
	constructor(
		readonly statusCode: number,
		message: string,
	) {
		super(message);
	}
}

/** Ends the request with a status and a sentence: throws HttpError. */
export function refuse(statusCode: number, message: string): never {
	throw new HttpError(statusCode, message);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * A request body as a JSON value. JSON is UTF-8 (https://www.rfc-editor.org/rfc/rfc8259#section-8.1),
 * so other bytes are refused and not repaired. Throws HttpError 400.
 */
export function parseJson(body: Buffer): unknown {
	try {
		return JSON.parse(utf8.decode(body)) as unknown;
	} catch {
		return refuse(400, 'The body is not JSON');
	}
}

/** A JSON value as text. Throws HttpError 400 when it is nested too deeply to be written. */
export function toJsonText(value: unknown): string {
	try {
		return JSON.stringify(value);
	} catch {
		return refuse(400, 'The body is nested too deeply');
	}
}
