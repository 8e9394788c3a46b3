import { tryToParseDateTime } from 'n8n-workflow';

const SECOND_MS = 1000;

const UNIT_MS: Record<string, number> = {
	second: SECOND_MS,
	minute: 60 * SECOND_MS,
	hour: 3_600 * SECOND_MS,
	day: 86_400 * SECOND_MS,
	week: 7 * 86_400 * SECOND_MS,
};

const DATE_TIME =
	/^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d+))?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?$/i;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** In seconds, milliseconds or microseconds. */
const UNIX_TIME = /^\d{9,13}(?:\.\d+)?$|^\d{16}$/;
/** RFC 2822, HTTP and JavaScript's own: Mon, 03 Feb 2031 04:05:06 GMT; Mon Feb 03 2031 05:05:06 GMT+0100 (CET). */
const IN_WORDS =
	/^(?:[a-z]{3},? )?(?:(\d{1,2}) ([a-z]{3})|([a-z]{3}) (\d{1,2})) (\d{4} \d{2}:\d{2}(?::\d{2})? (?:(?:GMT|UTC)(?:[+-]\d{4})?|[+-]\d{4}))(?: \([^)]*\))?$/i;
const DELAY = /^(\d+(?:\.\d+)?)\s*(second|minute|hour|day|week)s?$/i;

/** Before it lies what programs write for no time at all: 1970-01-01, and 0001-01-01 at others. */
const EARLIEST_MS = Date.UTC(1971, 0);

/** A time as it was given. */
export interface GivenTime {
	/** A point in time; a clock's time somewhere; or a day of the calendar, which is no time. */
	kind: 'instant' | 'local' | 'day';
	/** Milliseconds since 1970; of what is no instant, as if it were UTC. */
	ms: number;
}

/**
 * Reads a time as Klaviyo and the shops behind it write it: ISO 8601 with T or space, with an offset or
 * without, a day alone, or Unix seconds or milliseconds. Undefined when it is no time.
 */
export function readTime(value: unknown): GivenTime | undefined {
	if (typeof value !== 'string' && typeof value !== 'number') return undefined;
	const text = String(value).trim();
	if (UNIX_TIME.test(text)) {
		// 13 digits are milliseconds: as seconds they would lie tens of thousands of years ahead.
		const number = Number(text);
		const milliseconds = number >= 1e11 ? number : number * SECOND_MS;
		const ms = Math.floor(number >= 1e14 ? number / 1000 : milliseconds);
		return ms < EARLIEST_MS ? undefined : { kind: 'instant', ms };
	}
	const words = IN_WORDS.exec(text);
	if (words) return timeInWords(words);

	const match = DATE_TIME.exec(text);
	if (!match) return undefined;
	const [, day, clock, fraction = '', offset] = match;
	// JavaScript would take 30 February for 2 March.
	if (parseDay(day) === undefined) return undefined;
	const wholeClock = clock === undefined ? '00:00:00' : clock.padEnd(8, ':00');
	const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
	const ms = Date.parse(`${day}T${wholeClock}.${milliseconds}${offsetWithColon(offset)}`);
	if (Number.isNaN(ms) || ms < EARLIEST_MS) return undefined;
	if (clock === undefined) return { kind: 'day', ms };
	return { kind: offset === undefined ? 'local' : 'instant', ms };
}

function timeInWords(words: RegExpExecArray): GivenTime | undefined {
	const [, dayFirst, monthSecond, monthFirst, daySecond, rest] = words;
	const day = dayFirst ?? daySecond;
	const month = monthSecond ?? monthFirst;
	// JavaScript would take 30 February for 2 March.
	const isDay = new Date(`${day} ${month} ${rest!.slice(0, 4)} UTC`).getUTCDate() === Number(day);
	const ms = isDay ? Date.parse(`${day} ${month} ${rest}`) : Number.NaN;
	return Number.isNaN(ms) || ms < EARLIEST_MS ? undefined : { kind: 'instant', ms };
}

/**
 * The point in time that is meant, in milliseconds; undefined for a day, and for a clock's time whose zone is
 * not known.
 *
 * @param zone an IANA name such as Europe/Prague, for what says no offset
 */
export function instantOf(time: GivenTime | undefined, zone: string | null): number | undefined {
	if (time === undefined || time.kind === 'day') return undefined;
	if (time.kind === 'instant' || zone === 'UTC') return time.ms;
	if (zone === null) return undefined;
	try {
		return tryToParseDateTime(isoOf(time.ms).slice(0, -1), zone).toMillis();
	} catch {
		return undefined;
	}
}

/**
 * A time of Klaviyo's API in the one spelling that events have. What says no offset is UTC there, and a day
 * is its beginning.
 *
 * @returns `YYYY-MM-DDTHH:MM:SS.sssZ`; undefined when it is no time
 */
export function parseTime(value: unknown): string | undefined {
	const time = readTime(value);
	return time === undefined ? undefined : isoOf(time.ms);
}

/** Milliseconds of a time of Klaviyo's API; NaN when it is no time. */
export function timeOf(value: unknown): number {
	return readTime(value)?.ms ?? Number.NaN;
}

/** A calendar day, 'YYYY-MM-DD'; undefined when the text is none, such as 2031-02-30. */
export function parseDay(value: unknown): string | undefined {
	if (typeof value !== 'string' || !DAY.test(value)) return undefined;
	const ms = Date.parse(`${value}T00:00:00Z`);
	return Number.isNaN(ms) || !isoOf(ms).startsWith(value) ? undefined : value;
}

/** Milliseconds of a delay such as '60 days' or '4 hours'; undefined when the text is none. */
export function parseDelay(value: unknown): number | undefined {
	const match = typeof value === 'string' ? DELAY.exec(value.trim()) : null;
	if (!match) return undefined;
	return Number(match[1]) * (UNIT_MS[match[2]!.toLowerCase()] ?? 0);
}

/** `YYYY-MM-DDTHH:MM:SS.sssZ` */
export function isoOf(ms: number): string {
	return new Date(ms).toISOString();
}

/** As Klaviyo cuts an event's time: https://developers.klaviyo.com/en/reference/create_event */
export function wholeSecondOf(ms: number): number {
	return Math.floor(ms / SECOND_MS) * SECOND_MS;
}

/** Seconds since 1970, as text: what Klaviyo takes for an event's id when its sender gives none. */
export function unixSecondOf(ms: number): string {
	return String(Math.floor(ms / SECOND_MS));
}

function offsetWithColon(offset = 'Z'): string {
	if (!/^[+-]/.test(offset)) return 'Z';
	return `${offset.slice(0, 3)}:${offset.slice(3).replace(':', '') || '00'}`;
}
