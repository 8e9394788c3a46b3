import type { INodeProperties } from 'n8n-workflow';

/** Fields that several operations have. */
export const dataSource: INodeProperties = {
	displayName: 'Data Source',
	name: 'dataSourceId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'Data source of the Meiro CDP that the events belong to',
	displayOptions: { hide: { uploadFrom: ['file'] } },
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

export const version: INodeProperties = {
	displayName: 'Version',
	name: 'version',
	type: 'string',
	default: '1-0-0',
	required: true,
	description: 'Version of the event type, as text',
};

export const nameForPeople: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. Placed Order',
	description: 'Name for people. Empty: the ID of a data source, the type of an event type.',
};

/** The person's ID where Meiro looks one up. */
export const identifierValue: INodeProperties = {
	displayName: 'Identifier Value',
	name: 'identifierValue',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. ana@shop.example',
	description: 'The person’s value of that attribute or identifier type',
};
