// What a system webhook carries (https://developers.klaviyo.com/en/docs/working_with_system_webhooks).
import { createHash, createHmac, randomUUID } from 'node:crypto';

import type { Attempt, Dict } from '../types';
import { REVISION } from './keys';

export interface SystemEvent {
	/** `event:klaviyo.sent_sms`; what the webhook did not subscribe to is not sent. */
	topic: string;
	/** The event's id, 11 characters; invented when absent. The receiver drops duplicates by it. */
	external_id?: string;
	/** 26 characters. */
	profile_id: string;
	/** Six characters. */
	metric_id?: string;
	/** When it happened; default now. */
	time?: Date;
	properties?: Dict;
}

/** One request's worth of events and what became of it. */
export interface SystemDelivery {
	webhook_id: string;
	events: number;
	/** 'dropped': the webhook was disabled or deleted first; nothing makes up for it. */
	status: 'waiting' | 'sent' | 'dropped';
	body: string;
	attempts: Attempt[];
}

/** The body of one request: the shape of the developer guide's sample, without links. */
export function envelope(
	events: SystemEvent[],
	{ webhookId, accountId, now }: { webhookId: string; accountId: string; now: Date },
): Dict {
	return {
		data: events.map((event) => entry(event, now)),
		meta: {
			klaviyo_webhook_id: webhookId,
			timestamp: now.toISOString().replace(/Z$/, '000+00:00'),
			klaviyo_account_id: accountId,
			version: REVISION,
		},
	};
}

/** The headers of one request, signed for this moment. */
export function systemHeaders(
	body: Buffer,
	secret: string,
	webhookId: string,
	now: Date,
): Record<string, string> {
	// Observed: the header's clock runs 5 hours ahead of real time.
	const timestamp = new Date(now.getTime() + 5 * 3_600_000).toUTCString();
	return {
		'Content-Type': 'application/json',
		'Klaviyo-Signature': signature(body, timestamp, secret),
		'Klaviyo-Timestamp': timestamp,
		'Klaviyo-Webhook-Id': webhookId,
	};
}

/** Lowercase hex HMAC-SHA256 over the body's bytes followed by the timestamp header's text. */
export function signature(body: Buffer, timestamp: string, secret: string): string {
	return createHmac('sha256', secret).update(body).update(timestamp).digest('hex');
}

function entry(event: SystemEvent, now: Date): Dict {
	const { topic, profile_id, time = now, properties = {} } = event;
	const id = event.external_id ?? inventedId();
	const metricId = event.metric_id ?? createHash('sha256').update(topic).digest('hex').slice(0, 6);
	return {
		external_id: id,
		topic,
		payload: {
			data: {
				type: 'event',
				id,
				attributes: {
					timestamp: Math.floor(time.getTime() / 1000),
					// Documented with a blank instead of the T.
					datetime: time
						.toISOString()
						.replace('T', ' ')
						.replace(/\.\d+Z$/, '+00:00'),
					event_properties: properties,
					uuid: randomUUID(),
				},
				relationships: {
					profile: { data: { type: 'profile', id: profile_id } },
					metric: { data: { type: 'metric', id: metricId } },
				},
			},
		},
	};
}

function inventedId(): string {
	return randomUUID().replaceAll('-', '').slice(0, 11);
}
