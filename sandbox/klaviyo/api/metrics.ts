// https://developers.klaviyo.com/en/reference/metrics_api_overview
import { aggregated } from './aggregates';
import type { Includes } from './listing';
import { collection, single } from './listing';
import type { Operation } from './operation';
import { attributesOf } from './operation';
import type { People } from './profiles';
import { M, S } from './rate';

const INCLUDES: Includes = { 'flow-triggers': () => [] };

export function metricOperations({ catalog, events }: People): Operation[] {
	const scopes = ['metrics:read'];
	return [
		{
			...{ name: 'get_metrics', method: 'GET', path: '/api/metrics', scopes, limits: M },
			run: (request) =>
				collection(request, catalog.metrics, {
					...{ page: { size: 200, fixed: true }, includes: INCLUDES },
				}),
		},
		{
			...{ name: 'get_metric', method: 'GET', path: '/api/metrics/{id}', scopes, limits: M },
			run: (request) => single(request, catalog.get('metric', request.id), { includes: INCLUDES }),
		},
		{
			...{ name: 'query_metric_aggregates', method: 'POST', path: '/api/metric-aggregates' },
			...{ scopes, limits: S },
			run: (request) => {
				const query = attributesOf(request, 'metric-aggregate');
				const metric = catalog.get('metric', String(query.metric_id));
				const own = events.list().filter(({ metric_id }) => metric_id === metric.id);
				return single(request, aggregated(query, own));
			},
		},
	];
}
