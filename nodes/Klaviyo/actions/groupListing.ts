import { simplify, sortField, textField } from '../../shared/operation/fields';
import { isAny, listing, since, type Filter } from './listing';
import { simpleOf, type KlaviyoOperation } from './operation';

/** Lists and segments, which Klaviyo lists alike. */
interface Groups {
	/** 'list' or 'segment'. */
	type: string;
	description: string;
	action: string;
	/** What a simplified one has. */
	fields: string[];
	/** Filters of one of them alone. */
	filters?: Filter[];
}

/**
 * https://developers.klaviyo.com/en/reference/get_lists, https://developers.klaviyo.com/en/reference/get_segments:
 * pages of 10 at most
 */
export function groupListing({
	type,
	description,
	action,
	fields,
	filters = [],
}: Groups): KlaviyoOperation {
	return listing({
		description,
		action,
		filters: [
			isAny(
				'name',
				textField(
					'Name',
					'name',
					'e.g. Newsletter',
					'The whole name: Klaviyo does not look for parts of it here',
				),
			),
			since('created', 'Created After', 'createdAfter', 'greater-than'),
			since('updated', 'Updated After', 'updatedAfter', 'greater-than'),
			...filters,
		],
		sort: sortField(
			{ name: ['Name', 'text'], created: ['Created', 'time'], updated: ['Updated', 'time'] },
			'name',
		),
		simplify,
		page: '10',
		request: ({ isSimple }) => ({
			path: `/api/${type}s`,
			query: isSimple ? { [`fields[${type}]`]: fields.join(',') } : {},
			scopes: `${type}s:read`,
		}),
		output: (resource, isSimple) => (isSimple ? simpleOf(resource, fields) : resource),
	});
}
