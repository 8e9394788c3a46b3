import type { MetricAggregateQuery } from 'klaviyo-api';
import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';

import type { ApiRequest, KlaviyoClient } from '../../api/klaviyoClient';
import type { Wire } from '../../api/wire';
import { forEachItem, requiredText } from '../../../shared/operation/operation';
import { isTimezone, wallTime } from '../../../shared/event/moment';
import { dateOf } from '../../../shared/operation/dates';
import {
	dateField,
	locator,
	optionsAt,
	optionsField,
	simplify,
	textField,
	wantsSimple,
} from '../../../shared/operation/fields';
import { attributesOf, type KlaviyoOperation } from '../operation';

type Query = Wire<MetricAggregateQuery>['data']['attributes'];
type Measurement = Extract<Query['measurements'][number], string>;
type Dimension = Extract<NonNullable<Query['by']>[number], string>;

interface Options {
	groupBy?: Dimension[];
	timezone?: string;
}

/** "The maximum range is one year" (https://developers.klaviyo.com/en/docs/using-the-query-metric-aggregates-endpoint). */
const LONGEST_MS = 366 * 86_400_000;
const MOST_ROWS = 500;

/** Klaviyo's own properties have a '$' before their name. */
const DIMENSIONS: Dimension[] = [
	'$attributed_channel',
	'$attributed_flow',
	'$attributed_message',
	'$attributed_variation',
	'$campaign_channel',
	'$flow',
	'$flow_channel',
	'$message',
	'$message_send_cohort',
	'$usage_amount',
	'$value_currency',
	'$variation',
	'$variation_send_cohort',
	'Bot Click',
	'Bounce Type',
	'Campaign Name',
	'Client Canonical',
	'Client Name',
	'Client Type',
	'Email Domain',
	'Failure Source',
	'Failure Type',
	'form_id',
	'From Number',
	'From Phone Region',
	'Inbox Provider',
	'List',
	'Message Format',
	'Message Name',
	'Message Type',
	'Method',
	'Segment Count',
	'Subject',
	'To Number',
	'To Phone Region',
	'URL',
];

/** https://developers.klaviyo.com/en/reference/query_metric_aggregates */
export const getAggregates: KlaviyoOperation = {
	option: {
		name: 'Get Aggregates',
		value: 'getAggregates',
		description: 'Count the events of a metric per hour, day, week or month',
		action: 'Get aggregates of a metric',
	},
	properties: [
		locator('Metric', 'metricId', 'searchMetrics', 'What to count'),
		{ ...dateField('Since', 'since', 'The first moment to count'), required: true },
		{
			...dateField('Until', 'until', 'The moment up to which to count, at most a year after Since'),
			required: true,
		},
		{
			displayName: 'Interval',
			name: 'interval',
			type: 'options',
			options: [
				{ name: 'Day', value: 'day' },
				{ name: 'Hour', value: 'hour' },
				{ name: 'Month', value: 'month' },
				{ name: 'Week', value: 'week' },
			],
			default: 'day',
			description: 'How long each of the counted times is',
		},
		{
			displayName: 'Measurements',
			name: 'measurements',
			type: 'multiOptions',
			options: [
				{ name: 'Count', value: 'count', description: 'How many events' },
				{ name: 'Sum of Values', value: 'sum_value', description: 'Revenue, for example' },
				{ name: 'Unique', value: 'unique', description: 'How many profiles' },
			],
			default: ['count'],
			required: true,
			description: 'What to count',
		},
		simplify,
		optionsField([
			{
				displayName: 'Group By',
				name: 'groupBy',
				type: 'multiOptions',
				options: DIMENSIONS.map((value) => ({ name: dimensionLabel(value), value })),
				default: [],
				description:
					'Counts each of their values by itself. Not every metric has every one of them.',
			},
			textField(
				'Time Zone',
				'timezone',
				'e.g. Europe/Prague',
				'Where hours and days begin. Without this: in the time zone of the workflow.',
			),
		]),
	],
	execute: forEachItem(async (context, client, index) => {
		const query = queryOf(context, index);
		const reports = await reportsOf(client, query);
		if (!wantsSimple(context, index)) return reports;
		return reports.flatMap((report) => rowsOf(report, query));
	}),
};

