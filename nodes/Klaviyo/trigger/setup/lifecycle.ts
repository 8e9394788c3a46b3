import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';

import { runtimeOf } from '../../../shared/http/runtime';
import { klaviyoClient, PROMPT, type KlaviyoClient } from '../../api/klaviyoClient';
import { secretProblem, secretsOf, type WebhookSecret } from '../door/authenticate';
import { loadSecret } from '../door/webhookSecret';
import { invalidRange } from '../filter';
import { addressRangesOf, type Filters, type SetUp } from '../triggerSettings';
import { signingSecret } from '../door/signature';
import { keepFlow, pauseFlow } from './keepFlow';
import { markerOf, wantedFlow } from './plan';
import { keepSystemWebhook, pauseSystemWebhook } from './systemWebhook';

/**
 * Publishing: checks what would otherwise show only when events are lost, then sets up Klaviyo where the user asked
 * for it. Listening for a test event sets up nothing: Klaviyo must never learn the test URL.
 */
export async function setUpKlaviyo(context: IHookFunctions): Promise<void> {
	const secret = await usableSecret(context);
	checkRanges(context);
	if (isTest(context)) return;
	switch (context.getNodeParameter('setUp', 'createFlow') as SetUp) {
		case 'createFlow': {
			const client = await discreetClient(context, secret);
			const kept = await keepFlow(client, await wantedFlow(context, client, secret));
			for (const id of kept.setToDraft) {
				context.logger.warn(
					`Klaviyo flow ${id} was set to draft: flow ${kept.id} has taken its place, as Klaviyo can't change what starts a flow`,
				);
			}
			return;
		}
		case 'systemWebhook':
			return await keepSystemWebhook(context, await discreetClient(context, secret), secret);
		case 'manual':
	}
}

/** Unpublishing: n8n calls this on every publish of a changed trigger, too, so nothing is ever deleted. */
export async function tidyUpKlaviyo(context: IHookFunctions): Promise<void> {
	if (isTest(context) || context.getNodeParameter('whenUnpublished', 'leave') !== 'pause') return;
	switch (context.getNodeParameter('setUp', 'createFlow') as SetUp) {
		case 'createFlow': {
			const secret = await loadSecret(context);
			const client = await discreetClient(context, secret);
			return await pauseFlow(client, await wantedFlow(context, client, secret));
		}
		case 'systemWebhook':
			return await pauseSystemWebhook(context, await klaviyoClient(context, PROMPT));
		case 'manual':
	}
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

/** create() is told by the mode; delete() after a test can be told by the address alone. */
function isTest(context: IHookFunctions): boolean {
	return (
		context.getMode() === 'manual' ||
		/\/webhook-test\//.test(context.getNodeWebhookUrl('default') ?? '')
	);
}
