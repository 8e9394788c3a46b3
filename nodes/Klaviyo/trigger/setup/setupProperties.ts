import type { INodeProperties } from 'n8n-workflow';

import { RECIPES, type FlowStart, type RecipeName } from '../recipes';

const recipesFrom = (start: FlowStart) =>
	RECIPES.filter(({ startsFrom }) => startsFrom === start).map(({ name }) => name);

/**
 * A dropdown of the account's own. A resource locator would not do: n8n can't read the parameters of a node that has one
 * without an expression, which costs every delivery an isolate (n8n-workflow, nodeParametersAreStatic).
 */
function dropdown(
	displayName: string,
	name: string,
	loadOptionsMethod: string,
	description: string,
	recipe: RecipeName[],
): INodeProperties {
	return {
		displayName: `${displayName} Name or ID`,
		name,
		type: 'options',
		typeOptions: { loadOptionsMethod },
		default: '',
		required: true,
		description: `${description}. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.`,
		displayOptions: { show: { setUp: ['createFlow'], recipe } },
	};
}

/** What starts the flow, and who leaves it: all that 'Create the Flow for Me' has to ask. */
export const startProperties: INodeProperties[] = [
	dropdown(
		'Metric',
		'metricId',
		'getMetrics',
		'What starts the Klaviyo flow. A metric may exist once per integration: take the one whose integration sends your events',
		recipesFrom('metric'),
	),
	dropdown(
		'Order Metric',
		'orderMetricId',
		'getMetrics',
		'The metric of your orders, e.g. Placed Order. Who orders after the start leaves the Klaviyo flow',
		RECIPES.filter(({ leavesOn }) => leavesOn === 'orderMetric').map(({ name }) => name),
	),
	dropdown(
		'List',
		'listId',
		'getLists',
		'Joining it starts the Klaviyo flow, each time',
		recipesFrom('list'),
	),
	dropdown(
		'Segment',
		'segmentId',
		'getSegments',
		'Joining it starts the Klaviyo flow, each time',
		recipesFrom('segment'),
	),
	{
		displayName: 'Date Property',
		name: 'dateProperty',
		type: 'string',
		default: 'Birthday',
		required: true,
		placeholder: 'e.g. Birthday',
		description: 'Name of the profile property with the date, as it is written in Klaviyo',
		displayOptions: { show: { setUp: ['createFlow'], recipe: recipesFrom('date') } },
	},
];

const DELAYS = RECIPES.flatMap(({ delay, displayName }) =>
	delay === undefined ? [] : [`${delay.value} ${delay.unit} for ${displayName}`],
).join(', ');

const whenCreated = { show: { '/setUp': ['createFlow'] } };
const whenKept = { show: { '/setUp': ['createFlow', 'systemWebhook'] } };

/** Options of the trigger that concern what publishing does in Klaviyo. */
export const delay: INodeProperties = {
	displayName: 'Delay',
	name: 'delay',
	type: 'string',
	default: '',
	placeholder: 'e.g. 60 days',
	description: `How long the Klaviyo flow waits before it sends the event, in days, hours or minutes; 0 for not at all. Without this: ${DELAYS}, no delay for others.`,
	displayOptions: whenCreated,
};

export const eventProperties: INodeProperties = {
	displayName: 'Event Properties',
	name: 'eventProperties',
	type: 'string',
	default: '',
	placeholder: 'e.g. OrderId, Discount Code',
	description:
		'Properties of the triggering event that go along instead of the recipe’s own, separated by commas, as they are written in Klaviyo. A dot leads inside: $extra.checkout_url.',
	displayOptions: whenCreated,
};

export const flowStatus: INodeProperties = {
	displayName: 'Flow Status',
	name: 'flowStatus',
	type: 'options',
	options: [
		{
			name: 'Draft',
			value: 'draft',
			description:
				'You look at the Klaviyo flow and set it live there. Later publishes leave its status alone.',
		},
		{ name: 'Live', value: 'live', description: 'It sends from the moment of publishing' },
	],
	default: 'draft',
	description: 'Status of the Klaviyo flow that publishing creates',
	displayOptions: whenCreated,
};

export const existingFlow: INodeProperties = {
	displayName: 'Existing Flow Name or ID',
	name: 'existingFlow',
	type: 'options',
	typeOptions: { loadOptionsMethod: 'getOwnFlows' },
	default: '',
	description:
		'For looking only: name, status and address of the Klaviyo flows that n8n has made. What you choose here changes nothing. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	displayOptions: whenCreated,
};

export const publishingMay: INodeProperties = {
	displayName: 'Publishing May',
	name: 'publishingMay',
	type: 'multiOptions',
	options: [
		{
			name: 'Replace the Flow',
			value: 'replaceFlow',
			description:
				'Set a live Klaviyo flow to draft when a new one takes its place, as Klaviyo can’t change what starts a flow',
		},
		{
			name: 'Take Over',
			value: 'takeOver',
			description: 'Change what calls another address, e.g. after this n8n has moved',
		},
	],
	default: [],
	description: 'What publishing does in Klaviyo only when you want it',
	displayOptions: whenKept,
};

export const triggerTime: INodeProperties = {
	displayName: 'Time of Day',
	name: 'triggerTime',
	type: 'string',
	default: '09:00',
	placeholder: 'e.g. 09:00',
	description: 'When the Klaviyo flow runs on the date, in the time zone of the profile',
	displayOptions: { show: { '/setUp': ['createFlow'], '/recipe': recipesFrom('date') } },
};

export const whenUnpublished: INodeProperties = {
	displayName: 'When Unpublished',
	name: 'whenUnpublished',
	type: 'options',
	options: [
		{
			name: 'Leave Unchanged',
			value: 'leave',
			description: 'Klaviyo goes on calling; events are lost until you publish again',
		},
		{
			name: 'Pause in Klaviyo',
			value: 'pause',
			description:
				'Sets the Klaviyo flow to draft, or the system webhook to disabled; the next publish restores what it was',
		},
	],
	default: 'leave',
	description:
		'What happens in Klaviyo when this workflow is unpublished. Nothing is ever deleted there. Publishing a changed trigger again also unpublishes it for a moment.',
	displayOptions: whenKept,
};
