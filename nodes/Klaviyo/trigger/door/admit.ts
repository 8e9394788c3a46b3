import type { IWebhookFunctions } from 'n8n-workflow';

import { credentialKeyOf } from '../../../shared/http/credentialKey';
import { processState } from '../../../shared/processState';
import { authenticate } from './authenticate';
import { loadSecret, WEBHOOK_CREDENTIAL } from './webhookSecret';
import { isInRanges } from '../filter';
import { readBody, receiveBody, type ReadBody } from '../body/readBody';
import { SecretCache } from './secretCache';
import type { TriggerSettings } from '../triggerSettings';
import { isForOtherWebhook, verifySignature } from './signature';

const secrets = processState(() => new SecretCache());

/** A delivery at the door: let in with its body, not wanted and so answered with yes, or turned away. */
export type Admission =
	| { outcome: 'letIn'; body: ReadBody }
	| { outcome: 'ignored' }
	| { outcome: 'refused'; reason: string };

const IGNORED: Admission = { outcome: 'ignored' };

/**
 * Judges a delivery, and reads it only then: what a stranger sends is never parsed. The caller's address comes first
 * of all. A flow webhook is judged by its header before the body is touched; a system webhook by its signature over
 * the body's bytes.
 *
 * @throws when the credential can't be read
 */
export async function admit(
	context: IWebhookFunctions,
	{ setUp, addressRanges, maxDeliveryAgeMs }: TriggerSettings,
	receivedAt: Date,
): Promise<Admission> {
	const request = context.getRequestObject();
	if (addressRanges !== null && !isInRanges(request.ip ?? '', addressRanges)) return IGNORED;
	const { headers } = request;
	const load = async () => await loadSecret(context);

	if (setUp !== 'systemWebhook') {
		const access = await secrets().judge(
			credentialKeyOf(context, WEBHOOK_CREDENTIAL),
			(secret) => authenticate(headers, secret),
			load,
		);
		return access.granted
			? { outcome: 'letIn', body: readBody(await receiveBody(request)) }
			: refused(access.reason);
	}

	const received = await receiveBody(request);
	const marker = context.getNode().webhookId ?? '';
	const access = await secrets().judge(
		credentialKeyOf(context, WEBHOOK_CREDENTIAL),
		(secret) => verifySignature(headers, received.bytes, secret, marker),
		load,
	);
	if (!access.granted) return refused(access.reason);
	const body = readBody(received);
	if (body.readable && isForOtherWebhook(headers, metaOf(body).klaviyo_webhook_id)) {
		return refused('Klaviyo-Webhook-Id and the body name two webhooks');
	}
	return isStale(body, maxDeliveryAgeMs, receivedAt) ? IGNORED : { outcome: 'letIn', body };
}

function refused(reason: string): Admission {
	return { outcome: 'refused', reason };
}

/** By the body's own timestamp: the header's clock was seen hours off. */
function isStale(body: ReadBody, maxAgeMs: number, now: Date): boolean {
	if (!body.readable) return false;
	const sentAt = Date.parse(String(metaOf(body).timestamp ?? ''));
	// Without a time nothing can be said of its age; it is signed all the same.
	return !Number.isNaN(sentAt) && now.getTime() - sentAt > maxAgeMs;
}

function metaOf({ bodies }: Extract<ReadBody, { readable: true }>): {
	klaviyo_webhook_id?: unknown;
	timestamp?: unknown;
} {
	return (bodies[0]?.meta ?? {}) as Record<string, unknown>;
}
