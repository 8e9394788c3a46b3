import type { INodeProperties } from 'n8n-workflow';

import { RECIPES, type FlowStart } from '../recipes';

const recipesFrom = (start: FlowStart) =>
	RECIPES.filter(({ startsFrom }) => startsFrom === start).map(({ name }) => name);

const whenCreated = (recipes?: string[]) => ({
	show: { setUp: ['createFlow'], ...(recipes ? { recipe: recipes } : {}) },
});

function locator(
	displayName: string,
	name: string,
	searchListMethod: string,
	description: string,
	recipes: string[],
): INodeProperties {
	return {
		displayName,
		name,
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description,
		displayOptions: whenCreated(recipes),
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod, searchable: true },
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. AbC123' },
		],
	};
}

const DELAYS = RECIPES.flatMap(({ delay, displayName }) =>
	delay === undefined ? [] : [`${delay.value} ${delay.unit} for ${displayName}`],
).join(', ');

/** Parameters of 'Create the Flow for Me'. */
export const createFlowProperties: INodeProperties[] = [
	locator(
		'Metric',
		'metricId',
		'searchMetrics',
		'What starts the Klaviyo flow. A name may exist once per integration: take the one whose integration sends your events.',
		recipesFrom('metric'),
	),
	locator(
		'Order Metric',
		'orderMetricId',
		'searchMetrics',
		'By which metric Klaviyo knows of orders, e.g. Placed Order. Who orders after the start leaves the Klaviyo flow.',
		RECIPES.filter(({ leavesOn }) => leavesOn === 'orderMetric').map(({ name }) => name),
	),
	locator(
		'List',
		'listId',
		'searchLists',
		'Joining it starts the Klaviyo flow',
		recipesFrom('list'),
	),
	locator(
		'Segment',
		'segmentId',
		'searchSegments',
		'Joining it starts the Klaviyo flow',
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
		displayOptions: whenCreated(recipesFrom('date')),
	},
	{
		displayName: 'Time of Day',
		name: 'triggerTime',
		type: 'string',
		default: '09:00',
		placeholder: 'e.g. 09:00',
		description: 'When the Klaviyo flow runs on that date, in the time zone of the profile',
		displayOptions: whenCreated(recipesFrom('date')),
	},
	{
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
		displayOptions: whenCreated(),
	},
	{
		displayName: 'Klaviyo Flow Options',
		name: 'flowOptions',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions: whenCreated(),
		options: [
			{
				displayName: 'Delay',
				name: 'delay',
				type: 'string',
				default: '',
				placeholder: 'e.g. 60 days',
				description: `How long the Klaviyo flow waits before it sends the event, in days, hours or minutes; 0 for not at all. Without this: ${DELAYS}, no delay for others.`,
			},
			{
				displayName: 'Event Properties',
				name: 'eventProperties',
				type: 'string',
				default: '',
				placeholder: 'e.g. OrderId, Discount Code',
				description:
					'Properties of the triggering event that go along instead of the recipe’s own, separated by commas, as they are written in Klaviyo. A dot leads inside: $extra.checkout_url.',
			},
		],
	},
];
