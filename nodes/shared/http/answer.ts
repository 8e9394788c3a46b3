/** What came back for one request. */
export interface Answer {
	status: number;
	/** Header names in lower case. */
	headers: Record<string, unknown>;
	body: unknown;
}

/** Meiro's objections to single events of a request, by position; `all` concerns the request as a whole. */
export interface Objections {
	all: string | null;
	byPosition: Map<number, string>;
}

/**
 * Reads `errors` or `error` of an answer: Meiro Pipes may put them into a 2xx, which then is no yes.
 * The shape of an entry is not documented: text, or an object with a message and perhaps an index.
 */
export function objectionsIn(body: unknown, eventCount: number): Objections {
	const byPosition = new Map<number, string>();
	const { errors, error } = (typeof body === 'object' && body !== null ? body : {}) as {
		errors?: unknown;
		error?: unknown;
	};
	let all: string | null = isSomething(error) ? messageOf(error) : null;
	for (const entry of Array.isArray(errors) ? errors : isSomething(errors) ? [errors] : []) {
		const position = (entry as { index?: unknown } | null)?.index;
		if (isPosition(position, eventCount)) {
			byPosition.set(position, messageOf(entry));
		} else {
			all ??= messageOf(entry);
		}
	}
	return { all, byPosition };
}

/** One sentence on an answer that is no 2xx. */
export function describeAnswer(answer: Answer, service = 'Meiro'): string {
	const said = objectionsIn(answer.body, 0).all ?? textOf(answer.body);
	return said === null
		? `${service} answered ${answer.status}`
		: `${service} answered ${answer.status}: ${said}`;
}

/** A page for people, as a proxy's, a login's or a firewall's, by its type or by how it begins. */
export function isWebPage({ headers, body }: Answer): boolean {
	return (
		/\btext\/html\b/i.test(String(headers['content-type'] ?? '')) ||
		(typeof body === 'string' && /^\s*<(!doctype|html)/i.test(body))
	);
}

const MAX_MESSAGE_LENGTH = 500;

function messageOf(entry: unknown): string {
	if (typeof entry === 'string') return clip(entry);
	const { message, error, detail, errors } = (entry ?? {}) as Record<string, unknown>;
	const said = [message, error, detail].find((text) => typeof text === 'string' && text !== '');
	if (typeof said !== 'string') return clip(jsonOf(entry));
	// Pipes promises field-level detail for what its schemas refuse (https://meiro.io/product/architecture).
	return clip(isSomething(errors) ? `${said}: ${jsonOf(errors)}` : said);
}

/** An answer can be nested deeper than JSON.stringify can follow. */
function jsonOf(entry: unknown): string {
	try {
		return JSON.stringify(entry);
	} catch {
		return 'an objection that is nested too deeply to be shown';
	}
}

function isPosition(value: unknown, eventCount: number): value is number {
	return Number.isInteger(value) && (value as number) >= 0 && (value as number) < eventCount;
}

function textOf(body: unknown): string | null {
	if (typeof body === 'string') return body.trim() === '' ? null : clip(body.trim());
	const message = (body as { message?: unknown } | null)?.message;
	return typeof message === 'string' && message !== '' ? clip(message) : null;
}

/** As much of a service's words as a sentence can take. */
export function clip(text: string): string {
	return text.length > MAX_MESSAGE_LENGTH ? `${text.slice(0, MAX_MESSAGE_LENGTH)} …` : text;
}

function isSomething(value: unknown): boolean {
	return typeof value === 'object' && value !== null
		? Object.keys(value).length > 0
		: Boolean(value);
}
