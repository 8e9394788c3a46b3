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
import type { ApiCall } from './shell';
import { apiRoutes } from './shell';

export type { ApiCall } from './shell';
export type { ApiKey } from './keys';
export type { NewGroup, NewMetric } from './catalog';
export type { StoredFlow } from './flow-store';
export type { Violation } from './contract';

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
}

export interface Api {
	routes: FastifyPluginCallback;
	operations: readonly Operation[];
	contractViolations(): Violation[];
	/** How many requests were compared with the specification; 0 when it is not at hand. */
	contractChecked(): number;
	apiCalls(): ApiCall[];
	flow(id: string): StoredFlow | undefined;
	deleteFlowByHand(id: string): void;
}

export interface ApiSettings {
	organization: Organization;
	timezone: string;
	now: () => Date;
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
	const contract = new Contract(loadSlices(openapiFolder(options.openapiFolder)));
	const calls: ApiCall[] = [];
	const operations = [
		...catalog.operations(),
		...flowOperations(flows),
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
		deleteFlowByHand: (id) => flows.remove(id),
	};
}
