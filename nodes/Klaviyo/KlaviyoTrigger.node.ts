import {
	NodeConnectionTypes,
	NodeOperationError,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type IHookFunctions,
	type INodeCredentialTestResult,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { secretProblem } from './trigger/authenticate';
import { loadSecret, secretOf, WEBHOOK_CREDENTIAL } from './trigger/credential';
import { eventsOf } from './trigger/events';
import { triggerProperties } from './trigger/properties';
import { readBody } from './trigger/read';
import { postpone, refuse } from './trigger/respond';
import { SecretCache } from './trigger/secretCache';
import { readSettings } from './trigger/settings';

const secrets = new SecretCache();

export class KlaviyoTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Klaviyo Trigger',
		name: 'klaviyoTrigger',
		icon: { light: 'file:klaviyo.svg', dark: 'file:klaviyo.dark.svg' },
		group: ['trigger'],
		// Above 1, as n8n evaluates an expression for every request of a version 1 webhook.
		version: 2,
		subtitle: 'Flow webhook',
		description: 'Starts the workflow when a Klaviyo flow reaches its webhook action',
		defaults: { name: 'Klaviyo Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'klaviyoWebhookApi',
				required: true,
				testedBy: 'klaviyoWebhookSecretTest',
			},
		],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				responseData: 'noData',
				path: 'klaviyo',
			},
		],
		triggerPanel: {
			header: 'Receive events from a Klaviyo flow',
			executionsHelp: {
				inactive:
					'<b>To try it out</b>, click Listen for test event, then send a delivery to the <b>test URL</b>, for example with the curl command in the documentation. Don\'t put the test URL into Klaviyo: outside the two minutes of listening it answers 404, and Klaviyo never sends that event again.<br /><br /><b>When you are done</b>, publish the workflow and put the <b>production URL</b> into the webhook action of your Klaviyo flow. To edit that action Klaviyo asks for the role Manager, Admin or Owner and for two-step authentication.',
				active:
					'<b>To try it out</b>, click Listen for test event, then send a delivery to the <b>test URL</b>. Klaviyo itself goes on calling the <b>production URL</b>; those deliveries show up in the list of <a data-key="executions">executions</a>, not here.',
			},
			activationHint:
				'Publish the workflow before you set the Klaviyo flow live: until then the production URL answers 404, and Klaviyo never sends those events again.',
		},
		properties: triggerProperties,
	};

	methods = {
		credentialTest: {
			async klaviyoWebhookSecretTest(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				const problem = secretProblem(secretOf(credential.data));
				return problem === null
					? { status: 'OK', message: 'The secret can be used' }
					: { status: 'Error', message: problem };
			},
		},
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				// Klaviyo can't be asked about a webhook action, so create() checks our side every time.
				return false;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				const problem = secretProblem(await loadSecret(this));
				if (problem !== null) throw new NodeOperationError(this.getNode(), problem);
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const request = this.getRequestObject();
		const receivedAt = new Date().toISOString();

		const access = await secrets
			.judge(secretKey(this), request.headers, async () => await loadSecret(this))
			.catch((error: Error) => error);
		if (access instanceof Error) return postpone(this, access.message);
		if (!access.granted) return refuse(this, access.reason);

		const body = await readBody(request);
		const events = eventsOf(body, request.headers, receivedAt, readSettings(this));
		return { workflowData: [events.map((event) => ({ json: event }))] };
	}
}

/** One entry a credential; workflows that share it share the read. */
function secretKey(context: IWebhookFunctions): string {
	const id = context.getNode().credentials?.[WEBHOOK_CREDENTIAL]?.id;
	return id ?? `${context.getWorkflow().id}/${context.getNode().id}`;
}
