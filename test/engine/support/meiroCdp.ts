// The Meiro CDP node in n8n's real engine, with a credentials helper that renews tokens as n8n's does.
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { BinaryDataService, LoadOptionsContext } from 'n8n-core';
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
} from 'n8n-workflow';

import { MeiroCdpApi } from '../../../credentials/MeiroCdpApi.credentials';
import { MeiroCdp } from '../../../nodes/MeiroCdp/MeiroCdp.node';
import {
	additionalDataOf,
	executeNode,
	MemoryCredentials,
	nodeOf,
	nodeTypes,
	type Executed,
	type OnStart,
} from './engine';

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

/** Runs Meiro CDP. */
export async function executeMeiroCdp(
	items: INodeExecutionData[],
	{
		credentials,
		parameters,
		onError,
		onStart,
		timeoutSeconds,
	}: {
		credentials: MemoryCredentials;
		parameters: IDataObject;
		onError?: INode['onError'];
		onStart?: OnStart;
		/** The workflow's own time-out. */
		timeoutSeconds?: number;
	},
): Promise<Executed> {
	const node = cdpNode(parameters, onError);
	return await executeNode(node, items, credentials, { onStart, timeoutSeconds });
}

/** Opens a dropdown of the node. */
export async function searchMeiroCdp(
	credentials: MemoryCredentials,
	method: 'searchDataSources' | 'searchEventTypes' | 'searchSegments',
	filter?: string,
	parameters: IDataObject = {},
): Promise<INodeListSearchResult['results']> {
	const node = cdpNode(parameters);
	const workflow = new Workflow({
		id: 'wf',
		active: false,
		nodeTypes,
		nodes: [node],
		connections: {},
	});
	const additionalData = {
		...additionalDataOf(credentials),
		currentNodeParameters: parameters as never,
	};
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
