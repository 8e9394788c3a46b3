// https://developers.klaviyo.com/en/reference/reporting_api_overview
import type { Dict, Json } from '../types';
import type { StoredCampaign } from './campaign-store';
import type { Campaigns } from './campaigns';
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
/** "If not passed in", and the first two must be among those that are. */
const GROUPS = ['campaign_id', 'campaign_message_id', 'send_channel'];
/** The report's own word for mobile_push. */
const PUSH = 'push-notification';

/**
 * What each campaign that was sent in the time reached: what it was seeded with, 0 for the rest. In
 * one page, whatever its length.
 */
export function campaignValues(request: ApiRequest, given: Campaigns): ApiAnswer {
	const query = attributesOf(request, 'campaign-values-report');
	given.catalog.get('metric', String(query.conversion_metric_id));
	const groupBy = groupingOf(query.group_by);
	const [from, to] = rangeOf(dict(query.timeframe), given.now());
	const filter = typeof query.filter === 'string' ? query.filter : undefined;
	const conditions = conditionsOf(filter, `${AT}/filter`);
	const rows = given.campaigns
		.list()
		.filter(({ send_time }) => send_time !== null && +send_time >= from && +send_time < to)
		.map((each) => ({ each, groupings: groupingsOf(each) }))
		.filter(({ groupings }) =>
			conditions.every((condition) =>
				fulfils([groupings[condition.field] ?? null].flat(), condition),
			),
		);
	const statistics = [query.statistics ?? []].flat().map(String);
	const results = rows.map(({ each, groupings }) => ({
		groupings: Object.fromEntries(groupBy.map((name) => [name, groupings[name] ?? null])),
		statistics: Object.fromEntries(statistics.map((name) => [name, each.statistics[name] ?? 0])),
	}));
	const campaigns = rows.map(({ each }) => ({ type: 'campaign', id: each.id }));
	return {
		status: 200,
		body: {
			data: {
				type: 'campaign-values-report',
				attributes: { results: results as unknown as Json },
				relationships: { campaigns: { data: campaigns } },
			},
			links: { self: request.baseUrl + request.path },
		},
	};
}

function groupingOf(given: Json | undefined): string[] {
	const groupBy = given ? [given].flat().map(String) : GROUPS;
	if (['campaign_id', 'campaign_message_id'].every((name) => groupBy.includes(name)))
		return groupBy;
	const detail = 'group_by needs campaign_id and campaign_message_id.';
	throw invalid(detail, { pointer: `${AT}/group_by` });
}

function groupingsOf({ id, channel, message, tags }: StoredCampaign): Dict {
	return {
		...{ campaign_id: id, campaign_message_id: message.id },
		send_channel: channel === 'mobile_push' ? PUSH : channel,
		campaign_message_name: dict(message.attributes?.definition).label ?? '',
		tag_id: tags.map((tag) => tag.id),
		tag_name: tags.map((tag) => tag.attributes?.name ?? ''),
	};
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
