import type { IWebhookFunctions } from 'n8n-workflow';

import { authenticate, type Access } from './authenticate';
import { loadSecret, WEBHOOK_CREDENTIAL } from './webhookSecret';
import { egressRanges } from './egressRanges';
import { isInRanges } from '../filter';
import { readBody, receiveBody, type ReadBody } from '../body/readBody';
import { SecretCache } from './secretCache';
import type { TriggerSettings } from '../triggerSettings';
import { isForOtherWebhook, verifySignature } from './signature';

const secrets = new SecretCache();

/** A delivery at the door: let in with its body, turned away, or not to be judged now. */
export type Admission =
	| { access: Extract<Access, { granted: true }>; body: ReadBody }
	| { access: Extract<Access, { granted: false }> };

/**
 * Judges a delivery, and reads it only then: what a stranger sends is never parsed. A flow webhook is judged by its
 * header before the body is touched; a system webhook by its signature over the body's bytes.
 *
 * @throws when the credential can't be read
 */
export async function admit(
	context: IWebhookFunctions,
	{ setUp }: TriggerSettings,
): Promise<Admission> {
	const request = context.getRequestObject();
	const { headers } = request;
	const load = async () => await loadSecret(context);

	if (setUp !== 'systemWebhook') {
		const access = await secrets.judge(
			keyOf(context),
			(secret) => authenticate(headers, secret),
			load,
		);
		return access.granted ? { access, body: readBody(await receiveBody(request)) } : { access };
	}

	const received = await receiveBody(request);
	const marker = context.getNode().webhookId ?? '';
	const access = await secrets.judge(
		keyOf(context),
		(secret) => verifySignature(headers, received.bytes, secret, marker),
		load,
	);
	if (!access.granted) return { access };
	const body = readBody(received);
	if (body.readable && isForOtherWebhook(headers, metaOf(body).klaviyo_webhook_id)) {
		return {
			access: { granted: false, reason: 'Klaviyo-Webhook-Id and the body name two webhooks' },
		};
	}
	return { access, body };
}

/**
 * Whether a delivery that was let in comes from where and when the user expects it.
 *
 * @throws when Klaviyo's address ranges are wanted and can't be read
 */
export async function isExpected(
	context: IWebhookFunctions,
	{ setUp, addresses, maxDeliveryAgeMs }: TriggerSettings,
	body: ReadBody,
	receivedAt: Date,
): Promise<boolean> {
	if (setUp === 'systemWebhook' && isStale(body, maxDeliveryAgeMs, receivedAt)) return false;
	if (addresses.kind === 'any') return true;
	const ranges =
		addresses.kind === 'ranges' ? addresses.ranges : await egressRanges(context, addresses);
	return isInRanges(context.getRequestObject().ip ?? '', ranges);
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

/** One entry a credential; workflows that share it share the read. */
function keyOf(context: IWebhookFunctions): string {
	const id = context.getNode().credentials?.[WEBHOOK_CREDENTIAL]?.id;
	return id ?? `${context.getWorkflow().id}/${context.getNode().id}`;
}
