import type { INodeProperties } from 'n8n-workflow';

/** A field that several operations have. */
export const dataSource: INodeProperties = {
	displayName: 'Data Source',
	name: 'dataSource',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'Data source of the Meiro CDP that the events belong to',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchDataSources', searchable: true },
		},
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. klaviyo' },
	],
};
