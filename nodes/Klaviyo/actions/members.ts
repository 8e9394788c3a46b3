import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { forEachItem } from '../../shared/operation/operation';
import type { KlaviyoClient } from '../api/klaviyoClient';
import { condition, filterOf, isOneOf } from '../api/filter';
import { dateField } from './dateField';
import { dateOf } from './dates';
import { limit, limitOf, returnAll, simplify } from '../../shared/operation/listFields';
import { idForPath, wantsSimple, type KlaviyoOperation } from './operation';
import { identifierField } from './profile/identifiers';
import { includeSubscriptions, profileOutput, profileQuery } from './profile/simplify';

/** Who is in a list or a segment. */
export interface Members {
	/** 'lists' or 'segments'. */
	collection: string;
	/** Name and label of the parameter that says which. */
	parameter: string;
	label: string;
}

const MAX_PAGE = '100';

/** What getting the profiles of a list and of a segment share, besides which one. */
export const memberFields: INodeProperties[] = [
	returnAll,
	limit,
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		description: 'Only profiles to which all of these apply',
		options: [
			identifierField('email'),
			dateField('Joined After', 'joinedAfter'),
			dateField('Joined Before', 'joinedBefore'),
			identifierField('phone_number'),
		],
	},
	{
		displayName: 'Sort By',
		name: 'sort',
		type: 'options',
		options: [
			{ name: 'Joined, Newest First', value: '-joined_group_at' },
			{ name: 'Joined, Oldest First', value: 'joined_group_at' },
		],
		default: '-joined_group_at',
		description: 'The order of the profiles',
	},
	includeSubscriptions,
	simplify,
];

/** https://developers.klaviyo.com/en/reference/get_profiles_for_list, …/get_profiles_for_segment */
export function getMembers({ collection, parameter, label }: Members): KlaviyoOperation['execute'] {
	return forEachItem<KlaviyoClient>(async (context, client, index) => {
		const filters = context.getNodeParameter('filters', index, {}) as IDataObject;
		const text = (name: string) => String(filters[name] ?? '').trim();
		const date = (name: string, field: string) => dateOf(context, filters[name], field, index);
		const isSimple = wantsSimple(context, index);
		const resources = await client.all(
			{
				path: `/api/${collection}/${idForPath(context, parameter, label, index)}/profiles`,
				query: {
					...profileQuery(isSimple, {
						subscriptions: context.getNodeParameter('includeSubscriptions', index, false) === true,
						more: ['joined_group_at'],
					}),
					...filterOf([
						isOneOf('email', text('email')),
						isOneOf('phone_number', text('phone_number')),
						condition('greater-than', 'joined_group_at', date('joinedAfter', 'Joined After')),
						condition('less-than', 'joined_group_at', date('joinedBefore', 'Joined Before')),
					]),
					sort: String(context.getNodeParameter('sort', index)),
					'page[size]': MAX_PAGE,
				},
				scopes: `${collection}:read and profiles:read`,
				labels: { id: label, filter: 'Filters', sort: 'Sort By' },
			},
			limitOf(context, index),
		);
		return resources.map((resource) => profileOutput(resource, isSimple));
	});
}
