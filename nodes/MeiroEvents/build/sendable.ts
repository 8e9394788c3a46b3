/**
 * More values than any event has, and far more columns than a customer profile can use: such an item is a
 * table that was taken for an event.
 */
export const MAX_VALUES = 10_000;

/** Klaviyo takes 10 levels; deeper than this, JSON.stringify may overflow the stack. */
const MAX_DEPTH = 64;

const NUL = '\u0000';

/**
 * Why a value can't become JSON that means the same, in words that name the place; null when it can.
 * JSON.stringify would fail in the middle, or quietly make null of NaN and nothing of a function.
 *
 * @param onNul told of each text or name that holds U+0000, which PostgreSQL and many warehouses refuse
 */
export function problemIn(root: object, onNul: () => void = () => undefined): string | null {
	let count = 0;
	const ancestors = new Set<object>();

	function inspect(value: unknown, path: Path | null): string | null {
		if (++count > MAX_VALUES) return `has more than ${MAX_VALUES.toLocaleString('en')} values`;
		switch (typeof value) {
			case 'string':
				if (value.includes(NUL)) onNul();
				return isWellFormed(value)
					? null
					: `holds half an emoji in ${placeOf(path)}: was a text cut off?`;
			case 'number':
				return Number.isFinite(value)
					? null
					: `holds ${value}, which is no number, in ${placeOf(path)}`;
			case 'boolean':
			case 'undefined':
				return null;
			case 'object':
				return value === null ? null : inspectObject(value, path);
			default:
				return `holds a ${typeof value}, which JSON can't carry, in ${placeOf(path)}`;
		}
	}

	function inspectObject(value: object, path: Path | null): string | null {
		if (ancestors.has(value)) return `holds itself again in ${placeOf(path)}`;
		if (ancestors.size >= MAX_DEPTH) return `is nested more than ${MAX_DEPTH} levels deep`;
		if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
			return `holds binary data in ${placeOf(path)}. Send its text, or its address`;
		}
		if (value instanceof Date && Number.isNaN(value.getTime())) {
			return `holds a date that is none in ${placeOf(path)}`;
		}
		if (saysItself(value)) return null;
		if (value instanceof Map || value instanceof Set) {
			return `holds a ${value.constructor.name}, which JSON can't carry, in ${placeOf(path)}`;
		}
		ancestors.add(value);
		let problem: string | null = null;
		if (Array.isArray(value)) {
			for (let i = 0; i < value.length && problem === null; i++)
				problem = inspect(value[i], { up: path, key: i });
		} else {
			for (const key of Object.keys(value)) {
				if (key.includes(NUL)) onNul();
				if (key === '__proto__') problem = `has a field named __proto__ in ${placeOf(path)}`;
				else if (!isWellFormed(key))
					problem = `has a field whose name holds half an emoji in ${placeOf(path)}`;
				else problem = inspect((value as Record<string, unknown>)[key], { up: path, key });
				if (problem !== null) break;
			}
		}
		ancestors.delete(value);
		return problem;
	}

	return inspect(root, null);
}

/** A value without U+0000, in its texts and in its names. */
export function withoutNul(value: unknown): unknown {
	if (typeof value === 'string') return value.replaceAll(NUL, '');
	if (Array.isArray(value)) return value.map(withoutNul);
	if (typeof value !== 'object' || value === null || saysItself(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => [key.replaceAll(NUL, ''), withoutNul(entry)]),
	);
}

/** Whether an object says itself what it is in JSON: a date of JavaScript's or luxon's. */
export function saysItself(value: object): boolean {
	return typeof (value as { toJSON?: unknown }).toJSON === 'function';
}

/** A place in a value, written out only when there is something to say of it. */
interface Path {
	up: Path | null;
	key: string | number;
}

function placeOf(path: Path | null): string {
	const keys: Array<string | number> = [];
	for (let place = path; place !== null; place = place.up) keys.unshift(place.key);
	return keys.length === 0 ? 'the item itself' : `'${keys.join('.')}'`;
}

/** Whether a text is free of lone surrogates, which no database of Meiro's could store. */
export function isWellFormed(text: string): boolean {
	return (text as WellFormedText).isWellFormed();
}

/** Known to Node.js from version 20 on, and to TypeScript's library later. */
type WellFormedText = string & { isWellFormed(): boolean };
