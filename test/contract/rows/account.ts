import type { ContractRow } from './row';

export const accountRows: ContractRow[] = [
	{ resource: 'account', operation: 'get', requests: ['GET /api/accounts'] },
	{ resource: 'account', operation: 'checkSetUp', requests: ['GET /api/flows'] },
	{
		resource: 'account',
		operation: 'checkSetUp',
		variant: 'everything',
		// The specification's example of a metric has this name.
		parameters: { metricName: 'string', eventProperties: 'Score', dateProperty: 'Birthday' },
		requests: [
			'GET /api/flows',
			'GET /api/metrics',
			'POST /api/metric-aggregates',
			'GET /api/events',
			'GET /api/profiles',
		],
	},
];
