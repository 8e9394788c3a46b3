import type { MetricAggregateQuery } from 'klaviyo-api';
import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeProperties,
} from 'n8n-workflow';

import type { ApiRequest, KlaviyoClient } from '../../api/klaviyoClient';
import type { Wire } from '../../api/wire';
import { forEachItem, requiredText } from '../../../shared/operation/operation';
import { dateOf, isTimezone, wallTime } from '../dates';
import { simplify } from '../../../shared/operation/listFields';
import { attributesOf, locator, wantsSimple, type KlaviyoOperation } from '../operation';

type Query = Wire<MetricAggregateQuery>['data']['attributes'];
type Measurement = Extract<Query['measurements'][number], string>;
type Dimension = Extract<NonNullable<Query['by']>[number], string>;

interface Options {
	by?: Dimension[];
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

const dateField = (displayName: string, name: string, description: string): INodeProperties => ({
	displayName,
	name,
	type: 'dateTime',
	default: '',
	required: true,
	description,
});

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
		dateField('From', 'from', 'The first moment to count'),
		dateField('To', 'to', 'The moment up to which to count, at most a year after From'),
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
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Group By',
					name: 'by',
					type: 'multiOptions',
					options: DIMENSIONS.map((value) => ({ name: labelOf(value), value })),
					default: [],
					description:
						'Counts each of their values by itself. Not every metric has every one of them.',
				},
				{
					displayName: 'Time Zone',
					name: 'timezone',
					type: 'string',
					default: '',
					placeholder: 'e.g. Europe/Prague',
					description:
						'Where hours and days begin. Without this: in the time zone of the workflow.',
				},
			],
		},
	],
	execute: forEachItem(async (context, client, index) => {
		const query = queryOf(context, index);
		const reports = await reportsOf(client, query);
		if (!wantsSimple(context, index)) return reports;
		return reports.flatMap((report) => rowsOf(report, query));
	}),
};

function queryOf(context: IExecuteFunctions, index: number): Query {
	const { by = [], timezone: given = '' } = context.getNodeParameter(
		'options',
		index,
		{},
	) as Options;
	const timezone = given.trim() || context.getTimezone();
	const refuse = (sentence: string) =>
		new NodeOperationError(context.getNode(), `${sentence} [item ${index}]`, { itemIndex: index });
	if (!isTimezone(timezone)) {
		throw refuse(`'Time Zone' is not one: '${timezone}'. Enter one such as Europe/Prague`);
	}
	const measurements = context.getNodeParameter('measurements', index) as Measurement[];
	if (measurements.length === 0) throw refuse("'Measurements' is empty. Choose at least one");
	const from = dateOf(context, requiredText(context, 'from', 'From', index), 'From', index)!;
	const to = dateOf(context, requiredText(context, 'to', 'To', index), 'To', index)!;
	if (to <= from) throw refuse("'To' is not after 'From'. Enter a later time");
	if (to.getTime() - from.getTime() > LONGEST_MS) {
		throw refuse("'From' and 'To' are more than a year apart. Ask for one year at a time");
	}
	return {
		metric_id: requiredText(context, 'metricId', 'Metric', index),
		measurements,
		interval: context.getNodeParameter('interval', index) as Query['interval'] & string,
		timezone,
		page_size: MOST_ROWS,
		// Without an offset, as documented: then they are in the query's time zone.
		filter: [
			`greater-or-equal(datetime,${wallTime(from, timezone)})`,
			`less-than(datetime,${wallTime(to, timezone)})`,
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
			'/data/attributes/filter': 'From',
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
				(by ?? []).map((name, at) => [keyOf(String(name)), dimensions[at] ?? null]),
			),
			...Object.fromEntries(
				Object.entries(measurements).map(([name, values]) => [name, values[index] ?? null]),
			),
		})),
	) as IDataObject[];
}

/** E.g. attributed_flow of $attributed_flow, campaign_name of Campaign Name. */
function keyOf(dimension: string): string {
	return dimension.replace(/^\$/, '').replace(/ /g, '_').toLowerCase();
}

function labelOf(dimension: string): string {
	return keyOf(dimension)
		.replace(/_/g, ' ')
		.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())
		.replace(/\b(Id|Url)\b/g, (word) => word.toUpperCase());
}
