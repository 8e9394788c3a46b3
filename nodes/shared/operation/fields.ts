import type {
	IDataObject,
	IExecuteFunctions,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';

/** Fields that operations share. */

export const returnAll: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

export const limit: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 50,
	description: 'Max number of results to return',
	displayOptions: { show: { returnAll: [false] } },
};

export const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** How many results the user wants. */
export function limitOf(context: IExecuteFunctions, index: number): number {
	if (context.getNodeParameter('returnAll', index) === true) return Number.POSITIVE_INFINITY;
	return Math.max(1, Math.floor(Number(context.getNodeParameter('limit', index))));
}

export function wantsSimple(context: IExecuteFunctions, index: number): boolean {
	return context.getNodeParameter('simplify', index, true) === true;
}

/** A text to type. */
export function textField(
	displayName: string,
	name: string,
	placeholder: string,
	description?: string,
): INodeProperties {
	return {
		displayName,
		name,
		type: 'string',
		default: '',
		placeholder,
		...(description === undefined ? {} : { description }),
	};
}

/** A date to pick, see `dateOf`. */
export function dateField(
	displayName: string,
	name: string,
	description = 'A time without an offset is one of the workflow’s time zone',
): INodeProperties {
	return { displayName, name, type: 'dateTime', default: '', description };
}

/** A choice among what the service has, or an ID. */
export function locator(
	displayName: string,
	name: string,
	searchListMethod: string,
	description: string,
	more: Partial<INodeProperties> = {},
	example = 'e.g. AbC123',
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
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: example },
		],
		...more,
	};
}

export function filtersField(options: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		description: 'Only what all of these apply to',
		options: options,
	};
}

export function optionsField(options: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: options,
	};
}

/** The collection of options at an item. */
export function optionsAt<Options>(context: IExecuteFunctions, index: number): Options {
	return context.getNodeParameter('options', index, {}) as Options;
}

/** The collection of filters at an item. */
export function filtersAt(context: IExecuteFunctions, index: number): IDataObject {
	return context.getNodeParameter('filters', index, {}) as IDataObject;
}

const WAYS: Record<'text' | 'time', [string, string]> = {
	text: ['A to Z', 'Z to A'],
	time: ['Oldest First', 'Newest First'],
};

/** By a text in its two directions, or by a time. */
export function sortField(
	keys: Record<string, [label: string, kind: 'text' | 'time']>,
	first: string,
): INodeProperties {
	const options = Object.entries(keys).flatMap(([key, [label, kind]]): INodePropertyOptions[] => [
		{ name: `${label}, ${WAYS[kind][0]}`, value: key },
		{ name: `${label}, ${WAYS[kind][1]}`, value: `-${key}` },
	]);
	return {
		displayName: 'Sort By',
		name: 'sort',
		type: 'options',
		options: options.sort((a, b) => a.name.localeCompare(b.name)),
		default: first,
		description: 'In which order they come',
	};
}

/** The names in a list with commas between them, without blanks and gaps. */
export function commaList(value: unknown): string[] {
	return String(value ?? '')
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
}
