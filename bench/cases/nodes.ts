import type { Instance } from '../../sandbox/instance';

export const node = (
	name: string,
	type: string,
	typeVersion: number,
	parameters: object,
	credentials = {},
) => ({
	name,
	type,
	typeVersion,
	parameters: parameters as Record<string, unknown>,
	credentials,
});

/** The stock node's address is its path, which two workflows can't share. */
export const stockWebhook = (path: string) =>
	node('Webhook', 'n8n-nodes-base.webhook', 2, {
		httpMethod: 'POST',
		path,
		responseMode: 'onReceived',
		options: {},
	});

export const stockRequest = (instance: Instance) =>
	node('HTTP Request', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: `${instance.meiro.url}/klaviyo?event_name=placed_order`,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ JSON.stringify($json) }}',
		options: {},
	});

export const trigger = (instance: Instance, parameters: object = {}) =>
	node(
		'Klaviyo Trigger',
		`${instance.packageName}.klaviyoTrigger`,
		2,
		{ setUp: 'manual', ...parameters },
		{
			klaviyoWebhookApi: instance.credentials.webhook,
			klaviyoPrivateKeyApi: instance.credentials.klaviyo,
		},
	);

export const meiroEvents = (instance: Instance, product: 'pipes' | 'source') =>
	node(
		'Meiro Events',
		`${instance.packageName}.meiroEvents`,
		1,
		{ source: 'klaviyo' },
		{
			meiroEventsApi: instance.credentials[product],
		},
	);

export const updatesTrigger = (instance: Instance, parameters: object) =>
	node('Klaviyo Updates Trigger', `${instance.packageName}.klaviyoUpdatesTrigger`, 1, parameters, {
		klaviyoPrivateKeyApi: instance.credentials.klaviyo,
	});

export const complete = (instance: Instance) =>
	node(
		'Complete',
		`${instance.packageName}.klaviyo`,
		1,
		{ resource: 'event', operation: 'complete' },
		{ klaviyoPrivateKeyApi: instance.credentials.klaviyo },
	);
