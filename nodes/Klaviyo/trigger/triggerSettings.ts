import type { IWebhookFunctions } from 'n8n-workflow';

import { eventNamesOf, listOf, type FilterSettings } from './filter';
import type { GroupSettings } from './share/sharing';
import type { NormaliseSettings } from '../normalise/flowDelivery';

export type SetUp = 'manual' | 'createFlow' | 'systemWebhook';

export interface Filters {
	eventNames?: string;
	flowIds?: string;
	identity?: FilterSettings['identity'];
	maxAgeHours?: number;
	allowedAddresses?: 'ranges' | 'klaviyo';
	addressRanges?: string;
	egressUrl?: string;
	egressPrivate?: boolean;
}

interface Options {
	account?: string;
	eventName?: string;
	includeRaw?: boolean;
	maxDeliveryAgeHours?: number;
	eventsPerExecution?: number;
	collectMilliseconds?: number;
}

/** Who may call, by address. */
export type AddressRule = { kind: 'any' } | { kind: 'ranges'; ranges: string[] } | PublishedRanges;

export interface PublishedRanges {
	kind: 'klaviyo';
	url: string;
	allowPrivate: boolean;
}

/** What the user chose, in the words of the code. */
export interface TriggerSettings {
	setUp: SetUp;
	normalise: NormaliseSettings;
	filter: FilterSettings;
	addresses: AddressRule;
	/** System webhooks: oldest `meta.timestamp` that is taken. */
	maxDeliveryAgeMs: number;
	grouping: GroupSettings;
}

const HOUR_MS = 3_600_000;
/** As long as Klaviyo goes on repeating a system webhook; whether it renews the timestamp is not documented. */
const DEFAULT_MAX_DELIVERY_AGE_H = 48;
export const EGRESS_URL = 'https://a.klaviyo.com/client/ip-allowlists/integration-egress';

export function readSettings(context: IWebhookFunctions): TriggerSettings {
	const options = context.getNodeParameter('options', {}) as Options;
	const filters = context.getNodeParameter('filters', {}) as Filters;
	return {
		setUp: context.getNodeParameter('setUp', 'createFlow') as SetUp,
		normalise: {
			account: options.account?.trim() || null,
			fallbackEventName: options.eventName ?? '',
			includeRaw: options.includeRaw ?? false,
		},
		filter: {
			eventNames: eventNamesOf(filters.eventNames ?? ''),
			flowIds: listOf(filters.flowIds ?? ''),
			identity: filters.identity ?? 'none',
			maxAgeMs: filters.maxAgeHours === undefined ? null : filters.maxAgeHours * HOUR_MS,
			ignoreFromMeiro: context.getNodeParameter('ignoreFromMeiro', true) as boolean,
		},
		addresses: addressRuleOf(filters),
		maxDeliveryAgeMs: (options.maxDeliveryAgeHours ?? DEFAULT_MAX_DELIVERY_AGE_H) * HOUR_MS,
		grouping: groupSettingsOf(options, context.getNodeParameter('reply', 'onReceived') as string),
	};
}

const DEFAULT_EVENTS_PER_EXECUTION = 100;
const DEFAULT_COLLECT_MS = 50;
/** Longer than this, and senders would take the silence for an outage. */
const MAX_COLLECT_MS = 1000;

function groupSettingsOf(options: Options, reply: string): GroupSettings {
	// When the reply waits for the workflow, one event that fails would have all its neighbours sent again.
	const usual = reply === 'onReceived' ? DEFAULT_EVENTS_PER_EXECUTION : 1;
	return {
		maxEvents: Math.max(1, Math.floor(options.eventsPerExecution ?? usual)),
		windowMs: Math.min(
			MAX_COLLECT_MS,
			Math.max(0, options.collectMilliseconds ?? DEFAULT_COLLECT_MS),
		),
	};
}

export function addressRuleOf(filters: Filters): AddressRule {
	switch (filters.allowedAddresses) {
		case 'ranges':
			return { kind: 'ranges', ranges: listOf(filters.addressRanges ?? '') };
		case 'klaviyo':
			return {
				kind: 'klaviyo',
				url: filters.egressUrl?.trim() || EGRESS_URL,
				allowPrivate: filters.egressPrivate === true,
			};
		default:
			return { kind: 'any' };
	}
}
