import type { IDataObject } from 'n8n-workflow';

import { filtersAt, simplify, textField } from '../../../shared/operation/fields';
import { getMany as getManyOf } from '../../../shared/operation/getMany';
import type { KlaviyoClient } from '../../api/klaviyoClient';
import { filterOf } from '../../api/filter';
import { conditionsAt, equals, nameContains } from '../listing';
import { attributesOf, simpleOf } from '../operation';

const FIELDS = ['name', 'created', 'updated'];

const ofIntegration = equals(
	'integration.name',
	textField(
		'Integration',
		'integration',
		'e.g. Shopify',
		'Only metrics of the integration with this name, as Klaviyo writes it',
	),
);

/**
 * https://developers.klaviyo.com/en/reference/get_metrics: Klaviyo sets the page's size itself and can't search for a
 * name, so all are read.
 */
export const getMany = getManyOf<KlaviyoClient>({
	description: 'List the metrics, which are the kinds of events that the account knows',
	action: 'Get many metrics',
	filters: [nameContains.field, ofIntegration.field],
	simplify,
	read: async ({ context, client, index, limit, isSimple }) => {
		const request = {
			path: '/api/metrics',
			query: {
				...filterOf(conditionsAt(context, index, [ofIntegration])),
				...(isSimple ? { 'fields[metric]': [...FIELDS, 'integration'].join(',') } : {}),
			},
			scopes: 'metrics:read',
			labels: { filter: 'Filters' },
		};
		const wanted = String(filtersAt(context, index).nameContains ?? '')
			.trim()
			.toLowerCase();
		const metrics: IDataObject[] = [];
		for await (const page of client.pages(request)) {
			metrics.push(...page.filter((metric) => lowerName(metric).includes(wanted)));
			if (metrics.length >= limit) break;
		}
		const found = metrics.slice(0, limit);
		return isSimple ? found.map(simpleMetric) : found;
	},
});

function lowerName(metric: IDataObject): string {
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
