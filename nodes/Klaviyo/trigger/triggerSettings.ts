import type { IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { eventNamesOf, listOf, type FilterSettings } from './filter';
import type { SharingSettings } from './share/sharing';
import type { NormaliseSettings } from '../normalise/flowDelivery';

export type SetUp = 'manual' | 'createFlow' | 'systemWebhook';

export interface Filters {
	eventNames?: string;
	identity?: FilterSettings['identity'];
	maxAgeHours?: number;
	addressRanges?: string;
}

/** Options as n8n stores them: what equals its default may be missing. */
export interface TriggerOptions {
	account?: string;
	accountTimezone?: string;
	delay?: string;
	eventName?: string;
	eventProperties?: string;
	eventsPerExecution?: number;
	flowStatus?: 'draft' | 'live';
	ignoreFromMeiro?: boolean;
	includeRaw?: boolean;
	placeholders?: string;
	publishingMay?: Array<'replaceFlow' | 'takeOver'>;
	reply?: 'onReceived' | 'lastNode';
	triggerTime?: string;
	whenUnpublished?: 'leave' | 'pause';
}

export function optionsOf(context: IHookFunctions | IWebhookFunctions): TriggerOptions {
	return context.getNodeParameter('options', {}) as TriggerOptions;
}

/** What the user chose, in the words of the code. */
export interface TriggerSettings {
	setUp: SetUp;
	normalise: NormaliseSettings;
	filter: FilterSettings;
	/** Who may call, by address; null lets everybody. */
	addressRanges: string[] | null;
	/** System webhooks: oldest `meta.timestamp` that is taken. */
	maxDeliveryAgeMs: number;
	sharing: SharingSettings;
	/** Whether Klaviyo hears how the workflow has ended. */
	repliesAtEnd: boolean;
}

const HOUR_MS = 3_600_000;
/** As long as Klaviyo goes on repeating a system webhook; whether it renews the timestamp is not documented. */
const MAX_DELIVERY_AGE_H = 48;

export function readSettings(context: IWebhookFunctions): TriggerSettings {
	const options = optionsOf(context);
	const filters = context.getNodeParameter('filters', {}) as Filters;
	const setUp = context.getNodeParameter('setUp', 'createFlow') as SetUp;
	return {
		setUp,
		normalise: {
			account: options.account?.trim() || null,
			fallbackEventName: options.eventName ?? '',
			includeRaw: options.includeRaw ?? false,
			placeholders: placeholdersOf(options.placeholders),
			timezone: options.accountTimezone?.trim() || knownTimezone(context, setUp),
		},
		filter: {
			eventNames: eventNamesOf(filters.eventNames ?? ''),
			identity: filters.identity ?? 'none',
			maxAgeMs: filters.maxAgeHours === undefined ? null : filters.maxAgeHours * HOUR_MS,
			ignoreFromMeiro: options.ignoreFromMeiro ?? true,
		},
		addressRanges: addressRangesOf(filters),
		maxDeliveryAgeMs: MAX_DELIVERY_AGE_H * HOUR_MS,
		sharing: sharingSettingsOf(options),
		repliesAtEnd: options.reply === 'lastNode',
	};
}

/** What publishing keeps in n8n's static data; deliveries only read it. */
export interface PublishedData extends IDataObject {
	/** IANA name; '' when Klaviyo did not tell. */
	accountTimezone?: string;
	/** The flow of the last publish. A hint alone: a flow is ours when it calls this trigger. */
	flowId?: string;
}

/** Only where publishing has asked Klaviyo: a look at static data that isn't there would have n8n write it. */
function knownTimezone(context: IWebhookFunctions, setUp: SetUp): string | null {
	if (setUp === 'manual') return null;
	return (context.getWorkflowStaticData('node') as PublishedData).accountTimezone || null;
}

const DEFAULT_EVENTS_PER_EXECUTION = 100;

export function sharingSettingsOf({ eventsPerExecution, reply }: TriggerOptions): SharingSettings {
	// When the reply waits for the workflow, one event that fails would have all its neighbours sent again.
	const usual = reply === 'lastNode' ? 1 : DEFAULT_EVENTS_PER_EXECUTION;
	return { maxEvents: Math.max(1, Math.floor(eventsPerExecution ?? usual)) };
}

/** Null when nothing is asked for; a filter that was added and left empty lets nobody in, and is no way to publish. */
export function addressRangesOf({ addressRanges }: Filters): string[] | null {
	return addressRanges === undefined ? null : listOf(addressRanges);
}

function placeholdersOf(text = ''): ReadonlySet<string> | undefined {
	const values = listOf(text);
	return values.length === 0 ? undefined : new Set(values.map((value) => value.toLowerCase()));
}
