import type { Dict } from '../types';
import { notFound } from './errors';
import { dict, dicts } from './json';
import type { Includes, Resource } from './listing';
import { collection, single } from './listing';
import type { ApiRequest, Operation } from './operation';
import { attributesOf } from './operation';
import { XS } from './rate';
import { TOPICS } from './topics';
import type { StoredWebhook, WebhookStore } from './webhooks';

/** The operations on system webhooks and their topics: Advanced KDP or an app only. */
export function webhookOperations(webhooks: WebhookStore): Operation[] {
	const read = { scopes: ['webhooks:read'], limits: XS, needsKdp: true };
	const write = { scopes: ['webhooks:write'], limits: XS, needsKdp: true };
	const includes: Includes = {
		'webhook-topics': ({ id }) => webhooks.get(id).topics.map(topicResource),
	};
	return [
		{
			...{ name: 'get_webhooks', method: 'GET', path: '/api/webhooks', ...read },
			run: (request) => collection(request, webhooks.list().map(resourceOf), { includes }),
		},
		{
			...{ name: 'create_webhook', method: 'POST', path: '/api/webhooks', ...write },
			run: (request) => {
				const attributes = attributesOf(request, 'webhook');
				const webhook = webhooks.create(attributes, topicsOf(request) ?? []);
				return single(request, resourceOf(webhook), { status: 201 });
			},
		},
		{
			...{ name: 'get_webhook', method: 'GET', path: '/api/webhooks/{id}', ...read },
			run: (request) => single(request, resourceOf(webhooks.get(request.id)), { includes }),
		},
		{
			...{ name: 'update_webhook', method: 'PATCH', path: '/api/webhooks/{id}', ...write },
			run: (request) => {
				const attributes = attributesOf(request, 'webhook', request.id);
				const webhook = webhooks.update(request.id, attributes, topicsOf(request));
				return single(request, resourceOf(webhook));
			},
		},
		{
			...{ name: 'delete_webhook', method: 'DELETE', path: '/api/webhooks/{id}', ...write },
			run: ({ id }) => {
				webhooks.remove(id);
				return { status: 204 };
			},
		},
		{
			...{ name: 'get_webhook_topics', method: 'GET', path: '/api/webhook-topics', ...read },
			run: (request) => collection(request, TOPICS.map(topicResource)),
		},
		{
			...{ name: 'get_webhook_topic', method: 'GET', path: '/api/webhook-topics/{id}', ...read },
			run: (request) => {
				if (!TOPICS.includes(request.id)) throw notFound('webhook-topic', request.id);
				return single(request, topicResource(request.id));
			},
		},
	];
}

function resourceOf(webhook: StoredWebhook): Resource {
	const { id, name, description, enabled, created_at, updated_at, topics } = webhook;
	const attributes: Dict = {
		...{ name, description, enabled, created_at },
		// Recorded: the host is all that answers show of the URL, and the secret never comes back.
		endpoint_url: `${new URL(webhook.endpoint_url).origin}/*****`,
		// Recorded: absent until the first change.
		...(updated_at !== null && { updated_at }),
	};
	const data = topics.map((topic) => ({ type: 'webhook-topic', id: topic }));
	return { type: 'webhook', id, attributes, relationships: { 'webhook-topics': { data } } };
}

// `attributes` is not in the specification, but was recorded.
function topicResource(id: string): Resource {
	return { type: 'webhook-topic', id, attributes: {} };
}

function topicsOf({ body }: ApiRequest): string[] | undefined {
	const relationship = dict(dict(dict(body).data).relationships)['webhook-topics'];
	if (relationship === undefined) return undefined;
	return dicts(dict(relationship).data).map(({ id }) => String(id));
}
