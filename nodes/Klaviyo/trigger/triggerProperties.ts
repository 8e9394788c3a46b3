import type { INodeProperties } from 'n8n-workflow';

import {
	delay,
	eventProperties,
	existingFlow,
	flowStatus,
	publishingMay,
	startProperties,
	triggerTime,
	whenUnpublished,
} from './setup/setupProperties';
import { bodyOf, RECIPES, type RecipeName } from './recipes';

/** The body is for copying, not for typing: what counts is what stands in Klaviyo. */
const READ_ONLY_CODE = { editor: 'jsEditor', editorIsReadOnly: true, rows: 16 } as const;

const whenManual = { show: { setUp: ['manual'] } };

function bodyProperty(name: RecipeName): INodeProperties {
	const recipe = RECIPES.find((one) => one.name === name)!;
	return {
		displayName: 'Body to Copy Into Klaviyo',
		name: `${name}Body`,
		type: 'string',
		noDataExpression: true,
		typeOptions: READ_ONLY_CODE,
		default: bodyOf(recipe),
		description:
			'Click into it, select all, copy, and paste it into the body of the webhook action. Adjust the names that stand in it, e.g. event_name, metric or list. Give each webhook action of one Klaviyo flow its own step.',
		displayOptions: { show: { ...whenManual.show, recipe: [name] } },
	};
}

