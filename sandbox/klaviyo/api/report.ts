// What the reports on campaigns and on flows have alike
// (https://developers.klaviyo.com/en/reference/reporting_api_overview).
import type { Dict, Json } from '../types';
import type { Catalog } from './catalog';
import { invalid } from './errors';
import { fulfils } from './filter';
import { dict } from './json';
import { conditionsOf } from './listing';
import type { ApiAnswer, ApiRequest } from './operation';
import { attributesOf } from './operation';
import { instant } from './times';

const AT = '/data/attributes';
const DAY_MS = 86_400_000;
/** "Max length: 1 year". */
const MOST_MS = 366 * DAY_MS;

/** What was sent, once, and what it reached. */
export interface Sent {
	at: Date;
	/** By which it can be grouped and filtered. */
	groupings: Dict;
	statistics: Record<string, number>;
}

export interface Report {
	type: 'campaign-values-report' | 'flow-values-report';
	/** "If not passed in". */
	groups: string[];
	/** Must be among those that are passed in. */
	required: string[];
	/** What a result is related to, by the grouping that holds its id. */
	related: { name: string; type: string; id: string };
}

/** One row for each group, with the sums of what was asked for; 0 for what was not told. In one page. */
export function valuesReport(
	request: ApiRequest,
	sent: Sent[],
	report: Report,
	{ catalog, now }: { catalog: Catalog; now: () => Date },
): ApiAnswer {
	const query = attributesOf(request, report.type);
	catalog.get('metric', String(query.conversion_metric_id));
	const groupBy = groupingOf(query.group_by, report);
	const [from, to] = rangeOf(dict(query.timeframe), now());
	const filter = typeof query.filter === 'string' ? query.filter : undefined;
	const conditions = conditionsOf(filter, `${AT}/filter`);
	const rows = sent.filter(
		({ at, groupings }) =>
			+at >= from &&
			+at < to &&
			conditions.every((condition) =>
				fulfils([groupings[condition.field] ?? null].flat(), condition),
			),
	);
	const names = [query.statistics ?? []].flat().map(String);
	const groups = new Map<string, Sent[]>();
	for (const row of rows) {
		const key = JSON.stringify(groupBy.map((name) => row.groupings[name] ?? null));
		groups.set(key, [...(groups.get(key) ?? []), row]);
	}
	const results = [...groups.values()].map((same) => ({
		groupings: Object.fromEntries(groupBy.map((name) => [name, same[0]!.groupings[name] ?? null])),
		statistics: Object.fromEntries(
			names.map((name) => [
				name,
				same.reduce((sum, { statistics }) => sum + (statistics[name] ?? 0), 0),
			]),
		),
	}));
	const { related } = report;
	const ids = [...new Set(rows.map(({ groupings }) => String(groupings[related.id])))];
	return {
		status: 200,
		body: {
			data: {
				type: report.type,
				attributes: { results: results as unknown as Json },
				relationships: {
					[related.name]: { data: ids.map((id) => ({ type: related.type, id })) },
				},
			},
			links: { self: request.baseUrl + request.path },
		},
	};
}

function groupingOf(given: Json | undefined, { groups, required }: Report): string[] {
	const groupBy = given ? [given].flat().map(String) : groups;
	if (required.every((name) => groupBy.includes(name))) return groupBy;
	const detail = `group_by needs ${required.join(' and ')}.`;
	throw invalid(detail, { pointer: `${AT}/group_by` });
}

function rangeOf({ key, start, end }: Dict, now: Date): [number, number] {
	if (typeof key === 'string') return named(key, now);
	const [from, to] = [instant(String(start)), instant(String(end))];
	if (to > from && to - from <= MOST_MS) return [from, to];
	throw invalid('The time frame must be at most one year long.', { pointer: `${AT}/timeframe` });
}

// In UTC, weeks from Monday (both assumed); `last_30_days` are the 30 before today.
function named(key: string, now: Date): [number, number] {
	const [year, month, date] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
	const today = Date.UTC(year, month, date);
	const monday = today - ((now.getUTCDay() + 6) % 7) * DAY_MS;
	const [, count, unit] = /^last_(\d+)_(days|months)$/.exec(key) ?? [];
	if (unit === 'days') return [today - Number(count) * DAY_MS, today];
	if (unit === 'months') return [Date.UTC(year, month - Number(count)), Date.UTC(year, month)];
	const frames: Record<string, [number, number]> = {
		today: [today, today + DAY_MS],
		yesterday: [today - DAY_MS, today],
		this_week: [monday, monday + 7 * DAY_MS],
		last_week: [monday - 7 * DAY_MS, monday],
		this_month: [Date.UTC(year, month), Date.UTC(year, month + 1)],
		last_month: [Date.UTC(year, month - 1), Date.UTC(year, month)],
		this_year: [Date.UTC(year, 0), Date.UTC(year + 1, 0)],
		last_year: [Date.UTC(year - 1, 0), Date.UTC(year, 0)],
	};
	const frame = frames[key];
	if (frame) return frame;
	throw invalid(`There is no time frame ${key}.`, { pointer: `${AT}/timeframe/key` });
}
