// `equals(name,"Cart"),greater-than(created,2026-01-01T00:00:00Z)`: a comma means "and"
// (https://developers.klaviyo.com/en/docs/filtering_).

export type FilterValue = string | number | boolean | null;

export interface Condition {
	operator: string;
	field: string;
	value: FilterValue | FilterValue[];
}

const CALL = /^([a-z-]+)\(\s*([\w.]+)\s*,\s*/;
const QUOTED = /^"((?:[^"\\]|\\.)*)"|^'((?:[^'\\]|\\.)*)'/s;
const BARE = /^[^,()[\]'"\s]+/;

/** @throws SyntaxError */
export function parseFilter(text: string): Condition[] {
	const conditions: Condition[] = [];
	let rest = text.trim();
	for (;;) {
		const call = CALL.exec(rest);
		if (!call) throw new SyntaxError(`expected operator(field,value) at: ${rest}`);
		const [head, operator = '', field = ''] = call;
		const read = readValue(rest.slice(head.length));
		const end = /^\s*\)\s*/.exec(read.rest);
		if (!end) throw new SyntaxError(`expected ) at: ${read.rest}`);
		conditions.push({ operator, field, value: read.value });
		rest = read.rest.slice(end[0].length);
		if (rest === '') return conditions;
		if (!rest.startsWith(',')) throw new SyntaxError(`expected , at: ${rest}`);
		rest = rest.slice(1).trimStart();
	}
}

/** Whether a value (dates as ISO text) fulfils a condition. */
export function fulfils(actual: unknown, { operator, value }: Condition): boolean {
	const values = Array.isArray(value) ? value : [value];
	const [first] = values;
	switch (operator) {
		case 'any':
		case 'equals':
			return values.some((each) => compare(actual, each) === 0);
		case 'contains':
			return text(actual).toLowerCase().includes(text(first).toLowerCase());
		case 'starts-with':
			return text(actual).startsWith(text(first));
		case 'ends-with':
			return text(actual).endsWith(text(first));
		case 'greater-than':
			return compare(actual, first) > 0;
		case 'greater-or-equal':
			return compare(actual, first) >= 0;
		case 'less-than':
			return compare(actual, first) < 0;
		case 'less-or-equal':
			return compare(actual, first) <= 0;
		default:
			return false;
	}
}

/** Order of two values: dates by time, whatever their offset, all else as it is. */
export function compare(a: unknown, b: unknown): number {
	const [left, right] = [comparable(a), comparable(b)];
	return left < right ? -1 : left > right ? 1 : 0;
}

function comparable(value: unknown): number | string {
	if (typeof value === 'number') return value;
	const given = text(value);
	return /^\d{4}-\d\d-\d\dT/.test(given) ? Date.parse(given) : given;
}

function text(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function readValue(source: string): { value: Condition['value']; rest: string } {
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
