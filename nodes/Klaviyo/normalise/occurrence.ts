import type { IDataObject } from 'n8n-workflow';

import { sha256Of } from '../../shared/event/eventId';
import { isObject } from '../../shared/event/values';
import { plainKey } from './keys';

/** Where the date of a date flow stands, beside a property of the event's own name. */
const DATE_PROPERTIES = ['date', 'birthday', 'birth_date', 'date_of_birth', 'anniversary'];
const DATE = /^(?:\d{4}|-)?-?(\d{2})-(\d{2})(?:[T ].*)?$/;

/**
 * Which year's date it is: that in which the date lies nearest to the day on which the flow ran. A retry on
 * New Year's Day still speaks of the old year's date.
 *
 * @param holders where the body may tell the date; without it the day alone tells the year
 * @param day YYYY-MM-DD
 */
export function yearOfDate(eventName: string, day: string, holders: IDataObject[]): string {
	const year = Number(day.slice(0, 4));
	const date = dateIn(eventName, holders);
	if (date === null) return String(year);
	const at = Date.parse(day);
	const distanceIn = (of: number) => Math.abs(Date.UTC(of, date.month - 1, date.day) - at);
	return String(
		[year - 1, year, year + 1].reduce((nearest, of) =>
			distanceIn(of) < distanceIn(nearest) ? of : nearest,
		),
	);
}

function dateIn(eventName: string, holders: IDataObject[]): { month: number; day: number } | null {
	for (const name of [eventName, ...DATE_PROPERTIES]) {
		for (const holder of holders) {
			for (const key of Object.keys(holder)) {
				if (plainKey(key) !== plainKey(name)) continue;
				const match = DATE.exec(String(holder[key]));
				if (match !== null) return { month: Number(match[1]), day: Number(match[2]) };
			}
		}
	}
	return null;
}

/** Properties that tell when the body was rendered or sent: a retry tells another time. */
const RENDER_TIMES = new Set(
	[
		...['today', 'now', 'date_now', 'current_date', 'current_time', 'current_timestamp'],
		...['sent_at', 'send_time', 'rendered_at', 'received_at', 'webhook_time', 'request_time'],
	].map(plainKey),
);

/** What tells an event by its content, for one that has neither an id nor a time: all of it but the person. */
export function contentDigest(properties: IDataObject, others: unknown[]): string {
	const told = Object.entries(properties).filter(([key]) => !RENDER_TIMES.has(plainKey(key)));
	return sha256Of(JSON.stringify([inOneOrder(Object.fromEntries(told)), ...others]));
}

/** Two flows may write the same properties in another order. */
function inOneOrder(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(inOneOrder);
	if (!isObject(value)) return value;
	const keys = Object.keys(value).sort();
	return Object.fromEntries(keys.map((key) => [key, inOneOrder(value[key])]));
}
