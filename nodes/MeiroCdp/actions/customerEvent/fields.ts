import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { dataSource } from '../fields';
import { objectIn, textParameter } from '../../../shared/operation/operation';
import { DEFAULT_VERSION_PATTERN, type EventSettings } from './event';

const forMapped = { show: { eventFields: ['map'] } };

/** Fields that make customer events out of items. */
export const eventFields: INodeProperties[] = [
	dataSource,
	{
		displayName: 'Event Fields',
		name: 'eventFields',
		type: 'options',
		options: [
			{
				name: 'Map Automatically',
				value: 'auto',
				description: 'Takes the events of the Klaviyo Trigger as they are, with all that was added',
			},
			{
				name: 'Map Each Field Below',
				value: 'map',
				description: 'For items of any other node',
			},
		],
		default: 'auto',
		description: 'Where the event’s type, version, time, person and payload come from',
	},
	{
		displayName: 'Event Type',
		name: 'eventType',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description: 'Type of the event. Type and version must exist in the CDP before.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod: 'searchEventTypes', searchable: true },
			},
			{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. placed_order' },
		],
		displayOptions: forMapped,
	},
	{
		displayName: 'Version',
		name: 'version',
		type: 'string',
		default: '1-0-0',
		required: true,
		description: 'Version of the event type, as text',
		displayOptions: forMapped,
	},
	{
		displayName: 'User Identifier',
		name: 'userIdentifier',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. ana@shop.example',
		description: 'ID by which Meiro knows the person',
		displayOptions: forMapped,
	},
	{
		displayName: 'Event Time',
		name: 'eventTime',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 2031-02-03T04:05:06Z',
		description: 'When it happened, in ISO 8601. Without an offset it is taken as UTC.',
		displayOptions: forMapped,
	},
	{
		displayName: 'Payload',
		name: 'payload',
		type: 'json',
		default: '={{ $json }}',
		required: true,
		description:
			'What else Meiro shall know of the event. Put an ID into it that stays when the event is sent again.',
		displayOptions: forMapped,
	},
];

/** Options of every way to send customer events, alphabetical where they stand among others. */
export const eventTimeFormat: INodeProperties = {
	displayName: 'Event Time Format',
	name: 'timeFormat',
	type: 'options',
	options: [
		{ name: 'ISO 8601', value: 'iso', description: 'As 2031-02-03T04:05:06.000Z' },
		{ name: 'Plain', value: 'plain', description: 'As 2031-02-03 04:05:06 in UTC' },
	],
	default: 'iso',
	description: 'How times are sent. Meiro’s documentation shows both and prescribes neither.',
};

export const giveUpAfter: INodeProperties = {
	displayName: 'Give Up After (Seconds)',
	name: 'giveUpAfterSeconds',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 60,
	description:
		'How long to keep trying while Meiro settles nothing: no answer, 408, 425, 429 or 5xx',
};

export const retryLostAnswers: INodeProperties = {
	displayName: 'Retry Lost Answers',
	name: 'retryLostAnswers',
	type: 'boolean',
	default: true,
	description:
		'Whether to send again when the answer got lost after Meiro may have taken the events. Meiro documents no protection against repeats here: on, an event may be created twice; off, it may be missing.',
};

export const testEvents: INodeProperties = {
	displayName: 'Test Events',
	name: 'testEvents',
	type: 'options',
	options: [
		{ name: 'Deliver', value: 'deliver', description: 'Send them like all others' },
		{ name: 'Skip', value: 'skip', description: 'Don’t send them, and say so in the outcome' },
	],
	default: 'skip',
	description: 'What to do with sample deliveries of the Klaviyo Trigger, whose is_test is true',
};

export const versionPattern: INodeProperties = {
	displayName: 'Version Pattern',
	name: 'versionPattern',
	type: 'string',
	default: DEFAULT_VERSION_PATTERN,
	description:
		'Version of events that are mapped automatically. {event_version} stands for the number in the item.',
};

export interface EventOptions {
	chunkSize?: number;
	csvHasHeader?: boolean;
	doneStatuses?: string;
	failedStatuses?: string;
	giveUpAfterSeconds?: number;
	maxUploadMb?: number;
	payloadEncoding?: 'string' | 'object';
	pollSeconds?: number;
	retryLostAnswers?: boolean;
	testEvents?: 'deliver' | 'skip';
	timeFormat?: 'iso' | 'plain';
	versionPattern?: string;
	waitSeconds?: number;
}

/** What holds for the whole run. */
export function optionsOf(context: IExecuteFunctions): EventOptions {
	return context.getNodeParameter('options', 0, {});
}

/** What holds for one item: its parameters may be expressions. */
export function eventSettingsOf(context: IExecuteFunctions, index: number): EventSettings {
	const options = context.getNodeParameter('options', index, {}) as EventOptions;
	const isMapped = context.getNodeParameter('eventFields', index) === 'map';
	return {
		source: textParameter(context, 'dataSource', index),
		mapped: isMapped
			? {
					type: textParameter(context, 'eventType', index),
					version: textParameter(context, 'version', index),
					userIdentifier: textParameter(context, 'userIdentifier', index),
					eventTime: textParameter(context, 'eventTime', index),
					payload: objectIn(context.getNodeParameter('payload', index, {})),
				}
			: null,
		versionPattern: options.versionPattern?.trim() || DEFAULT_VERSION_PATTERN,
		testEvents: options.testEvents ?? 'skip',
		timeFormat: options.timeFormat ?? 'iso',
		payloadEncoding: options.payloadEncoding ?? 'string',
	};
}
