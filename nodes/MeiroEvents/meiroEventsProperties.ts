import type { INodeProperties } from 'n8n-workflow';

import { defaultCurrency, hash, redactPaths, testEvents } from './build/buildOptions';

const EVENT_OPERATIONS = ['send', 'validate'];
const forMapped = { show: { eventFields: ['map'] } };
const forMappedEvents = { show: { operation: EVENT_OPERATIONS, eventFields: ['map'] } };
/** In a collection. */
const forEvents = { show: { '/operation': EVENT_OPERATIONS } };

const operation: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Send',
			value: 'send',
			description: 'Send events to a Meiro source and tell the outcome of each',
			action: 'Send an event',
		},
		{
			name: 'Send Profile Event',
			value: 'sendProfileEvent',
			description:
				'Send what is known of a person as a profile_updated event, which Meiro’s attribute rules read',
			action: 'Send a profile event',
		},
		{
			name: 'Validate',
			value: 'validate',
			description:
				'Show in words what would be sent, or why not, and whether the Meiro source answers. No event is sent.',
			action: 'Validate an event',
		},
	],
	default: 'send',
};

const mapping: INodeProperties[] = [
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
		description: 'Where the event’s name, time, person and properties come from',
	},
	{
		displayName: 'Event Name',
		name: 'eventName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. order_placed',
		description: 'Name of the event as Meiro knows it',
		displayOptions: forMappedEvents,
	},
	{
		displayName: 'Event Time',
		name: 'eventTime',
		type: 'string',
		default: '',
		placeholder: 'e.g. 2031-02-03T04:05:06Z',
		description:
			'When it happened, in ISO 8601; without an offset in the workflow’s time zone. Empty: the time of this run, which differs each time the item is sent.',
		displayOptions: forMapped,
	},
	{
		displayName: 'Event ID',
		name: 'eventId',
		type: 'string',
		default: '',
		placeholder: 'e.g. order-1001-placed',
		description:
			'Tells this event from all others, and stays the same when it is sent again. Empty: made from name, time, person and properties; without an Event Time the same content is one event for ever.',
		displayOptions: forMapped,
	},
	{
		displayName: 'Profile Identifiers',
		name: 'identifiers',
		type: 'collection',
		placeholder: 'Add identifier',
		default: {},
		description: 'Who the person is. One is enough.',
		displayOptions: forMapped,
		options: [
			{
				displayName: 'Email',
				name: 'email',
				type: 'string',
				placeholder: 'e.g. ana@shop.example',
				default: '',
			},
			{
				displayName: 'External ID',
				name: 'externalId',
				type: 'string',
				default: '',
				placeholder: 'e.g. customer-1001',
				description: 'The person’s ID in your shop',
			},
			{
				displayName: 'Klaviyo ID',
				name: 'klaviyoId',
				type: 'string',
				default: '',
				placeholder: 'e.g. 01JZ0000000000000000000000',
			},
			{
				displayName: 'Phone Number',
				name: 'phoneNumber',
				type: 'string',
				default: '',
				placeholder: 'e.g. +420600000001',
				description: 'With the country code',
			},
		],
	},
	{
		displayName: 'Properties',
		name: 'properties',
		type: 'assignmentCollection',
		default: {},
		description:
			'What else Meiro shall know of the event; of a profile it is sent under profile.properties. Drag fields here from the input.',
		displayOptions: forMapped,
	},
];

