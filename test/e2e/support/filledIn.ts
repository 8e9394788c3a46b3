import type { Instance } from '../../../sandbox/instance';
import { importTemplate, type FilledIn } from '../../../sandbox/n8n/templates';

/** A template on an instance, published; events go to Pipes, which drops what comes again. */
export async function publishFilledIn(instance: Instance, filledIn: FilledIn): Promise<string> {
	const { client, packageName, credentials, meiro } = instance;
	const meiroCdpApi = await client.createCredential('meiroCdpApi', 'Meiro CDP', {
		baseUrl: `${meiro.url}/api`,
		authentication: 'password',
		...{ email: 'n8n@shop.example', password: 'stand-in' },
		audienceUrl: meiro.url,
		allowPrivate: true,
		timeoutSeconds: 5,
	});
	const equipped = {
		...{ client, packageName },
		credentials: {
			klaviyoWebhookApi: credentials.webhook,
			klaviyoPrivateKeyApi: credentials.klaviyo,
			meiroEventsApi: credentials.pipes,
			meiroCdpApi,
		},
	};
	return (await importTemplate(equipped, filledIn)).workflowId;
}
