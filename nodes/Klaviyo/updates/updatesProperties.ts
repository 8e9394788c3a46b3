import type { INodeProperties } from 'n8n-workflow';

import { DEFAULT_LOOK_BACK_H } from './updatesSettings';
import { MOST_MEMBERS } from './sources/departures';

const EXPRESSION_HINT =
	'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>';

function several(
	displayName: string,
	name: string,
	loadOptionsMethod: string,
	events: string[],
): INodeProperties {
	return {
		displayName,
		name,
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod },
		default: [],
		required: true,
		description: EXPRESSION_HINT,
		displayOptions: { show: { events } },
	};
}

export const updateProperties: INodeProperties[] = [
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		options: [
			{
				name: 'Email Bounced',
				value: 'emailBounced',
				description: 'Metrics Bounced Email and Dropped Email',
			},
			{ name: 'Email Clicked', value: 'emailClicked', description: 'Metric Clicked Email' },
			{
				name: 'Email Marked as Spam',
				value: 'emailMarkedAsSpam',
				description: 'Metric Marked Email as Spam',
			},
			{
				name: 'Email Opened',
				value: 'emailOpened',
				description: 'Metric Opened Email; privacy tools open emails, too',
			},
			{
				name: 'Email Unsubscribed',
				value: 'emailUnsubscribed',
				description:
					'Metric Unsubscribed from Email Marketing, called Unsubscribed in older accounts',
			},
			{
				name: 'List Joined',
				value: 'listJoined',
				description: 'Someone was added to a list, which is not yet consent',
			},
			{
				name: 'List Left',
				value: 'listLeft',
				description: `Found by comparing the members with those of the last poll, in lists of up to ${MOST_MEMBERS} members. Klaviyo does not tell when they left.`,
			},
			{
				name: 'List Unsubscribed',
				value: 'listUnsubscribed',
				description: 'Metric Unsubscribed from List',
			},
			{
				name: 'Other Metrics',
				value: 'otherMetrics',
				description: 'Events of any metric of your account',
			},
			{
				name: 'Profile Suppressed',
				value: 'profileSuppressed',
				description: 'Klaviyo stopped sending email to someone, for whatever reason',
			},
			{
				name: 'Profile Updated',
				value: 'profileUpdated',
				description:
					'A profile was created or changed. Several changes between two polls come as one; what it was before is not told.',
			},
			{
				name: 'Segment Joined',
				value: 'segmentJoined',
				description: 'Someone came into a segment',
			},
			{
				name: 'Segment Left',
				value: 'segmentLeft',
				description: `Found by comparing the members with those of the last poll, in segments of up to ${MOST_MEMBERS} members. Klaviyo does not tell when they left.`,
			},
			{
				name: 'SMS Unsubscribed',
				value: 'smsUnsubscribed',
				description:
					'Metrics Unsubscribed from SMS Marketing and Unsubscribed from Text Messaging Marketing',
			},
		],
		default: ['profileUpdated'],
		required: true,
		description:
			'What to ask Klaviyo for at each poll. For what starts a Klaviyo flow, the Klaviyo Trigger is faster and costs no requests.',
	},
	several('List Names or IDs', 'listIds', 'getLists', ['listJoined', 'listLeft']),
	several('Segment Names or IDs', 'segmentIds', 'getSegments', ['segmentJoined', 'segmentLeft']),
	several('Metric Names or IDs', 'metricIds', 'getMetrics', ['otherMetrics']),
	{
		displayName: 'Ignore Events From Meiro',
		name: 'ignoreFromMeiro',
		type: 'boolean',
		default: true,
		description:
			'Whether events that came from Meiro in the first place start nothing, so that they don’t go in circles. They are known by the property meiro_origin, which our nodes add to all they send to Klaviyo. A profile that has it is ignored at every change, unless it holds a time.',
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
				displayName: 'Look Back (Hours)',
				name: 'lookBackHours',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: DEFAULT_LOOK_BACK_H,
				description:
					'How late Klaviyo may get to know an event. Each poll reads so far back and drops what it has emitted, so busy accounts save requests with fewer hours.',
			},
			{
				displayName: 'Rest When Caught Up (Hours)',
				name: 'restHours',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 0,
				description:
					'How long nothing is asked once everything was read, so that a first import is quick and what follows comes e.g. once a day. A poll meanwhile ends at once. Changing the settings ends the rest.',
			},
			{
				displayName: 'Start From',
				name: 'startFrom',
				type: 'dateTime',
				default: '',
				description:
					'Where the first poll begins; without it, now. Read only when an event is polled for the first time.',
			},
		],
	},
];
