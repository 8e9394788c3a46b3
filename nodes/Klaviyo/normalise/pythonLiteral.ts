import type { IDataObject } from 'n8n-workflow';

import { exactNumber } from '../../shared/event/jsonText';
import { setOnce } from '../../shared/event/values';

/** A value as Python's repr() writes it, and where it ends. */
export interface PythonLiteral {
	value: unknown;
	end: number;
}

/** An open dict or list. */
interface Frame {
	close: '}' | ']';
	fields?: IDataObject;
	items?: unknown[];
	key?: string;
}

const NUMBER = /-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?(?![\w.])/iy;
const WORD = /(?:True|False|None|true|false|null|NaN|nan|-?inf|-?Infinity)(?!\w)/y;
const SPACE = /\s*/y;
const ESCAPE = /\\(?:x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|([0-7]{1,3})|([^]))/g;
const WORDS: Record<string, boolean | null> = {
	True: true,
	true: true,
	False: false,
	false: false,
};
const SHORT_ESCAPES: Record<string, string> = {
	n: '\n',
	r: '\r',
	t: '\t',
	b: '\b',
	f: '\f',
	v: '\v',
	a: '\x07',
	'\n': '',
	'/': '/',
	'\\': '\\',
	"'": "'",
	'"': '"',
};

/**
 * Reads a dict or list as Python prints it, e.g. what Klaviyo puts in place of `{{ event }}`; JSON is read too.
 * Quotes are read, not replaced: a text that holds an apostrophe stands in double quotes.
 * https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals
 *
 * @returns undefined when there is none at `start`, or one that is nested deeper than `maxDepth`
 */
export function readPythonLiteral(
	text: string,
	start: number,
	maxDepth: number,
): PythonLiteral | undefined {
	const open: Frame[] = [];
	let at = skipSpace(text, start);
	if (text[at] !== '{' && text[at] !== '[') return undefined;

	for (;;) {
		// A value stands here, or the end of the innermost dict or list.
		let value: unknown;
		const top = open.at(-1);
		const char = text[at];
		if (top !== undefined && char === top.close) {
			open.pop();
			value = top.fields ?? top.items;
			at++;
		} else {
			if (top?.fields !== undefined) {
				const key = readKey(text, at);
				if (key === undefined) return undefined;
				top.key = key.value;
				at = key.end;
			}
			if (text[at] === '{' || text[at] === '[') {
				if (open.length >= maxDepth) return undefined;
				open.push(text[at] === '{' ? { close: '}', fields: {} } : { close: ']', items: [] });
				at = skipSpace(text, at + 1);
				continue;
			}
			const scalar = readScalar(text, at);
			if (scalar === undefined) return undefined;
			({ value, end: at } = scalar);
		}

		const parent = open.at(-1);
		if (parent === undefined) return { value, end: at };
		add(parent, value);
		at = skipSpace(text, at);
		if (text[at] === ',') at = skipSpace(text, at + 1);
		else if (text[at] !== parent.close) return undefined;
	}
}

function add({ fields, items, key }: Frame, value: unknown): void {
	if (items !== undefined) items.push(value);
	else setOnce(fields!, key!, value as IDataObject[string]);
}

function readKey(text: string, at: number): { value: string; end: number } | undefined {
	const key = readScalar(text, at);
	if (key === undefined) return undefined;
	const colon = skipSpace(text, key.end);
	if (text[colon] !== ':') return undefined;
	return { value: String(key.value), end: skipSpace(text, colon + 1) };
}

function readScalar(text: string, at: number): PythonLiteral | undefined {
	if (text[at] === "'" || text[at] === '"') return readText(text, at);
	const number = matchAt(NUMBER, text, at);
	if (number !== undefined) {
		return { value: exactNumber(number) ?? number, end: at + number.length };
	}
	const word = matchAt(WORD, text, at);
	return word === undefined ? undefined : { value: WORDS[word] ?? null, end: at + word.length };
}

function readText(text: string, at: number): PythonLiteral | undefined {
	const quote = text.charCodeAt(at);
	let hasEscapes = false;
	for (let i = at + 1; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code === 0x5c) {
			hasEscapes = true;
			i++;
		} else if (code === quote) {
			const content = text.slice(at + 1, i);
			return { value: hasEscapes ? unescape(content) : content, end: i + 1 };
		}
	}
	return undefined;
}

function unescape(content: string): string {
	return content.replace(
		ESCAPE,
		(whole, x?: string, u?: string, U?: string, octal?: string, char?: string) => {
			if (char !== undefined) return SHORT_ESCAPES[char] ?? whole;
			const point = octal === undefined ? parseInt((x ?? u ?? U)!, 16) : parseInt(octal, 8);
			return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
		},
	);
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
	pattern.lastIndex = at;
	return pattern.exec(text)?.[0];
}

function skipSpace(text: string, at: number): number {
	SPACE.lastIndex = at;
	SPACE.test(text);
	return SPACE.lastIndex;
}
