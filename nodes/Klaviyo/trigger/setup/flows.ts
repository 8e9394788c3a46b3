import type { FlowActionUpdateQuery, FlowUpdateQuery } from 'klaviyo-api';
import type { IDataObject } from 'n8n-workflow';

import type { KlaviyoClient } from '../../api/klaviyoClient';
import type { Wire } from '../../api/wire';
import type { Delay } from '../recipes';
import { createFlowBody, type WantedFlow } from './flowDefinition';

/** A flow as Klaviyo has it, as far as the set-up looks at it. */
export interface StoredFlow {
	id: string;
	name: string;
	status: string;
	created: string;
	trigger: IDataObject;
	profileFilter: IDataObject | null;
	/** Definitions as Klaviyo gives them, links included: a change that leaves something out takes it away. */
	delayAction: StoredAction | undefined;
	/** All of them: a person may have added others, or copied one. */
	webhookActions: StoredAction[];
}

export interface StoredAction extends IDataObject {
	id: string;
	type: string;
	data: IDataObject;
}

const READ = 'flows:read';
const WRITE = 'flows:write';

/**
 * All flows whose name has `text` in it, oldest first, archived ones left out.
 *
 * @param knownId one that is looked at whatever it is called now
 */
export async function findFlows(
	client: KlaviyoClient,
	text: string,
	knownId?: string,
): Promise<StoredFlow[]> {
	const found = await client.all({
		path: '/api/flows',
		query: {
			filter: `contains(name,${JSON.stringify(text)}),equals(archived,false)`,
			'fields[flow]': 'name,created',
			'page[size]': '50',
		},
		scopes: READ,
	});
	const ids = new Set(found.map(({ id }) => String(id)));
	if (knownId !== undefined) ids.add(knownId);
	const flows = await Promise.all([...ids].map(async (id) => await readFlow(client, id)));
	return flows
		.filter((flow) => flow !== null)
		.sort((a, b) => a.created.localeCompare(b.created) || a.id.localeCompare(b.id));
}

/** One flow with its definition; null when it is gone or archived. */
export async function readFlow(client: KlaviyoClient, id: string): Promise<StoredFlow | null> {
	const { status, body } = await client.request({
		path: `/api/flows/${id}`,
		query: { 'additional-fields[flow]': 'definition' },
		scopes: READ,
		accept: [404],
	});
	if (status === 404) return null;
	const flow = body.data as IDataObject;
	return (flow.attributes as IDataObject | undefined)?.archived === true ? null : storedFlow(flow);
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

/**
 * Replaces what one action of a flow does; its place in the flow stays. The whole definition is sent, as Klaviyo gave it:
 * without its links the action would lead nowhere.
 */
export async function updateAction(
	client: KlaviyoClient,
	action: StoredAction,
	data: IDataObject,
): Promise<void> {
	const body = {
		data: {
			type: 'flow-action',
			id: action.id,
			attributes: { definition: { ...action, data } },
		},
	} as unknown as Wire<FlowActionUpdateQuery>;
	await client.request({
		method: 'PATCH',
		path: `/api/flow-actions/${action.id}`,
		body,
		scopes: WRITE,
	});
}

/** What the flow's first webhook sends. */
export function messageOf({ webhookActions: [action] }: StoredFlow): IDataObject {
	return messageIn(action);
}

export function messageIn(action: StoredAction | undefined): IDataObject {
	return (action?.data.message ?? {}) as IDataObject;
}

/** A wait as Klaviyo's editor can make it. */
export interface StoredDelay extends Delay {
	/** What no node chooses: hours or minutes beside it, a time of day, days of the week. */
	more?: string;
}

export function delayOfFlow({ delayAction }: StoredFlow): StoredDelay | null {
	if (delayAction === undefined) return null;
	const {
		unit = 'days',
		value,
		secondary_value,
		delay_until_time,
		delay_until_weekdays,
	} = delayAction.data;
	// Klaviyo itself writes all seven.
	const days = Array.isArray(delay_until_weekdays) ? delay_until_weekdays : [];
	const more = [
		secondary_value ? ` and ${String(secondary_value)}` : '',
		delay_until_time ? ` until ${String(delay_until_time)}` : '',
		days.length > 0 && days.length < 7 ? ` on ${days.join(', ')}` : '',
	].join('');
	return {
		unit: unit as Delay['unit'],
		value: Number(value),
		...(more === '' ? {} : { more }),
	};
}

/** The same wait with another length. What Klaviyo adds to days alone is refused with other units. */
export function delayData(data: IDataObject, delay: Delay): IDataObject {
	const changed: IDataObject = { ...data, ...delay };
	if (delay.unit !== 'days') {
		delete changed.delay_until_weekdays;
		delete changed.delay_until_time;
	}
	return changed;
}

function storedFlow(resource: IDataObject): StoredFlow {
	const attributes = (resource.attributes ?? {}) as IDataObject;
	const definition = (attributes.definition ?? {}) as {
		triggers?: IDataObject[];
		profile_filter?: IDataObject | null;
		actions?: IDataObject[];
	};
	const actionsOf = (type: string): StoredAction[] =>
		(definition.actions ?? [])
			.filter((action) => action.type === type)
			.map((action) => ({
				...action,
				type,
				id: String(action.id),
				data: (action.data ?? {}) as IDataObject,
			}));
	return {
		id: String(resource.id),
		name: String(attributes.name ?? resource.id),
		status: String(attributes.status ?? 'draft'),
		created: String(attributes.created ?? ''),
		trigger: definition.triggers?.[0] ?? {},
		profileFilter: definition.profile_filter ?? null,
		delayAction: actionsOf('time-delay')[0],
		webhookActions: actionsOf('send-webhook'),
	};
}
