// Klaviyo's REST API as far as this package calls it
// (https://developers.klaviyo.com/en/reference/api_overview, revision 2026-07-15).
import type { FastifyPluginCallback } from 'fastify';

import type { Account } from '../account';
import { eventDelayMs, type KlaviyoDialect } from '../dialect';
import type { Organization } from '../types';
import { accountOperations } from './accounts';
import { allowlistOperation } from './allowlist';
import { CampaignStore } from './campaign-store';
import { campaignOperations } from './campaigns';
import type { NewGroup, NewMetric, OptIn } from './catalog';
import { Catalog } from './catalog';
import type { ConsentJob } from './consent-jobs';
import { consentOperations } from './consent-jobs';
import type { Violation } from './contract';
import { Contract, loadSlices } from './contract';
import type { DeletionJob } from './data-privacy';
import { privacyOperations } from './data-privacy';
import type { StoredEvent } from './event-store';
import { EventStore } from './event-store';
import { eventOperations } from './events';
import type { Fault } from './faults';
import { Faults } from './faults';
import { flowOperations } from './flow-operations';
import type { NewFlowMessage } from './flow-report';
import { flowReportOperation } from './flow-report';
import type { StoredFlow } from './flow-store';
import { FlowStore } from './flow-store';
import type { ImportJob } from './import-jobs';
import { importOperations } from './import-jobs';
import type { ApiKey } from './keys';
import { DEFAULT_KEYS, REVISION } from './keys';
import { listOperations } from './lists';
import { Members } from './members';
import { metricOperations } from './metrics';
import type { Operation } from './operation';
import { Pending } from './pending';
import type { StoredProfile } from './profile-store';
import { ProfileStore } from './profile-store';
import type { People } from './profiles';
import { profileOperations } from './profiles';
import { RateLimiter } from './rate';
import { Recent } from './recent';
import { Seeds } from './seeds';
import { segmentOperations } from './segments';
import { suppressionOperation } from './suppressions';
import type { ApiCall } from './shell';
import { apiRoutes } from './shell';
import type { SystemDelivery, SystemEvent } from './system-events';
import { SystemSender } from './system-sender';
import { webhookOperations } from './webhook-operations';
import type { StoredWebhook } from './webhooks';
import { WebhookStore } from './webhooks';

export type { NewCampaign } from './campaign-store';
export type { NewGroup, NewMetric } from './catalog';
export type { ConsentJob } from './consent-jobs';
export type { DeletionJob } from './data-privacy';
export type { StoredEvent } from './event-store';
export type { Fault } from './faults';
export type { NewFlowMessage } from './flow-report';
export type { StoredFlow } from './flow-store';
export type { ImportJob } from './import-jobs';
export type { ApiKey } from './keys';
export type { StoredProfile } from './profile-store';
export type { NewProfile, NewSeedEvent, ProfileChange } from './seeds';
export type { ApiCall } from './shell';
export type { SystemDelivery, SystemEvent } from './system-events';
export type { Violation } from './contract';
export type { StoredWebhook } from './webhooks';

