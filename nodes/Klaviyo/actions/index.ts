import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { chosenOperation, propertiesOf, type Resource } from '../../shared/operation';
import { klaviyoClient, type KlaviyoClient } from '../api/client';
import { get as getAccount } from './account/get';

export const RESOURCES: Array<Resource<KlaviyoClient>> = [
	{ option: { name: 'Account', value: 'account' }, operations: [getAccount] },
];

export const klaviyoProperties = propertiesOf(RESOURCES, 'campaign');

/** Runs the operation that the user chose. */
export async function runOperation(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const operation = chosenOperation(context, RESOURCES);
	return await operation.execute(context, await klaviyoClient(context));
}
