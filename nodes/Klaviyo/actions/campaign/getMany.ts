import type { IDataObject } from 'n8n-workflow';

import { optionsAt, simplify, sortField } from '../../../shared/operation/fields';
import { getMany as getManyOf } from '../../../shared/operation/getMany';
import type { KlaviyoClient } from '../../api/klaviyoClient';
import { archivedFilter, conditionsAt, isAny, nameContains, since, until } from '../listing';
import { attributesOf } from '../operation';
import { reportFields, reportQueryAt } from '../report';
import { campaignsOf, CHANNELS, type Campaign, type Channel } from './channels';
import { simpleCampaign, SPARSE, type Included } from './simple';
import { statisticsOf } from './statistics';

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

const FILTERS = [
	isAny('status', {
		displayName: 'Status',
		name: 'status',
		type: 'multiOptions',
		options: STATUSES.map((value) => ({ name: value, value })),
		default: [],
		description: 'Only campaigns with one of these',
	}),
	nameContains,
	archivedFilter,
	since('created_at', 'Created After', 'createdAfter'),
	until('created_at', 'Created Before', 'createdBefore'),
	since('updated_at', 'Updated After', 'updatedAfter'),
	until('updated_at', 'Updated Before', 'updatedBefore'),
	since('scheduled_at', 'Scheduled After', 'scheduledAfter'),
	until('scheduled_at', 'Scheduled Before', 'scheduledBefore'),
];

/** https://developers.klaviyo.com/en/reference/get_campaigns */
export const getMany = getManyOf<KlaviyoClient>({
	description: 'List campaigns of one channel or of all',
	action: 'Get many campaigns',
	of: [
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
	],
	filters: FILTERS.map(({ field }) => field),
	sort: sortField(
		{
			created_at: ['Created', 'time'],
			id: ['ID', 'text'],
			name: ['Name', 'text'],
			scheduled_at: ['Scheduled', 'time'],
			updated_at: ['Updated', 'time'],
		},
		'-created_at',
	),
	include: [
		{
			displayName: 'Include Statistics',
			name: 'includeStatistics',
			type: 'boolean',
			default: false,
			description:
				'Whether to add recipients, opens, clicks and more to campaigns that were sent. Klaviyo allows 2 such reports per minute and 225 per day; one serves all campaigns sent within the same year.',
		},
		...reportFields({ displayOptions: { show: { includeStatistics: [true] } } }),
	],
	simplify,
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
	],
	read: async ({ context, client, index, limit, isSimple }) => {
		const channel = context.getNodeParameter('channel', index) as Channel | 'all';
		const { include = [] } = optionsAt<{ include?: Array<keyof Included> }>(context, index);
		const included = { messages: include.includes('messages'), tags: include.includes('tags') };
		const campaigns = await campaignsOf(
			client,
			channel === 'all' ? CHANNELS : [channel],
			{
				request: {
					path: '/api/campaigns',
					query: { 'page[size]': '100', ...fieldsQuery(isSimple, included) },
					scopes: 'campaigns:read',
					labels: { filter: 'Filters', sort: 'Sort By' },
				},
				conditions: conditionsAt(context, index, FILTERS),
				sort: String(context.getNodeParameter('sort', index)),
			},
			limit,
		);
		const items = campaigns.map(({ channel: of, resource }) =>
			isSimple ? simpleCampaign(resource, of, included) : resource,
		);
		if (context.getNodeParameter('includeStatistics', index, false) !== true) return items;
		const query = reportQueryAt(context, index);
		const statistics = await statisticsOf(client, sentAmong(campaigns), query);
		return items.map((item) => {
			const own = statistics.get(String(item.id));
			return isSimple
				? { ...item, ...(own ?? nothing(query.statistics)) }
				: { ...item, statistics: own ?? null };
		});
	},
});

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

function sentAmong(campaigns: Campaign[]) {
	return campaigns
		.map(({ resource }) => ({
			id: String(resource.id),
			sentAt: Date.parse(String(attributesOf(resource).send_time)),
		}))
		.filter(({ sentAt }) => !Number.isNaN(sentAt));
}

function nothing(statistics: string[]): IDataObject {
	return Object.fromEntries(statistics.map((name) => [name, null]));
}
