import { remembered } from '../event/values';

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
	const parts = [...new Set(secrets.flatMap(partsOf).flatMap((part) => [part, ...inBase64(part)]))]
		// The longest first: a shorter one may be its beginning.
		.sort((one, other) => other.length - one.length);
	if (parts.length === 0) return (body) => body;
	const spelled = new RegExp(parts.map(anySpellingOf).join('|'), 'g');
	// No spelling is shorter than what it spells: most texts of an answer are.
	const shortest = Math.min(...parts.map(({ length }) => length));
	const inText = (text: string) =>
		text.length < shortest ? text : text.replaceAll(spelled, HIDDEN);
	return (body) => {
		if (typeof body === 'string') return inText(body);
		if (isContainer(body)) hideWithin(body, inText, remembered(inText));
		return body;
	};
}

type Container = Record<string, unknown>;

/** Without recursion: an answer can be nested deeper than the stack. Names repeat from entry to entry of a list. */
function hideWithin(
	root: Container,
	inText: (text: string) => string,
	inName: (text: string) => string,
): void {
	const left = [root];
	for (let container = left.pop(); container !== undefined; container = left.pop()) {
		const areNames = !Array.isArray(container);
		for (const key of Object.keys(container)) {
			const value = container[key];
			if (typeof value === 'string') {
				const safe = inText(value);
				if (safe !== value) container[key] = safe;
			} else if (isContainer(value)) left.push(value);
			const name = areNames ? inName(key) : key;
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

/** With and without the padding, which not all write, and as in URLs. */
function inBase64(text: string): string[] {
	const padded = Buffer.from(text, 'utf8').toString('base64');
	return [padded, padded.replace(/=+$/, ''), Buffer.from(text, 'utf8').toString('base64url')];
}

/**
 * A pattern that finds a text however it was escaped. Each character stands for itself, as JSON, URLs, forms and web
 * pages escape different ones, and so do those who make them. Nothing in it repeats without a limit: it is held
 * against text that others wrote.
 */
function anySpellingOf(text: string): string {
	return text.replace(/(\\*)([^\\]|$)/gu, (_, { length }: string, character: string) => {
		if (length === 0 && /^[\w.-]?$/.test(character)) return literally(character);
		// JSON in JSON makes four backslashes of one, and puts three before a quote.
		const backslashes = `(?:\\\\|${escapesOf('\\')}){${length},${4 * length + 3}}`;
		return backslashes + (character === '' ? '' : oneOf(character));
	});
}

const ENTITIES: Record<string, string> = {
	'&': 'amp',
	'<': 'lt',
	'>': 'gt',
	'"': 'quot',
	"'": 'apos',
};

function oneOf(character: string): string {
	const inJson = JSON.stringify(character).slice(1, -1);
	return `(?:${[
		literally(character),
		...(character === ' ' ? ['\\+'] : []),
		...(inJson.startsWith('\\') ? [`(?<=\\\\)${literally(inJson.slice(1))}`] : []),
		escapesOf(character),
	].join('|')})`;
}

/** Patterns for a character in URLs, in JSON without its backslash, and in web pages. */
function escapesOf(character: string): string {
	const code = character.codePointAt(0)!;
	const units = Array.from(
		{ length: character.length },
		(_, at) => `u${hex(character.charCodeAt(at), 4)}`,
	);
	return [
		[...Buffer.from(character, 'utf8')].map((byte) => `%${hex(byte, 2)}`).join(''),
		`(?<=\\\\)${units.join('\\\\{1,4}')}`,
		`&#0{0,6}${code};`,
		`&#[xX]0{0,6}${hex(code, 1)};`,
		...(character in ENTITIES ? [`&${ENTITIES[character]};`] : []),
	].join('|');
}

function literally(text: string): string {
	return text.replace(/[^\w\s]/g, (sign) => (sign < '\x7f' ? `\\${sign}` : sign));
}

/** In digits of either case. */
function hex(number: number, length: number): string {
	const digits = number.toString(16).padStart(length, '0');
	return digits.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}
