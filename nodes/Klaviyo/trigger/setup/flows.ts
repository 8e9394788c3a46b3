import type { FlowActionUpdateQuery, FlowUpdateQuery } from 'klaviyo-api';
import type { IDataObject } from 'n8n-workflow';

import type { KlaviyoClient } from '../../api/klaviyoClient';
import type { Wire } from '../../api/wire';
import type { WantedFlow } from './flowDefinition';
import { createFlowBody } from './flowDefinition';

/** A flow as Klaviyo has it, as far as the set-up looks at it. */
export interface StoredFlow {
	id: string;
	status: string;
	created: string;
	trigger: IDataObject;
	profileFilter: IDataObject | null;
	actions: StoredAction[];
}

export interface StoredAction {
	id: string;
	type: string;
	data: IDataObject;
}

const READ = 'flows:read';
const WRITE = 'flows:write';

/** All flows whose name has `text` in it, oldest first, archived ones left out. */
export async function findFlows(client: KlaviyoClient, text: string): Promise<StoredFlow[]> {
	const found = await client.all({
		path: '/api/flows',
		query: {
			filter: `contains(name,${JSON.stringify(text)}),equals(archived,false)`,
			'fields[flow]': 'name,created',
			'page[size]': '50',
		},
		scopes: READ,
	});
	const flows = await Promise.all(found.map(async ({ id }) => await readFlow(client, String(id))));
	return flows
		.filter((flow) => flow !== null)
		.sort((a, b) => a.created.localeCompare(b.created) || a.id.localeCompare(b.id));
}

/** One flow with its definition; null when it is gone. */
export async function readFlow(client: KlaviyoClient, id: string): Promise<StoredFlow | null> {
	const { status, body } = await client.request({
		path: `/api/flows/${id}`,
		query: { 'additional-fields[flow]': 'definition' },
		scopes: READ,
		accept: [404],
	});
	return status === 404 ? null : storedFlow(body.data as IDataObject);
}

export async function createFlow(client: KlaviyoClient, wanted: WantedFlow): Promise<StoredFlow> {
	const { body } = await client.request({
		method: 'POST',
		path: '/api/flows',
		query: { 'additional-fields[flow]': 'definition' },
		body: createFlowBody(wanted),
		scopes: WRITE,
	});
	return storedFlow(body.data as IDataObject);
}

/** Draft, manual or live, for the flow and all its actions. */
export async function setFlowStatus(
	client: KlaviyoClient,
	id: string,
	status: 'draft' | 'live' | 'manual',
): Promise<void> {
	const body: Wire<FlowUpdateQuery> = { data: { type: 'flow', id, attributes: { status } } };
	await client.request({ method: 'PATCH', path: `/api/flows/${id}`, body, scopes: WRITE });
}

/** Replaces what one action of a flow does; its place in the flow stays. */
export async function updateAction(
	client: KlaviyoClient,
	action: StoredAction,
	data: object,
): Promise<void> {
	const body = {
		data: {
			type: 'flow-action',
			id: action.id,
			attributes: { definition: { id: action.id, type: action.type, data } },
		},
	} as Wire<FlowActionUpdateQuery>;
	await client.request({
		method: 'PATCH',
		path: `/api/flow-actions/${action.id}`,
		body,
		scopes: WRITE,
	});
}

function storedFlow(resource: IDataObject): StoredFlow {
	const attributes = (resource.attributes ?? {}) as IDataObject;
	const definition = (attributes.definition ?? {}) as {
		triggers?: IDataObject[];
		profile_filter?: IDataObject | null;
		actions?: IDataObject[];
	};
	return {
		id: String(resource.id),
		status: String(attributes.status ?? 'draft'),
		created: String(attributes.created ?? ''),
		trigger: definition.triggers?.[0] ?? {},
		profileFilter: definition.profile_filter ?? null,
		actions: (definition.actions ?? []).map((action) => ({
			id: String(action.id),
			type: String(action.type),
			data: (action.data ?? {}) as IDataObject,
		})),
	};
}
