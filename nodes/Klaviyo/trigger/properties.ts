import type { INodeProperties } from 'n8n-workflow';

import { METRIC_FLOW_BODY, PROFILE_FLOW_BODY } from './recommendedBody';

/** The body is for copying, not for typing: what counts is what stands in Klaviyo. */
const READ_ONLY_CODE = { editor: 'jsEditor', editorIsReadOnly: true, rows: 18 } as const;

export const triggerProperties: INodeProperties[] = [
	{
		displayName:
			'In Klaviyo, add a <b>Webhook</b> action to a flow and fill in: the <b>Production URL</b> (under Webhook URLs above; HTTPS; the test URL works only while you listen here), a header with the name and secret of your credential, and the body from below. <a href="https://github.com/n8n-nodes-klaviyo-meiro/n8n-nodes-klaviyo-meiro#set-up-in-klaviyo" target="_blank">Step by step</a>',
		name: 'setUpNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Klaviyo Flow Starts From',
		name: 'flowStartsFrom',
		type: 'options',
		options: [
			{
				name: 'Date, List or Segment',
				value: 'profile',
				description: 'Klaviyo knows the person only, e.g. Subscribed to List or a birthday',
			},
			{
				name: 'Metric',
				value: 'metric',
				description: 'Klaviyo knows the person and the event, e.g. Placed Order',
			},
		],
		default: 'metric',
		description:
			'Which kind of Klaviyo flow calls this trigger. Only chooses the body shown below; the trigger accepts every kind.',
	},
	{
		displayName: 'Body to Copy Into Klaviyo',
		name: 'metricFlowBody',
		type: 'string',
		noDataExpression: true,
		typeOptions: READ_ONLY_CODE,
		default: METRIC_FLOW_BODY,
		description:
			'Paste it into the webhook action and change event_name (e.g. cart_abandoned) and metric. Give each webhook action of one Klaviyo flow its own step.',
		displayOptions: { show: { flowStartsFrom: ['metric'] } },
	},
	{
		displayName: 'Body to Copy Into Klaviyo',
		name: 'profileFlowBody',
		type: 'string',
		noDataExpression: true,
		typeOptions: READ_ONLY_CODE,
		default: PROFILE_FLOW_BODY,
		description:
			'Paste it into the webhook action and change event_name (e.g. birthday) and trigger_type (list, segment or date). Give each webhook action of one Klaviyo flow its own step.',
		displayOptions: { show: { flowStartsFrom: ['profile'] } },
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
				displayName: 'Event Name',
				name: 'eventName',
				type: 'string',
				default: '',
				placeholder: 'e.g. cart_abandoned',
				description: 'Used when the body has neither event_name nor metric',
			},
			{
				displayName: 'Include Raw Body',
				name: 'includeRaw',
				type: 'boolean',
				default: false,
				description:
					'Whether to add the body as it came to each event. Makes n8n store every body twice.',
			},
		],
	},
];
