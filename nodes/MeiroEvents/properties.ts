import type { INodeProperties } from 'n8n-workflow';

const forEvent = { show: { resource: ['event'], operation: ['send'] } };
const forMapped = { show: { ...forEvent.show, eventFields: ['map'] } };

export const meiroEventsProperties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [{ name: 'Event', value: 'event' }],
		default: 'event',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['event'] } },
		options: [
			{
				name: 'Send',
				value: 'send',
				description: 'Send events to a Meiro source and tell the outcome of each',
				action: 'Send an event',
			},
		],
		default: 'send',
	},
	{
		displayName: 'Source',
		name: 'source',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. klaviyo',
		description:
			'Name of the Meiro source that receives the events: the path of the webhook source in Meiro Events, or the slug behind /collect in Meiro Pipes',
		displayOptions: forEvent,
	},
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
		displayOptions: forEvent,
	},
	{
		displayName: 'Event Name',
		name: 'eventName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. order_placed',
		description: 'Name of the event as Meiro knows it',
		displayOptions: forMapped,
	},
	{
		displayName: 'Event Time',
		name: 'eventTime',
		type: 'string',
		default: '',
		placeholder: 'e.g. 2031-02-03T04:05:06Z',
		description:
			'When it happened, in ISO 8601. Empty: the time of this run, which differs each time the item is sent.',
		displayOptions: forMapped,
	},
	{
		displayName: 'Event ID',
		name: 'eventId',
		type: 'string',
		default: '',
		placeholder: 'e.g. order-1001-placed',
		description:
			'Tells this event from all others, and stays the same when it is sent again. Empty: made from name, time, person and properties.',
		displayOptions: forMapped,
	},
	{
		displayName: 'Subject',
		name: 'subject',
		type: 'options',
		options: [
			{
				name: 'None',
				value: 'none',
				description: 'The event is about a thing, e.g. a campaign or a product',
			},
			{
				name: 'Person',
				value: 'person',
				description: 'Events without any identity are rejected, as Meiro could tie them to nobody',
			},
		],
		default: 'person',
		description: 'Whom or what the events are about',
		displayOptions: forEvent,
	},
	{
		displayName: 'Profile Fields',
		name: 'profileFields',
		type: 'collection',
		placeholder: 'Add field',
		default: {},
		description: 'Who the person is. One field is enough.',
		displayOptions: { show: { ...forMapped.show, subject: ['person'] } },
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
		description: 'What else Meiro shall know of the event. Drag fields here from the input.',
		displayOptions: forMapped,
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions: forEvent,
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
				displayName: 'Concurrency',
				name: 'concurrency',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 4,
				description: 'Requests under way at once. One person’s events keep their order all the same.',
			},
			{
				displayName: 'Give Up After (Seconds)',
				name: 'giveUpAfterSeconds',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 60,
				description:
					'How long to keep trying while Meiro settles nothing: no answer, 408, 425, 429 or 5xx. What is then left is told as failed.',
			},
			{
				displayName: 'Test Events',
				name: 'testEvents',
				type: 'options',
				options: [
					{ name: 'Deliver', value: 'deliver', description: 'Send them like all others' },
					{ name: 'Skip', value: 'skip', description: 'Don’t send them, and say so in the outcome' },
				],
				default: 'skip',
				description: 'What to do with sample deliveries, whose is_test is true',
			},
		],
	},
];
