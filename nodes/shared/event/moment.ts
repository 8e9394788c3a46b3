import { tryToParseDateTime } from 'n8n-workflow';

const CALENDAR_DAY = /^\d{4}-\d\d-\d\d/;
/** Of 13 digits the last three are milliseconds. */
const UNIX_TIME = /^\d{9,13}$/;
/** ISO 8601 or SQL; RFC 2822 or HTTP. Whatever else there is, JavaScript would read in this machine's zone or guess. */
const WRITTEN =
	/^(?:\d{4}[-\d:., TWZ+]*|(?:[a-z]{3}, *)?\d{1,2} [a-z]{3} \d{4} [\d:]+ (?:[a-z]{1,3}|[+-]\d{4}))$/i;

/** The moment of a text, a number of seconds or a date; null when it is none. Without an offset it is one of `zone`. */
export function momentIn(value: unknown, zone: string): Date | null {
	const text = String(value).trim();
	if (UNIX_TIME.test(text)) return new Date(Number(text) * (text.length > 11 ? 1 : 1000));
	try {
		const moment = tryToParseDateTime(value as string, zone);
		if (typeof value !== 'string') return moment.toJSDate();
		if (!WRITTEN.test(text)) return null;
		// JavaScript would take 30 February for 2 March.
		const [day] = CALENDAR_DAY.exec(text) ?? [];
		return day === undefined || day === moment.toISODate() ? moment.toJSDate() : null;
	} catch {
		return null;
	}
}

/** The clock on the wall there, e.g. 2031-02-03T05:05:06, without an offset. */
export function wallTime(moment: Date, zone: string): string {
	return tryToParseDateTime(moment, zone).toFormat("yyyy-MM-dd'T'HH:mm:ss");
}

export function isTimezone(name: string): boolean {
	return momentIn(new Date(0), name) !== null;
}
