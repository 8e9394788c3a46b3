import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { requiredText, type Operation } from '../../shared/operation/operation';
import type { KlaviyoClient } from '../api/klaviyoClient';

export type KlaviyoOperation = Operation<KlaviyoClient>;

/** A choice among what Klaviyo has, or an ID. */
export function locator(
	displayName: string,
	name: string,
	searchListMethod: string,
	description: string,
	more: Partial<INodeProperties> = {},
): INodeProperties {
	return {
		displayName,
		name,
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod, searchable: true },
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. AbC123' },
		],
		...more,
	};
}

export function wantsSimple(context: IExecuteFunctions, index: number): boolean {
	return context.getNodeParameter('simplify', index, true) === true;
}

/** An ID from a locator, as it stands in a path. @throws NodeOperationError that names it when it is empty */
export function idForPath(
	context: IExecuteFunctions,
	name: string,
	label: string,
	index: number,
): string {
	return encodeURIComponent(requiredText(context, name, label, index));
}

export function attributesOf(resource: IDataObject): IDataObject {
	return (resource.attributes ?? {}) as IDataObject;
}

/** A resource without its envelope: its ID and these of its attributes, null for what it doesn't have. */
export function simpleOf(resource: IDataObject, fields: readonly string[]): IDataObject {
	const attributes = attributesOf(resource);
	return {
		id: resource.id,
		...Object.fromEntries(fields.map((field) => [field, attributes[field] ?? null])),
	};
}
