import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { runEndOf } from '../../shared/delivery/runEnd';
import { DEFAULT_RETRY_POLICY } from '../../shared/http/retry';
import { chosenOperation, propertiesOf, type Resource } from '../../shared/operation/operation';
import { runtimeOf } from '../../shared/http/runtime';
import { meiroClient, type MeiroClient } from '../api/cdpClient';
import { checkMembership } from './audience/checkMembership';
import { getSegments } from './audience/getSegments';
import { getMany as getManyCustomerAttributes } from './customerAttribute/getMany';
import { create as createCustomerEvent } from './customerEvent/create';
import { getUploadStatus } from './customerEvent/getUploadStatus';
import { upload } from './customerEvent/upload';
import { create as createDataSource } from './dataSource/create';
import { getMany as getManyDataSources } from './dataSource/getMany';
import { create as createEventType } from './eventType/create';
import { getMany as getManyEventTypes } from './eventType/getMany';
import { get as getProfile } from './profile/get';

const RESOURCES: Array<Resource<MeiroClient>> = [
	{ option: { name: 'Audience', value: 'audience' }, operations: [checkMembership, getSegments] },
	{
		option: { name: 'Customer Attribute', value: 'customerAttribute' },
		operations: [getManyCustomerAttributes],
	},
	{
		option: { name: 'Customer Event', value: 'customerEvent' },
		operations: [createCustomerEvent, getUploadStatus, upload],
	},
	{
		option: { name: 'Data Source', value: 'dataSource' },
		operations: [createDataSource, getManyDataSources],
	},
	{
		option: { name: 'Event Type', value: 'eventType' },
		operations: [createEventType, getManyEventTypes],
	},
	{ option: { name: 'Profile', value: 'profile' }, operations: [getProfile] },
];

export const meiroCdpProperties = propertiesOf(RESOURCES, 'customerEvent');

/** Runs the operation that the user chose; it gives up before the workflow's own time is over. */
export async function runOperation(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const operation = chosenOperation(context, RESOURCES);
	const runtime = runtimeOf(context);
	const policy = { ...DEFAULT_RETRY_POLICY, endsAt: runEndOf(context, runtime) };
	return await operation.execute(context, await meiroClient(context, runtime, policy));
}
