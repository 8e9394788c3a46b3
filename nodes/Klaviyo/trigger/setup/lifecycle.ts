import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';

import { isTimezone } from '../../../shared/event/moment';
import { runtimeOf } from '../../../shared/http/runtime';
import { refuseUnfitN8n } from '../../../shared/n8nFeatures';
import { klaviyoClient, PROMPT, type KlaviyoClient } from '../../api/klaviyoClient';
import { secretProblem, secretsOf, type WebhookSecret } from '../door/authenticate';
import { loadSecret } from '../door/webhookSecret';
import { invalidRange } from '../filter';
import {
	addressRangesOf,
	optionsOf,
	type Filters,
	type PublishedData,
	type SetUp,
} from '../triggerSettings';
import { signingSecret } from '../door/signature';
import { keepFlow, pauseFlow } from './keepFlow';
import { markerOf, wantedFlow } from './plan';
import { keepSystemWebhook, pauseSystemWebhook } from './systemWebhook';

/**
 * Publishing: checks what would otherwise show only when events are lost, then sets up Klaviyo where the user asked
 * for it. Listening for a test event sets up nothing: Klaviyo must never learn the test URL.
 */
export async function setUpKlaviyo(context: IHookFunctions): Promise<void> {
	if (STARTS.includes(context.getActivationMode())) return;
	refuseUnfitN8n(context);
	const secret = await usableSecret(context);
	checkRanges(context);
	checkTimezone(context);
	if (isTest(context)) return;
	// By the command line and by source control a workflow gets no webhook id, and the first save would change the address.
	markerOf(context);
	switch (context.getNodeParameter('setUp', 'createFlow') as SetUp) {
		case 'createFlow': {
			const client = await discreetClient(context, secret);
			const data = publishedData(context);
			const kept = await keepFlow(client, await wantedFlow(context, client, secret), data.flowId);
			data.flowId = kept.id;
			for (const remark of kept.remarks) context.logger.warn(remark);
			return await rememberTimezone(context, client);
		}
		case 'systemWebhook': {
			const client = await discreetClient(context, secret);
			await keepSystemWebhook(context, client, secret);
			return await rememberTimezone(context, client);
		}
		case 'manual':
	}
}

/**
 * n8n has started, or another of its processes leads now: nothing was published. What throws here would leave the address
 * answering 404, so nothing is checked, and Klaviyo neither asked nor told.
 */
const STARTS: string[] = ['init', 'leadershipChange'];

/** Times in bodies that have no offset are the account's. A key without the scope is no reason not to publish. */
async function rememberTimezone(context: IHookFunctions, client: KlaviyoClient): Promise<void> {
	const data = publishedData(context);
	data.accountTimezone ??= '';
	try {
		const { body } = await client.request({
			path: '/api/accounts',
			query: { 'fields[account]': 'timezone' },
			scopes: 'accounts:read',
		});
		const [account] = (body.data ?? []) as Array<{ attributes?: { timezone?: string } }>;
		data.accountTimezone = account?.attributes?.timezone ?? '';
	} catch (error) {
		context.logger.info(`Klaviyo did not tell its time zone: ${(error as Error).message}`);
	}
}

/** Unpublishing: n8n calls this on every publish of a changed trigger, too, so nothing is ever deleted. */
export async function tidyUpKlaviyo(context: IHookFunctions): Promise<void> {
	if (isTest(context) || optionsOf(context).whenUnpublished !== 'pause') return;
	switch (context.getNodeParameter('setUp', 'createFlow') as SetUp) {
		case 'createFlow': {
			const secret = await loadSecret(context);
			const client = await discreetClient(context, secret);
			const wanted = await wantedFlow(context, client, secret);
			return await pauseFlow(client, wanted, publishedData(context).flowId);
		}
		case 'systemWebhook':
			return await pauseSystemWebhook(context, await klaviyoClient(context, PROMPT));
		case 'manual':
	}
}

function publishedData(context: IHookFunctions): PublishedData {
	return context.getWorkflowStaticData('node');
}

/** Why publishing failed is stored by n8n and shown in the editor: the secret must not stand in it. */
async function discreetClient(
	context: IHookFunctions,
	secret: WebhookSecret,
): Promise<KlaviyoClient> {
	const sent = [...secretsOf(secret), signingSecret(secret.secret, markerOf(context))];
	return await klaviyoClient(context, PROMPT, runtimeOf(context), sent);
}

async function usableSecret(context: IHookFunctions): Promise<WebhookSecret> {
	const secret = await loadSecret(context);
	const problem = secretProblem(secret);
	if (problem !== null) throw new NodeOperationError(context.getNode(), problem);
	return secret;
}

/** Ranges with a slip in them would keep everybody out. */
function checkRanges(context: IHookFunctions): void {
	const ranges = addressRangesOf(context.getNodeParameter('filters', {}) as Filters);
	if (ranges === null) return;
	const wrong = invalidRange(ranges);
	if (ranges.length > 0 && wrong === undefined) return;
	throw new NodeOperationError(
		context.getNode(),
		wrong === undefined
			? "'Address Ranges' is empty, so nobody could call. Enter addresses or CIDR ranges, e.g. 203.0.113.0/24."
			: `'Address Ranges' has an entry that is neither an address nor a CIDR range: '${wrong}'. Write e.g. 203.0.113.0/24.`,
	);
}

function checkTimezone(context: IHookFunctions): void {
	const { accountTimezone = '' } = optionsOf(context);
	const zone = accountTimezone.trim();
	if (zone === '' || isTimezone(zone)) return;
	throw new NodeOperationError(
		context.getNode(),
		`'Account Time Zone' is not a time zone: '${zone}'. Write e.g. Europe/Prague.`,
	);
}

/** create() is told by the mode; delete() after a test can be told by the address alone. */
function isTest(context: IHookFunctions): boolean {
	return (
		context.getMode() === 'manual' ||
		/\/webhook-test\//.test(context.getNodeWebhookUrl('default') ?? '')
	);
}
