// System webhooks (https://developers.klaviyo.com/en/reference/webhooks_api_overview).
import { createHash } from 'node:crypto';

import { checkUrl } from '../flows';
import type { Dict } from '../types';
import { InputError } from '../types';
import { invalid, notFound } from './errors';
import { inventUlid, ULID } from './ids';
import { checkId } from './listing';
import { micros } from './times';
import { TOPICS } from './topics';

/** A webhook with what the API never tells. */
export interface StoredWebhook {
	/** 26 characters, shaped like a ULID. */
	id: string;
	name: string;
	description: string | null;
	endpoint_url: string;
	secret_key: string;
	enabled: boolean;
	topics: string[];
	created_at: string;
	updated_at: string | null;
	/** What deliveries name: 64 hexadecimal characters. */
	klaviyo_webhook_id: string;
}

export interface WebhookRules {
	allowLoopbackHttp: boolean;
	now: () => Date;
}

/** "A maximum of 10 webhooks per account" (the overview). */
export const MAX_WEBHOOKS = 10;

const ATTRIBUTES = '/data/attributes';

export class WebhookStore {
	private readonly webhooks = new Map<string, StoredWebhook>();
	private created = 0;

	constructor(private readonly rules: WebhookRules) {}

	list(): StoredWebhook[] {
		return [...this.webhooks.values()];
	}

	/** @throws ApiError 400, 404 */
	get(id: string): StoredWebhook {
		checkId(id, ULID);
		const webhook = this.webhooks.get(id);
		if (!webhook) throw notFound('webhook', id);
		return webhook;
	}

	/** The record itself, for the sender. @throws InputError (404) */
	held(id: string): StoredWebhook {
		const webhook = this.webhooks.get(id);
		if (!webhook) throw new InputError(`no webhook ${id}`, 404);
		return webhook;
	}

	/** @throws ApiError 400 */
	create(attributes: Dict, topics: string[]): StoredWebhook {
		// What an eleventh is answered is not documented: assumed to be the usual 400.
		if (this.webhooks.size >= MAX_WEBHOOKS) {
			throw invalid(`An account has at most ${MAX_WEBHOOKS} webhooks.`, { pointer: ATTRIBUTES });
		}
		this.check(attributes, topics);
		const { name, endpoint_url, secret_key, description } = attributes;
		const seed = `webhook ${++this.created}`;
		const webhook: StoredWebhook = {
			id: inventUlid(seed),
			name: String(name),
			description: typeof description === 'string' ? description : null,
			endpoint_url: String(endpoint_url),
			secret_key: String(secret_key),
			enabled: true,
			topics,
			created_at: micros(this.rules.now()),
			updated_at: null,
			klaviyo_webhook_id: createHash('sha256').update(seed).digest('hex'),
		};
		this.webhooks.set(webhook.id, webhook);
		return webhook;
	}

	/** Null means "as it was": recorded for `description`, assumed for the rest. @throws ApiError */
	update(id: string, attributes: Dict, topics: string[] | undefined): StoredWebhook {
		const webhook = this.get(id);
		const given = Object.entries(attributes).filter(([, value]) => value !== null);
		const changes = Object.fromEntries(given);
		this.check(changes, topics ?? webhook.topics);
		const updated_at = micros(this.rules.now());
		return Object.assign(webhook, changes, topics && { topics }, { updated_at });
	}

	/** @throws ApiError 400, 404 */
	remove(id: string): void {
		// Whoever still holds the record (a retry under way) sends no more.
		this.get(id).enabled = false;
		this.webhooks.delete(id);
	}

	private check({ endpoint_url, secret_key }: Dict, topics: string[]): void {
		if (endpoint_url !== undefined) {
			const pointer = `${ATTRIBUTES}/endpoint_url`;
			try {
				checkUrl(String(endpoint_url), this.rules.allowLoopbackHttp);
			} catch (error) {
				throw invalid((error as Error).message, { pointer });
			}
		}
		// 16 characters: recorded by nickdnk/klaviyo-php-sdk.
		if (secret_key !== undefined && String(secret_key).length < 16) {
			const detail = 'The secret key needs at least 16 characters.';
			throw invalid(detail, { pointer: `${ATTRIBUTES}/secret_key` });
		}
		const pointer = '/data/relationships/webhook-topics/data';
		if (topics.length === 0) throw invalid('A webhook needs a topic.', { pointer });
		const unknown = topics.findIndex((topic) => !TOPICS.includes(topic));
		if (unknown < 0) return;
		throw invalid(`There is no topic ${topics[unknown]}.`, { pointer: `${pointer}/${unknown}/id` });
	}
}
