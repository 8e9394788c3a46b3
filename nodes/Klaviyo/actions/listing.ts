import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { dateOf } from '../../shared/operation/dates';
import { dateField, filtersAt, textField } from '../../shared/operation/fields';
import { getMany, type Listing, type Wish } from '../../shared/operation/getMany';
import type { ApiRequest, KlaviyoClient } from '../api/klaviyoClient';
import { anyOf, condition, filterOf, isOneOf, type Operator } from '../api/filter';
import type { KlaviyoOperation } from './operation';

/** A filter: how it looks in the editor, and what Klaviyo compares with what is entered. */
export interface Filter {
	field: INodeProperties;
	/** 'any' for what Klaviyo compares with lists only. */
	operator: Operator | 'any';
	/** Klaviyo's name of what is compared. */
	attribute: string;
}

export const equals = (attribute: string, field: INodeProperties): Filter => ({
	field,
	operator: 'equals',
	attribute,
});

export const isAny = (attribute: string, field: INodeProperties): Filter => ({
	field,
	operator: 'any',
	attribute,
});

export const nameContains: Filter = {
	field: textField(
		'Name Contains',
		'nameContains',
		'e.g. Black Friday',
		'Only those with this in their name',
	),
	operator: 'contains',
	attribute: 'name',
};

export const archivedFilter = equals('archived', {
	displayName: 'Archived',
	name: 'archived',
	type: 'boolean',
	default: false,
	description: 'Whether to return only archived ones, or only others. Without this filter: both.',
});

/** Some resources take the moment itself, too, others what is after it only. */
export function since(
	attribute: string,
	label: string,
	name: string,
	operator: 'greater-or-equal' | 'greater-than' = 'greater-or-equal',
): Filter {
	return { field: dateField(label, name), operator, attribute };
}

export function until(attribute: string, label: string, name: string): Filter {
	return { field: dateField(label, name), operator: 'less-than', attribute };
}

/** The conditions of the filters that the user has set at an item. */
export function conditionsAt(
	context: IExecuteFunctions,
	index: number,
	filters: Filter[],
): Array<string | undefined> {
	const entered = filtersAt(context, index);
	return filters.map(({ field: { name, displayName, type }, operator, attribute }) => {
		const value = entered[name];
		if (value === undefined || value === null) return undefined;
		if (type === 'dateTime') {
			const date = dateOf(context, value, displayName, index);
			return operator === 'any' ? undefined : condition(operator, attribute, date);
		}
		if (operator === 'any') {
			if (!Array.isArray(value)) return isOneOf(attribute, String(value).trim());
			return value.length === 0 ? undefined : anyOf(attribute, value as string[]);
		}
		const isFlag = typeof value === 'boolean';
		return condition(operator, attribute, isFlag ? value : String(value).trim());
	});
}

export interface KlaviyoListing extends Omit<Listing<KlaviyoClient>, 'filters' | 'read'> {
	filters: Filter[];
	/** Path, query, scopes; the filters are added to it. */
	request(wish: Wish<KlaviyoClient>): ApiRequest;
	/** Conditions beside the filters. */
	conditions?(wish: Wish<KlaviyoClient>): Array<string | undefined>;
	/** Klaviyo's largest page. */
	page: string;
	output(resource: IDataObject, isSimple: boolean, wish: Wish<KlaviyoClient>): IDataObject;
}

/** A list of Klaviyo's, read page by page. */
export function listing({
	filters,
	request,
	conditions = () => [],
	page,
	output,
	...shown
}: KlaviyoListing): KlaviyoOperation {
	return getMany<KlaviyoClient>({
		...shown,
		filters: filters.map(({ field }) => field),
		read: async (wish) => {
			const { context, client, index, limit, isSimple } = wish;
			const { query, labels, ...rest } = request(wish);
			const resources = await client.all(
				{
					...rest,
					query: {
						...query,
						...filterOf([...conditions(wish), ...conditionsAt(context, index, filters)]),
						...(shown.sort ? { sort: String(context.getNodeParameter('sort', index)) } : {}),
						'page[size]': page,
					},
					labels: { filter: 'Filters', sort: 'Sort By', ...labels },
				},
				limit,
			);
			return resources.map((resource) => output(resource, isSimple, wish));
		},
	});
}
