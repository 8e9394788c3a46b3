import { commaList, textField } from '../../../shared/operation/fields';
import { forEachItem, textParameter } from '../../../shared/operation/operation';
import type { KlaviyoOperation } from '../operation';
import { checkDateProperty, checkFlows, checkMetrics, type Finding } from './checks';

/** What goes wrong without a word: a flow left a draft, a metric that nothing comes in by, a name with a slip in it. */
export const checkSetUp: KlaviyoOperation = {
	option: {
		name: 'Check Set-Up',
		value: 'checkSetUp',
		description:
			'Tell whether Klaviyo flows made by n8n are live, events come in, and names are written right; changes nothing',
		action: 'Check what is set up in an account',
	},
	properties: [
		textField(
			'Metric Name',
			'metricName',
			'e.g. Placed Order, Started Checkout',
			'What starts your Klaviyo flows: names or IDs of metrics, separated by commas. Each integration that has one of the name is told apart.',
		),
		textField(
			'Event Properties',
			'eventProperties',
			'e.g. Score, Comment',
			'Properties of their events that your Klaviyo flow sends, separated by commas, as they are written in Klaviyo',
		),
		textField(
			'Date Property',
			'dateProperty',
			'e.g. Birthday',
			'Profile property with the date that starts your Klaviyo flow, as it is written in Klaviyo',
		),
		{
			displayName: 'Look at All Profiles',
			name: 'allProfiles',
			type: 'boolean',
			default: false,
			description:
				'Whether the date property is counted over all profiles, with a request for each 100 of them. Else over the 100 that changed last.',
		},
	],
	execute: forEachItem(async (context, client, index) => {
		const textOf = (name: string) => textParameter(context, name, index).trim();
		const metrics = textOf('metricName');
		const properties = commaList(textOf('eventProperties'));
		const dateProperty = textOf('dateProperty');
		const isOfAll = context.getNodeParameter('allProfiles', index, false) === true;
		return [
			...(await told('Klaviyo flow', async () => await checkFlows(client))),
			...(metrics === ''
				? []
				: await told('Metric', async () => await checkMetrics(client, metrics, properties))),
			...(dateProperty === ''
				? []
				: await told(
						'Date property',
						async () => await checkDateProperty(client, dateProperty, isOfAll),
					)),
		];
	}),
};

/** A scope that the key lacks costs one check, not all. */
async function told(check: string, findings: () => Promise<Finding[]>): Promise<Finding[]> {
	try {
		return await findings();
	} catch (error) {
		return [
			{
				check,
				name: null,
				finding: 'Could not be checked.',
				is_fine: false,
				advice: (error as Error).message,
			},
		];
	}
}
