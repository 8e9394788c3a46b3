import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import {
	buildOptionsOf,
	defaultCurrency,
	hash,
	redactPaths,
	testEvents,
	type BuildOptions,
} from '../../../MeiroEvents/build/buildOptions';
import { DEFAULT_IDENTIFIER_TYPES } from '../../../MeiroEvents/build/identify';
import { optionsField } from '../../../shared/operation/fields';
import { objectIn, textParameter } from '../../../shared/operation/operation';
import { dataSource, version } from '../fields';
import type { EventSettings } from './event';
import { DEFAULT_DONE, DEFAULT_FAILED } from './uploadStatus';

const forItems = { hide: { uploadFrom: ['file'] } };
const forMapped = { show: { eventFields: ['map'] }, ...forItems };

/** Fields that make customer events out of items, whichever way they are sent. */
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
		displayOptions: forItems,
	},
	{
		displayName: 'Event Type',
		name: 'eventTypeId',
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
	{ ...version, displayOptions: forMapped },
	{
		displayName: 'User Identifier',
		name: 'userIdentifier',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. ana@shop.example',
		description: 'ID by which Meiro knows the person. A placeholder such as None is refused.',
		displayOptions: forMapped,
	},
	{
		displayName: 'Event Time',
		name: 'eventTime',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 2031-02-03T04:05:06Z',
		description: 'When it happened, in ISO 8601; without an offset in the workflow’s time zone',
		displayOptions: forMapped,
	},
	{
		displayName: 'Event ID',
		name: 'eventId',
		type: 'string',
		default: '',
		placeholder: 'e.g. order-1001-placed',
		description:
			'Tells this event from all others, and stays the same when it is sent again. Empty: the payload’s event_id, else made from type, time, person and payload.',
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

const giveUpAfter: INodeProperties = {
	displayName: 'Give Up After (Seconds)',
	name: 'giveUpAfterSeconds',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 60,
	description:
		'How long to keep trying while Meiro settles nothing: no answer, 408, 425, 429 or 5xx. An event whose answer got lost is sent again; it may then be there twice.',
};

export const eventOptions = optionsField([
	defaultCurrency,
	giveUpAfter,
	hash,
	redactPaths,
	testEvents,
]);

const batchSize: INodeProperties = {
	displayName: 'Batch Size',
	name: 'batchSize',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description:
		'Events in one request or upload. 0: 100 in a request, 50 MB in an upload. Meiro documents no maximum.',
};

const timeFormat: INodeProperties = {
	displayName: 'Event Time Format',
	name: 'timeFormat',
	type: 'options',
	options: [
		{ name: 'ISO 8601', value: 'iso', description: 'As 2031-02-03T04:05:06.396399Z' },
		{
			name: 'Plain',
			value: 'plain',
			description: 'As 2031-02-03 04:05:06.396399 in UTC, which tells two events of a second apart',
		},
		{
			name: 'Plain, Whole Seconds',
			value: 'seconds',
			description:
				'As 2031-02-03 04:05:06 in UTC. Two events of one person, type and second are then one.',
		},
	],
	default: 'plain',
	description:
		'How times are sent. Meiro documents whole seconds in UTC, and counts microseconds in the ID of an event.',
};

const payloadEncoding: INodeProperties = {
	displayName: 'Payload Encoding',
	name: 'payloadEncoding',
	type: 'options',
	options: [
		{ name: 'Object', value: 'object', description: 'As JSON inside the JSON of the request' },
		{ name: 'String', value: 'string', description: 'As text, the way Meiro answers it' },
	],
	default: 'string',
	description: 'How the payload is sent. Meiro’s documentation does not say.',
};

const doneStatuses: INodeProperties = {
	displayName: 'Done Statuses',
	name: 'doneStatuses',
	type: 'string',
	default: DEFAULT_DONE,
	description: 'Statuses that end the wait well, separated by commas. Meiro documents none.',
};

const failedStatuses: INodeProperties = {
	displayName: 'Failed Statuses',
	name: 'failedStatuses',
	type: 'string',
	default: DEFAULT_FAILED,
	description: 'Statuses that mean failed, separated by commas. Meiro documents none.',
};

/** For a Meiro that takes or answers things otherwise than Meiro documents. */
const compatibilityField = (options: INodeProperties[]): INodeProperties => ({
	...optionsField(options),
	displayName: 'Compatibility',
	name: 'compatibility',
	description: 'For a Meiro that takes or answers things otherwise than Meiro documents',
});

export const createCompatibility = compatibilityField([batchSize, timeFormat, payloadEncoding]);

export const uploadCompatibility = compatibilityField([
	batchSize,
	doneStatuses,
	timeFormat,
	failedStatuses,
]);

export interface EventOptions extends BuildOptions {
	giveUpAfterSeconds?: number;
	waitSeconds?: number;
}

export interface Compatibility {
	batchSize?: number;
	doneStatuses?: string;
	failedStatuses?: string;
	payloadEncoding?: EventSettings['payloadEncoding'];
	timeFormat?: EventSettings['timeFormat'];
}

/** What holds for the whole run. */
export function optionsOf(context: IExecuteFunctions): EventOptions & Compatibility {
	return {
		...(context.getNodeParameter('options', 0, {}) as EventOptions),
		...(context.getNodeParameter('compatibility', 0, {}) as Compatibility),
	};
}

/** What holds for one item: its parameters may be expressions. */
export function eventSettingsOf(
	context: IExecuteFunctions,
	index: number,
	now = new Date().toISOString(),
): EventSettings {
	const options = context.getNodeParameter('options', index, {}) as EventOptions;
	const compatibility = context.getNodeParameter('compatibility', index, {}) as Compatibility;
	const isMapped = context.getNodeParameter('eventFields', index) === 'map';
	const build = buildOptionsOf(options);
	return {
		build: {
			what: 'event',
			source: textParameter(context, 'dataSourceId', index),
			subject: { kind: 'person' },
			account: '',
			testEvents: build.testEvents,
			redact: build.redact,
			identity: { identifierTypes: DEFAULT_IDENTIFIER_TYPES, own: [], hash: build.hash },
			shape: { layout: 'whole', defaultCurrency: build.defaultCurrency },
			now,
			timezone: context.getTimezone(),
		},
		mapped: isMapped
			? {
					type: textParameter(context, 'eventTypeId', index),
					version: textParameter(context, 'version', index),
					userIdentifier: textParameter(context, 'userIdentifier', index),
					eventTime: textParameter(context, 'eventTime', index),
					eventId: textParameter(context, 'eventId', index),
					payload: objectIn(context.getNodeParameter('payload', index, {})),
				}
			: null,
		timeFormat: compatibility.timeFormat ?? 'plain',
		payloadEncoding: compatibility.payloadEncoding ?? 'string',
	};
}
