/** What came back for one request. */
export interface Answer {
	status: number;
	/** Header names in lower case. */
	headers: Record<string, unknown>;
	body: unknown;
}

const MAX_MESSAGE_LENGTH = 500;

/** What stands between a client and a service (a login, a proxy, a firewall) answers with pages for people. */
export function isWebPage({ status, headers, body }: Answer): boolean {
	// Has no page, whatever its type says.
	if (status === 204 || status === 205) return false;
	return (
		/\bx?html\b/i.test(String(headers['content-type'] ?? '')) ||
		(typeof body === 'string' && isWebPageText(body))
	);
}

export function isWebPageText(text: string): boolean {
	return /^[\s\uFEFF]*<(?:!doctype|!--|[?%]|[a-z])/i.test(text);
}

/** One sentence on an answer that is no 2xx. */
export function describeAnswer(answer: Answer, service = 'Meiro'): string {
	const said = isWebPage(answer) ? null : wordsIn(answer.body);
	const answered = `${service} answered ${answer.status}`;
	if (said !== null) return `${answered}: ${said}`;
	return isWebPage(answer) ? `${answered} with a web page` : answered;
}

/** What a service says in an answer: its objections first, else its message, else its text; null when it says nothing. */
export function wordsIn(body: unknown): string | null {
	if (typeof body === 'string') return body.trim() === '' ? null : clip(body.trim());
	const { error, errors, message, detail } = (body ?? {}) as Record<string, unknown>;
	const first = [error, Array.isArray(errors) ? errors[0] : errors].find(isSomething);
	if (first !== undefined) return messageOf(first);
	const said = [message, detail].find((text) => typeof text === 'string' && text !== '');
	return said === undefined ? null : clip(String(said));
}

/** The words of one objection: text, or an object with a message somewhere. */
export function messageOf(entry: unknown): string {
	if (typeof entry === 'string') return clip(entry);
	const { message, error, detail, msg, reason, errors } = (entry ?? {}) as Record<string, unknown>;
	const said = [message, error, detail, msg, reason].find(
		(text) => typeof text === 'string' && text !== '',
	);
	if (typeof said !== 'string') return clip(jsonText(entry));
	// Pipes promises field-level detail for what its schemas refuse (https://meiro.io/product/architecture).
	return clip(isSomething(errors) ? `${said}: ${jsonText(errors)}` : said);
}

/** An answer can be nested deeper than JSON.stringify can follow. */
export function jsonText(entry: unknown): string {
	try {
		return JSON.stringify(entry) ?? String(entry);
	} catch {
		return 'an objection that is nested too deeply to be shown';
	}
}

/** As much of a service's words as a sentence can take. */
export function clip(text: string): string {
	return text.length > MAX_MESSAGE_LENGTH ? `${text.slice(0, MAX_MESSAGE_LENGTH)} …` : text;
}

/** Whether a field that tells of objections tells of any. */
export function isSomething(value: unknown): boolean {
	return typeof value === 'object' && value !== null
		? Object.keys(value).length > 0
		: Boolean(value);
}
