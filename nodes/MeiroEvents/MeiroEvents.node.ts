import {
	NodeConnectionTypes,
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { batch } from './delivery/batch';
import { buildEvent } from './delivery/build';
import { deliver } from './delivery/deliver';
import { isUndelivered, outcomesOf, summaryOf, toItems, type OnError } from './delivery/outcome';
import { targetOf } from './delivery/target';
import { MEIRO_CREDENTIAL, runtimeOf, transport } from './delivery/transport';
import { meiroEventsProperties } from './properties';
import { buildSettingsOf, runSettingsOf } from './settings';

export class MeiroEvents implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Meiro Events',
		name: 'meiroEvents',
		icon: { light: 'file:meiro.svg', dark: 'file:meiro.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["source"]}}',
		description: 'Delivers events to Meiro Events or Meiro Pipes and tells the outcome of each',
		defaults: { name: 'Meiro Events' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'meiroEventsApi', required: true }],
		properties: meiroEventsProperties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const items = this.getInputData();
		if (items.length === 0) return [[]];

		const data = await this.getCredentials<ICredentialDataDecryptedObject>(MEIRO_CREDENTIAL);
		const credential = { id: '', name: MEIRO_CREDENTIAL, type: MEIRO_CREDENTIAL, data };
		const run = runSettingsOf(this);
		const target = targetOf(data, run.batchSize);
		const now = new Date().toISOString();

		const drafts = items.map(({ json }, index) => buildEvent(json, buildSettingsOf(this, index, now)));
		const entries = drafts.flatMap((draft, index) =>
			draft.status === 'ready' ? [{ index, event: draft.event }] : [],
		);
		const results = await deliver(batch(entries, target), transport(this, credential), {
			...run,
			...runtimeOf(this),
		});
		const outcomes = outcomesOf(drafts, results, target);

		const onError = (this.getNode().onError ?? 'stopWorkflow') as OnError;
		if (onError === 'stopWorkflow' && outcomes.some(isUndelivered)) {
			throw new NodeOperationError(this.getNode(), summaryOf(outcomes), {
				itemIndex: outcomes.findIndex(isUndelivered),
			});
		}
		return [toItems(outcomes, drafts, target, onError)];
	}
}
