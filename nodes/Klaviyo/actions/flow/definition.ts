import type { IDataObject } from 'n8n-workflow';

import { HIDDEN } from '../../../shared/http/secrets';
import { attributesOf } from '../operation';

interface Action extends IDataObject {
	type?: string;
	data?: IDataObject & { message?: IDataObject };
}

/**
 * A flow as it may stand in items. Headers of webhooks hold secrets, among them the one by which the Klaviyo Trigger
 * knows Klaviyo: their names are told, not their values.
 */
export function withoutHeaderValues(flow: IDataObject): IDataObject {
	const attributes = attributesOf(flow);
	const definition = attributes.definition as { actions?: unknown } | null | undefined;
	if (!Array.isArray(definition?.actions)) return flow;
	const actions = (definition.actions as Action[]).map(withoutValues);
	return { ...flow, attributes: { ...attributes, definition: { ...definition, actions } } };
}

function withoutValues(action: Action): Action {
	const message = action.data?.message;
	if (action.type !== 'send-webhook' || !message?.headers) return action;
	return {
		...action,
		data: { ...action.data, message: { ...message, headers: namesOf(message.headers) } },
	};
}

function namesOf(headers: IDataObject[string]): IDataObject | string {
	if (typeof headers !== 'object') return HIDDEN;
	return Object.fromEntries(Object.keys(headers ?? {}).map((name) => [name, HIDDEN]));
}
