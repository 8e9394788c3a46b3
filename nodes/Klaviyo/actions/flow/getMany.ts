import { condition, filterOf } from '../../api/filter';
import { forEachItem } from '../../../shared/operation/operation';
import { dateOf } from '../dates';
import { limit, limitOf, returnAll, simplify } from '../../../shared/operation/listFields';
import { wantsSimple, type KlaviyoOperation } from '../operation';
import { withoutHeaderValues } from './definition';
import { simpleFlow, SPARSE } from './simple';

interface Filters {
	archived?: boolean;
	createdAfter?: string;
	createdBefore?: string;
	name?: string;
	status?: string;
	triggerType?: string;
	updatedAfter?: string;
	updatedBefore?: string;
}

/** https://developers.klaviyo.com/en/reference/get_flows */
export const getMany: KlaviyoOperation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		description: 'List Klaviyo flows',
		action: 'Get many flows',
	},
	properties: [
		returnAll,
		limit,
		simplify,
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
						'Whether to return only archived Klaviyo flows, or only others. Without this filter: both.',
				},
				{
					displayName: 'Created After',
					name: 'createdAfter',
					type: 'dateTime',
					default: '',
					description: 'Only Klaviyo flows that were created at this time or later',
				},
				{
					displayName: 'Created Before',
					name: 'createdBefore',
					type: 'dateTime',
					default: '',
					description: 'Only Klaviyo flows that were created before this time',
				},
				{
					displayName: 'Name Contains',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. Win-Back',
					description: 'Only Klaviyo flows with this in their name',
				},
				{
					displayName: 'Status',
					name: 'status',
					type: 'options',
					options: [
						{ name: 'Draft', value: 'draft' },
						{ name: 'Live', value: 'live' },
						{ name: 'Manual', value: 'manual' },
					],
					default: 'live',
					description: 'Only Klaviyo flows with this status',
				},
				{
					displayName: 'Trigger Type',
					name: 'triggerType',
					type: 'options',
					options: [
						{ name: 'Added to List', value: 'Added to List' },
						{ name: 'Date Based', value: 'Date Based' },
						{ name: 'Low Inventory', value: 'Low Inventory' },
						{ name: 'Metric', value: 'Metric' },
						{ name: 'Price Drop', value: 'Price Drop' },
						{ name: 'Unconfigured', value: 'Unconfigured' },
					],
					default: 'Metric',
					description: 'Only Klaviyo flows that start this way',
				},
				{
					displayName: 'Updated After',
					name: 'updatedAfter',
					type: 'dateTime',
					default: '',
					description: 'Only Klaviyo flows that were changed at this time or later',
				},
				{
					displayName: 'Updated Before',
					name: 'updatedBefore',
					type: 'dateTime',
					default: '',
					description: 'Only Klaviyo flows that were last changed before this time',
				},
			],
		},
		{
			displayName: 'Sort By',
			name: 'sort',
			type: 'options',
			options: [
				{ name: 'Created, Newest First', value: '-created' },
				{ name: 'Created, Oldest First', value: 'created' },
				{ name: 'Name, A to Z', value: 'name' },
				{ name: 'Name, Z to A', value: '-name' },
				{ name: 'Updated, Newest First', value: '-updated' },
				{ name: 'Updated, Oldest First', value: 'updated' },
			],
			default: '-created',
			description: 'The order of the Klaviyo flows',
		},
	],
	execute: forEachItem(async (context, client, index) => {
		const filters = context.getNodeParameter('filters', index, {}) as Filters;
		const date = (value: unknown, label: string) => dateOf(context, value, label, index);
		const isSimple = wantsSimple(context, index);
		const found = await client.all(
			{
				path: '/api/flows',
				query: {
					...filterOf([
						condition('contains', 'name', filters.name?.trim()),
						condition('equals', 'status', filters.status),
						condition('equals', 'trigger_type', filters.triggerType),
						condition('equals', 'archived', filters.archived),
						condition('greater-or-equal', 'created', date(filters.createdAfter, 'Created After')),
						condition('less-than', 'created', date(filters.createdBefore, 'Created Before')),
						condition('greater-or-equal', 'updated', date(filters.updatedAfter, 'Updated After')),
						condition('less-than', 'updated', date(filters.updatedBefore, 'Updated Before')),
					]),
					...(isSimple ? { 'fields[flow]': SPARSE } : {}),
					sort: String(context.getNodeParameter('sort', index)),
					'page[size]': '50',
				},
				scopes: 'flows:read',
				labels: { filter: 'Filters', sort: 'Sort By' },
			},
			limitOf(context, index),
		);
		const flows = found.map(withoutHeaderValues);
		return isSimple ? flows.map(simpleFlow) : flows;
	}),
};
