import { cutInstant, toInstant, type TimePrecision } from '../isoTime';

/** 'YYYY-MM-DD hh:mm:ss' in UTC, of milliseconds since 1970. */
export function toPlainTime(ms: number): string {
	return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** 'YYYY-MM-DD hh:mm:ss.ffffff' in UTC; Meiro's clock is finer than ours. */
export function toPlainMicroseconds(ms: number): string {
	return `${new Date(ms).toISOString().slice(0, 23).replace('T', ' ')}000`;
}

const plain = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?$/;

/** An event_time as the API answers it, 'YYYY-MM-DD hh:mm:ss' in UTC, and as the id of its event has it. */
export interface EventTime {
	plain: string;
	/** YYYY-MM-DDThh:mm:ss.ffffffZ */
	inId: string;
}

/** An event_time of one of the accepted spellings; null when it is none. */
export function readEventTime(
	text: string,
	form: 'iso' | 'plain' | 'both',
	precision: TimePrecision,
): EventTime | null {
	const isPlain = plain.test(text);
	if (form !== 'both' && isPlain !== (form === 'plain')) return null;
	const instant = toInstant(isPlain ? `${text.replace(' ', 'T')}Z` : text);
	if (instant === null) return null;
	const [seconds, fraction = ''] = cutInstant(instant, precision).split('.');
	const time = toPlainTime(Number(seconds) * 1000);
	return { plain: time, inId: `${time.replace(' ', 'T')}.${fraction.padEnd(6, '0')}Z` };
}
