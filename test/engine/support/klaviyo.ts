// The Klaviyo node in n8n's real engine.
import { LoadOptionsContext } from 'n8n-core';
import { Workflow, type IDataObject, type INode, type INodeListSearchResult } from 'n8n-workflow';

import { Klaviyo } from '../../../nodes/Klaviyo/Klaviyo.node';
export { byId } from '../../support/byId';
import {
	additionalDataOf,
	executeNode,
	MemoryCredentials,
	nodeOf,
	nodeTypes,
	type Executed,
	type OnStart,
} from './engine';

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
	onStart?: OnStart;
}

export function klaviyoCredentials(baseUrl: string, apiKey = 'pk_sandbox'): MemoryCredentials {
	return new MemoryCredentials({ klaviyoPrivateKeyApi: { apiKey, baseUrl, allowPrivate: true } });
}

/** Runs Klaviyo. */
export async function executeKlaviyo(given: KlaviyoRun): Promise<Executed> {
	const { apiUrl, apiKey, resource, operation, parameters = {}, items = [{}], onError } = given;
	const credentials = given.credentials ?? klaviyoCredentials(apiUrl, apiKey);
	const node = klaviyoNode({ resource, operation, ...parameters }, onError);
	return await executeNode(
		node,
		items.map((json) => ({ json })),
		credentials,
		{
			timezone: given.timezone,
			onStart: given.onStart,
		},
	);
}

/** Opens a dropdown of the node. */
export async function searchKlaviyo(
	apiUrl: string,
	method: keyof Klaviyo['methods']['listSearch'],
	filter?: string,
): Promise<INodeListSearchResult['results']> {
	const node = klaviyoNode({});
	const workflow = new Workflow({
		id: 'wf',
		active: false,
		nodeTypes,
		nodes: [node],
		connections: {},
	});
	const additionalData = additionalDataOf(klaviyoCredentials(apiUrl));
	const context = new LoadOptionsContext(workflow, node, additionalData, '');
	return (await new Klaviyo().methods.listSearch[method].call(context, filter)).results;
}

function klaviyoNode(parameters: IDataObject, onError?: INode['onError']): INode {
	return nodeOf('Klaviyo', 'klaviyo', 1, parameters, {
		credentials: { klaviyoPrivateKeyApi: { id: 'api', name: 'Klaviyo' } },
		...(onError === undefined ? {} : { onError }),
	});
}
