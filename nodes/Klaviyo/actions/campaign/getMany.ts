import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { Labels } from '../../api/explainRefusal';
import { anyOf, condition } from '../../api/filter';
import { forEachItem, requiredText } from '../../../shared/operation/operation';
import { dateOf } from '../dates';
import { limit, limitOf, returnAll, simplify } from '../../../shared/operation/listFields';
import { attributesOf, locator, wantsSimple, type KlaviyoOperation } from '../operation';
import { campaignsOf, CHANNELS, type Campaign, type Channel } from './channels';
import { simpleCampaign, SPARSE, type Included } from './simple';
import { statisticsOf, type Statistic } from './statistics';

interface Filters {
	archived?: boolean;
	createdAfter?: string;
	createdBefore?: string;
	name?: string;
	scheduledAfter?: string;
	scheduledBefore?: string;
	status?: string[];
	updatedAfter?: string;
	updatedBefore?: string;
}

interface Options {
	include?: Array<keyof Included>;
	sort?: string;
}

const dateFilter = (displayName: string, name: string, what: string): INodeProperties => ({
	displayName,
	name,
	type: 'dateTime',
	default: '',
	description: `Only campaigns that ${what}`,
});

const named = (values: string[]) => values.map((value) => ({ name: value, value }));

/** https://developers.klaviyo.com/en/reference/get_campaigns */
const STATUSES = [
	'Adding Recipients',
	'Cancelled',
	'Cancelled: Account Disabled',
	'Cancelled: Billing Limit',
	'Cancelled: Internal Error',
	'Cancelled: Misconfigured',
	'Cancelled: No Recipients',
	'Cancelled: Smart Sending',
	'Draft',
	'Preparing to schedule',
	'Preparing to send',
	'Queued without Recipients',
	'Scheduled',
	'Sending',
	'Sending Segments',
	'Sent',
	'Unknown',
	'Variations Sent',
];

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

const LABELS: Labels = { filter: 'Filters', sort: 'Sort By' };

/** https://developers.klaviyo.com/en/reference/get_campaigns */
export const getMany: KlaviyoOperation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		description: 'List campaigns of one channel or of all',
		action: 'Get many campaigns',
	},
	properties: [
		{
			displayName: 'Channel',
			name: 'channel',
			type: 'options',
			options: [
				{
					name: 'All',
					value: 'all',
					description:
						'Asks for each of them, as Klaviyo lists one at a time, and makes one list of it',
				},
				{ name: 'Email', value: 'email' },
				{ name: 'Mobile Push', value: 'mobile_push' },
				{ name: 'SMS', value: 'sms' },
			],
			default: 'all',
			description: 'By which channel the campaigns are sent',
		},
		returnAll,
		limit,
		simplify,
		{
			displayName: 'Include Statistics',
			name: 'includeStatistics',
			type: 'boolean',
			default: false,
			description:
				'Whether to add recipients, opens, clicks and more to campaigns that were sent. Klaviyo allows 2 such reports per minute and 225 per day; one serves all campaigns sent within the same year.',
		},
		locator(
			'Conversion Metric',
			'conversionMetricId',
			'searchMetrics',
			'What counts as a conversion, e.g. Placed Order. Klaviyo asks for it in any case.',
			{ displayOptions: { show: { includeStatistics: [true] } } },
		),
		{
			displayName: 'Statistics',
			name: 'statistics',
			type: 'multiOptions',
			options: STATISTICS.map((value) => ({ name: labelOf(value), value })),
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
			displayOptions: { show: { includeStatistics: [true] } },
		},
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add filter',
			default: {},
			options: [
				{
					displayName: 'Archived',
					name: 'archived',
					type: 'boolean',
					default: false,
					description:
						'Whether to return only archived campaigns, or only others. Without this filter: both.',
				},
				dateFilter('Created After', 'createdAfter', 'were created at this time or later'),
				dateFilter('Created Before', 'createdBefore', 'were created before this time'),
				{
					displayName: 'Name Contains',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. Black Friday',
					description: 'Only campaigns with this in their name',
				},
				dateFilter('Scheduled After', 'scheduledAfter', 'are scheduled for this time or later'),
				dateFilter('Scheduled Before', 'scheduledBefore', 'are scheduled for before this time'),
				{
					displayName: 'Status',
					name: 'status',
					type: 'multiOptions',
					options: named(STATUSES),
					default: [],
					description: 'Only campaigns with one of these',
				},
				dateFilter('Updated After', 'updatedAfter', 'were changed at this time or later'),
				dateFilter('Updated Before', 'updatedBefore', 'were last changed before this time'),
			],
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Include',
					name: 'include',
					type: 'multiOptions',
					options: [
						{ name: 'Messages', value: 'messages', description: 'Subject, sender, text' },
						{ name: 'Tags', value: 'tags' },
					],
					default: [],
					description: 'What to add to each campaign; the number of requests stays the same',
				},
				{
					displayName: 'Sort By',
					name: 'sort',
					type: 'options',
					options: [
						{ name: 'Created, Newest First', value: '-created_at' },
						{ name: 'Created, Oldest First', value: 'created_at' },
						{ name: 'ID, Ascending', value: 'id' },
						{ name: 'ID, Descending', value: '-id' },
						{ name: 'Name, A to Z', value: 'name' },
						{ name: 'Name, Z to A', value: '-name' },
						{ name: 'Scheduled, Newest First', value: '-scheduled_at' },
						{ name: 'Scheduled, Oldest First', value: 'scheduled_at' },
						{ name: 'Updated, Newest First', value: '-updated_at' },
						{ name: 'Updated, Oldest First', value: 'updated_at' },
					],
					default: '-created_at',
					description: 'The order of the campaigns. Without this: created, newest first.',
				},
			],
		},
	],
	execute: forEachItem(async (context, client, index) => {
		const channel = context.getNodeParameter('channel', index) as Channel | 'all';
		const { include = [], sort = '-created_at' } = context.getNodeParameter(
			'options',
			index,
			{},
		) as Options;
		const included = { messages: include.includes('messages'), tags: include.includes('tags') };
		const isSimple = wantsSimple(context, index);
		const campaigns = await campaignsOf(
			client,
			channel === 'all' ? CHANNELS : [channel],
			{
				request: {
					path: '/api/campaigns',
					query: { 'page[size]': '100', ...fieldsQuery(isSimple, included) },
					scopes: 'campaigns:read',
					labels: LABELS,
				},
				conditions: conditionsOf(context, index),
				sort,
			},
			limitOf(context, index),
		);
		const items = campaigns.map(({ channel: of, resource }) =>
			isSimple ? simpleCampaign(resource, of, included) : resource,
		);
		if (context.getNodeParameter('includeStatistics', index, false) !== true) return items;
		const query = {
			statistics: context.getNodeParameter('statistics', index) as Statistic[],
			conversionMetricId: requiredText(context, 'conversionMetricId', 'Conversion Metric', index),
		};
		const statistics = await statisticsOf(client, sentAmong(campaigns), query);
		return items.map((item) => {
			const own = statistics.get(String(item.id));
			return isSimple
				? { ...item, ...(own ?? nothing(query.statistics)) }
				: { ...item, statistics: own ?? null };
		});
	}),
};

