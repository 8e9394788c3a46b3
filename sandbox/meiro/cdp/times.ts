import { toInstant } from '../isoTime';

/** 'YYYY-MM-DD hh:mm:ss' in UTC, of milliseconds since 1970. */
export function toPlainTime(ms: number): string {
	return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** 'YYYY-MM-DD hh:mm:ss.ffffff' in UTC; Meiro's clock is finer than ours. */
export function toPlainMicroseconds(ms: number): string {
	return `${new Date(ms).toISOString().slice(0, 23).replace('T', ' ')}000`;
}

const plain = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?$/;

/** An event_time as 'YYYY-MM-DD hh:mm:ss' in UTC; null when it is none of the accepted spellings. */
export function readEventTime(text: string, form: 'iso' | 'plain' | 'both'): string | null {
	const isPlain = plain.test(text);
	if (form !== 'both' && isPlain !== (form === 'plain')) return null;
	const instant = toInstant(isPlain ? `${text.replace(' ', 'T')}Z` : text);
	return instant === null ? null : toPlainTime(Math.floor(Number(instant.split('.')[0])) * 1000);
}
