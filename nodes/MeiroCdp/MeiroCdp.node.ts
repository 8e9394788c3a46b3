import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { runWhole } from '../shared/operation/operation';
import { meiroCdpProperties, runOperation } from './actions';
import { searchDataSources, searchEventTypes, searchSegments } from './api/cdpLookups';

export class MeiroCdp implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Meiro CDP',
		name: 'meiroCdp',
		icon: { light: 'file:meiro.svg', dark: 'file:meiro.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description: 'Creates events in the Meiro CDP, and reads customers, audiences and profiles',
		defaults: { name: 'Meiro CDP' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'meiroCdpApi', required: true }],
		properties: meiroCdpProperties,
	};

	methods = { listSearch: { searchDataSources, searchEventTypes, searchSegments } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		if (this.getInputData().length === 0) return [[]];
		return [await runWhole(this, async () => await runOperation(this))];
	}
}