const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Account',
			name: 'account',
			type: 'string',
			default: '',
			placeholder: 'e.g. shop-cz',
			description: 'Label of the Klaviyo account, for items that carry none',
		},
		{
			displayName: 'Concurrency',
			name: 'concurrency',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 4,
			description: 'Requests under way at once. One person’s events keep their order all the same.',
		},
		defaultCurrency,
		{
			displayName: 'Give Up After (Seconds)',
			name: 'giveUpAfterSeconds',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 60,
			description:
				'How long to keep trying while Meiro settles nothing: no answer, 408, 425, 429 or 5xx. What is then left is told as failed.',
		},
		hash,
		{
			displayName: 'Layout',
			name: 'layout',
			type: 'options',
			options: [
				{
					name: 'Flat',
					value: 'flat',
					description:
						'One level. Example: {"event_name":"placed_order","profile_email":"ana@shop.example"}.',
				},
				{
					name: 'Under Payload',
					value: 'payload',
					description:
						'Name, time, IDs and version on top, the rest below. Example: {"event_name":"placed_order","payload":{"profile":{"email":"ana@shop.example"}}}.',
				},
				{
					name: 'Whole Event',
					value: 'whole',
					description:
						'Example: {"event_name":"placed_order","profile":{"email":"ana@shop.example"}}',
				},
			],
			default: 'whole',
			description: 'Where things stand in the event. Meiro’s stitching rules go by it.',
		},
		{
			displayName: 'Own Identifiers',
			name: 'ownIdentifiers',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			default: {},
			placeholder: 'Add identifier',
			description:
				'IDs that Klaviyo does not know, e.g. of a loyalty scheme. One of them is identity enough.',
			options: [
				{
					displayName: 'Identifiers',
					name: 'identifiers',
					values: [
						{
							displayName: 'Name',
							name: 'name',
							type: 'string',
							default: '',
							placeholder: 'e.g. loyalty_id',
							description:
								'The ID is sent at profile.identifiers and this name, which is its identifier type in Meiro Pipes, too',
						},
						{
							displayName: 'Value',
							name: 'value',
							type: 'string',
							default: '',
							placeholder: 'e.g. {{ $json.loyalty_id }}',
						},
					],
				},
			],
		},
		redactPaths,
		{
			displayName: 'Skip Already Delivered',
			name: 'skipDelivered',
			type: 'boolean',
			default: false,
			description:
				'Whether events that this node delivered since n8n was started are skipped, known by Meiro source and event_id. Only what Meiro accepted is remembered.',
		},
		{
			displayName: 'Subject ID',
			name: 'subjectId',
			type: 'string',
			default: '',
			placeholder: 'e.g. campaign-1001',
			description:
				'For events about a thing, e.g. a campaign, and no person: its ID. It is sent under subject, and the thing’s events keep their order. Empty: the event needs a person.',
			displayOptions: forEvents,
		},
		{
			displayName: 'Subject Type',
			name: 'subjectType',
			type: 'string',
			default: '',
			placeholder: 'e.g. campaign',
			description: 'What kind of thing it is. It is sent under subject.',
			displayOptions: forEvents,
		},
		testEvents,
	],
};

const compatibility: INodeProperties = {
	displayName: 'Compatibility',
	name: 'compatibility',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	description: 'For a Meiro that takes or names things otherwise than Meiro documents',
	options: [
		{
			displayName: 'Batch Size',
			name: 'batchSize',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description:
				'Events in one request. 0: 1 for Meiro Events, which documents no more, and 200 for Meiro Pipes.',
		},
		{
			displayName: 'Identifier Type of External ID',
			name: 'externalIdType',
			type: 'string',
			default: 'customer_id',
			description:
				'How your Meiro Pipes calls the shop’s ID of a person. user_id is often the browser’s ID there. Empty: it is no identifier, and stays in the event only.',
		},
		{
			displayName: 'Identifier Type of Klaviyo ID',
			name: 'klaviyoIdType',
			type: 'string',
			default: 'klaviyo_id',
			description:
				'How your Meiro Pipes calls Klaviyo’s ID of a person. Events of system webhooks have no other ID. Empty: it is no identifier, and stays in the event only.',
		},
		{
			displayName: 'Pipes Body',
			name: 'pipesBody',
			type: 'options',
			options: [
				{
					name: 'Envelope',
					value: 'envelope',
					description:
						'Type, time and identifiers around the event. Example: {"event_type":"placed_order","event_time":"…","identifiers":[…],"event_payload":{…}}.',
				},
				{
					name: 'Raw Event',
					value: 'rawEvent',
					description:
						'The event alone, for a Meiro source with a transform of your own that makes type, time and identifiers of it',
				},
			],
			default: 'envelope',
			description: 'What a Meiro source in Pipes gets of each event',
		},
	],
};

export const meiroEventsProperties: INodeProperties[] = [
	operation,
	{
		displayName: 'Source',
		name: 'source',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. klaviyo',
		description:
			'Name of the Meiro source that receives the events: the path of the webhook source in Meiro Events, or the slug behind /collect in Meiro Pipes',
	},
	...mapping,
	{
		displayName: 'When Not Delivered',
		name: 'whenNotDelivered',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Fail the Execution',
				value: 'fail',
				description: 'After all others were sent. On Error in the settings can change it.',
			},
			{
				name: 'Hand Over to Not Delivered',
				value: 'handOver',
				description:
					'Each goes out by the output Not Delivered, with the whole item and the request that sends it again',
			},
		],
		default: 'fail',
		description: 'What happens with events that Meiro refused or could not be given',
		displayOptions: { hide: { operation: ['validate'] } },
	},
	options,
	compatibility,
];
