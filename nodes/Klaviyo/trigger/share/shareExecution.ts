import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { jsonOfItem, type KlaviyoEvent } from '../../../shared/event/contract';
import { processState } from '../../../shared/processState';
import { Sharing, type SharingSettings } from './sharing';
import { postpone, started } from '../answer';

/** What may wait in one process; beyond it Klaviyo is asked to send again later. */
const LIMITS = { events: 20_000, bytes: 64 * 1024 * 1024 };

/** How long n8n may still answer a sender who has hung up. Its execution is saved all the same. */
const ANSWER_WITHIN_MS = 30_000;

const sharing = processState(() => new Sharing<INodeExecutionData>(LIMITS, passing));

/**
 * Starts one execution for deliveries that come at about the same time. The first of them starts it with the
 * items of all; the others are answered when n8n has answered the first, that is, when it has saved the
 * execution or, if so chosen, finished the workflow. If that goes wrong, they are asked to send again.
 */
export async function shareExecution(
	context: IWebhookFunctions,
	events: KlaviyoEvent[],
	settings: SharingSettings,
): Promise<IWebhookResponseData> {
	const items = events.map((event) => ({ json: jsonOfItem(event) }));
	// A person who listens for a test event waits for this one.
	if (context.getMode() === 'manual' || items.length >= settings.maxEvents) {
		return { workflowData: [items] };
	}
	const bytes = context.getRequestObject().rawBody?.length ?? 0;
	const place = sharing().join(triggerKeyOf(context), items, bytes, settings);
	if (place === null)
		return postpone(context, 'more deliveries wait than this n8n can keep in mind');
	if (place.role === 'leader') {
		// Before the window opens, as n8n's answer is all that tells whether the execution was saved.
		void statusOf(context).then((status) => place.settle(status !== null && status < 300));
		return { workflowData: [await place.items] };
	}
	return (await place.isSaved)
		? started()
		: postpone(context, 'the execution that this delivery was to share was not saved');
}

/** Of one trigger, in one mode: published workflows and test runs never meet. */
function triggerKeyOf(context: IWebhookFunctions): string {
	return `${context.getWorkflow().id}/${context.getNode().id}/${context.getMode()}`;
}

/**
 * The status that n8n answers with, or null when it never does. When the sender hangs up, n8n goes on and calls
 * `end` all the same, while 'finish' never comes.
 */
async function statusOf(context: IWebhookFunctions): Promise<number | null> {
	const response = context.getResponseObject();
	return await new Promise((resolve) => {
		let isAnswered = false;
		const end = response.end;
		response.end = function endAndTell(this: typeof response, ...args: never[]) {
			isAnswered = true;
			resolve(response.statusCode);
			return end.apply(this, args as never);
		} as typeof response.end;
		const onClose = () => {
			if (isAnswered) return;
			void passing(ANSWER_WITHIN_MS).then(() => resolve(null));
		};
		if (response.destroyed) onClose();
		else response.once('close', onClose);
	});
}

/** Waits. Other than n8n's sleep this keeps no process from ending, for waits that mostly nobody waits for. */
async function passing(ms: number): Promise<void> {
	await new Promise<void>((resolve) => {
		AbortSignal.timeout(ms).addEventListener('abort', () => resolve(), { once: true });
	});
}
