// Klaviyo's REST API as far as this package calls it
// (https://developers.klaviyo.com/en/reference/api_overview, revision 2026-07-15).
import type { FastifyPluginCallback } from 'fastify';

import type { Account } from '../account';
import type { Organization } from '../types';
import { allowlistOperation } from './allowlist';
import type { NewGroup, NewMetric } from './catalog';
import { Catalog } from './catalog';
import type { Violation } from './contract';
import { Contract, loadSlices, openapiFolder } from './contract';
import { flowOperations } from './flow-operations';
import type { StoredFlow } from './flow-store';
import { FlowStore } from './flow-store';
import type { ApiKey } from './keys';
import { DEFAULT_KEYS, REVISION } from './keys';
import type { Operation } from './operation';
import { RateLimiter } from './rate';
import type { SystemDelivery, SystemEvent } from './system-events';
import { SystemSender } from './system-sender';
import { webhookOperations } from './webhook-operations';
import type { StoredWebhook } from './webhooks';
import { WebhookStore } from './webhooks';
import type { ApiCall } from './shell';
import { apiRoutes } from './shell';

export type { ApiCall } from './shell';
export type { ApiKey } from './keys';
export type { NewGroup, NewMetric } from './catalog';
export type { StoredFlow } from './flow-store';
export type { Violation } from './contract';
export type { SystemDelivery, SystemEvent } from './system-events';
export type { StoredWebhook } from './webhooks';

export interface ApiOptions {
	/** Default: `pk_sandbox` with every scope and Advanced KDP. */
	apiKeys?: ApiKey[];
	/** How many times faster rate windows pass; default 100 000: nothing sensible is ever throttled. */
	rateTimeScale?: number;
	/** Klaviyo's specification; default KLAVIYO_OPENAPI, else the one beside the repository. */
	openapiFolder?: string;
	/** The revisions that are served; default the one of the specification. */
	revisions?: string[];
	/** Six letters and digits; also the public key. Default 'LaMp01'. */
	accountId?: string;
	/** In addition to 23 lists, 12 segments and 230 metrics. */
	lists?: NewGroup[];
	segments?: NewGroup[];
	metrics?: NewMetric[];
	/** API-built flows wait as their definition says, `timeScale` times faster. Default false: at once. */
	apiFlowDelays?: boolean;
	/** The IP allow list holds 127.0.0.1/32 too. Default false. */
	allowlistLoopback?: boolean;
	/** Milliseconds a system webhook may take to answer; Klaviyo gives it 5 s (default). Real time. */
	systemTimeoutMs?: number;
}

export interface Api {
	close(): Promise<void>;
	routes: FastifyPluginCallback;
	operations: readonly Operation[];
	contractViolations(): Violation[];
	/** How many requests were compared with the specification; 0 when it is not at hand. */
	contractChecked(): number;
	apiCalls(): ApiCall[];
	flow(id: string): StoredFlow | undefined;
	/** All flows, also those that were built by hand. */
	flows(): StoredFlow[];
	deleteFlowByHand(id: string): void;
	/** The system webhooks with their secrets and URLs, which the API never tells. */
	systemWebhooks(): StoredWebhook[];
	/**
	 * Something happened in the account: what the webhook subscribed to is sent, up to 1,000 events
	 * in a request. Nothing is sent while it is disabled. The records grow while they are under way.
	 * @throws InputError (404) when there is no such webhook.
	 */
	sendSystemEvents(webhookId: string, events: SystemEvent[]): SystemDelivery[];
	/** Resolves when no system delivery waits; rejects after `timeoutMs` (default 60 000). */
	systemSettled(timeoutMs?: number): Promise<void>;
}

export interface ApiSettings {
	organization: Organization;
	timezone: string;
	now: () => Date;
	timeScale: number;
	allowLoopbackHttp: boolean;
}

export function createApi(account: Account, options: ApiOptions, settings: ApiSettings): Api {
	const catalog = new Catalog({
		accountId: options.accountId ?? 'LaMp01',
		organizationName: settings.organization.name,
		timezone: settings.timezone,
		lists: options.lists ?? [],
		segments: options.segments ?? [],
		metrics: options.metrics ?? [],
	});
	const flows = new FlowStore(account, {
		now: settings.now,
		skipDelays: !options.apiFlowDelays,
		knows: (type, id) => catalog.has(type, id),
	});
	const webhooks = new WebhookStore(settings);
	const sender = new SystemSender({
		accountId: options.accountId ?? 'LaMp01',
		timeoutMs: options.systemTimeoutMs ?? 5000,
		timeScale: settings.timeScale,
		now: settings.now,
	});
	const contract = new Contract(loadSlices(openapiFolder(options.openapiFolder)));
	const calls: ApiCall[] = [];
	const operations = [
		...catalog.operations(),
		...flowOperations(flows),
		...webhookOperations(webhooks),
		allowlistOperation(options.allowlistLoopback ?? false),
	];
	return {
		routes: apiRoutes({
			operations,
			keys: options.apiKeys ?? DEFAULT_KEYS,
			revisions: options.revisions ?? [REVISION],
			contract,
			limiter: new RateLimiter(options.rateTimeScale ?? 100_000),
			calls,
		}),
		operations,
		contractViolations: () => [...contract.violations],
		contractChecked: () => contract.checked,
		apiCalls: () => [...calls],
		flow: (id) => structuredClone(flows.list().find((each) => each.id === id)),
		flows: () => structuredClone(flows.list()),
		deleteFlowByHand: (id) => flows.remove(id),
		systemWebhooks: () => structuredClone(webhooks.list()),
		sendSystemEvents: (id, events) => sender.send(webhooks.held(id), events),
		systemSettled: async (timeoutMs = 60_000) => await sender.settled(timeoutMs),
		close: async () => await sender.close(),
	};
}
