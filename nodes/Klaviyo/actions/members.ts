import type { INodeProperties } from 'n8n-workflow';

import { simplify, sortField } from '../../shared/operation/fields';
import { isAny, listing, since, until } from './listing';
import { idForPath, type KlaviyoOperation } from './operation';
import { identifierField } from './profile/identifiers';
import { includeSubscriptions, profileOutput, queryAt } from './profile/simplify';

/** Whose members to list. */
interface Members {
	/** 'lists' or 'segments'. */
	collection: string;
	description: string;
	action: string;
	/** The parameter that says which. */
	group: INodeProperties;
}

/** https://developers.klaviyo.com/en/reference/get_profiles_for_list, …/get_profiles_for_segment */
export function memberListing({
	collection,
	description,
	action,
	group,
}: Members): KlaviyoOperation {
	return listing({
		name: 'Get Profiles',
		value: 'getProfiles',
		description,
		action,
		of: [group],
		filters: [
			isAny('email', identifierField('email')),
			isAny('phone_number', identifierField('phone_number')),
			since('joined_group_at', 'Joined After', 'joinedAfter', 'greater-than'),
			until('joined_group_at', 'Joined Before', 'joinedBefore'),
		],
		sort: sortField({ joined_group_at: ['Joined', 'time'] }, '-joined_group_at'),
		include: [includeSubscriptions],
		simplify,
		page: '100',
		request: (wish) => ({
			path: `/api/${collection}/${idForPath(wish.context, group.name, group.displayName, wish.index)}/profiles`,
			query: queryAt(wish, ['joined_group_at']),
			scopes: `${collection}:read and profiles:read`,
			labels: { id: group.displayName },
		}),
		output: profileOutput,
	});
}
