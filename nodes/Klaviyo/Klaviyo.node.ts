import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { runWhole } from '../shared/operation/operation';
import { klaviyoProperties, runOperation } from './actions';
import { searchCampaigns, searchOf } from './api/klaviyoLookups';

export class Klaviyo implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Klaviyo',
		name: 'klaviyo',
		icon: { light: 'file:klaviyo.svg', dark: 'file:klaviyo.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description: 'Reads and writes campaigns, profiles, lists, events and more in Klaviyo',
		defaults: { name: 'Klaviyo' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'klaviyoPrivateKeyApi', required: true }],
		properties: klaviyoProperties,
	};

	methods = {
		listSearch: {
			searchCampaigns,
			searchFlows: searchOf('flows'),
			searchLists: searchOf('lists'),
			searchMetrics: searchOf('metrics'),
			searchSegments: searchOf('segments'),
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		if (this.getInputData().length === 0) return [[]];
		return [await runWhole(this, async () => await runOperation(this))];
	}
}
