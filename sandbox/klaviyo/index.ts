// The Klaviyo stand-in: the other side of the wire. Never imports from nodes/ or credentials/.
import type { AccountState } from './account';
import { Account } from './account';
import type { Api, ApiOptions } from './api';
import { createApi } from './api';
import { DEFAULT_TIME_SCALE } from './backoff';
import { klaviyoDialect, type KlaviyoDialect } from './dialect';
import type { DeliveryListener } from './log';
import { sandboxRoutes } from './sandbox-routes';
import { startServer } from './server';
import type { Activity, Delivery, Entry, Flow, NewFlow, Organization } from './types';

export type {
	ApiCall,
	ApiKey,
	ConsentJob,
	DeletionJob,
	Fault,
	ImportJob,
	NewCampaign,
	NewFlowMessage,
	NewGroup,
	NewMetric,
	NewProfile,
	NewSeedEvent,
	ProfileChange,
	StoredEvent,
	StoredFlow,
	StoredProfile,
	StoredWebhook,
	SystemDelivery,
	SystemEvent,
	Violation,
} from './api';
export type { KlaviyoDialect } from './dialect';
export type * from './types';
export { InputError, RenderError } from './types';

export interface KlaviyoOptions extends ApiOptions {
	/** Of the control surface; 0 (default) takes a free one. */
	port?: number;
	/** How many times faster than Klaviyo its waits pass; default 300: first retry after 200 ms. */
	timeScale?: number;
	/** Requests in flight at most; default 16. */
	concurrency?: number;
	/** n8n in the sandbox has no certificate. Default true. */
	allowLoopbackHttp?: boolean;
	/** Answers to what Klaviyo does not document; see dialect.ts. */
	dialect?: Partial<KlaviyoDialect>;
	/** Milliseconds without an answer until a retry; Klaviyo's own is unknown. Default 30 000. */
	timeoutMs?: number;
	/** Whether the log keeps the rendered bodies. Default true. */
	keepBodies?: boolean;
	/** Settled deliveries beyond this many are forgotten, the oldest first. Default 200 000. */
	maxDeliveries?: number;
	organization?: Organization;
	now?: () => Date;
	/** The account's time zone, IANA name. Default UTC. */
	timezone?: string;
}

export interface KlaviyoStandIn extends Omit<Api, 'routes' | 'operations' | 'close'> {
	/** The control surface. */
	url: string;
	/** The REST API without its `/api` or `/client`: what stands for `https://a.klaviyo.com`. */
	apiUrl: string;
	urls: { activity: string };
	/** @throws InputError when Klaviyo would not save it. */
	createFlow(flow: NewFlow): Flow;
	/** The delivery is the record itself: it grows until its status is no longer 'waiting'. */
	enter(flowId: string, entry: Entry): Delivery;
	/** The rendered body. @throws RenderError where Klaviyo answers 400. */
	preview(flowId: string, entry: Entry): string;
	deliveries(flowId?: string): Delivery[];
	activity(flowId?: string): Activity;
	/** The settings in force and the waits before each retry. */
	state(): AccountState;
	/** Resolves when nothing waits; rejects after `timeoutMs` (default 60 000) and on close. */
	settled(flowId?: string, timeoutMs?: number): Promise<void>;
	/** Calls back after every attempt and every end; gives back what unsubscribes. */
	onDelivery(listener: DeliveryListener): () => void;
	/** Cuts what is in flight; nothing is sent afterwards. */
	close(): Promise<void>;
}

/** Starts an account without flows and its control surface on 127.0.0.1. */
export async function startKlaviyo(options: KlaviyoOptions = {}): Promise<KlaviyoStandIn> {
	const shared = {
		timezone: options.timezone ?? 'UTC',
		organization: options.organization ?? { name: 'Lamp Shop', url: 'https://shop.example' },
		now: options.now ?? (() => new Date()),
		timeScale: options.timeScale ?? DEFAULT_TIME_SCALE,
		allowLoopbackHttp: options.allowLoopbackHttp ?? true,
		dialect: klaviyoDialect(options.dialect),
	};
	const account = new Account({
		concurrency: options.concurrency ?? 16,
		timeoutMs: options.timeoutMs ?? 30_000,
		keepBodies: options.keepBodies ?? true,
		maxDeliveries: options.maxDeliveries ?? 200_000,
		...shared,
	});
	const { routes, close: closeApi, ...api } = createApi(account, options, shared);
	const server = await startServer(options.port ?? 0, [sandboxRoutes(account), routes]);
	return {
		...api,
		url: server.url,
		apiUrl: server.url,
		urls: { activity: `${server.url}/_sandbox/activity` },
		createFlow: (flow) => account.createFlow(flow),
		enter: (flowId, entry) => account.enter(flowId, entry),
		preview: (flowId, entry) => account.preview(flowId, entry),
		deliveries: (flowId) => account.deliveries(flowId),
		activity: (flowId) => account.activity(flowId),
		state: () => account.state(),
		settled: async (flowId, timeoutMs) => await account.settled(flowId, timeoutMs),
		onDelivery: (listener) => account.onDelivery(listener),
		close: async () => {
			await account.close();
			await closeApi();
			await server.close();
		},
	};
}
