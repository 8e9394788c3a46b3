// A client and request bodies for trying the API out, from tests or by hand. Nothing in the stand-in
// itself uses it.
import type { AxiosInstance, AxiosResponse } from 'axios';
import axios from 'axios';

import { REVISION } from './keys';

/** Never rejects because of a status; a header that is null is left out. */
export function clientOf(
	apiUrl: string,
	headers: Record<string, string | null> = {},
): AxiosInstance {
	return axios.create({
		baseURL: apiUrl,
		validateStatus: () => true,
		headers: {
			Authorization: 'Klaviyo-API-Key pk_sandbox',
			revision: REVISION,
			'Content-Type': 'application/vnd.api+json',
			...headers,
		},
	});
}

/** The only error of an answer. */
export function errorOf({ data }: AxiosResponse): Record<string, unknown> {
	return (data as { errors: Array<Record<string, unknown>> }).errors[0] ?? {};
}

export interface NewStep {
	temporary_id: string;
	type: string;
	links?: { next: string | null };
	data: object;
}

export function webhookStep(
	url: string,
	temporary_id = 'send',
	next: string | null = null,
): NewStep {
	const headers = { 'X-Webhook-Secret': 'from-the-definition' };
	const message = { url, headers, body: '{"email":"{{ email }}"}', name: 'To n8n' };
	return { temporary_id, type: 'send-webhook', links: { next }, data: { message } };
}

/** The body of POST /api/flows; the first step is the entry. */
export function newFlow(actions: NewStep[], trigger: object = { type: 'metric', id: null }) {
	const entry_action_id = actions[0]?.temporary_id ?? null;
	const definition = { triggers: [trigger], profile_filter: null, actions, entry_action_id };
	return { data: { type: 'flow', attributes: { name: 'Cart left behind', definition } } };
}

export function statusChange(id: string, status: string) {
	return { data: { type: 'flow', id, attributes: { status } } };
}
