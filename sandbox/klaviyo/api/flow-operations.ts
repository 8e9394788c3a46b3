import type { Dict, FlowStatus } from '../types';
import type { FlowAction } from './definition';
import { triggerName } from './definition';
import { invalid } from './errors';
import type { FlowStore, StoredFlow } from './flow-store';
import { dict } from './json';
import type { Includes, Resource } from './listing';
import { collection, single } from './listing';
import type { Operation } from './operation';
import { attributesOf } from './operation';
import { S } from './rate';

const PAGE = { size: 50 };

/** The operations on flows and their actions; sparse fieldsets stop at the first level. */
export function flowOperations(flows: FlowStore): Operation[] {
	const read = { scopes: ['flows:read'], limits: S };
	const write = { scopes: ['flows:write'], limits: S };
	const includes: Includes = {
		'flow-actions': ({ id }) => actionResources(flows.get(id)),
		tags: () => [],
	};
	return [
		{
			...{ name: 'get_flows', method: 'GET', path: '/api/flows', ...read },
			run: (request) => {
				const resources = flows.list().map((each) => flowResource(each));
				return collection(request, resources, { page: PAGE, includes });
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
				const { additional, attributes, ...resource } = flowResource(flow);
				const whole = { ...resource, attributes: { ...attributes, ...additional } };
				return single(request, whole, { status: 201 });
			},
		},
		{
			...{ name: 'get_flow', method: 'GET', path: '/api/flows/{id}', ...read },
			run: (request) => single(request, flowResource(flows.get(request.id)), { includes }),
		},
		{
			...{ name: 'update_flow', method: 'PATCH', path: '/api/flows/{id}', ...write },
			run: (request) => {
				const { status } = attributesOf(request, 'flow', request.id);
				return single(request, flowResource(flows.setStatus(request.id, status as FlowStatus)));
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
				const messages = { 'flow-messages': () => [] };
				const ofAction = { flow: () => [flowResource(flow)], ...messages };
				return single(request, actionResource(flow, action), { includes: ofAction });
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

function flowResource(flow: StoredFlow): Resource {
	const { id, name, status, created, updated, definition } = flow;
	return {
		type: 'flow',
		id,
		attributes: {
			...{ name, status, archived: false, created, updated },
			trigger_type: triggerName(definition),
		},
		additional: { definition: structuredClone(definition) as unknown as Dict },
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
