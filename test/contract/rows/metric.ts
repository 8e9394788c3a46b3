import { byId } from '../../support/byId';
import type { ContractRow } from './row';

const range = {
	metricId: byId('0rG4eQ'),
	since: '2031-01-01T00:00:00',
	until: '2031-02-01T00:00:00',
};

export const metricRows: ContractRow[] = [
	{ resource: 'metric', operation: 'getAll', requests: ['GET /api/metrics'] },
	{
		resource: 'metric',
		operation: 'getAll',
		variant: 'of one integration, raw',
		parameters: { simplify: false, filters: { integration: 'Shopify' } },
		requests: ['GET /api/metrics'],
	},
	{
		resource: 'metric',
		operation: 'getAggregates',
		parameters: range,
		requests: ['POST /api/metric-aggregates'],
	},
	{
		resource: 'metric',
		operation: 'getAggregates',
		variant: 'everything',
		parameters: {
			...range,
			interval: 'hour',
			measurements: ['count', 'sum_value', 'unique'],
			options: { groupBy: ['$attributed_flow', 'Campaign Name'], timezone: 'Europe/Prague' },
		},
		requests: ['POST /api/metric-aggregates'],
	},
];
