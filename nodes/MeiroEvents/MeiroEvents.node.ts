import {
	NodeConnectionTypes,
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { runWhole } from '../shared/operation/operation';
import { buildEvent } from './build/buildEvent';
import {
	countsOf,
	isUndelivered,
	nothingSentOf,
	outcomesOf,
	summaryOf,
	toItems,
	type OnError,
} from './delivery/outcome';
import { previewItems } from './delivery/preview';
import { send } from './delivery/send';
import { refuseSourceIn, targetOf } from './delivery/target';
import { MEIRO_CREDENTIAL } from './delivery/transport';
import { meiroEventsProperties } from './meiroEventsProperties';
import { buildSettingsReader, runSettingsOf } from './meiroEventsSettings';

/** From here on nobody counts the outcomes by eye. */
const LARGE_RUN = 1000;

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
		if (this.getInputData().length === 0) return [[]];
		return [await runWhole(this, async () => await deliverItems(this), nothingSentOf)];
	}
}

async function deliverItems(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const credential = await context.getCredentials<ICredentialDataDecryptedObject>(MEIRO_CREDENTIAL);
	const run = runSettingsOf(context);
	const target = targetOf(credential, run.limits);
	const settingsOf = buildSettingsReader(context, new Date().toISOString());

	const drafts = context
		.getInputData()
		.map(({ json }, index) => buildEvent(json, settingsOf(index)));
	const ready = drafts.flatMap((draft) => (draft.status === 'ready' ? draft.event.source : []));
	for (const source of new Set(ready)) refuseSourceIn(target, source);
	if (run.operation === 'validate') return previewItems(drafts, target);

	const settled = await send(context, drafts, target, run, credential);
	const outcomes = outcomesOf(settled.drafts, settled, target);

	if (outcomes.some(({ status }) => status !== 'delivered') || outcomes.length >= LARGE_RUN) {
		context.addExecutionHints({ message: countsOf(outcomes), location: 'outputPane' });
	}
	const onError = (context.getNode().onError ?? 'stopWorkflow') as OnError;
	if (onError === 'stopWorkflow' && outcomes.some(isUndelivered)) {
		throw new NodeOperationError(context.getNode(), summaryOf(outcomes), {
			itemIndex: outcomes.findIndex(isUndelivered),
		});
	}
	return toItems(outcomes, settled.drafts, target, onError);
}
