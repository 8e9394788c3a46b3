import type { IDataObject } from 'n8n-workflow';

import { forEachItem, textParameter } from '../../../shared/operation/operation';
import { condition, filterOf } from '../../api/filter';
import { jsonOfItem } from '../../../shared/event/contract';
import { metricEvent } from '../../normalise/apiResource';
import { dateField } from '../dateField';
import { dateOf } from '../dates';
import { limit, limitOf, returnAll, simplify } from '../../../shared/operation/listFields';
import { attributesOf, locator, wantsSimple, type KlaviyoOperation } from '../operation';
import { identifierField, LABELS } from '../profile/identifiers';
import { profileQuery } from '../profile/simplify';

/** The parameter's maximum; the description's 200 is the default (https://developers.klaviyo.com/en/reference/get_events). */
const MAX_PAGE = '1000';

export const getMany: KlaviyoOperation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		description: 'Get events of the account, of one metric or one profile',
		action: 'Get many events',
	},
	properties: [
		locator(
			'Metric',
			'metricId',
			'searchMetrics',
			'Only events of this metric. Klaviyo does not take custom metrics here. Empty: of all.',
			{ required: false },
		),
		returnAll,
		limit,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add filter',
			default: {},
			description: 'Only events to which all of these apply',
			options: [
				identifierField('klaviyo_id'),
				dateField('Since', 'since'),
				dateField('Until', 'until'),
			],
		},
		{
			displayName: 'Sort By',
			name: 'sort',
			type: 'options',
			options: [
				{ name: 'Time, Newest First', value: '-datetime' },
				{ name: 'Time, Oldest First', value: 'datetime' },
			],
			default: '-datetime',
			description: 'The order of the events',
		},
		{
			...simplify,
			description: 'Whether to return a simplified version of the response instead of the raw data',
			hint: 'Simplified, an event is as our triggers emit it, so that Meiro Events takes it as it is',
		},
	],
	execute: forEachItem(async (context, client, index) => {
		const filters = context.getNodeParameter('filters', index, {}) as IDataObject;
		const isSimple = wantsSimple(context, index);
		const resources = await client.all(
			{
				path: '/api/events',
				query: {
					...(isSimple ? SIMPLE_QUERY : {}),
					...filterOf([
						condition('equals', 'metric_id', textParameter(context, 'metricId', index)),
						condition('equals', 'profile_id', String(filters.klaviyo_id ?? '').trim()),
						condition(
							'greater-or-equal',
							'datetime',
							dateOf(context, filters.since, 'Since', index),
						),
						condition('less-than', 'datetime', dateOf(context, filters.until, 'Until', index)),
					]),
					sort: String(context.getNodeParameter('sort', index)),
					'page[size]': MAX_PAGE,
				},
				scopes: isSimple ? 'events:read, metrics:read and profiles:read' : 'events:read',
				labels: { filter: `Metric, ${LABELS.klaviyo_id}, Since and Until`, sort: 'Sort By' },
			},
			limitOf(context, index),
		);
		if (!isSimple) return resources;
		const readAt = new Date().toISOString();
		return resources.map((resource) =>
			jsonOfItem(metricEvent(resource, metricNameOf(resource), { account: null, readAt })),
		);
	}),
};

/**
 * A fieldset of the event itself would take its relationships away (recorded), and with them who did it and
 * which metric it belongs to.
 */
const SIMPLE_QUERY = {
	...profileQuery(true),
	include: 'metric,profile',
	'fields[metric]': 'name',
};

function metricNameOf(resource: IDataObject): string {
	const included = (resource.included ?? []) as IDataObject[];
	const metric = included.find(({ type }) => type === 'metric');
	return String(metric === undefined ? '' : attributesOf(metric).name);
}
