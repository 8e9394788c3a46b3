import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

/** Seconds until Klaviyo may try again when n8n can't judge a delivery now. */
const RETRY_AFTER_S = 60;

/** The same when the workflow failed. Longer than Klaviyo's own first wait seems to be, so that it shows whether Klaviyo heeds it. */
const RETRY_AFTER_FAILURE_S = 90;

/** Says yes without starting anything: the delivery was understood, and none of it is wanted. */
export function acknowledge(): IWebhookResponseData {
	return { webhookResponse: { message: 'Nothing to do' } };
}

/** Says yes in n8n's own words to a delivery whose event is part of another one's execution. */
export function started(): IWebhookResponseData {
	return { webhookResponse: { message: 'Workflow was started' } };
}

/**
 * Turns a stranger away: 401, no execution. Klaviyo never sends again after a 401, so this is
 * for wrong secrets alone (https://developers.klaviyo.com/en/docs/understanding_webhook_status_codes).
 */
export function refuse(context: IWebhookFunctions, reason: string): IWebhookResponseData {
	context.logger.warn(`Klaviyo Trigger refused a delivery with 401: ${reason}`, whereOf(context));
	return answer(context, 401, { message: 'Wrong or missing secret' });
}

/** Asks Klaviyo to send again later: 503, which it repeats for up to 24 hours. */
export function postpone(context: IWebhookFunctions, reason: string): IWebhookResponseData {
	context.logger.error(`Klaviyo Trigger answered 503: ${reason}`, whereOf(context));
	return answer(context, 503, { message: 'Not ready, send again later' }, RETRY_AFTER_S);
}

/** Where n8n replies once the workflow has ended: has its 5xx say when to send again. */
export function sayWhenToRetry(context: IWebhookFunctions): void {
	const response = context.getResponseObject();
	const end = response.end;
	response.end = function endWithRetryAfter(this: typeof response, ...args: never[]) {
		const isOpen = !response.headersSent && response.getHeader('Retry-After') === undefined;
		if (response.statusCode >= 500 && isOpen) {
			response.setHeader('Retry-After', String(RETRY_AFTER_FAILURE_S));
		}
		return end.apply(this, args as never);
	} as typeof response.end;
}

function answer(
	context: IWebhookFunctions,
	status: number,
	body: { message: string },
	retryAfterS?: number,
): IWebhookResponseData {
	const response = context.getResponseObject();
	if (retryAfterS !== undefined) response.setHeader('Retry-After', String(retryAfterS));
	response.status(status).json(body);
	return { noWebhookResponse: true };
}

function whereOf(context: IWebhookFunctions): { workflowId?: string; nodeName: string } {
	return { workflowId: context.getWorkflow().id, nodeName: context.getNode().name };
}
