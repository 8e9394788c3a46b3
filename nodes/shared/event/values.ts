import type { IDataObject } from 'n8n-workflow';

const PLAIN_NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/;
/** 12.500 is twelve and a half to some, twelve thousand and five hundred to others. */
const THOUSANDS_OR_DECIMALS = /^-?[1-9]\d{0,2}\.\d{3}$/;

export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text, or a number that stands for one: shops and tables hand ids over as numbers. Blank is no text. */
export function textOf(value: unknown): string | undefined {
	if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
	return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
	if (typeof value === 'number') return value;
	return typeof value === 'string' ? toNumber(value.trim()) : undefined;
}

/** The number in a plain decimal text such as '41.50'; undefined for '$41.50', '1,50', '007' and what is not certain. */
export function toNumber(text: string): number | undefined {
	return PLAIN_NUMBER.test(text) && !THOUSANDS_OR_DECIMALS.test(text) ? Number(text) : undefined;
}

/** Text without U+0000, which PostgreSQL and many warehouses refuse. */
export function withoutNul(text: string): string {
	return text.includes('\0') ? text.replaceAll('\0', '') : text;
}

export function isTrue(value: unknown): boolean {
	if (typeof value === 'string') return /^(?:true|yes|1)$/i.test(value);
	return value === true || value === 1;
}

export function isEmpty(object: object): boolean {
	for (const key in object) if (Object.hasOwn(object, key)) return false;
	return true;
}

/** A copy without the fields that are undefined. */
export function withoutAbsent<T extends object>(object: T): T {
	const result: Partial<T> = {};
	for (const key of Object.keys(object) as Array<keyof T>) {
		if (object[key] !== undefined) result[key] = object[key];
	}
	return result as T;
}

/** Sets a field that is not there yet. Assigning to __proto__ would change the prototype instead. */
export function setOnce(target: IDataObject, key: string, value: IDataObject[string]): void {
	// `in` is the cheap question; only inherited names such as toString need the other.
	if (key !== '__proto__' && (!(key in target) || !Object.hasOwn(target, key))) target[key] = value;
}

/** Sets a field, under a name with a number behind it where another value has the name: two events may differ in it alone. */
export function setBeside(target: IDataObject, key: string, value: IDataObject[string]): void {
	let free = key;
	for (let number = 2; Object.hasOwn(target, free); number++) {
		if (target[free] === value || JSON.stringify(target[free]) === JSON.stringify(value)) return;
		free = `${key}_${number}`;
	}
	setOnce(target, free, value);
}

/** `compute` with the answers kept for the first thousand short texts: names in bodies repeat. */
export function remembered<Answer>(compute: (text: string) => Answer): (text: string) => Answer {
	const known = new Map<string, Answer>();
	return (text) => {
		let answer = known.get(text);
		if (answer === undefined) {
			answer = compute(text);
			if (known.size < 1000 && text.length <= 64) known.set(text, answer);
		}
		return answer;
	};
}
