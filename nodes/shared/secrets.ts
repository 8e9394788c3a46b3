/** What stands where a secret stood. */
export const HIDDEN = '[secret]';

/** Shorter ones stand in any text by chance, and protect nothing. */
const LEAST_LENGTH = 6;

/** Takes secrets out of what another service answered: text, or what was parsed from JSON, which is changed in place. */
export type Hide = (body: unknown) => unknown;

/**
 * Error pages of gateways repeat the request, and what is repeated would be read in items, executions and logs. So
 * the secrets that a service is sent are taken out of its answers, in all spellings that such pages use.
 */
export function hiding(secrets: string[]): Hide {
	const spellings = [...new Set(secrets.flatMap(partsOf).flatMap(spellingsOf))]
		// The longest first: a shorter one may be its beginning.
		.sort((one, other) => other.length - one.length);
	const inText = (text: string) => spellings.reduce((left, spelling) => left.replaceAll(spelling, HIDDEN), text);
	return (body) => {
		if (spellings.length === 0) return body;
		if (typeof body === 'string') return inText(body);
		if (isContainer(body)) hideWithin(body, inText);
		return body;
	};
}

type Container = Record<string, unknown>;

/** Without recursion: an answer can be nested deeper than the stack. */
function hideWithin(root: Container, inText: (text: string) => string): void {
	const left = [root];
	for (let container = left.pop(); container !== undefined; container = left.pop()) {
		for (const [key, value] of Object.entries(container)) {
			if (typeof value === 'string') container[key] = inText(value);
			else if (isContainer(value)) left.push(value);
			const name = inText(key);
			if (name === key) continue;
			container[name] = container[key];
			delete container[key];
		}
	}
}

function isContainer(value: unknown): value is Container {
	return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

/** 'Bearer abcdef' is repeated as a whole, or without its first word; HTTP clients drop line ends that were pasted along. */
function partsOf(secret: string): string[] {
	return [secret, ...secret.split(/[^\x21-\x7e]+/)].filter((part) => part.length >= LEAST_LENGTH);
}

function spellingsOf(secret: string): string[] {
	const inJson = JSON.stringify(secret).slice(1, -1);
	return [
		secret,
		inJson,
		inJson.replaceAll('/', '\\/'),
		encodeURIComponent(secret),
		new URLSearchParams({ _: secret }).toString().slice('_='.length),
		secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
		Buffer.from(secret, 'utf8').toString('base64'),
	];
}
