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

import { N8N } from '../shared/n8nFeatures';
import { admit } from './trigger/door/admit';
import { secretProblem } from './trigger/door/authenticate';
import { secretOf } from './trigger/door/webhookSecret';
import { shareExecution } from './trigger/share/shareExecution';
import { eventsOf } from './trigger/events';
import { isWanted } from './trigger/filter';
import { triggerProperties } from './trigger/triggerProperties';
import { acknowledge, postpone, refuse, sayWhenToRetry } from './trigger/answer';
import { receiptTime } from './trigger/receiptTime';
import { readSettings } from './trigger/triggerSettings';
import { setUpKlaviyo, tidyUpKlaviyo } from './trigger/setup/lifecycle';
import { dropdownOf, loadOwnFlows, searchTopics } from './api/klaviyoLookups';

/** Read from the parameter without an expression, which would cost each request an isolate; older n8n has only the latter. */
const responseMode = N8N.readsParameters
	? webhookDescriptionFields({ responseMode: fromParameter(['options', 'reply'], 'onReceived') })
	: { responseMode: '={{$parameter["options"]["reply"] || "onReceived"}}' };

/** n8n shows one text for all parameters, so it names each way. */
const NEXT =
	'<b>To go live</b>, publish the workflow. <i>Create the Flow for Me</i>: n8n then makes a Klaviyo flow, which is a draft; <a href="https://www.klaviyo.com/flows" target="_blank">open it there</a> and set it live. <i>I Set Up the Flow Myself</i>: put the production URL into the webhook action, then set the Klaviyo flow live. Klaviyo never repeats an event that it sends before you publish.';

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
				displayName: 'Secret of the Webhook',
				required: true,
				testedBy: 'klaviyoWebhookSecretTest',
			},
			{
				name: 'klaviyoPrivateKeyApi',
				displayName: 'Private API Key',
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
				inactive: `<b>To try it out</b>, pin the sample data of a template. Or click <b>Execute step</b>, and send a delivery to the <b>test URL</b> within two minutes. Never put the test URL into Klaviyo.<br /><br />${NEXT}`,
				active:
					'<b>To try it out</b>, click <b>Execute step</b>, then send a delivery to the <b>test URL</b>. Klaviyo itself goes on calling the <b>production URL</b>; those deliveries show up in the list of <a data-key="executions">executions</a>, not here.',
			},
			activationHint: NEXT,
		},
		properties: triggerProperties,
	};

	methods = {
		loadOptions: {
			getLists: dropdownOf('lists'),
			getMetrics: dropdownOf('metrics'),
			getOwnFlows: loadOwnFlows,
			getSegments: dropdownOf('segments'),
			getTopics: searchTopics,
		},
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
		if (settings.repliesAtEnd) sayWhenToRetry(this);
		return await shareExecution(this, wanted, settings.sharing);
	}
}
