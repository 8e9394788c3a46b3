import {
	NodeOperationError,
	updateDisplayOptions,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';

import { meiroClient } from '../api/client';
import { runtimeOf } from '../api/runtime';
import { checkMembership } from './audience/checkMembership';
import { getMany as getManyCustomerAttributes } from './customerAttribute/getMany';
import { create as createCustomerEvent } from './customerEvent/create';
import { getUploadStatus } from './customerEvent/getUploadStatus';
import { upload } from './customerEvent/upload';
import { create as createDataSource } from './dataSource/create';
import { getMany as getManyDataSources } from './dataSource/getMany';
import { create as createEventType } from './eventType/create';
import { getMany as getManyEventTypes } from './eventType/getMany';
import type { Operation, Resource } from './operation';
import { get as getProfile } from './profile/get';

const RESOURCES: Resource[] = [
	{ option: { name: 'Audience', value: 'audience' }, operations: [checkMembership] },
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

/** All parameters of the node: the resources, their operations, and the fields of each. */
export const meiroCdpProperties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: RESOURCES.map(({ option }) => option),
		default: 'customerEvent',
	},
	...RESOURCES.map(
		({ option, operations }): INodeProperties => ({
			displayName: 'Operation',
			name: 'operation',
			type: 'options',
			noDataExpression: true,
			displayOptions: { show: { resource: [option.value] } },
			options: operations.map((operation) => operation.option),
			default: firstOf(operations),
		}),
	),
	...RESOURCES.flatMap(({ option, operations }) =>
		operations.flatMap((operation) =>
			updateDisplayOptions(
				{ show: { resource: [option.value], operation: [operation.option.value] } },
				operation.properties,
			),
		),
	),
];

function firstOf(operations: Operation[]): string {
	return String(operations[0]?.option.value ?? '');
}

/** Runs the operation that the user chose. */
export async function runOperation(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const resource = context.getNodeParameter('resource', 0);
	const name = context.getNodeParameter('operation', 0);
	const operation = RESOURCES.find(({ option }) => option.value === resource)?.operations.find(
		({ option }) => option.value === name,
	);
	if (operation === undefined) {
		throw new NodeOperationError(
			context.getNode(),
			`'Operation' ${String(name)} is none of 'Resource' ${String(resource)}. Choose another.`,
		);
	}
	return await operation.execute(context, await meiroClient(context, runtimeOf(context)));
}
