import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { forEachItem } from '../../shared/operation/operation';
import type { KlaviyoClient } from '../api/klaviyoClient';
import { condition, filterOf, isOneOf } from '../api/filter';
import { dateField } from './dateField';
import { dateOf } from './dates';
import { limit, limitOf, returnAll, simplify } from '../../shared/operation/listFields';
import { simpleOf, wantsSimple, type KlaviyoOperation } from './operation';

/** Klaviyo's maximum for lists and segments (https://developers.klaviyo.com/en/reference/get_lists). */
const MAX_PAGE = '10';

/** What getting many lists and getting many segments share; `more` are filters of one of them. */
export function groupFields(of: string, more: INodeProperties[] = []): INodeProperties[] {
	const filters: INodeProperties[] = [
		dateField('Created After', 'createdAfter'),
		{
			displayName: 'Name',
			name: 'name',
			type: 'string',
			default: '',
			placeholder: 'e.g. Newsletter',
			description: 'The whole name: Klaviyo does not look for parts of it here',
		},
		dateField('Updated After', 'updatedAfter'),
		...more,
	];
	return [
		returnAll,
		limit,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add filter',
			default: {},
			description: `Only ${of} to which all of these apply`,
			options: filters.sort((a, b) => a.displayName.localeCompare(b.displayName)),
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
			default: 'name',
			description: `The order of the ${of}`,
		},
		simplify,
	];
}

interface Listing {
	/** 'list' or 'segment'. */
	type: string;
	/** What a simplified one has. */
	fields: string[];
	/** Filters by truth values, under Klaviyo's names. */
	flags?: string[];
}

/** https://developers.klaviyo.com/en/reference/get_lists, https://developers.klaviyo.com/en/reference/get_segments */
export function getGroups({ type, fields, flags = [] }: Listing): KlaviyoOperation['execute'] {
	return forEachItem<KlaviyoClient>(async (context, client, index) => {
		const filters = context.getNodeParameter('filters', index, {}) as IDataObject;
		const date = (name: string, label: string) => dateOf(context, filters[name], label, index);
		const isSimple = wantsSimple(context, index);
		const resources = await client.all(
			{
				path: `/api/${type}s`,
				query: {
					...(isSimple ? { [`fields[${type}]`]: fields.join(',') } : {}),
					...filterOf([
						isOneOf('name', String(filters.name ?? '').trim()),
						condition('greater-than', 'created', date('createdAfter', 'Created After')),
						condition('greater-than', 'updated', date('updatedAfter', 'Updated After')),
						...flags.map((flag) => condition('equals', flag, filters[flag] as boolean | undefined)),
					]),
					sort: String(context.getNodeParameter('sort', index)),
					'page[size]': MAX_PAGE,
				},
				scopes: `${type}s:read`,
				labels: { filter: 'Filters', sort: 'Sort By' },
			},
			limitOf(context, index),
		);
		return isSimple ? resources.map((resource) => simpleOf(resource, fields)) : resources;
	});
}
