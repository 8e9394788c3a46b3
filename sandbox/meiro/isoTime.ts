const isoTime = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

/**
 * An ISO 8601 time as an exact instant, 'seconds.fraction' since 1970, so that two spellings of one
 * instant compare equal and microseconds still tell two apart. Null when it is not a real time with
 * seconds and an offset (assumed: 'ISO8601' is all that Meiro says).
 */
export function toInstant(text: string): string | null {
	const match = isoTime.exec(text);
	if (!match) return null;
	const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
	const offset = offsetMinutes(match[8] ?? 'Z');
	const midnight = new Date(Date.UTC(year, month - 1, day));
	// Date.UTC rolls 30 February over to March; a strict reader must not.
	const isRealDay = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
	if (!isRealDay || hour > 23 || minute > 59 || second > 59 || offset === null) return null;
	const seconds = midnight.getTime() / 1000 + hour * 3600 + (minute - offset) * 60 + second;
	const fraction = (match[7] ?? '').replace(/0+$/, '');
	return `${seconds}.${fraction}`;
}

/** How finely Meiro reads a time: what lies below is not seen. */
export type TimePrecision = 'second' | 'millisecond' | 'microsecond';

const fractionDigits: Record<TimePrecision, number> = { second: 0, millisecond: 3, microsecond: 6 };

/** An instant of `toInstant` without what lies below the precision. */
export function cutInstant(instant: string, precision: TimePrecision): string {
	const [seconds = '', fraction = ''] = instant.split('.');
	return `${seconds}.${fraction.slice(0, fractionDigits[precision]).replace(/0+$/, '')}`;
}

type Six = [number, number, number, number, number, number];

function offsetMinutes(text: string): number | null {
	if (text === 'Z') return 0;
	const hours = Number(text.slice(1, 3));
	const minutes = Number(text.slice(4, 6));
	if (hours > 23 || minutes > 59) return null;
	return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
