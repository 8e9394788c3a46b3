import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

/**
 * The moment that a date field names, undefined when it is empty. n8n's date picker writes no offset and means the
 * workflow's time zone.
 *
 * @throws NodeOperationError that names the field
 */
export function dateOf(
	context: IExecuteFunctions,
	value: unknown,
	label: string,
	index: number,
): Date | undefined {
	const text = (value instanceof Date ? value.toISOString() : String(value ?? '')).trim();
	if (text === '') return undefined;
	const moment = momentOf(text, context.getTimezone());
	if (moment !== null) return moment;
	throw new NodeOperationError(
		context.getNode(),
		`'${label}' is not a date: '${text}'. Enter one such as 2031-02-03T04:05:06Z [item ${index}]`,
		{ itemIndex: index },
	);
}

const LOCAL = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$/;

/** The moment of a text in ISO 8601, null when it is none. */
export function momentOf(text: string, timezone: string): Date | null {
	const isLocal = LOCAL.test(text);
	const time = Date.parse(isLocal ? `${withTime(text)}Z` : text);
	if (Number.isNaN(time)) return null;
	return new Date(isLocal ? utcOf(time, timezone) : time);
}

/** The clock on the wall there, e.g. 2031-02-03T05:05:06, without an offset. */
export function wallTime(moment: Date, timezone: string): string {
	return new Date(wallOf(moment.getTime(), timezone)).toISOString().slice(0, 19);
}

export function isTimezone(name: string): boolean {
	try {
		new Intl.DateTimeFormat('en', { timeZone: name });
		return true;
	} catch {
		return false;
	}
}

function withTime(text: string): string {
	return text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T');
}

/** Local time as if it were UTC, to the second. Swedish writes it as ISO 8601 does. */
function wallOf(time: number, timezone: string): number {
	const format = new Intl.DateTimeFormat('sv-SE', {
		timeZone: timezone,
		dateStyle: 'short',
		timeStyle: 'medium',
	});
	return Date.parse(`${format.format(time).replace(' ', 'T')}Z`);
}

/** Corrected twice, as the first guess may lie on the other side of a change of the clock. */
function utcOf(wall: number, timezone: string): number {
	const whole = Math.floor(wall / 1000) * 1000;
	const guess = whole - (wallOf(whole, timezone) - whole);
	return guess + (whole - wallOf(guess, timezone)) + (wall - whole);
}
