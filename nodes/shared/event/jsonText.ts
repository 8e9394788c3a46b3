/**
 * Deeper than any event (Klaviyo itself takes 10 levels), and far below the depth at which
 * writing the item to n8n's database would overflow the stack.
 */
export const MAX_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const NINE = 0x39;
/** A number of so many digits may be more than JavaScript's numbers hold. */
const LONG_NUMBER = 16;

export interface JsonSurvey {
	/** Levels of brackets. */
	depth: number;
	/** Whether a number stands in it that `exactNumber` may leave as text. */
	mayRound: boolean;
}

/** What a JSON text is like, found in one pass without recursion, before anything is built from it. */
export function surveyJson(text: string): JsonSurvey {
	let depth = 0;
	let deepest = 0;
	let digits = 0;
	let mayRound = false;
	let inString = false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (inString) {
			if (code === BACKSLASH) i++;
			else if (code === QUOTE) inString = false;
		} else if (code >= ZERO && code <= NINE) {
			if (++digits >= LONG_NUMBER) mayRound = true;
		} else {
			if (digits > 0 && (code === 0x65 || code === 0x45)) mayRound = true;
			digits = 0;
			if (code === QUOTE) inString = true;
			else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
			else if (code === 0x7d || code === 0x5d) depth--;
		}
	}
	return { depth: deepest, mayRound };
}

/**
 * The value of a JSON text, in which numbers that would be rounded are texts.
 *
 * @throws SyntaxError, as JSON.parse does
 */
export function parseJson(text: string, { mayRound }: JsonSurvey): unknown {
	const value: unknown = JSON.parse(text);
	return mayRound ? JSON.parse(withInexactNumbersQuoted(text)) : value;
}

const ZERO_BEFORE_OR_EXPONENT = /^-?0\d|[eE]\+?\d/;

/**
 * The number that digits stand for. Undefined where they are rather a name or a code: more digits than a
 * JavaScript number holds, zeros before them, or an exponent such as 1e5, which no program writes for 100000.
 */
export function exactNumber(digits: string): number | undefined {
	if (ZERO_BEFORE_OR_EXPONENT.test(digits)) return undefined;
	const value = Number(digits);
	const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value);
	return isRounded || !Number.isFinite(value) ? undefined : value;
}

const NUMBER = /-?\d[\d.eE+-]*/y;

/** Of valid JSON. A regular expression over whole texts would overflow the stack where one is very long. */
function withInexactNumbersQuoted(json: string): string {
	let quoted = '';
	let copied = 0;
	let inString = false;
	for (let i = 0; i < json.length; i++) {
		const code = json.charCodeAt(i);
		if (code === QUOTE) inString = !inString;
		else if (inString) {
			if (code === BACKSLASH) i++;
		} else if (code >= ZERO && code <= NINE) {
			NUMBER.lastIndex = json[i - 1] === '-' ? i - 1 : i;
			const start = NUMBER.lastIndex;
			const number = NUMBER.exec(json)![0];
			i = start + number.length - 1;
			if (exactNumber(number) !== undefined) continue;
			quoted += `${json.slice(copied, start)}"${number}"`;
			copied = i + 1;
		}
	}
	return quoted + json.slice(copied);
}
