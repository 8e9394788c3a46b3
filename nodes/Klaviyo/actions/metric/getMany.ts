import type { IDataObject } from 'n8n-workflow';

import { condition, filterOf } from '../../api/filter';
import { forEachItem } from '../../../shared/operation/operation';
import { limit, limitOf, returnAll, simplify } from '../../../shared/operation/listFields';
import { attributesOf, simpleOf, wantsSimple, type KlaviyoOperation } from '../operation';

interface Filters {
	integration?: string;
	name?: string;
}

const FIELDS = ['name', 'created', 'updated'];

/** Klaviyo sets the page's size itself (https://developers.klaviyo.com/en/reference/get_metrics). */
export const getMany: KlaviyoOperation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		description: 'List the metrics, which are the kinds of events that the account knows',
		action: 'Get many metrics',
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
					displayName: 'Integration',
					name: 'integration',
					type: 'string',
					default: '',
					placeholder: 'e.g. Shopify',
					description: 'Only metrics of the integration with this name, as Klaviyo writes it',
				},
				{
					displayName: 'Name Contains',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. Order',
					description:
						'Only metrics with this in their name, in capitals or not. Klaviyo can’t search for it, so all are read.',
				},
			],
		},
	],
	execute: forEachItem(async (context, client, index) => {
		const { integration, name = '' } = context.getNodeParameter('filters', index, {}) as Filters;
		const isSimple = wantsSimple(context, index);
		const request = {
			path: '/api/metrics',
			query: {
				...filterOf([condition('equals', 'integration.name', integration?.trim())]),
				...(isSimple ? { 'fields[metric]': [...FIELDS, 'integration'].join(',') } : {}),
			},
			scopes: 'metrics:read',
			labels: { filter: 'Filters' },
		};
		const wanted = name.trim().toLowerCase();
		const most = limitOf(context, index);
		const metrics: IDataObject[] = [];
		for await (const page of client.pages(request)) {
			metrics.push(...page.filter((metric) => nameOf(metric).includes(wanted)));
			if (metrics.length >= most) break;
		}
		const found = metrics.slice(0, most);
		return isSimple ? found.map(simpleMetric) : found;
	}),
};

function nameOf(metric: IDataObject): string {
	return String(attributesOf(metric).name ?? '').toLowerCase();
}

function simpleMetric(metric: IDataObject): IDataObject {
	const integration = (attributesOf(metric).integration ?? {}) as IDataObject;
	return {
		...simpleOf(metric, FIELDS),
		integration: integration.name ?? null,
		integration_category: integration.category ?? null,
	};
}
