import { createHash } from 'node:crypto';
import { validateHeaderName, validateHeaderValue } from 'node:http';

import type { KlaviyoDialect } from './dialect';
import type { Entry, Flow, FlowStatus, NewFlow, TriggerType, Webhook } from './types';
import { InputError } from './types';

export const TRIGGER_TYPES: readonly TriggerType[] = [
	'metric',
	'list',
	'segment',
	'date',
	'price_drop',
	'low_inventory',
];
export const FLOW_STATUSES: readonly FlowStatus[] = ['draft', 'manual', 'live'];

// Metric and price-drop flows see the triggering event, list, segment and date flows the profile
// only (https://help.klaviyo.com/hc/en-us/articles/4534329515931). Low inventory is not mentioned
// there: assumed to see an event when one is given.
const WITH_EVENT = new Set<TriggerType>(['metric', 'price_drop', 'low_inventory']);
const NEEDS_EVENT = new Set<TriggerType>(['metric', 'price_drop']);

// Klaviyo's and the connection's own business, whatever a user types.
const NOT_THE_USERS = new Set([
	'connection',
	'content-length',
	'host',
	'transfer-encoding',
	'x-klaviyo-flow-id',
]);

/** The flows of one account. */
export class FlowBook {
	private readonly flows = new Map<string, Flow>();

	constructor(private readonly allowLoopbackHttp: boolean) {}

	/** @throws InputError when the flow could not be saved in Klaviyo. */
	create(flow: NewFlow): Flow {
		const id = flow.id ?? this.freeId(flow.name);
		if (this.flows.has(id)) throw new InputError(`flow ${id} exists`, 409);
		return this.save({ ...flow, id });
	}

	/** Like `create`, but takes the place of a flow with the same id. @throws InputError */
	save(flow: NewFlow & { id: string }): Flow {
		const { id } = flow;
		if (!/^[A-Za-z0-9]{6}$/.test(id)) throw new InputError(`not a flow id: ${id}`);
		const { status = 'live', trigger_type = 'metric', delayMs = 0, webhook } = flow;
		if (!FLOW_STATUSES.includes(status)) throw new InputError(`not a status: ${status}`);
		if (!TRIGGER_TYPES.includes(trigger_type)) {
			throw new InputError(`not a trigger type: ${trigger_type}`);
		}
		if (!(delayMs >= 0)) throw new InputError(`not a delay: ${delayMs}`);
		const checked = checkWebhook(webhook, this.allowLoopbackHttp);
		const saved: Flow = { id, name: flow.name, status, trigger_type, delayMs, webhook: checked };
		this.flows.set(id, saved);
		return saved;
	}

	remove(id: string): void {
		this.flows.delete(id);
	}

	/** @throws InputError (404) when there is no such flow. */
	get(id: string): Flow {
		const flow = this.flows.get(id);
		if (!flow) throw new InputError(`no flow ${id}`, 404);
		return flow;
	}

	list(): Flow[] {
		return [...this.flows.values()];
	}

	// Looks random, comes out the same in every run.
	private freeId(name: string): string {
		for (let salt = this.flows.size; ; salt++) {
			const hash = createHash('sha256').update(`${salt} ${name}`).digest('base64');
			const id = hash.replace(/[^A-Za-z0-9]/g, '').slice(0, 6);
			if (!this.flows.has(id)) return id;
		}
	}
}

/** Whether a flow's templates see the event that started it. */
export function seesEvent(flow: Flow): boolean {
	return WITH_EVENT.has(flow.trigger_type);
}

/** @throws InputError when a profile cannot enter this flow in this way. */
export function checkEntry(flow: Flow, { profile, event }: Entry): void {
	if (!/^[0-9A-HJKMNP-TV-Z]{26}$/.test(profile.klaviyo_id)) {
		throw new InputError(`not a klaviyo_id: ${profile.klaviyo_id}`);
	}
	if (!event && NEEDS_EVENT.has(flow.trigger_type)) {
		throw new InputError(`flow ${flow.id} starts on an event, the entry has none`);
	}
	if (event && Number.isNaN(Date.parse(event.time))) {
		throw new InputError(`not a time: ${event.time}`);
	}
}

type ContentTypes = Pick<KlaviyoDialect, 'contentTypeOverride' | 'defaultContentType'>;

/** The headers of every request of a flow. */
export function requestHeaders(
	flowId: string,
	webhook: Webhook,
	{ contentTypeOverride, defaultContentType }: ContentTypes,
): Record<string, string> {
	const own = Object.entries(webhook.headers).filter(([name]) => {
		const lower = name.toLowerCase();
		if (lower === 'content-type') return contentTypeOverride === 'honoured';
		return !NOT_THE_USERS.has(lower);
	});
	const overridden = own.some(([name]) => name.toLowerCase() === 'content-type');
	return {
		...(overridden || defaultContentType === 'none' ? {} : { 'Content-Type': 'application/json' }),
		...Object.fromEntries(own),
		'X-Klaviyo-Flow-ID': flowId,
	};
}

/** What a webhook step sends, when Klaviyo would save it. @throws InputError */
export function checkWebhook(webhook: NewFlow['webhook'], allowLoopbackHttp: boolean): Webhook {
	const { url, body } = webhook;
	checkUrl(url, allowLoopbackHttp);
	const headers = { ...webhook.headers };
	checkHeaders(headers);
	return { url, headers, body };
}

/**
 * "Valid https" (https://developers.klaviyo.com/en/docs/how_to_add_a_webhook_action_to_a_flow).
 * @throws InputError
 */
export function checkUrl(url: string, allowLoopbackHttp: boolean): void {
	if (!URL.canParse(url)) throw new InputError(`not a URL: ${url}`);
	const { protocol, hostname } = new URL(url);
	if (protocol === 'https:') return;
	const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
	if (protocol === 'http:' && loopback && allowLoopbackHttp) return;
	throw new InputError(`the webhook's URL must be https: ${url}`);
}

function checkHeaders(headers: Record<string, string>): void {
	for (const [name, value] of Object.entries(headers)) {
		if (!canBeSent(name, value)) throw new InputError(`not a header that can be sent: ${name}`);
	}
}

function canBeSent(name: string, value: string): boolean {
	try {
		validateHeaderName(name);
		validateHeaderValue(name, value);
		return true;
	} catch {
		return false;
	}
}
