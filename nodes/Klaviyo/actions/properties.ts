import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { objectParameter } from '../../shared/operation/operation';
import { ORIGIN_NOTE } from './origin';

/** Properties of the user's own, by free fields or as JSON. */
export const propertyFields: INodeProperties[] = [
	{
		displayName: 'Properties From',
		name: 'propertiesFrom',
		type: 'options',
		options: [
			{
				name: 'Fields Below',
				value: 'fields',
				description: 'One by one, dragged from the input',
			},
			{ name: 'JSON', value: 'json', description: 'One object' },
		],
		default: 'fields',
		description: `Where the properties come from: an event’s own, or a profile’s custom ones. ${ORIGIN_NOTE}.`,
	},
	{
		displayName: 'Properties',
		name: 'properties',
		type: 'assignmentCollection',
		default: {},
		description: 'What else Klaviyo shall know. Drag fields here from the input.',
		displayOptions: { show: { propertiesFrom: ['fields'] } },
	},
	{
		displayName: 'Properties (JSON)',
		name: 'propertiesJson',
		type: 'json',
		default: '{}',
		description: 'What else Klaviyo shall know, as an object',
		displayOptions: { show: { propertiesFrom: ['json'] } },
	},
];

/** @throws NodeOperationError that names the parameter when its JSON is no object */
export function propertiesAt(context: IExecuteFunctions, index: number): IDataObject {
	if (context.getNodeParameter('propertiesFrom', index, 'fields') === 'json') {
		const json = context.getNodeParameter('propertiesJson', index, '{}');
		return objectParameter(context, json, 'Properties (JSON)', index);
	}
	const { assignments = [] } = context.getNodeParameter('properties', index, {}) as {
		assignments?: Array<{ name: string; value: IDataObject[string] }>;
	};
	return Object.fromEntries(
		assignments.filter(({ name }) => name !== '').map(({ name, value }) => [name, value]),
	);
}
