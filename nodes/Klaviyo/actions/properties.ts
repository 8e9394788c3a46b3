import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { objectParameter } from '../../shared/operation/operation';
import { ORIGIN_NOTE } from './origin';

/** Properties of the user's own, by free fields or as JSON. */
export function propertyFields(label: string, of: string): INodeProperties[] {
	return [
		{
			displayName: `${label} From`,
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
			description: `Where the properties of the ${of} come from. ${ORIGIN_NOTE}.`,
		},
		{
			displayName: label,
			name: 'properties',
			type: 'assignmentCollection',
			default: {},
			description: `What Klaviyo shall know of the ${of}. Drag fields here from the input.`,
			displayOptions: { show: { propertiesFrom: ['fields'] } },
		},
		{
			displayName: `${label} (JSON)`,
			name: 'propertiesJson',
			type: 'json',
			default: '{}',
			description: `What Klaviyo shall know of the ${of}, as an object`,
			displayOptions: { show: { propertiesFrom: ['json'] } },
		},
	];
}

/** @throws NodeOperationError that names the parameter when its JSON is no object */
export function propertiesOf(
	context: IExecuteFunctions,
	label: string,
	index: number,
): IDataObject {
	if (context.getNodeParameter('propertiesFrom', index, 'fields') === 'json') {
		const json = context.getNodeParameter('propertiesJson', index, '{}');
		return objectParameter(context, json, `${label} (JSON)`, index);
	}
	const { assignments = [] } = context.getNodeParameter('properties', index, {}) as {
		assignments?: Array<{ name: string; value: IDataObject[string] }>;
	};
	return Object.fromEntries(
		assignments.filter(({ name }) => name !== '').map(({ name, value }) => [name, value]),
	);
}
