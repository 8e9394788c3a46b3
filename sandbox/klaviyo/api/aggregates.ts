// Events counted by time and by their properties
// (https://developers.klaviyo.com/en/docs/using-the-query-metric-aggregates-endpoint).
import type { Dict, Json } from '../types';
import { invalid } from './errors';
import type { StoredEvent } from './event-store';
import { inventUuid } from './ids';
import type { Resource } from './listing';
import { conditionsOf } from './listing';
import { fulfils } from './filter';
import { instant, seconds } from './times';

const AT = '/data/attributes';
/** "The maximum range is one year" (the guide). */
const MOST_MS = 366 * 86_400_000;

interface Range {
	from: number;
	to: number;
}

/** @throws ApiError 400 */
export function aggregated(query: Dict, events: StoredEvent[]): Resource {
	const timezone = typeof query.timezone === 'string' ? query.timezone : 'UTC';
	const clock = wallClock(timezone);
	const { range, matching } = selected(query.filter, events, clock);
	const interval = typeof query.interval === 'string' ? query.interval : 'day';
	const dates = datesOf(range, interval, clock);
	const by = [query.by ?? []].flat().map(String);
	const groups = new Map<string, StoredEvent[]>();
	// Without a grouping there is one row, also for no events (assumed).
	if (by.length === 0) groups.set('[]', []);
	for (const event of matching) {
		const key = JSON.stringify(by.map((name) => dimension(event, name)));
		groups.set(key, [...(groups.get(key) ?? []), event]);
	}
	const measurements = [query.measurements ?? []].flat().map(String);
	const rows = [...groups].map(([key, members]) => ({
		dimensions: JSON.parse(key) as string[],
		measurements: Object.fromEntries(
			measurements.map((name) => [name, measured(name, members, dates, interval, clock)]),
		),
	}));
	const { sort, page_size } = query;
	const most = typeof page_size === 'number' ? page_size : 500;
	return {
		...{ type: 'metric-aggregate', id: inventUuid(JSON.stringify(query)) },
		attributes: {
			dates: dates.map((wall) => seconds(new Date(clock.utc(wall)))),
			data: sorted(rows, by, sort).slice(0, most) as unknown as Json,
		},
	};
}

function selected(filter: Json | undefined, events: StoredEvent[], clock: WallClock) {
	const pointer = `${AT}/filter`;
	const conditions = [filter ?? []].flat().flatMap((each) => conditionsOf(String(each), pointer));
	const isTime = ({ field }: { field: string }) => field === 'datetime';
	// Without an offset a time is one of the query's time zone.
	const moment = (operator: string): number => {
		const value = conditions.find((each) => isTime(each) && each.operator === operator)?.value;
		const text = typeof value === 'string' ? value : '';
		const at = instant(text);
		if (Number.isNaN(at)) return at;
		return /T[\d:.]+(Z|[+-][\d:]+)$/i.test(text) ? at : clock.utc(at);
	};
	const range = { from: moment('greater-or-equal'), to: moment('less-than') };
	if (!(range.to > range.from)) {
		const detail = 'The filter needs greater-or-equal(datetime,…) and less-than(datetime,…).';
		throw invalid(detail, { pointer });
	}
	if (range.to - range.from > MOST_MS) throw invalid('At most one year.', { pointer });
	const others = conditions.filter((each) => !isTime(each));
	const matching = events.filter(
		(event) =>
			+event.time >= range.from &&
			+event.time < range.to &&
			others.every((each) => fulfils([dimension(event, each.field)], each)),
	);
	return { range, matching };
}

function dimension({ properties }: StoredEvent, name: string): string {
	const value = properties[name];
	return typeof value === 'string' ? value : JSON.stringify(value ?? '').replace(/^""$/, '');
}

function measured(
	name: string,
	events: StoredEvent[],
	dates: number[],
	interval: string,
	clock: WallClock,
): number[] {
	const buckets = new Map(dates.map((date) => [date, [] as StoredEvent[]]));
	for (const event of events) {
		buckets.get(startOf(clock.wall(+event.time), interval))?.push(event);
	}
	return [...buckets.values()].map((bucket) => {
		if (name === 'unique') return new Set(bucket.map(({ profile_id }) => profile_id)).size;
		if (name === 'count') return bucket.length;
		return bucket.reduce((sum, { properties }) => sum + Number(properties.$value ?? 0), 0);
	});
}

interface Row {
	dimensions: string[];
	measurements: Record<string, number[]>;
}

function sorted(rows: Row[], by: string[], sort: Json | undefined): Row[] {
	if (typeof sort !== 'string') return rows;
	const down = sort.startsWith('-') ? -1 : 1;
	const name = sort.replace(/^-/, '');
	const value = ({ dimensions, measurements }: Row) => {
		const total = measurements[name]?.reduce((sum, each) => sum + each, 0);
		return total ?? dimensions[by.indexOf(name)] ?? '';
	};
	return rows.sort((a, b) => down * (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0));
}

// Beginnings of the buckets, in wall-clock time.
function datesOf({ from, to }: Range, interval: string, clock: WallClock): number[] {
	const dates: number[] = [];
	for (let wall = startOf(clock.wall(from), interval); wall < clock.wall(to); ) {
		dates.push(wall);
		wall = nextAfter(wall, interval);
	}
	return dates;
}

function startOf(wall: number, interval: string): number {
	const date = new Date(wall);
	if (interval === 'hour') return date.setUTCMinutes(0, 0, 0);
	date.setUTCHours(0, 0, 0, 0);
	// Weeks begin on Monday (assumed).
	if (interval === 'week') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
	if (interval === 'month') date.setUTCDate(1);
	return date.getTime();
}

function nextAfter(wall: number, interval: string): number {
	const date = new Date(wall);
	if (interval === 'hour') return wall + 3_600_000;
	if (interval === 'month') return date.setUTCMonth(date.getUTCMonth() + 1);
	return date.setUTCDate(date.getUTCDate() + (interval === 'week' ? 7 : 1));
}

/** Local time as if it were UTC, and back. */
interface WallClock {
	wall(at: number): number;
	utc(wall: number): number;
}

function wallClock(timezone: string): WallClock {
	let format: Intl.DateTimeFormat;
	try {
		format = new Intl.DateTimeFormat('sv-SE', {
			...{ timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' },
		});
	} catch {
		throw invalid(`There is no time zone ${timezone}.`, { pointer: `${AT}/timezone` });
	}
	// Swedish writes `2031-02-03 04:05:06`.
	const wall = (at: number) => Date.parse(`${format.format(at).replace(' ', 'T')}Z`);
	return {
		wall,
		// Twice, because the first guess may lie on the other side of a change of the clock.
		utc: (local) => {
			const guess = local - (wall(local) - local);
			return guess + (local - wall(guess));
		},
	};
}
