// The Klaviyo node in n8n's real engine.
import { LoadOptionsContext, WorkflowExecute } from 'n8n-core';
import {
	Workflow,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeListSearchResult,
	type IRun,
} from 'n8n-workflow';

import { Klaviyo } from '../../../nodes/Klaviyo/Klaviyo.node';
import { additionalDataOf, MemoryCredentials, nodeOf, nodeTypes, type Executed } from './engine';

export interface KlaviyoRun {
	/** Where the API is: the stand-in's `apiUrl`. */
	apiUrl: string;
	apiKey?: string;
	resource: string;
	operation: string;
	parameters?: IDataObject;
	/** Default: one empty item. */
	items?: IDataObject[];
	onError?: INode['onError'];
	/** Default: those of `apiUrl` and `apiKey`. */
	credentials?: MemoryCredentials;
	/** Of the workflow; default UTC. */
	timezone?: string;
	/** Called with the running execution, e.g. to cancel it. */
	onStart?: (done: { cancel(): void }) => void;
}

export function klaviyoCredentials(baseUrl: string, apiKey = 'pk_sandbox'): MemoryCredentials {
	return new MemoryCredentials({ klaviyoApi: { apiKey, baseUrl } });
}

/** A resource locator's value. */
export const byId = (value: string) => ({ __rl: true, mode: 'id', value });

/** Runs start → Klaviyo, as n8n would. */
export async function executeKlaviyo(given: KlaviyoRun): Promise<Executed> {
	const { apiUrl, apiKey, resource, operation, parameters = {}, items = [{}], onError } = given;
	const credentials = given.credentials ?? klaviyoCredentials(apiUrl, apiKey);
	const workflow = new Workflow({
		id: 'wf',
		active: false,
		nodeTypes,
		nodes: [
			nodeOf('Start', 'passthrough', 1, {}),
			klaviyoNode({ resource, operation, ...parameters }, onError),
			nodeOf('Done', 'passthrough', 1, {}),
			nodeOf('Failed', 'passthrough', 1, {}),
		],
		connections: {
			Start: { main: [[{ node: 'Klaviyo', type: 'main', index: 0 }]] },
			Klaviyo: {
				main: [
					[{ node: 'Done', type: 'main', index: 0 }],
					...(onError === 'continueErrorOutput'
						? [[{ node: 'Failed', type: 'main' as const, index: 0 }]]
						: []),
				],
			},
		},
		settings: { executionOrder: 'v1', timezone: given.timezone ?? 'UTC' },
	});
	const execution = new WorkflowExecute(additionalDataOf(credentials), 'trigger', {
		version: 1,
		startData: {},
		resultData: { runData: {} },
		executionData: {
			contextData: {},
			metadata: {},
			waitingExecution: {},
			waitingExecutionSource: null,
			nodeExecutionStack: [
				{
					node: workflow.getNode('Start')!,
					data: { main: [items.map((json): INodeExecutionData => ({ json }))] },
					source: null,
				},
			],
		},
	} as never);
	const done = execution.processRunExecutionData(workflow);
	given.onStart?.(done as unknown as { cancel(): void });
	const run = (await done) as IRun;
	const { runData, error } = run.data.resultData;
	const outputs = runData.Klaviyo?.[0]?.data?.main ?? [];
	return {
		run,
		main: outputs[0] ?? [],
		error: outputs[1] ?? [],
		...(error ? { failure: error as unknown as Error } : {}),
	};
}

/** Opens a dropdown of the node. */
export async function searchKlaviyo(
	apiUrl: string,
	method: keyof Klaviyo['methods']['listSearch'],
	filter?: string,
): Promise<INodeListSearchResult['results']> {
	const node = klaviyoNode({});
	const workflow = new Workflow({ id: 'wf', active: false, nodeTypes, nodes: [node], connections: {} });
	const additionalData = additionalDataOf(klaviyoCredentials(apiUrl));
	const context = new LoadOptionsContext(workflow, node, additionalData, '');
	return (await new Klaviyo().methods.listSearch[method].call(context, filter)).results;
}

function klaviyoNode(parameters: IDataObject, onError?: INode['onError']): INode {
	return nodeOf('Klaviyo', 'klaviyo', 1, parameters, {
		credentials: { klaviyoApi: { id: 'api', name: 'Klaviyo' } },
		...(onError === undefined ? {} : { onError }),
	});
}
