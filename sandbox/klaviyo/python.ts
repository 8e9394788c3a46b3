// How Python 3 writes and judges values: Klaviyo's templates run on Django, and a value that
// lands in a body lands there as Python prints it (seen with `{{ event }}`; not documented).
import { isDeepStrictEqual } from 'node:util';

import type { Json } from './types';

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]/u;
const SHORT_ESCAPES: Record<string, string> = {
	'\\': '\\\\',
	'\n': '\\n',
	'\r': '\\r',
	'\t': '\\t',
};

/** str(value): text as it is, everything else as in a dict literal. */
export function pythonText(value: Json): string {
	return typeof value === 'string' ? value : pythonRepr(value);
}

/** repr(value): single quotes unless the text holds ' and no ", True/False/None, backslash escapes. */
export function pythonRepr(value: Json): string {
	if (value === null) return 'None';
	if (value === true) return 'True';
	if (value === false) return 'False';
	if (typeof value === 'number') return pythonNumber(value);
	if (typeof value === 'string') return quoted(value);
	if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
	const pairs = Object.entries(value).map(([key, item]) => `${quoted(key)}: ${pythonRepr(item)}`);
	return `{${pairs.join(', ')}}`;
}

/**
 * A number as Python prints it. JSON has already lost whether 41 was 41.0, so whole numbers print
 * as Python integers.
 */
export function pythonNumber(value: number): string {
	if (Number.isNaN(value)) return 'nan';
	if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
	if (Number.isInteger(value)) return BigInt(value).toString();
	if (Math.abs(value) >= 1e-4) return String(value);
	// Python turns to exponents below 1e-4 (JavaScript below 1e-6) and pads them to two digits.
	return value.toExponential().replace(/e-(\d)$/, 'e-0$1');
}

/** bool(value); a missing value is false. */
export function pythonTruth(value: Json | undefined): boolean {
	if (value === undefined || value === null) return false;
	if (Array.isArray(value)) return value.length > 0;
	if (typeof value === 'object') return Object.keys(value).length > 0;
	return Boolean(value);
}

/** left == right; a missing value equals None, as in Django's `if`. */
export function pythonEquals(left: Json | undefined, right: Json | undefined): boolean {
	return isDeepStrictEqual(comparable(left ?? null), comparable(right ?? null));
}

/** left < right, or null where Python raises a TypeError (Django's `if` then counts as false). */
export function pythonLess(left: Json | undefined, right: Json | undefined): boolean | null {
	const [a, b] = [comparable(left ?? null), comparable(right ?? null)];
	if (typeof a === 'number' && typeof b === 'number') return a < b;
	if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(utf32(a), utf32(b)) < 0;
	return null;
}

/** int(value), or null where Python raises. */
export function pythonInteger(value: Json | undefined): number | null {
	if (typeof value === 'boolean') return Number(value);
	if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : null;
	if (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value)) return Number(value);
	return null;
}

/** value[key] of a dict, list or string; `undefined` when there is no such thing. */
export function pythonItem(value: Json | undefined, key: string): Json | undefined {
	if (value === undefined || value === null) return undefined;
	if (typeof value === 'string') return isIndex(key) ? [...value][Number(key)] : undefined;
	if (Array.isArray(value)) return isIndex(key) ? value[Number(key)] : undefined;
	if (typeof value !== 'object') return undefined;
	return Object.hasOwn(value, key) ? value[key] : undefined;
}

function isIndex(key: string): boolean {
	return /^\d+$/.test(key);
}

// True == 1 in Python.
function comparable(value: Json): Json {
	return typeof value === 'boolean' ? Number(value) : value;
}

// Python orders text by code point, JavaScript by UTF-16 unit.
function utf32(text: string): Buffer {
	const points = Array.from(text, (char) => char.codePointAt(0) ?? 0);
	const bytes = Buffer.alloc(points.length * 4);
	points.forEach((point, index) => bytes.writeUInt32BE(point, index * 4));
	return bytes;
}

function quoted(text: string): string {
	const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
	let out = quote;
	for (const char of text) out += char === quote ? `\\${char}` : escaped(char);
	return out + quote;
}

function escaped(char: string): string {
	const short = SHORT_ESCAPES[char];
	if (short !== undefined) return short;
	if (char === ' ' || !UNPRINTABLE.test(char)) return char;
	const point = char.codePointAt(0) ?? 0;
	if (point <= 0xff) return `\\x${point.toString(16).padStart(2, '0')}`;
	if (point <= 0xffff) return `\\u${point.toString(16).padStart(4, '0')}`;
	return `\\U${point.toString(16).padStart(8, '0')}`;
}
