import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { chosenOperation, propertiesOf, type Resource } from '../../shared/operation';
import { klaviyoClient, type KlaviyoClient } from '../api/client';
import { get as getAccount } from './account/get';
import { get as getCampaign } from './campaign/get';
import { getMany as getManyCampaigns } from './campaign/getMany';
import { getMessages as getCampaignMessages } from './campaign/getMessages';
import { get as getFlow } from './flow/get';
import { getMany as getManyFlows } from './flow/getMany';
import { getAggregates } from './metric/getAggregates';
import { getMany as getManyMetrics } from './metric/getMany';

export const RESOURCES: Array<Resource<KlaviyoClient>> = [
	{ option: { name: 'Account', value: 'account' }, operations: [getAccount] },
	{
		option: { name: 'Campaign', value: 'campaign' },
		operations: [getManyCampaigns, getCampaign, getCampaignMessages],
	},
	{ option: { name: 'Flow', value: 'flow' }, operations: [getManyFlows, getFlow] },
	{ option: { name: 'Metric', value: 'metric' }, operations: [getManyMetrics, getAggregates] },
];

export const klaviyoProperties = propertiesOf(RESOURCES, 'campaign');

/** Runs the operation that the user chose. */
export async function runOperation(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const operation = chosenOperation(context, RESOURCES);
	return await operation.execute(context, await klaviyoClient(context));
}
