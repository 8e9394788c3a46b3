import type { IDataObject } from 'n8n-workflow';

import { condition, filterOf } from '../../api/filter';
import { forEachItem } from '../../../shared/operation/operation';
import { dateField } from '../dateField';
import { dateOf } from '../dates';
import { limit, limitOf, returnAll, simplify } from '../../../shared/operation/listFields';
import { wantsSimple, type KlaviyoOperation } from '../operation';
import { identifierField } from './identifiers';
import { includeSubscriptions, profileOutput, profileQuery } from './simplify';

/** https://developers.klaviyo.com/en/reference/get_profiles */
const MAX_PAGE = '100';

const FILTER_LABEL = 'Filters';

export const getMany: KlaviyoOperation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		description: 'Get the profiles of the account, all or by filters',
		action: 'Get many profiles',
	},
	properties: [
		returnAll,
		limit,
		{
			displayName: FILTER_LABEL,
			name: 'filters',
			type: 'collection',
			placeholder: 'Add filter',
			default: {},
			description: 'Only profiles to which all of these apply',
			options: [
				dateField('Created After', 'createdAfter'),
				dateField('Created Before', 'createdBefore'),
				identifierField('email'),
				identifierField('external_id'),
				identifierField('klaviyo_id'),
				identifierField('phone_number'),
				{
					displayName: 'Suppression Reason',
					name: 'suppressionReason',
					type: 'string',
					default: '',
					placeholder: 'e.g. UNSUBSCRIBE',
					description:
						'Why Klaviyo sends the person no marketing email, e.g. UNSUBSCRIBE, USER_SUPPRESSED, HARD_BOUNCE or INVALID_EMAIL',
				},
				dateField('Updated After', 'updatedAfter'),
				dateField('Updated Before', 'updatedBefore'),
			],
		},
		{
			displayName: 'Sort By',
			name: 'sort',
			type: 'options',
			options: [
				{ name: 'Created, Newest First', value: '-created' },
				{ name: 'Created, Oldest First', value: 'created' },
				{ name: 'Email, A to Z', value: 'email' },
				{ name: 'Email, Z to A', value: '-email' },
				{ name: 'Updated, Newest First', value: '-updated' },
				{ name: 'Updated, Oldest First', value: 'updated' },
			],
			default: '-updated',
			description: 'The order of the profiles',
		},
		includeSubscriptions,
		simplify,
	],
	execute: forEachItem(async (context, client, index) => {
		const filters = context.getNodeParameter('filters', index, {}) as IDataObject;
		const text = (name: string) => String(filters[name] ?? '').trim();
		const date = (name: string, label: string) => dateOf(context, filters[name], label, index);
		const isSimple = wantsSimple(context, index);
		const resources = await client.all(
			{
				path: '/api/profiles',
				query: {
					...profileQuery(isSimple, {
						subscriptions: context.getNodeParameter('includeSubscriptions', index, false) === true,
					}),
					...filterOf([
						condition('equals', 'id', text('klaviyo_id')),
						condition('equals', 'email', text('email')),
						condition('equals', 'phone_number', text('phone_number')),
						condition('equals', 'external_id', text('external_id')),
						condition('greater-than', 'created', date('createdAfter', 'Created After')),
						condition('less-than', 'created', date('createdBefore', 'Created Before')),
						condition('greater-than', 'updated', date('updatedAfter', 'Updated After')),
						condition('less-than', 'updated', date('updatedBefore', 'Updated Before')),
						condition(
							'equals',
							'subscriptions.email.marketing.suppression.reason',
							text('suppressionReason'),
						),
					]),
					sort: String(context.getNodeParameter('sort', index)),
					'page[size]': MAX_PAGE,
				},
				scopes: 'profiles:read',
				labels: { filter: FILTER_LABEL, sort: 'Sort By' },
			},
			limitOf(context, index),
		);
		return resources.map((resource) => profileOutput(resource, isSimple));
	}),
};
