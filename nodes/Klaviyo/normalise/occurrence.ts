import type { IDataObject } from 'n8n-workflow';

import { sha256Of } from '../../shared/event/eventId';
import { isObject } from '../../shared/event/values';
import { plainKey } from './keys';

/** Where the date of a date flow stands, beside `date` and a property of the event's own name. */
const DATES = ['birthday', 'birth_date', 'date_of_birth', 'anniversary'];
/** How far from the day a date may lie that is not certain to be the flow's. */
const NEAR_MS = 31 * 86_400_000;
/** 1990-12-31, --12-31, 12-31, 1990/12/31, 19901231; 31.12.1990; 12/31/1990. */
const YEAR_FIRST = /^(?:\d{4}|-)?[-/.]?(\d{2})[-/.](\d{2})(?:[T ].*)?$|^\d{4}(\d{2})(\d{2})$/;
const YEAR_LAST = /^(\d{1,2})([./])(\d{1,2})[./]\d{4}$/;

/**
 * Which year's date it is: that in which the date lies nearest to the day on which the flow ran. A retry on
 * New Year's Day still speaks of the old year's date.
 *
 * @param holders where the body may tell the date; without it the day alone tells the year
 * @param day YYYY-MM-DD
 */
export function yearOfDate(eventName: string, day: string, holders: IDataObject[]): string {
	const year = Number(day.slice(0, 4));
	const own = dateIn([eventName, 'date', ...datesLike(eventName)], holders);
	const date = own ?? dateIn(DATES, holders);
	if (date === null) return String(year);
	const at = Date.parse(day);
	const distanceIn = (of: number) => Math.abs(Date.UTC(of, date.month - 1, date.day) - at);
	const nearest = [year - 1, year, year + 1].reduce((best, of) =>
		distanceIn(of) < distanceIn(best) ? of : best,
	);
	// A birthday says nothing of when a contract ends, unless it comes just then.
	return String(own !== null || distanceIn(nearest) <= NEAR_MS ? nearest : year);
}

function datesLike(eventName: string): string[] {
	const [word] = /birth|anniversary/.exec(eventName) ?? [];
	return DATES.filter((name) => word !== undefined && name.includes(word));
}

function dateIn(names: string[], holders: IDataObject[]): { month: number; day: number } | null {
	for (const name of names) {
		for (const holder of holders) {
			for (const key of Object.keys(holder)) {
				if (plainKey(key) !== plainKey(name)) continue;
				const date = readDate(String(holder[key]));
				if (date !== null) return date;
			}
		}
	}
	return null;
}

/** A slash stands behind the month, unless that can be none; a dot behind the day. */
function readDate(text: string): { month: number; day: number } | null {
	const [, month, day, plainMonth, plainDay] = YEAR_FIRST.exec(text) ?? [];
	const [, first, sign, second] = YEAR_LAST.exec(text) ?? [];
	const isDayFirst = sign === '.' || Number(first) > 12;
	const date = {
		month: Number(month ?? plainMonth ?? (isDayFirst ? second : first)),
		day: Number(day ?? plainDay ?? (isDayFirst ? first : second)),
	};
	return date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31 ? date : null;
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
