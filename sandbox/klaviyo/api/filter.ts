// `equals(name,"Cart"),greater-than(created,2026-01-01T00:00:00Z)`: a comma means "and", and so does
// `and(…,…)` around it (https://developers.klaviyo.com/en/docs/filtering_).
import { instant } from './times';

export type FilterValue = string | number | boolean | null;

export interface Condition {
	operator: string;
	field: string;
	/** Undefined for an operator that takes none: `has(profile)`. */
	value: FilterValue | FilterValue[] | undefined;
}

const CALL = /^([a-z-]+)\(\s*([\w.]+)\s*(?:,\s*|(?=\)))/;
const AND = /^and\((.*)\)$/s;
const QUOTED = /^"((?:[^"\\]|\\.)*)"|^'((?:[^'\\]|\\.)*)'/s;
const BARE = /^[^,()[\]'"\s]+/;

/** @throws SyntaxError */
export function parseFilter(text: string): Condition[] {
	const conditions: Condition[] = [];
	const [, inside = text] = AND.exec(text.trim()) ?? [];
	let rest = inside.trim();
	for (;;) {
		const call = CALL.exec(rest);
		if (!call) throw new SyntaxError(`expected operator(field,value) at: ${rest}`);
		const [head, operator = '', field = ''] = call;
		const after = rest.slice(head.length);
		const read = after.startsWith(')') ? { value: undefined, rest: after } : readValue(after);
		const end = /^\s*\)\s*/.exec(read.rest);
		if (!end) throw new SyntaxError(`expected ) at: ${read.rest}`);
		conditions.push({ operator, field, value: read.value });
		rest = read.rest.slice(end[0].length);
		if (rest === '') return conditions;
		if (!rest.startsWith(',')) throw new SyntaxError(`expected , at: ${rest}`);
		rest = rest.slice(1).trimStart();
	}
}

/** Whether one of the values (dates as ISO text) fulfils a condition. */
export function fulfils(actual: readonly unknown[], condition: Condition): boolean {
	return fulfilling(condition)(actual);
}

/** The same of many: the condition's own value is read once. */
export function fulfilling({
	operator,
	value,
}: Condition): (actual: readonly unknown[]) => boolean {
	const wanted = Array.isArray(value) ? value : [value];
	const [first] = wanted;
	const key = sortKey(first);
	// What is not there is neither before nor after anything.
	const ordered = (is: (order: number) => boolean) => (actual: readonly unknown[]) =>
		actual.some((each) => !isMissing(each) && is(compareKeys(sortKey(each), key)));
	switch (operator) {
		case 'has':
			return (actual) => actual.some((each) => !isMissing(each));
		// `contains-any` is the word of the reports' filters.
		case 'any':
		case 'contains-any':
		case 'equals': {
			const keys = new Set(wanted.map(sortKey));
			return (actual) => actual.some((one) => keys.has(sortKey(one)));
		}
		case 'contains':
			return (actual) =>
				actual.some((each) => text(each).toLowerCase().includes(text(first).toLowerCase()));
		case 'starts-with':
			return (actual) => actual.some((each) => text(each).startsWith(text(first)));
		case 'ends-with':
			return (actual) => actual.some((each) => text(each).endsWith(text(first)));
		case 'greater-than':
			return ordered((order) => order > 0);
		case 'greater-or-equal':
			return ordered((order) => order >= 0);
		case 'less-than':
			return ordered((order) => order < 0);
		case 'less-or-equal':
			return ordered((order) => order <= 0);
		default:
			return () => false;
	}
}

/** What `compareKeys` compares, so that each date is read once: dates by time, whatever their offset, missing ones first. */
export function sortKey(value: unknown): number | string {
	if (isMissing(value)) return -Infinity;
	if (typeof value === 'number') return value;
	const given = text(value);
	const time = /^\d{4}-\d\d-\d\d(T|$)/.test(given) ? instant(given) : NaN;
	return Number.isNaN(time) ? given : time;
}

export function compareKeys(left: number | string, right: number | string): number {
	// Numbers before texts, so that any two have an order.
	if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
	return left < right ? -1 : left > right ? 1 : 0;
}

function isMissing(value: unknown): value is null | undefined {
	return value === null || value === undefined;
}

function text(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function readValue(source: string): { value: FilterValue | FilterValue[]; rest: string } {
	if (!source.startsWith('[')) return readScalar(source);
	const value: FilterValue[] = [];
	let rest = source.slice(1).trimStart();
	while (!rest.startsWith(']')) {
		const item = readScalar(rest);
		value.push(item.value);
		rest = item.rest.trimStart();
		if (rest.startsWith(',')) rest = rest.slice(1).trimStart();
		else if (!rest.startsWith(']')) throw new SyntaxError(`expected ] at: ${rest}`);
	}
	return { value, rest: rest.slice(1) };
}

function readScalar(source: string): { value: FilterValue; rest: string } {
	const quoted = QUOTED.exec(source);
	if (quoted) {
		const value = (quoted[1] ?? quoted[2] ?? '').replace(/\\(.)/gs, '$1');
		return { value, rest: source.slice(quoted[0].length) };
	}
	const bare = BARE.exec(source)?.[0];
	if (bare === undefined) throw new SyntaxError(`expected a value at: ${source}`);
	return { value: scalar(bare), rest: source.slice(bare.length) };
}

function scalar(bare: string): FilterValue {
	if (/^(true|false|null)$/.test(bare)) return JSON.parse(bare) as FilterValue;
	if (/^-?\d+(\.\d+)?$/.test(bare)) return Number(bare);
	// Dates stand without quotes; any other bare word is none of the documented forms.
	if (/^\d{4}-\d\d-\d\d/.test(bare)) return bare;
	throw new SyntaxError(`text needs quotes: ${bare}`);
}
