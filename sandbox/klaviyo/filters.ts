// The filters a body may use: Django's semantics, plus Klaviyo's `lookup` and `base64_encode`.
// Of Django's own set only these are here; another one is an error rather than a silent pass.
// Sources: https://developers.klaviyo.com/en/docs/glossary_of_variable_filters,
// https://docs.djangoproject.com/en/stable/ref/templates/builtins/
import { pythonInteger, pythonItem, pythonNumber, pythonText, pythonTruth } from './python';
import type { Json } from './types';

/** `undefined` in or out means "missing". */
export type TemplateFilter = (value: Json | undefined, argument?: Json) => Json | undefined;

/** Filters that Django refuses without an argument. */
export const NEEDS_ARGUMENT = new Set(['default', 'default_if_none', 'lookup', 'add', 'join']);
/** Filters that Django accepts an argument for, or not. */
export const TAKES_ARGUMENT = new Set([...NEEDS_ARGUMENT, 'floatformat']);

export const FILTERS: Record<string, TemplateFilter> = {
	default: (value, fallback) => (pythonTruth(value) ? value : fallback),
	default_if_none: (value, fallback) => (value === null ? fallback : value),
	title: onText(titleCase),
	lower: onText((text) => text.toLowerCase()),
	upper: onText((text) => text.toUpperCase()),
	safe: (value) => value,
	floatformat: (value, places = -1) => floatFormat(value, places),
	// As text; what it does with other values is the dialect's (dialectFilters.ts).
	base64_encode: (value) => Buffer.from(pythonText(value ?? ''), 'utf8').toString('base64'),
	lookup: (value, key) =>
		typeof value === 'string' ? undefined : pythonItem(value, pythonText(key ?? null)),
	add: (value, other) => addition(value, other),
	length: (value) => (value === undefined ? 0 : lengthOf(value)),
	join: (value, glue) =>
		Array.isArray(value) ? value.map(pythonText).join(pythonText(glue ?? '')) : value,
};

function onText(change: (text: string) => string): TemplateFilter {
	return (value) => (value === undefined ? undefined : change(pythonText(value)));
}

function lengthOf(value: Json): number {
	if (typeof value === 'string') return [...value].length;
	if (value === null || typeof value !== 'object') return 0;
	return Array.isArray(value) ? value.length : Object.keys(value).length;
}

// Python's str.title(), then Django's two repairs: "O'Brien's" and "1st", not "O'Brien'S" and "1St".
function titleCase(text: string): string {
	let out = '';
	let afterLetter = false;
	for (const char of text) {
		out += afterLetter ? char.toLowerCase() : titleLetter(char);
		afterLetter = /\p{Cased}/u.test(char);
	}
	return out
		.replace(/([a-z])'([A-Z])/g, (match) => match.toLowerCase())
		.replace(/\d([A-Z])/g, (match) => match.toLowerCase());
}

function titleLetter(char: string): string {
	const [first = '', ...rest] = char.toUpperCase();
	return first + rest.join('').toLowerCase();
}

// Whole numbers first, then + of like things, else empty text: Django's order.
function addition(value: Json | undefined, other: Json | undefined): Json {
	const [left, right] = [pythonInteger(value), pythonInteger(other)];
	if (left !== null && right !== null) return left + right;
	if (typeof value === 'string' && typeof other === 'string') return value + other;
	if (Array.isArray(value) && Array.isArray(other)) return [...value, ...other];
	if (typeof value === 'number' && typeof other === 'number') return value + other;
	return '';
}

// Decimal arithmetic with ROUND_HALF_UP: binary rounding would give 1.00 for 1.005.
function floatFormat(value: Json | undefined, argument: Json): Json {
	const number = decimal(value);
	if (number === null) return '';
	const places = pythonInteger(argument);
	if (places === null) return value ?? '';
	const whole = number.scale === 0 || number.digits % 10n ** BigInt(number.scale) === 0n;
	const shown = whole && places < 0 ? 0 : Math.abs(places);
	const rounded = rescale(number, shown);
	const digits = (rounded < 0n ? -rounded : rounded).toString().padStart(shown + 1, '0');
	const sign = rounded < 0n ? '-' : '';
	if (shown === 0) return sign + digits;
	return `${sign}${digits.slice(0, -shown)}.${digits.slice(-shown)}`;
}

interface Decimal {
	/** The number without its point … */
	digits: bigint;
	/** … and how many digits follow it. */
	scale: number;
}

function decimal(value: Json | undefined): Decimal | null {
	const text =
		typeof value === 'boolean'
			? String(Number(value))
			: typeof value === 'number'
				? pythonNumber(value)
				: value;
	if (typeof text !== 'string') return null;
	const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?\s*$/i.exec(text);
	if (!match) return null;
	const [, sign = '', before = '', after = '', exponent = '0'] = match;
	if (before + after === '') return null;
	const digits = BigInt(`${sign === '-' ? '-' : ''}${before}${after}`);
	const scale = after.length - Number(exponent);
	return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

function rescale({ digits, scale }: Decimal, places: number): bigint {
	if (places >= scale) return digits * 10n ** BigInt(places - scale);
	const unit = 10n ** BigInt(scale - places);
	const size = digits < 0n ? -digits : digits;
	const rounded = (size * 2n + unit) / (unit * 2n);
	return digits < 0n ? -rounded : rounded;
}
