import { byId } from '../../support/byId';
import type { ContractRow } from './row';

const flow = { resource: 'flow', parameters: { flowId: byId('XVTP5Q') } };

export const flowRows: ContractRow[] = [
	{ resource: 'flow', operation: 'getAll', requests: ['GET /api/flows'] },
	{
		resource: 'flow',
		operation: 'getAll',
		variant: 'everything',
		parameters: {
			returnAll: true,
			simplify: false,
			sort: 'name',
			filters: {
				archived: true,
				createdAfter: '2031-01-01T00:00:00',
				createdBefore: '2031-12-31T00:00:00',
				nameContains: 'Win-Back',
				flowStatus: 'live',
				triggerType: 'Added to List',
				updatedAfter: '2031-01-01T00:00:00',
				updatedBefore: '2031-12-31T00:00:00',
			},
		},
		requests: ['GET /api/flows'],
	},
	{ ...flow, operation: 'get', requests: ['GET /api/flows/XVTP5Q'] },
	...[true, false].map((simplify) => ({
		...flow,
		operation: 'get',
		variant: simplify ? 'with its definition' : 'with its definition, raw',
		parameters: { ...flow.parameters, includeDefinition: true, simplify },
		requests: ['GET /api/flows/XVTP5Q'],
	})),
	...[{}, flow.parameters].map((parameters) => ({
		resource: 'flow',
		operation: 'getStatistics',
		variant: 'flowId' in parameters ? 'of one' : 'of all',
		parameters: { ...parameters, conversionMetricId: byId('RESQ6t') },
		requests: ['POST /api/flow-values-reports'],
	})),
];
