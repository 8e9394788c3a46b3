import type { INodeProperties } from 'n8n-workflow';

/** Fields that several operations have. */
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

export const includeHidden: INodeProperties = {
	displayName: 'Include Hidden',
	name: 'showHidden',
	type: 'boolean',
	default: false,
	description: 'Whether to return hidden ones as well',
};

export interface HiddenOption {
	showHidden?: boolean;
}

/** Flags are numbers there: https://docs.meiro.dev/docs/api/meiro-cdp-api/events */
export function hiddenQuery({ showHidden }: HiddenOption): { show_hidden?: number } {
	return showHidden === undefined ? {} : { show_hidden: showHidden ? 1 : 0 };
}