export const triggerProperties: INodeProperties[] = [
	{
		displayName: 'Klaviyo Setup',
		name: 'setUp',
		type: 'options',
		options: [
			{
				name: 'Create the Flow for Me',
				value: 'createFlow',
				description: 'Publishing makes the Klaviyo flow, with its delay, filter and webhook action',
			},
			{
				name: 'I Set Up the Flow Myself',
				value: 'manual',
				description: 'You copy address, header and body into a webhook action',
			},
			{
				name: 'System Webhook',
				value: 'systemWebhook',
				description: 'All events of an account, for accounts with Advanced KDP',
			},
		],
		default: 'createFlow',
		description: 'How Klaviyo gets to know this trigger',
	},
	{
		displayName: 'Recipe',
		name: 'recipe',
		type: 'options',
		options: RECIPES.map(({ displayName, name, description }) => ({
			name: displayName,
			value: name,
			description,
		})),
		default: 'winBack',
		description:
			'What the Klaviyo flow is for. With the flow set up by yourself it only chooses the body shown below; the trigger accepts every kind.',
		displayOptions: { show: { setUp: ['manual', 'createFlow'] } },
	},
	{
		displayName:
			'<ul><li>1. Publish this workflow. Open your Klaviyo flow and add a Webhook action.</li><li>2. Destination URL: the Production URL under Webhook URLs above. Header: name and secret of the credential above.</li><li>3. Body: copy the text below. Then set the Klaviyo flow live. <a href="https://github.com/n8n-nodes-klaviyo-meiro/n8n-nodes-klaviyo-meiro/blob/main/docs/klaviyo-trigger.md#i-set-up-the-flow-myself" target="_blank">Pictures and details</a></li></ul>',
		name: 'setUpNotice',
		type: 'notice',
		default: '',
		displayOptions: whenManual,
	},
	...RECIPES.map(({ name }) => bodyProperty(name)),
	...startProperties,
	{
		displayName:
			'Publishing makes a Klaviyo flow, which is a draft. Its name is “n8n”, the recipe or the metric, and eight characters, e.g. n8n Win-Back 3fa9c1d2. Open it in <a href="https://www.klaviyo.com/flows" target="_blank">Klaviyo’s list of flows</a> and set it live: before that, nothing comes. A person can enter it again and again.',
		name: 'draftNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { setUp: ['createFlow'] } },
	},
	{
		displayName: 'Topic Names or IDs',
		name: 'topics',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'getTopics' },
		default: [],
		required: true,
		description:
			'Events that Klaviyo shall send. They differ between accounts, so they are read from yours. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		displayOptions: { show: { setUp: ['systemWebhook'] } },
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		description:
			'What does not pass is answered with 200 and starts no execution, so Klaviyo does not send it again',
		options: [
			{
				displayName: 'Address Ranges',
				name: 'addressRanges',
				type: 'string',
				typeOptions: { rows: 2 },
				default: '',
				placeholder: 'e.g. 203.0.113.0/24, 198.51.100.7',
				description:
					'From which addresses Klaviyo may call: addresses or CIDR ranges, separated by commas. Behind a reverse proxy set N8N_PROXY_HOPS, else all calls seem to come from the proxy.',
			},
			{
				displayName: 'Event Names',
				name: 'eventNames',
				type: 'string',
				default: '',
				placeholder: 'e.g. winback_due, placed_order',
				description: 'Only these, separated by commas',
			},
			{
				displayName: 'Identity',
				name: 'identity',
				type: 'options',
				options: [
					{ name: 'Any Known', value: 'any', description: 'At least one of the IDs' },
					{ name: 'Email Known', value: 'email', description: 'Only people with an email address' },
					{ name: 'Not Needed', value: 'none', description: 'Everyone' },
					{
						name: 'Phone Number Known',
						value: 'phone',
						description: 'Only people with a phone number',
					},
				],
				default: 'any',
				description: 'Which people’s events start the workflow',
			},
			{
				displayName: 'Maximum Age (Hours)',
				name: 'maxAgeHours',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 72,
				description: 'Only events that happened at most so long ago, by event_time',
			},
		],
	},
	{
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
				description:
					'Label of the Klaviyo account. Set it when several accounts send to this n8n, as IDs are unique only inside one account.',
			},
			{
				displayName: 'Account Time Zone',
				name: 'accountTimezone',
				type: 'string',
				default: '',
				placeholder: 'e.g. Europe/Prague',
				description:
					'Time zone of the Klaviyo account, for times in a body that have no offset. With an API key publishing reads it from Klaviyo (scope accounts:read).',
			},
			delay,
			{
				displayName: 'Event Name',
				name: 'eventName',
				type: 'string',
				default: '',
				placeholder: 'e.g. cart_abandoned',
				description:
					'How the event is called in Meiro: stands in the body of a Klaviyo flow that is created for you; else it is used when the body has neither event_name nor metric',
			},
			eventProperties,
			{
				displayName: 'Events per Execution',
				name: 'eventsPerExecution',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 100,
				description:
					'How many events may share one execution when they arrive at about the same time: this n8n then takes many times more. 1: each delivery has an execution of its own, which is usual when Reply says when the workflow has finished. Raise it there only if a failing event may make Klaviyo send its neighbours again.',
			},
			existingFlow,
			flowStatus,
			{
				displayName: 'Ignore Events From Meiro',
				name: 'ignoreFromMeiro',
				type: 'boolean',
				default: true,
				description:
					'Whether events that came from Meiro in the first place start nothing, so that they don’t go in circles. They are known by the property meiro_origin, which our nodes add to all they send to Klaviyo.',
			},
			{
				displayName: 'Include Raw Body',
				name: 'includeRaw',
				type: 'boolean',
				default: false,
				description:
					'Whether to add the body as it came to each event. Makes n8n store every body twice.',
			},
			{
				displayName: 'Placeholder Values',
				name: 'placeholders',
				type: 'string',
				default: '',
				placeholder: 'e.g. walk-in, 999999',
				description:
					'Texts that your shop writes where an ID of a person or event is not known, separated by commas. 0, guest, N/A and the like need not be named.',
			},
			publishingMay,
			{
				displayName: 'Reply to Klaviyo',
				name: 'reply',
				type: 'options',
				options: [
					{
						name: 'When the Event Is Saved',
						value: 'onReceived',
						description:
							'Fast. If n8n is killed in mid-run, the saved execution is not run again by itself: retry it by hand.',
					},
					{
						name: 'When the Workflow Has Finished',
						value: 'lastNode',
						description:
							'Survives a kill: Klaviyo sends again what failed. Items that went to an error output count as finished.',
					},
				],
				default: 'onReceived',
				description:
					'When Klaviyo hears that all is well. Until it hears so, it sends again, for up to 24 hours.',
			},
			triggerTime,
			whenUnpublished,
		],
	},
];
