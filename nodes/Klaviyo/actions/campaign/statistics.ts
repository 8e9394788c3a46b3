import type { CampaignValuesRequestDTO } from 'klaviyo-api';
import type { IDataObject } from 'n8n-workflow';

import type { ApiRequest, KlaviyoClient } from '../../api/klaviyoClient';
import type { Wire } from '../../api/wire';
import { REPORT_LABELS, resultsIn, type ReportQuery, type Statistic } from '../report';

/** A campaign that was sent. */
export interface SentCampaign {
	id: string;
	sentAt: number;
}

const DAY_MS = 86_400_000;

/**
 * Klaviyo counts by send date, in the account's time zone, and takes at most a year
 * (https://developers.klaviyo.com/en/reference/reporting_api_overview). A day is left on both sides.
 */
const LONGEST_MS = 365 * DAY_MS;
const MARGIN_MS = DAY_MS;

/** "Max of 100 items per list filter" (https://developers.klaviyo.com/en/reference/query_campaign_values). */
const MOST_IDS = 100;

/** One report. */
export interface Window {
	start: number;
	end: number;
	/** Of a window with more campaigns than a filter takes, all are asked for. */
	ids: string[] | null;
}

/**
 * As few reports as can be, because Klaviyo allows 2 in a minute and 225 in a day: one for all campaigns that were
 * sent within the same year.
 */
export function windowsOf(campaigns: SentCampaign[]): Window[] {
	const sorted = [...campaigns].sort((a, b) => a.sentAt - b.sentAt);
	const windows: SentCampaign[][] = [];
	for (const campaign of sorted) {
		const first = windows.at(-1)?.[0];
		if (first !== undefined && campaign.sentAt - first.sentAt <= LONGEST_MS - 2 * MARGIN_MS) {
			windows.at(-1)!.push(campaign);
		} else {
			windows.push([campaign]);
		}
	}
	return windows.map((members) => ({
		start: members[0]!.sentAt - MARGIN_MS,
		end: members.at(-1)!.sentAt + MARGIN_MS,
		ids: members.length <= MOST_IDS ? members.map(({ id }) => id) : null,
	}));
}

/** The numbers of each campaign, by its ID. */
export async function statisticsOf(
	client: KlaviyoClient,
	campaigns: SentCampaign[],
	query: ReportQuery,
): Promise<Map<string, IDataObject>> {
	const rows = new Map<string, IDataObject[]>();
	for (const window of windowsOf(campaigns)) {
		for (const report of await client.all(reportRequest(window, query))) {
			for (const { groupings, statistics } of resultsIn(report)) {
				const id = String(groupings.campaign_id);
				rows.set(id, [...(rows.get(id) ?? []), statistics]);
			}
		}
	}
	return new Map([...rows].map(([id, all]) => [id, addedUp(all, query.statistics)]));
}

function reportRequest({ start, end, ids }: Window, query: ReportQuery): ApiRequest {
	const body: Wire<CampaignValuesRequestDTO> = {
		data: {
			type: 'campaign-values-report',
			attributes: {
				statistics: query.statistics,
				conversion_metric_id: query.conversionMetricId,
				timeframe: { start: isoOf(start), end: isoOf(end) },
				...(ids === null ? {} : { filter: `contains-any(campaign_id,${JSON.stringify(ids)})` }),
			},
		},
	};
	return {
		method: 'POST',
		path: '/api/campaign-values-reports',
		body,
		scopes: 'campaigns:read',
		labels: REPORT_LABELS,
	};
}

/** A campaign with several messages has a row of each. Counts add up; rates don't. */
function addedUp(rows: IDataObject[], statistics: Statistic[]): IDataObject {
	return Object.fromEntries(
		statistics.map((name) => {
			if (rows.length === 1) return [name, rows[0]![name] ?? null];
			if (isRatio(name)) return [name, null];
			return [name, rows.reduce((sum, row) => sum + Number(row[name] ?? 0), 0)];
		}),
	);
}

function isRatio(name: Statistic): boolean {
	return /_rate$|^average_|_per_|_roi$/.test(name);
}

function isoOf(time: number): string {
	return new Date(time).toISOString().replace(/\.\d+Z$/, '+00:00');
}
