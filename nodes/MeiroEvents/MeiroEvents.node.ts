import {
	NodeConnectionTypes,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { runEndOf } from '../shared/delivery/runEnd';
import { countsOf, guarded } from '../shared/delivery/told';
import { textOf } from '../shared/event/values';
import { runtimeOf } from '../shared/http/runtime';
import { runWhole } from '../shared/operation/operation';
import { buildEvent, type Draft } from './build/buildEvent';
import { askSources } from './delivery/askSources';
import {
	allHandedOver,
	nothingSentOf,
	outcomesOf,
	outputsOf,
	type Outputs,
} from './delivery/outcome';
import { previewItems } from './delivery/preview';
import { MEIRO_CREDENTIAL, send, transportOf } from './delivery/send';
import { refuseSourceIn, targetOf } from './delivery/target';
import { meiroEventsProperties } from './meiroEventsProperties';
import { buildSettingsReader, handsOver, runSettingsOf } from './meiroEventsSettings';

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
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Delivered', 'Not Delivered'],
		credentials: [{ name: 'meiroEventsApi', required: true }],
		properties: meiroEventsProperties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		if (this.getInputData().length === 0) return [[], []];
		if (handsOver(this)) {
			try {
				return await deliverItems(this, true);
			} catch (error) {
				return allHandedOver(this, error);
			}
		}
		const run = async () => (await deliverItems(this, false))[0];
		return [await runWhole(this, run, nothingSentOf), []];
	}
}

async function deliverItems(context: IExecuteFunctions, handOver: boolean): Promise<Outputs> {
	const runtime = runtimeOf(context);
	const endsAt = runEndOf(context, runtime);
	const credential = await context.getCredentials<ICredentialDataDecryptedObject>(MEIRO_CREDENTIAL);
	const run = runSettingsOf(context);
	const target = targetOf(credential, run.limits);
	const settingsOf = buildSettingsReader(context, new Date().toISOString());

	const drafts = context
		.getInputData()
		.map(({ json }, index) => draftAt(context, () => buildEvent(json, settingsOf(index)), json));
	const ready = drafts.flatMap((draft) => (draft.status === 'ready' ? draft.event.source : []));
	for (const source of new Set(ready)) refuseSourceIn(target, source);
	if (run.operation === 'validate') {
		const transport = transportOf(context, credential);
		const answers = await askSources(target, new Set(ready), transport, run.concurrency);
		return [previewItems(drafts, target, answers), []];
	}

	const policy = { ...run.policy, ...(endsAt === undefined ? {} : { endsAt }) };
	const settled = await send(context, drafts, target, { ...run, policy }, credential, runtime);
	const outcomes = outcomesOf(settled, target);

	const setUp = settled.outcomes.find(({ isSetUp }) => isSetUp);
	if (setUp !== undefined) {
		context.addExecutionHints({
			message: setUp.reason!,
			type: 'warning',
			location: 'outputPane',
		});
	}
	if (outcomes.some(({ status }) => status !== 'delivered') || outcomes.length >= LARGE_RUN) {
		context.addExecutionHints({ message: countsOf(outcomes), location: 'outputPane' });
	}
	return outputsOf(context, outcomes, settled.drafts, target, handOver);
}

/** Whatever one item throws while its event is made costs that item alone. */
function draftAt(context: IExecuteFunctions, make: () => Draft, json: IDataObject): Draft {
	return guarded(context, make, ({ reason = '' }) => ({
		status: 'failed',
		reason,
		event_id: guarded(
			context,
			() => textOf(json.event_id) ?? null,
			() => null,
		),
		event_name: guarded(
			context,
			() => textOf(json.event_name) ?? null,
			() => null,
		),
	}));
}
