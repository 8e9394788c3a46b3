import { createHash } from 'node:crypto';

import { momentIn } from '../../shared/event/moment';

const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const OFFSET = /T.*(?:Z|[+-]\d\d(?::?\d\d)?)$/i;
const CALENDAR_DAY = /^\d{4}-\d\d-\d\d/;

/**
 * The moment that an event's time names, as YYYY-MM-DDTHH:MM:SS.sssZ; null when it is none. A time without
 * an offset is one of `zone`, a day alone is its midnight there.
 */
export function instantOf(text: string, zone: string): string | null {
	if (UTC_TIME.test(text)) {
		const time = Date.parse(text);
		if (Number.isNaN(time)) return null;
		// As the triggers write it: the most events by far.
		if (text.length === 24 && text[8]! < '3' && text.slice(8, 10) < '29') return text;
		const instant = new Date(time).toISOString();
		// JavaScript would take 30 February for 2 March.
		return instant.startsWith(text.slice(0, 10)) ? instant : null;
	}
	if (!CALENDAR_DAY.test(text)) return null;
	return momentIn(text, zone)?.toISOString() ?? null;
}

/** Whether a time names one moment by itself, wherever it is read. */
export function hasOffset(text: string): boolean {
	return OFFSET.test(text);
}

/**
 * The time by which Meiro tells events apart. Pipes drops an event of the same type, time and identifiers as another
 * (https://meiro.io/product/architecture), the CDP makes an event's id of time, source, type and person
 * (https://docs.meiro.dev/docs/api/meiro-cdp-api/create-customer-events). So what a time does not say below a second comes from
 * the event_id: microseconds always, milliseconds where there are none. Two events of one second differ, and an
 * event is the same each time it is sent.
 *
 * @param instant YYYY-MM-DDTHH:MM:SS.sssZ
 * @returns YYYY-MM-DDTHH:MM:SS.ffffffZ
 */
export function wireTimeOf(instant: string, eventId: string): string {
	const digits = digitsOf(eventId);
	const milliseconds = instant.slice(20, 23);
	const fraction = milliseconds === '000' ? digits : `${milliseconds}${digits.slice(3)}`;
	return `${instant.slice(0, 19)}.${fraction}Z`;
}

const SHA256_HEX = /^[0-9a-f]{64}$/;

/** Six digits that only the id decides: of the id itself where it is a hash, else of its hash. */
function digitsOf(eventId: string): string {
	const hash = SHA256_HEX.test(eventId)
		? eventId
		: createHash('sha256').update(eventId, 'utf8').digest('hex');
	return String(Number.parseInt(hash.slice(0, 12), 16) % 1_000_000).padStart(6, '0');
}
