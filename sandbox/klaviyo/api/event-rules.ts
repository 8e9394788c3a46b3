// What an event may hold (https://developers.klaviyo.com/en/reference/events_api_overview#limitations
// and https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling; where the two differ,
// 300 or 400 properties, 1990 or 2000, the one that refuses more).
import type { Dict, Json } from '../types';
import { invalid, tooLarge } from './errors';
import { instant } from './times';

export const MOST_BYTES = 5_000_000;
const MOST_PROPERTIES = 300;
const MOST_BYTES_OF_TEXT = 100_000;
const MOST_ITEMS = 4000;
const MOST_LEVELS = 10;
const FIRST_TIME = Date.UTC(2000, 0, 1);
const YEAR_MS = 365 * 86_400_000;

/** @throws ApiError 413 */
export function checkEventBytes(size: number): void {
	if (size > MOST_BYTES) throw tooLarge(`The payload must not exceed ${MOST_BYTES} bytes.`);
}

/** @throws ApiError 400 with a pointer that starts with `at` */
export function checkEvent(attributes: Dict, metricName: Json | undefined, now: Date, at: string) {
	if (typeof metricName !== 'string' || metricName === '' || metricName.length >= 128) {
		const pointer = `${at}/metric/data/attributes/name`;
		throw invalid('A metric needs a name of less than 128 characters.', { pointer });
	}
	const { properties, unique_id } = attributes;
	const length = typeof unique_id === 'string' ? unique_id.length : 1;
	if (length < 1 || length > 255) {
		const detail = 'unique_id must have between 1 and 255 characters.';
		throw invalid(detail, { pointer: `${at}/unique_id` });
	}
	const pointer = `${at}/properties`;
	if (Object.keys(properties ?? {}).length > MOST_PROPERTIES) {
		throw invalid(`At most ${MOST_PROPERTIES} properties.`, { pointer });
	}
	checkValue(properties ?? null, pointer, 0);
	checkTime(attributes.time, now, `${at}/time`);
}

/** When it happened: truncated to the second, and now when that is not said. */
export function eventTime(time: Json | undefined, now: Date): Date {
	const at = typeof time === 'string' ? instant(time) : now.getTime();
	return new Date(Math.floor(at / 1000) * 1000);
}

/** "0, null and empty texts are ignored" (a third-party restatement of the overview). */
export function keptProperties(properties: Dict): Dict {
	const isKept = ([, value]: [string, Json]) => value !== 0 && value !== null && value !== '';
	return Object.fromEntries(Object.entries(properties).filter(isKept));
}

function checkTime(time: Json | undefined, now: Date, pointer: string): void {
	if (typeof time !== 'string') return;
	const at = instant(time);
	if (at >= FIRST_TIME && at <= now.getTime() + YEAR_MS) return;
	throw invalid('The time must lie between 2000 and one year from now.', { pointer });
}

function checkValue(value: Json, pointer: string, level: number): void {
	if (typeof value === 'string' && Buffer.byteLength(value) > MOST_BYTES_OF_TEXT) {
		throw invalid(`A text must not exceed ${MOST_BYTES_OF_TEXT} bytes.`, { pointer });
	}
	if (value === null || typeof value !== 'object') return;
	if (level >= MOST_LEVELS) throw invalid(`At most ${MOST_LEVELS} levels.`, { pointer });
	if (Array.isArray(value) && value.length > MOST_ITEMS) {
		throw invalid(`At most ${MOST_ITEMS} items.`, { pointer });
	}
	for (const [key, each] of Object.entries(value)) checkValue(each, `${pointer}/${key}`, level + 1);
}