function queryOf(context: IExecuteFunctions, index: number): Query {
	const { groupBy: by = [], timezone: given = '' } = optionsAt<Options>(context, index);
	const timezone = given.trim() || context.getTimezone();
	const refuse = (sentence: string) =>
		new NodeOperationError(context.getNode(), sentence, { itemIndex: index });
	if (!isTimezone(timezone)) {
		throw refuse(`'Time Zone' is not one: '${timezone}'. Enter one such as Europe/Prague.`);
	}
	const measurements = context.getNodeParameter('measurements', index) as Measurement[];
	if (measurements.length === 0) throw refuse("'Measurements' is empty. Choose at least one.");
	const moment = (name: string, label: string) =>
		dateOf(context, requiredText(context, name, label, index), label, index)!;
	const [since, until] = [moment('since', 'Since'), moment('until', 'Until')];
	if (until <= since) throw refuse("'Until' is not after 'Since'. Enter a later time.");
	if (until.getTime() - since.getTime() > LONGEST_MS) {
		throw refuse("'Since' and 'Until' are more than a year apart. Ask for one year at a time.");
	}
	return {
		metric_id: requiredText(context, 'metricId', 'Metric', index),
		measurements,
		interval: context.getNodeParameter('interval', index) as Query['interval'] & string,
		timezone,
		page_size: MOST_ROWS,
		// Without an offset, as documented: then they are in the query's time zone.
		filter: [
			`greater-or-equal(datetime,${wallTime(since, timezone)})`,
			`less-than(datetime,${wallTime(until, timezone)})`,
		],
		...(by.length === 0 ? {} : { by }),
	};
}

/** All pages; the cursor goes into the body. */
async function reportsOf(client: KlaviyoClient, query: Query): Promise<IDataObject[]> {
	const reports: IDataObject[] = [];
	let cursor: string | null = null;
	do {
		const { body } = await client.request(requestOf(query, cursor));
		reports.push(body.data as IDataObject);
		const next = cursorOf(body);
		if (next === cursor) break;
		cursor = next;
	} while (cursor !== null);
	return reports;
}

function requestOf(query: Query, cursor: string | null): ApiRequest {
	const attributes = cursor === null ? query : { ...query, page_cursor: cursor };
	const body: Wire<MetricAggregateQuery> = { data: { type: 'metric-aggregate', attributes } };
	return {
		method: 'POST',
		path: '/api/metric-aggregates',
		body,
		scopes: 'metrics:read',
		labels: {
			'/data/attributes/by': 'Group By',
			'/data/attributes/filter': 'Since',
			'/data/attributes/interval': 'Interval',
			'/data/attributes/measurements': 'Measurements',
			'/data/attributes/metric_id': 'Metric',
			'/data/attributes/timezone': 'Time Zone',
			id: 'Metric',
		},
	};
}

/** What the link for the next page is like is not documented for this endpoint. */
function cursorOf(body: IDataObject): string | null {
	const link = (body.links as { next?: unknown } | undefined)?.next;
	if (typeof link !== 'string' || !URL.canParse(link)) return null;
	const { searchParams } = new URL(link);
	return searchParams.get('page_cursor') ?? searchParams.get('page[cursor]');
}

interface Row {
	dimensions?: unknown[];
	measurements?: Record<string, number[]>;
}

/** One item for each time and group. */
function rowsOf(report: IDataObject, { metric_id, by = [] }: Query): IDataObject[] {
	const { dates = [], data = [] } = attributesOf(report) as { dates?: string[]; data?: Row[] };
	return data.flatMap(({ dimensions = [], measurements = {} }) =>
		dates.map((date, index) => ({
			metric_id,
			date,
			...Object.fromEntries(
				(by ?? []).map((name, at) => [dimensionKey(String(name)), dimensions[at] ?? null]),
			),
			...Object.fromEntries(
				Object.entries(measurements).map(([name, values]) => [name, values[index] ?? null]),
			),
		})),
	) as IDataObject[];
}

/** E.g. attributed_flow of $attributed_flow, campaign_name of Campaign Name. */
function dimensionKey(dimension: string): string {
	return dimension.replace(/^\$/, '').replace(/ /g, '_').toLowerCase();
}

function dimensionLabel(dimension: string): string {
	return dimensionKey(dimension)
		.replace(/_/g, ' ')
		.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())
		.replace(/\b(Id|Url)\b/g, (word) => word.toUpperCase());
}