export interface ApiOptions {
	/** Default: `pk_sandbox` with every scope and Advanced KDP. */
	apiKeys?: ApiKey[];
	/** How many times faster rate windows pass; default 100 000: nothing sensible is ever throttled. */
	rateTimeScale?: number;
	/** False: nobody is ever throttled, however fast. Default true. */
	rateLimits?: boolean;
	/** Milliseconds on the clock of the rate windows; default the process's own. */
	rateClock?: () => number;
	/** How long after its 202 a request takes effect, by `now`; default 0: with the answer. */
	processingMs?: number;
	/** Who is subscribed without a list; default double_opt_in, and nobody ever confirms. */
	accountOptIn?: OptIn;
	/** Recorded calls beyond this many are forgotten, the oldest first. Default 10 000. */
	maxApiCalls?: number;
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
	/** What requests and answers did against the specification; the last 10 000. */
	contractViolations(): Violation[];
	/** How many requests were compared with the specification; 0 when it is not at hand. */
	contractChecked(): number;
	apiCalls(): ApiCall[];
	/** Puts campaigns there; the ids. */
	seedCampaigns: Seeds['addCampaigns'];
	/** Messages that flows sent, as the report on flows tells of them. */
	seedFlowMessages(messages: NewFlowMessage[]): void;
	seedProfiles: Seeds['addProfiles'];
	/** As if somebody had changed them at a chosen time. */
	changeProfiles: Seeds['changeProfiles'];
	seedEvents: Seeds['addEvents'];
	/** Into a list or a segment. */
	seedMembers: Seeds['addMembers'];
	/** By its id, or by an e-mail address. */
	profile(idOrEmail: string): StoredProfile | undefined;
	profiles(): StoredProfile[];
	/** Into which profile one was merged. */
	mergedInto(profileId: string): string | undefined;
	/** Everything that is visible, the seeded ones too. */
	events(): StoredEvent[];
	/** What was written through the API; a repetition is not there. */
	writtenEvents(): StoredEvent[];
	/** Profile ids with the moment each one joined the list or segment. */
	members(groupId: string): Map<string, Date>;
	/** What was asked for, in the order of the requests. */
	consentJobs(): ConsentJob[];
	deletionJobs(): DeletionJob[];
	importJobs(): ImportJob[];
	/** The next requests to a path fail. @throws RangeError */
	misbehave(fault: Fault): void;
	/** Planned faults that did not happen happen no more. */
	behave(): void;
	flow(id: string): StoredFlow | undefined;
	/** All flows, also those that were built by hand. */
	flows(): StoredFlow[];
	deleteFlowByHand(id: string): void;
	renameFlowByHand(id: string, name: string): void;
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
	dialect: KlaviyoDialect;
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
		dialect: settings.dialect,
		knows: (type, id) => catalog.has(type, id),
	});
	const webhooks = new WebhookStore(settings);
	const sender = new SystemSender({
		accountId: options.accountId ?? 'LaMp01',
		timeoutMs: options.systemTimeoutMs ?? 5000,
		timeScale: settings.timeScale,
		now: settings.now,
	});
	const contract = new Contract(loadSlices());
	const calls = new Recent<ApiCall>(options.maxApiCalls ?? 10_000);
	const faults = new Faults();
	const { now } = settings;
	const people: People = {
		...{
			profiles: new ProfileStore(),
			events: new EventStore(settings.dialect),
			members: new Members(),
		},
		...{ catalog, now },
	};
	const { profiles, events, members } = people;
	const campaigns = new CampaignStore(now);
	const pending = new Pending(now);
	const seeds = new Seeds(people, campaigns, pending);
	const later = { pending, processingMs: options.processingMs ?? 0 };
	const consentJobs: ConsentJob[] = [];
	const deletionJobs: DeletionJob[] = [];
	const importJobs: ImportJob[] = [];
	const flowMessages: NewFlowMessage[] = [];
	const operations = [
		...accountOperations(catalog),
		...campaignOperations({ campaigns, catalog, now }),
		...profileOperations(people),
		...consentOperations(people, {
			...{ ...later, jobs: consentJobs, accountOptIn: options.accountOptIn ?? 'double_opt_in' },
		}),
		suppressionOperation(people, later),
		...importOperations(people, { ...later, jobs: importJobs }),
		...privacyOperations(people, { ...later, jobs: deletionJobs }),
		...listOperations(people),
		...segmentOperations(people),
		...eventOperations(people, { ...later, shownAfterMs: eventDelayMs(settings.dialect) }),
		...metricOperations(people),
		...flowOperations(flows),
		flowReportOperation({ flows, messages: flowMessages, catalog, now }),
		...webhookOperations(webhooks),
		allowlistOperation(options.allowlistLoopback ?? false),
	];
	// What is due by now is there for whoever looks from within, too; nobody changes it from outside.
	const seen = <T>(look: () => T): T => {
		pending.settle();
		return structuredClone(look());
	};
	return {
		routes: apiRoutes({
			operations,
			keys: options.apiKeys ?? DEFAULT_KEYS,
			revisions: options.revisions ?? [REVISION],
			contract,
			limiter: new RateLimiter(
				options.rateLimits === false ? Infinity : (options.rateTimeScale ?? 100_000),
				options.rateClock,
			),
			faults,
			calls,
			catchUp: () => pending.settle(),
		}),
		operations,
		contractViolations: () => contract.violations(),
		contractChecked: () => contract.checked,
		apiCalls: () => calls.list(),
		seedCampaigns: (given) => seeds.addCampaigns(given),
		seedFlowMessages: (messages) => void flowMessages.push(...messages),
		seedProfiles: (given) => seeds.addProfiles(given),
		changeProfiles: (changes) => seeds.changeProfiles(changes),
		seedEvents: (given) => seeds.addEvents(given),
		seedMembers: (groupId, given) => seeds.addMembers(groupId, given),
		profile: (idOrEmail) => {
			const isEmail = idOrEmail.includes('@');
			return seen(() =>
				profiles.find(isEmail ? { attributes: { email: idOrEmail } } : { id: idOrEmail }),
			);
		},
		profiles: () => seen(() => profiles.list()),
		mergedInto: (id) => profiles.mergedInto(id),
		events: () => seen(() => events.list()),
		writtenEvents: () => seen(() => events.list().filter(({ written }) => written)),
		members: (groupId) => seen(() => new Map(members.of(groupId))),
		consentJobs: () => structuredClone(consentJobs),
		deletionJobs: () => seen(() => deletionJobs),
		importJobs: () => seen(() => importJobs),
		misbehave: (fault) => faults.plan(fault),
		behave: () => faults.clear(),
		flow: (id) => structuredClone(flows.list().find((each) => each.id === id)),
		flows: () => structuredClone(flows.list()),
		deleteFlowByHand: (id) => flows.remove(id),
		renameFlowByHand: (id, name) => flows.rename(id, name),
		systemWebhooks: () => structuredClone(webhooks.list()),
		sendSystemEvents: (id, events) => sender.send(webhooks.held(id), events),
		systemSettled: async (timeoutMs = 60_000) => await sender.settled(timeoutMs),
		close: async () => await sender.close(),
	};
}
