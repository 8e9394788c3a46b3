import {
	fromParameter,
	NodeConnectionTypes,
	webhookDescriptionFields,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type IHookFunctions,
	type INodeCredentialTestResult,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { admit } from './trigger/door/admit';
import { secretProblem } from './trigger/door/authenticate';
import { secretOf } from './trigger/door/webhookSecret';
import { shareExecution } from './trigger/share/shareExecution';
import { eventsOf } from './trigger/events';
import { isWanted } from './trigger/filter';
import { triggerProperties } from './trigger/triggerProperties';
import { acknowledge, postpone, refuse } from './trigger/answer';
import { receiptTime } from './trigger/receiptTime';
import { readSettings } from './trigger/triggerSettings';
import { setUpKlaviyo, tidyUpKlaviyo } from './trigger/setup/lifecycle';
import { searchOf, searchTopics } from './api/klaviyoLookups';

/** Read from the parameter without an expression, which would cost each request an isolate; older n8n has only the latter. */
const responseMode =
	typeof webhookDescriptionFields === 'function'
		? webhookDescriptionFields({ responseMode: fromParameter('reply', 'onReceived') })
		: { responseMode: '={{$parameter["reply"] || "onReceived"}}' };

export class KlaviyoTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Klaviyo Trigger',
		name: 'klaviyoTrigger',
		icon: { light: 'file:klaviyo.svg', dark: 'file:klaviyo.dark.svg' },
		group: ['trigger'],
		// Above 1, as n8n evaluates an expression for every request of a version 1 webhook.
		version: 2,
		subtitle: '={{ $parameter["setUp"] === "systemWebhook" ? "System webhook" : "Flow webhook" }}',
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
			{
				name: 'klaviyoPrivateKeyApi',
				required: true,
				displayOptions: { show: { setUp: ['createFlow', 'systemWebhook'] } },
			},
		],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				...responseMode,
				responseData: 'noData',
				path: 'klaviyo',
			},
		],
		triggerPanel: {
			header: 'Receive events from Klaviyo',
			executionsHelp: {
				inactive:
					"<b>To try it out</b>, click <b>Execute step</b>, then send a delivery to the <b>test URL</b>, for example with the curl command in the documentation. Don't put the test URL into Klaviyo: outside the two minutes of listening it answers 404, and Klaviyo never sends that event again.<br /><br /><b>When you are done</b>, publish the workflow and put the <b>production URL</b> into the webhook action of your Klaviyo flow. To edit that action Klaviyo asks for the role Manager, Admin or Owner and for two-step authentication.",
				active:
					'<b>To try it out</b>, click <b>Execute step</b>, then send a delivery to the <b>test URL</b>. Klaviyo itself goes on calling the <b>production URL</b>; those deliveries show up in the list of <a data-key="executions">executions</a>, not here.',
			},
			activationHint:
				'Publish the workflow before you set the Klaviyo flow live: until then the production URL answers 404, and Klaviyo never sends those events again.',
		},
		properties: triggerProperties,
	};

	methods = {
		listSearch: {
			searchLists: searchOf('lists'),
			searchMetrics: searchOf('metrics'),
			searchSegments: searchOf('segments'),
		},
		loadOptions: { getTopics: searchTopics },
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
				// create() finds what is there and brings it up to date, so it runs every time.
				return false;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				await setUpKlaviyo(this);
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				await tidyUpKlaviyo(this);
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const settings = readSettings(this);
		const receivedAt = receiptTime();

		const admission = await admit(this, settings, receivedAt).catch((error: Error) => error);
		if (admission instanceof Error) return postpone(this, admission.message);
		if (admission.outcome === 'refused') return refuse(this, admission.reason);
		if (admission.outcome === 'ignored') return acknowledge();

		const events = eventsOf(
			admission.body,
			this.getHeaderData(),
			receivedAt.toISOString(),
			settings.normalise,
		);
		const wanted = events.filter((event) => isWanted(event, settings.filter, receivedAt.getTime()));
		if (wanted.length === 0) return acknowledge();
		return await shareExecution(this, wanted, settings.sharing);
	}
}
