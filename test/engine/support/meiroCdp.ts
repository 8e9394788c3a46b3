// The Meiro CDP node in n8n's real engine, with a credentials helper that renews tokens as n8n's does.
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { BinaryDataService, LoadOptionsContext, WorkflowExecute } from 'n8n-core';
import {
	isExpression,
	NodeHelpers,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IHttpRequestHelper,
	type INode,
	type INodeExecutionData,
	type INodeListSearchResult,
	type IRun,
} from 'n8n-workflow';

import { MeiroCdpApi } from '../../../credentials/MeiroCdpApi.credentials';
import { MeiroCdp } from '../../../nodes/MeiroCdp/MeiroCdp.node';
import { additionalDataOf, MemoryCredentials, nodeOf, nodeTypes, type Executed } from './engine';

/**
 * What n8n 2.41.1 does in dist/credentials-helper.js: fills in defaults when it decrypts, logs in when
 * there is no token, when it expired and for a test, and stores the token beside the other fields.
 */
export class RenewingCredentials extends MemoryCredentials {
	private readonly type = new MeiroCdpApi();

	/** What n8n's database holds. */
	stored: ICredentialDataDecryptedObject;

	constructor(data: ICredentialDataDecryptedObject) {
		super({ meiroCdpApi: data });
		this.stored = data;
	}

	override async getDecrypted(): Promise<ICredentialDataDecryptedObject> {
		this.reads++;
		return NodeHelpers.getNodeParameters(
			this.type.properties,
			this.stored as never,
			true,
			false,
			null,
			null,
		) as ICredentialDataDecryptedObject;
	}

	override async preAuthentication(
		...given: unknown[]
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const [helpers, credentials, , node, expired] = given as [
			IHttpRequestHelper,
			ICredentialDataDecryptedObject,
			string,
			INode,
			boolean,
		];
		const property = this.type.properties.find(
			({ type, typeOptions }) => type === 'hidden' && typeOptions?.expirable === true,
		);
		if (property === undefined) return undefined;
		const isTest = node.parameters.temp === '' && node.type === 'n8n-nodes-base.noOp';
		if (credentials[property.name] !== '' && !expired && !isTest) return undefined;
		const output = await this.type.preAuthentication.call(
			{ helpers: { httpRequest: helpers.helpers.httpRequest } },
			credentials,
		);
		if (output[property.name] === undefined || !node.credentials) return undefined;
		const kept = Object.entries(output).filter(
			([key]) => key === property.name || !isExpression(this.stored[key]),
		);
		this.stored = { ...this.stored, ...Object.fromEntries(kept) } as ICredentialDataDecryptedObject;
		return Object.assign(credentials, output) as ICredentialDataDecryptedObject;
	}
}

function cdpNode(parameters: IDataObject, onError?: INode['onError']): INode {
	return nodeOf('Meiro CDP', 'meiroCdp', 1, parameters, {
		credentials: { meiroCdpApi: { id: 'c1', name: 'Meiro CDP' } },
		...(onError === undefined ? {} : { onError }),
	});
}

/** Runs start → Meiro CDP → one node behind each output, as n8n would. */
export async function executeMeiroCdp(
	items: INodeExecutionData[],
	{
		credentials,
		parameters,
		onError,
		onStart,
	}: {
		credentials: MemoryCredentials;
		parameters: IDataObject;
		onError?: INode['onError'];
		/** Called with the running execution, e.g. to cancel it. */
		onStart?: (done: { cancel(): void }) => void;
	},
): Promise<Executed> {
	const main = (node: string) => ({ node, type: 'main' as const, index: 0 });
	const workflow = new Workflow({
		id: 'wf',
		active: false,
		nodeTypes,
		nodes: [
			nodeOf('Start', 'passthrough', 1, {}),
			cdpNode(parameters, onError),
			nodeOf('Done', 'passthrough', 1, {}),
			nodeOf('Failed', 'passthrough', 1, {}),
		],
		connections: {
			Start: { main: [[main('Meiro CDP')]] },
			'Meiro CDP': {
				main: [[main('Done')], ...(onError === 'continueErrorOutput' ? [[main('Failed')]] : [])],
			},
		},
		settings: { executionOrder: 'v1' },
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
				{ node: workflow.getNode('Start')!, data: { main: [items] }, source: null },
			],
		},
	} as never);
	const done = execution.processRunExecutionData(workflow);
	onStart?.(done as unknown as { cancel(): void });
	const run = (await done) as IRun;
	const { runData, error } = run.data.resultData;
	const outputs = runData['Meiro CDP']?.[0]?.data?.main ?? [];
	return {
		run,
		main: outputs[0] ?? [],
		error: outputs[1] ?? [],
		...(error ? { failure: error as unknown as Error } : {}),
	};
}

/** Opens a dropdown of the node. */
export async function searchMeiroCdp(
	credentials: MemoryCredentials,
	method: 'searchDataSources' | 'searchEventTypes',
	filter?: string,
	parameters: IDataObject = {},
): Promise<INodeListSearchResult['results']> {
	const node = cdpNode(parameters);
	const workflow = new Workflow({ id: 'wf', active: false, nodeTypes, nodes: [node], connections: {} });
	const additionalData = { ...additionalDataOf(credentials), currentNodeParameters: parameters as never };
	const context = new LoadOptionsContext(workflow, node, additionalData, '');
	return (await new MeiroCdp().methods.listSearch[method].call(context, filter)).results;
}

// n8n-core's own copy: npm may have put another version at the top.
const { Container } = createRequire(require.resolve('n8n-core'))('@n8n/di') as {
	Container: { get(type: typeof BinaryDataService): BinaryDataService };
};

/** Lets n8n find these bytes for every file that it keeps on disk. Returns the ids asked for. */
export function storeOnDisk(chunks: Buffer[]): string[] {
	const opened: string[] = [];
	Container.get(BinaryDataService).setManager('filesystem-v2', {
		getAsStream: async (id: string) => {
			opened.push(id);
			return await Promise.resolve(Readable.from(chunks));
		},
	} as never);
	return opened;
}
