import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class KlaviyoWebhookApi implements ICredentialType {
	name = 'klaviyoWebhookApi';

	displayName = 'Klaviyo Webhook API';

	icon = {
		light: 'file:../nodes/Klaviyo/klaviyo.svg',
		dark: 'file:../nodes/Klaviyo/klaviyo.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-klaviyo-meiro/n8n-nodes-klaviyo-meiro#credentials';

	properties: INodeProperties[] = [
		{
			displayName:
				'Klaviyo does not sign flow webhooks. Make up a secret here and enter the same name and value as a header in the webhook action of your Klaviyo flow; deliveries without it are turned away.',
			name: 'notice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Header Name',
			name: 'headerName',
			type: 'string',
			default: 'X-Klaviyo-Secret',
			required: true,
			placeholder: 'e.g. X-Klaviyo-Secret',
			description: 'Name of the header that carries the secret',
		},
		{
			displayName: 'Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'At least 16 characters, random: from a password manager, or from the command <code>openssl rand -hex 32</code>',
		},
		{
			displayName: 'Previous Secret',
			name: 'previousSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'To change the secret without losing events: put the old one here and the new one above, change it in Klaviyo, then empty this field. Until then both are accepted.',
		},
	];
}
