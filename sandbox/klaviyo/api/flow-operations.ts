import type { Dict, FlowStatus } from '../types';
import type { FlowAction } from './definition';
import { triggerName } from './definition';
import { invalid } from './errors';
import type { FlowStore, StoredFlow } from './flow-store';
import { dict } from './json';
import type { Resource } from './listing';
import { collection, listOf, single } from './listing';
import type { ApiRequest, Operation, Query } from './operation';
import { S } from './rate';

const PAGE = { size: 50 };

/** The operations on flows and their actions; sparse fieldsets stop at the first level. */
export function flowOperations(flows: FlowStore): Operation[] {
	const read = { scopes: ['flows:read'], limits: S };
	const write = { scopes: ['flows:write'], limits: S };
	return [
		{
			...{ name: 'get_flows', method: 'GET', path: '/api/flows', ...read },
			run: (request) => {
				const resources = flows.list().map((each) => flowResource(each, false));
				return collection(request, resources, { page: PAGE, ...includedIn(request, flows.list()) });
			},
		},
		{
			...{ name: 'create_flow', method: 'POST', path: '/api/flows', ...write },
			limits: { burst: '1/s', steady: '15/m', daily: '100/d' },
			run: (request) => {
				const { name, definition } = attributesOf(request, 'flow');
				if (typeof name !== 'string' || name === '') {
					throw invalid('A flow needs a name.', { pointer: '/data/attributes/name' });
				}
				// "A successful request will return the new definition" (the operation's description).
				const flow = flows.create(name, dict(definition));
				return single(request, flowResource(flow, true), { status: 201 });
			},
		},
		{
			...{ name: 'get_flow', method: 'GET', path: '/api/flows/{id}', ...read },
			run: (request) => {
				const flow = flows.get(request.id);
				const resource = flowResource(flow, wantsDefinition(request.query));
				return single(request, resource, includedIn(request, [flow]));
			},
		},
		{
			...{ name: 'update_flow', method: 'PATCH', path: '/api/flows/{id}', ...write },
			run: (request) => {
				const { status } = attributesOf(request, 'flow', request.id);
				return single(
					request,
					flowResource(flows.setStatus(request.id, status as FlowStatus), false),
				);
			},
		},
		{
			...{ name: 'delete_flow', method: 'DELETE', path: '/api/flows/{id}', ...write },
			run: ({ id }) => {
				flows.remove(id);
				return { status: 204 };
			},
		},
		{
			...{ name: 'get_actions_for_flow', method: 'GET', path: '/api/flows/{id}/flow-actions' },
			...read,
			run: (request) => {
				const flow = flows.get(request.id);
				return collection(request, actionResources(flow), { page: PAGE });
			},
		},
		{
			...{ name: 'get_flow_action', method: 'GET', path: '/api/flow-actions/{id}', ...read },
			run: (request) => {
				const { flow, action } = flows.action(request.id);
				const included = listOf(request.query.include).includes('flow')
					? { included: [flowResource(flow, false)] }
					: {};
				return single(request, actionResource(flow, action), included);
			},
		},
		{
			...{ name: 'update_flow_action', method: 'PATCH', path: '/api/flow-actions/{id}', ...write },
			run: (request) => {
				const { definition } = attributesOf(request, 'flow-action', request.id);
				const { flow, action } = flows.setAction(request.id, dict(definition));
				return single(request, actionResource(flow, action));
			},
		},
	];
}

/** `data.attributes` of a body whose type, and id if one is expected, are right. @throws ApiError */
export function attributesOf({ body }: ApiRequest, type: string, id?: string): Dict {
	const data = dict(dict(body).data);
	if (data.type !== type) throw invalid(`Expected type ${type}.`, { pointer: '/data/type' });
	if (id !== undefined && data.id !== id) {
		throw invalid('The id is not that of the path.', { pointer: '/data/id' });
	}
	return dict(data.attributes);
}

function flowResource(flow: StoredFlow, withDefinition: boolean): Resource {
	const { id, name, status, created, updated, definition } = flow;
	return {
		type: 'flow',
		id,
		attributes: {
			...{ name, status, archived: false, created, updated },
			trigger_type: triggerName(definition),
			...(withDefinition && { definition: structuredClone(definition) as unknown as Dict }),
		},
		relationships: {
			'flow-actions': {
				data: definition.actions.map((action) => ({ type: 'flow-action', id: action.id })),
			},
			tags: { data: [] },
		},
	};
}

function actionResource({ id, created, updated }: StoredFlow, action: FlowAction): Resource {
	return {
		type: 'flow-action',
		id: action.id,
		attributes: {
			...{ created, updated, definition: structuredClone(action) as unknown as Dict },
			// Not among the answer's fields in the specification, but its filters read them.
			...{ action_type: action.type, status: action.data?.status ?? null },
		},
		relationships: { flow: { data: { type: 'flow', id } } },
	};
}

function actionResources(flow: StoredFlow): Resource[] {
	return flow.definition.actions.map((action) => actionResource(flow, action));
}

// By `additional-fields`, as the specification says; a sparse fieldset that names it counts too.
function wantsDefinition(query: Query): boolean {
	const additional = listOf(query['additional-fields[flow]']).includes('definition');
	return additional || listOf(query['fields[flow]']).some((field) => /^definition\b/.test(field));
}

function includedIn({ query }: ApiRequest, flows: StoredFlow[]): { included?: Resource[] } {
	const included = listOf(query.include);
	if (included.length === 0) return {};
	return { included: included.includes('flow-actions') ? flows.flatMap(actionResources) : [] };
}
