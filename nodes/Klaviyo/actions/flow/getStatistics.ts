import type { FlowValuesRequestDTO } from 'klaviyo-api';
import type { IDataObject } from 'n8n-workflow';

import { locator } from '../../../shared/operation/fields';
import { forEachItem, textParameter } from '../../../shared/operation/operation';
import { condition } from '../../api/filter';
import type { Wire } from '../../api/wire';
import type { KlaviyoOperation } from '../operation';
import { REPORT_LABELS, reportFields, reportQueryAt, resultsIn } from '../report';

type Attributes = Wire<FlowValuesRequestDTO>['data']['attributes'];

/** Klaviyo's own (https://developers.klaviyo.com/en/reference/reporting_api_overview#available-time-frames). */
const TIME_FRAMES = {
	last_7_days: 'Last 7 Days',
	last_30_days: 'Last 30 Days',
	last_90_days: 'Last 90 Days',
	last_365_days: 'Last 365 Days',
	last_3_months: 'Last 3 Months',
	last_12_months: 'Last 12 Months',
	last_week: 'Last Week',
	last_month: 'Last Month',
	last_year: 'Last Year',
	this_week: 'This Week',
	this_month: 'This Month',
	this_year: 'This Year',
	today: 'Today',
	yesterday: 'Yesterday',
};

/** The two IDs are required. */
const GROUPS = [
	...(['flow_id', 'flow_name', 'flow_message_id', 'flow_message_name', 'send_channel'] as const),
];

/** https://developers.klaviyo.com/en/reference/query_flow_values */
export const getStatistics: KlaviyoOperation = {
	option: {
		name: 'Get Statistics',
		value: 'getStatistics',
		description:
			'Get what the messages of Klaviyo flows achieved, one item for each message. Klaviyo allows 2 such reports per minute and 225 per day.',
		action: 'Get the statistics of flows',
	},
	properties: [
		locator('Flow', 'flowId', 'searchFlows', 'Only messages of this one. Empty: of all.', {
			required: false,
		}),
		{
			displayName: 'Time Frame',
			name: 'timeFrame',
			type: 'options',
			options: Object.entries(TIME_FRAMES).map(([value, name]) => ({ name, value })),
			default: 'last_30_days',
			description: 'When the messages were sent, in the account’s time zone',
		},
		...reportFields(),
	],
	execute: forEachItem(async (context, client, index) => {
		const { statistics, conversionMetricId } = reportQueryAt(context, index);
		const filter = condition('equals', 'flow_id', textParameter(context, 'flowId', index));
		const body: Wire<FlowValuesRequestDTO> = {
			data: {
				type: 'flow-values-report',
				attributes: {
					statistics,
					conversion_metric_id: conversionMetricId,
					timeframe: { key: context.getNodeParameter('timeFrame', index) as TimeFrame },
					group_by: GROUPS,
					...(filter === undefined ? {} : { filter }),
				},
			},
		};
		const reports = await client.all({
			method: 'POST',
			path: '/api/flow-values-reports',
			body,
			scopes: 'flows:read',
			labels: {
				...REPORT_LABELS,
				'/data/attributes/filter': 'Flow',
				'/data/attributes/timeframe': 'Time Frame',
			},
		});
		return reports.flatMap(resultsIn).map(({ groupings, statistics: reached }): IDataObject => {
			return { ...groupings, ...reached };
		});
	}),
};

type TimeFrame = Extract<Attributes['timeframe'], { key: unknown }>['key'];
