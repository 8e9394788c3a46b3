import type { INodeProperties } from 'n8n-workflow';

const forEvents = { show: { resource: ['event'] } };
const forMapped = { show: { eventFields: ['map'] } };
const forMappedEvents = { show: { resource: ['event'], eventFields: ['map'] } };

const operations: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: forEvents,
		options: [
			{
				name: 'Send',
				value: 'send',
				description: 'Send events to a Meiro source and tell the outcome of each',
				action: 'Send an event',
			},
			{
				name: 'Validate',
				value: 'validate',
				description: 'Show what would be sent, and why not where it would not; nothing is sent',
				action: 'Validate an event',
			},
		],
		default: 'send',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['profile'] } },
		options: [
			{
				name: 'Send Profile Event',
				value: 'sendProfileEvent',
				description:
					'Send what is known of a person as a profile_updated event, which Meiro’s attribute rules read',
				action: 'Send a profile event',
			},
		],
		default: 'sendProfileEvent',
	},
];

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
		displayOptions: forEvents,
	},
	{
		displayName: 'Subject ID',
		name: 'subjectId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. campaign-1001',
		description:
			'ID of the thing the event is about. It is sent under subject, and the thing’s events keep their order.',
		displayOptions: { show: { resource: ['event'], subject: ['none'] } },
	},
	{
		displayName: 'Subject Type',
		name: 'subjectType',
		type: 'string',
		default: '',
		placeholder: 'e.g. campaign',
		description: 'What kind of thing it is. It is sent under subject.',
		displayOptions: { show: { resource: ['event'], subject: ['none'] } },
	},
	{
		displayName: 'Profile Fields',
		name: 'profileFields',
		type: 'collection',
		placeholder: 'Add field',
		default: {},
		description: 'Who the person is. One field is enough.',
		displayOptions: { show: { eventFields: ['map'] }, hide: { subject: ['none'] } },
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
		displayOptions: forMappedEvents,
	},
	{
		displayName: 'Attributes',
		name: 'attributes',
		type: 'assignmentCollection',
		default: {},
		description:
			'What Meiro shall know of the person, sent under profile.properties. Drag fields here from the input.',
		displayOptions: { show: { resource: ['profile'], eventFields: ['map'] } },
	},
];

const identity: INodeProperties = {
	displayName: 'Identity',
	name: 'identity',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	description: 'How Meiro knows the person',
	options: [
		{
			displayName: 'Hash Email and Phone Number',
			name: 'hash',
			type: 'boolean',
			default: false,
			description:
				'Whether SHA-256 hashes are sent in their place, by Meiro’s rules: an email in lower case without blanks, a phone number as digits with the country code, e.g. +420 600 000 001 as 420600000001. Validate shows each.',
		},
		{
			displayName: 'Identifier Types in Meiro Pipes',
			name: 'identifierTypes',
			type: 'fixedCollection',
			default: {},
			placeholder: 'Change types',
			description:
				'How your Meiro Pipes calls each kind of identifier. Empty: it is no identifier, and stays in the event only.',
			options: [
				{
					displayName: 'Types',
					name: 'types',
					values: [
						{ displayName: 'Email Type', name: 'emailType', type: 'string', default: 'email' },
						{
							displayName: 'External ID Type',
							name: 'externalIdType',
							type: 'string',
							default: 'user_id',
						},
						{
							displayName: 'Klaviyo ID Type',
							name: 'klaviyoIdType',
							type: 'string',
							default: '',
							placeholder: 'e.g. klaviyo_id',
							description:
								'Klaviyo’s ID is none of the types that Meiro documents. Create one in Meiro first.',
						},
						{
							displayName: 'Phone Number Type',
							name: 'phoneNumberType',
							type: 'string',
							default: 'phone',
						},
					],
				},
			],
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
							description: 'The ID is sent at profile.identifiers and this name',
						},
						{
							displayName: 'Type in Meiro Pipes',
							name: 'typeId',
							type: 'string',
							default: '',
							placeholder: 'e.g. loyalty_card',
							description: 'Empty: the name',
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
	],
};

const payload: INodeProperties = {
	displayName: 'Payload',
	name: 'payload',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	description: 'The form in which events are sent',
	options: [
		{
			displayName: 'Default Currency',
			name: 'defaultCurrency',
			type: 'string',
			default: '',
			placeholder: 'e.g. EUR',
			description:
				'For amounts that say no currency. Empty: such an amount is sent as value_without_currency, so that no sum is made over different currencies. Example: value 41.5 becomes value 41.5, currency EUR.',
		},
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
			displayName: 'Leave Out Empty Fields',
			name: 'dropNulls',
			type: 'boolean',
			default: false,
			description:
				'Whether fields without a value are left out. Example: {"list":null,"properties":{"size":"M"}} becomes {"properties":{"size":"M"}}.',
		},
		{
			displayName: 'Redact Paths',
			name: 'redactPaths',
			type: 'string',
			default: '',
			placeholder: 'e.g. profile.phone_number, properties.Items.*.ImageURL',
			description:
				'Fields that never leave n8n, with commas between them; * stands for any name. Example: profile.phone_number makes {"profile":{"email":"ana@shop.example","phone_number":"+420600000001"}} {"profile":{"email":"ana@shop.example"}}.',
		},
		{
			displayName: 'Rename Events',
			name: 'renameEvents',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			default: {},
			placeholder: 'Add name',
			description: 'For a Meiro that has names of its own. Example: placed_order becomes purchase.',
			options: [
				{
					displayName: 'Names',
					name: 'names',
					values: [
						{
							displayName: 'From',
							name: 'from',
							type: 'string',
							default: '',
							placeholder: 'e.g. placed_order',
							description: 'Name that the items carry',
						},
						{
							displayName: 'To',
							name: 'to',
							type: 'string',
							default: '',
							placeholder: 'e.g. purchase',
							description: 'Name in Meiro',
						},
					],
				},
			],
		},
	],
};

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
			displayName: 'Max Request Size (kB)',
			name: 'maxRequestKilobytes',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 1000,
			description:
				'Events that would make a request larger go into the next one. One event that is larger by itself is rejected with its size.',
		},
		{
			displayName: 'Skip Already Delivered',
			name: 'skipDelivered',
			type: 'boolean',
			default: false,
			description:
				'Whether events that this node delivered since n8n was started are skipped, known by Meiro source and event_id. Only what Meiro accepted is remembered.',
		},
		{
			displayName: 'Test Events',
			name: 'testEvents',
			type: 'options',
			options: [
				{ name: 'Deliver', value: 'deliver', description: 'Send them like all others' },
				{ name: 'Drop', value: 'drop', description: 'Don’t send them, and don’t look at them' },
				{
					name: 'Validate Only',
					value: 'validate',
					description: 'Don’t send them, and tell those that Meiro could not take',
				},
			],
			default: 'validate',
			description: 'What to do with sample deliveries, whose is_test is true',
		},
	],
};

export const meiroEventsProperties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Event', value: 'event' },
			{ name: 'Profile', value: 'profile' },
		],
		default: 'event',
	},
	...operations,
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
	identity,
	payload,
	options,
];
