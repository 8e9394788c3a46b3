import type { CampaignValuesRequestDTO } from 'klaviyo-api';
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { locator } from '../../shared/operation/fields';
import { requiredText } from '../../shared/operation/operation';
import type { Labels } from '../api/explainRefusal';
import type { Wire } from '../api/wire';

/** By name, alike for campaigns and flows; the SDK's enumeration of the same is left out. */
export type Statistic = Extract<
	Wire<CampaignValuesRequestDTO>['data']['attributes']['statistics'][number],
	string
>;

/** What a report is asked for. */
export interface ReportQuery {
	statistics: Statistic[];
	/** Klaviyo wants it even when no conversions are asked for. */
	conversionMetricId: string;
}

/** One line of a report. */
export interface ReportRow {
	groupings: IDataObject;
	statistics: IDataObject;
}

/** https://developers.klaviyo.com/en/reference/query_campaign_values, …/query_flow_values */
const STATISTICS: Statistic[] = [
	'average_order_value',
	'bounce_rate',
	'bounced',
	'bounced_or_failed',
	'bounced_or_failed_rate',
	'click_rate',
	'click_to_open_rate',
	'clicks',
	'clicks_unique',
	'conversion_rate',
	'conversion_uniques',
	'conversion_value',
	'conversions',
	'delivered',
	'delivery_rate',
	'failed',
	'failed_rate',
	'message_segment_count_sum',
	'open_rate',
	'opens',
	'opens_unique',
	'recipients',
	'revenue_per_recipient',
	'spam_complaint_rate',
	'spam_complaints',
	'text_message_credit_usage_amount',
	'text_message_roi',
	'text_message_spend',
	'unsubscribe_rate',
	'unsubscribe_uniques',
	'unsubscribes',
];

export const REPORT_LABELS: Labels = {
	'/data/attributes/conversion_metric_id': 'Conversion Metric',
	'/data/attributes/statistics': 'Statistics',
	id: 'Conversion Metric',
};

export function reportFields(more: Partial<INodeProperties> = {}): INodeProperties[] {
	return [
		locator(
			'Conversion Metric',
			'conversionMetricId',
			'searchMetrics',
			'What counts as a conversion, e.g. Placed Order. Klaviyo asks for it in any case.',
			more,
		),
		{
			displayName: 'Statistics',
			name: 'statistics',
			type: 'multiOptions',
			options: STATISTICS.map((value) => ({ name: statisticLabel(value), value })),
			default: [
				'recipients',
				'delivered',
				'opens_unique',
				'clicks_unique',
				'conversion_uniques',
				'conversion_value',
				'bounced_or_failed',
				'unsubscribe_uniques',
			],
			description:
				'What to add. Rates are fractions from 0 to 1, and null for a campaign with several messages.',
			...more,
		},
	];
}

/** @throws NodeOperationError that names the metric when it is empty */
export function reportQueryAt(context: IExecuteFunctions, index: number): ReportQuery {
	return {
		statistics: context.getNodeParameter('statistics', index) as Statistic[],
		conversionMetricId: requiredText(context, 'conversionMetricId', 'Conversion Metric', index),
	};
}

export function resultsIn(report: IDataObject): ReportRow[] {
	const { results } = (report.attributes ?? {}) as { results?: unknown };
	return (results ?? []) as ReportRow[];
}

/** E.g. 'Opens Unique'. */
function statisticLabel(statistic: string): string {
	return statistic
		.replace(/_/g, ' ')
		.replace(/\broi\b/, 'ROI')
		.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