/** A sparse fieldset drops the relationships, too, which tell what was included of which campaign. */
function fieldsQuery(isSimple: boolean, { messages, tags }: Included): Record<string, string> {
	const include = [...(messages ? ['campaign-messages'] : []), ...(tags ? ['tags'] : [])];
	if (include.length === 0) return isSimple ? { 'fields[campaign]': SPARSE } : {};
	return {
		include: include.join(','),
		...(isSimple && messages
			? { 'fields[campaign-message]': 'definition,created_at,updated_at' }
			: {}),
	};
}

function conditionsOf(context: IExecuteFunctions, index: number): Array<string | undefined> {
	const filters = context.getNodeParameter('filters', index, {}) as Filters;
	const date = (value: unknown, label: string) => dateOf(context, value, label, index);
	const { archived, name, status = [] } = filters;
	return [
		status.length === 0 ? undefined : anyOf('status', status),
		condition('contains', 'name', name?.trim()),
		condition('equals', 'archived', archived),
		condition('greater-or-equal', 'created_at', date(filters.createdAfter, 'Created After')),
		condition('less-than', 'created_at', date(filters.createdBefore, 'Created Before')),
		condition('greater-or-equal', 'updated_at', date(filters.updatedAfter, 'Updated After')),
		condition('less-than', 'updated_at', date(filters.updatedBefore, 'Updated Before')),
		condition('greater-or-equal', 'scheduled_at', date(filters.scheduledAfter, 'Scheduled After')),
		condition('less-than', 'scheduled_at', date(filters.scheduledBefore, 'Scheduled Before')),
	];
}

function sentAmong(campaigns: Campaign[]) {
	return campaigns
		.map(({ resource }) => ({
			id: String(resource.id),
			sentAt: Date.parse(String(attributesOf(resource).send_time)),
		}))
		.filter(({ sentAt }) => !Number.isNaN(sentAt));
}

function nothing(statistics: Statistic[]): IDataObject {
	return Object.fromEntries(statistics.map((name) => [name, null]));
}

/** E.g. 'Opens Unique'. */
function labelOf(statistic: string): string {
	return statistic
		.replace(/_/g, ' ')
		.replace(/\broi\b/, 'ROI')
		.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
