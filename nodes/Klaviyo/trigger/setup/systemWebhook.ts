import type { WebhookCreateQuery, WebhookPartialUpdateQuery } from 'klaviyo-api';
import { NodeOperationError, type IDataObject, type IHookFunctions } from 'n8n-workflow';

import type { KlaviyoClient } from '../../api/klaviyoClient';
import type { Wire } from '../../api/wire';
import type { WebhookSecret } from '../door/authenticate';
import { signingSecret } from '../door/signature';
import { nameMarker } from './flowDefinition';
import { hostOf } from './keepFlow';
import { optionsOf } from '../triggerSettings';
import { markerOf, permissionsOf, webhookUrl } from './plan';

/** https://developers.klaviyo.com/en/docs/working_with_system_webhooks */
const MOST_WEBHOOKS = 10;
const READ = 'webhooks:read';
const WRITE = 'webhooks:write';

/**
 * Makes Klaviyo have this trigger's system webhook, enabled, with the chosen topics. Found by its name: Klaviyo masks
 * the address in answers. Brought up to date on every publish, so a changed secret or address heals itself.
 */
export async function keepSystemWebhook(
	context: IHookFunctions,
	client: KlaviyoClient,
	secret: WebhookSecret,
): Promise<void> {
	const topics = context.getNodeParameter('topics', []) as string[];
	if (topics.length === 0) {
		throw new NodeOperationError(
			context.getNode(),
			"'Topics' is empty. Choose at least one event that Klaviyo shall send.",
		);
	}
	const marker = markerOf(context);
	const attributes = {
		name: nameOfWebhook(marker),
		endpoint_url: webhookUrl(context),
		secret_key: signingSecret(secret.secret, marker),
	};
	const relationships = {
		'webhook-topics': { data: topics.map((id) => ({ type: 'webhook-topic' as const, id })) },
	};

	const all = await webhooks(client);
	const own = all.find(({ name }) => name === attributes.name);
	if (own) {
		refuseOfOtherHost(context, own, attributes.endpoint_url);
		await patch(client, own.id, { ...attributes, enabled: true }, relationships);
		return;
	}
	if (all.length >= MOST_WEBHOOKS) {
		throw new NodeOperationError(
			context.getNode(),
			`Klaviyo allows ${MOST_WEBHOOKS} system webhooks per account, and this account has ${all.length}. Delete one in Klaviyo under Advanced KDP, Webhooks; one webhook can have any number of topics.`,
		);
	}
	const body: Wired<WebhookCreateQuery> = { data: { type: 'webhook', attributes, relationships } };
	await client.request({ method: 'POST', path: '/api/webhooks', body, scopes: WRITE });
}

/** Stops Klaviyo from sending; the next publish starts it again. */
export async function pauseSystemWebhook(
	context: IHookFunctions,
	client: KlaviyoClient,
): Promise<void> {
	const name = nameOfWebhook(markerOf(context));
	const own = (await webhooks(client)).find((webhook) => webhook.name === name);
	if (own?.enabled && !callsOtherHost(own, webhookUrl(context)))
		await patch(client, own.id, { enabled: false });
}

/** The SDK writes the relation's name in camelCase, too; on the wire it has a hyphen. */
type Wired<T> = T extends { data: infer Data }
	? { data: Omit<Wire<Data>, 'relationships'> & { relationships?: Topics } }
	: never;

interface Topics {
	'webhook-topics': { data: Array<{ type: 'webhook-topic'; id: string }> };
}

async function patch(
	client: KlaviyoClient,
	id: string,
	attributes: Wire<WebhookPartialUpdateQuery>['data']['attributes'],
	relationships?: Topics,
): Promise<void> {
	const body: Wired<WebhookPartialUpdateQuery> = {
		data: { type: 'webhook', id, attributes, ...(relationships ? { relationships } : {}) },
	};
	await client.request({
		method: 'PATCH',
		path: `/api/webhooks/${id}`,
		body,
		scopes: WRITE,
	});
}

interface StoredWebhook {
	id: string;
	name: string;
	enabled: boolean;
	url: string;
}

/** Klaviyo masks the path, not the host: https://host/*****. */
function callsOtherHost({ url }: StoredWebhook, own: string): boolean {
	return URL.canParse(url) && hostOf(url) !== hostOf(own);
}

function refuseOfOtherHost(context: IHookFunctions, webhook: StoredWebhook, own: string): void {
	if (!callsOtherHost(webhook, own) || permissionsOf(optionsOf(context)).takeOver) return;
	throw new NodeOperationError(
		context.getNode(),
		`Klaviyo's system webhook '${webhook.name}' calls ${hostOf(webhook.url)}, and this n8n is ${hostOf(own)}: it was not touched. If this n8n shall have it, choose 'Take Over' under 'Publishing May'. If not, delete this trigger and add it anew, so that it gets a webhook of its own.`,
	);
}

async function webhooks(client: KlaviyoClient): Promise<StoredWebhook[]> {
	const found = await client.all({ path: '/api/webhooks', scopes: READ });
	return found.map(({ id, attributes }) => {
		const { name, enabled, endpoint_url } = (attributes ?? {}) as IDataObject;
		return {
			id: String(id),
			name: String(name ?? ''),
			enabled: enabled !== false,
			url: String(endpoint_url ?? ''),
		};
	});
}

function nameOfWebhook(marker: string): string {
	return `n8n ${nameMarker(marker)}`;
}
