import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { credentialKeyOf } from '../../../shared/http/credentialKey';
import { runtimeOf } from '../../../shared/http/runtime';
import { commaList, optionsAt, optionsField, textField } from '../../../shared/operation/fields';
import { KLAVIYO_CREDENTIAL, klaviyoClient } from '../../api/klaviyoClient';
import { completeItems } from '../../complete/completeItems';
import { Gently } from '../../complete/gently';
import type { KlaviyoOperation } from '../operation';

interface Options {
	customProperties?: string;
	includeLists?: boolean;
	lookBackHours?: number;
	predictions?: string[];
}

const DEFAULT_LOOK_BACK_H = 24;
const HOUR_MS = 3_600_000;

/** https://developers.klaviyo.com/en/reference/get_profiles */
const PREDICTIONS = {
	average_days_between_orders: 'Average Days Between Orders',
	average_order_value: 'Average Order Value',
	churn_probability: 'Churn Probability',
	expected_date_of_next_order: 'Expected Date of Next Order',
	historic_clv: 'Historic CLV',
	historic_number_of_orders: 'Historic Number of Orders',
	predicted_clv: 'Predicted CLV',
	predicted_number_of_orders: 'Predicted Number of Orders',
	total_clv: 'Total CLV',
};

const WITH_PROFILE = { show: { '/includeProfile': [true] } };

/** https://developers.klaviyo.com/en/reference/get_events */
export const complete: KlaviyoOperation = {
	option: {
		name: 'Complete',
		value: 'complete',
		description:
			'Return items of our triggers as Klaviyo has the events: exact time, all properties. What is not found goes on as it came.',
		action: 'Complete an event',
	},
	properties: [
		{
			displayName: 'Include Profile',
			name: 'includeProfile',
			type: 'boolean',
			default: false,
			description:
				'Whether to add what Klaviyo knows of the person: IDs and consent, and what you name in the options. 100 people share a request.',
		},
		optionsField([
			{
				...textField(
					'Custom Properties',
					'customProperties',
					'e.g. Shoe Size, Loyalty Tier',
					'Names of custom properties of the profile to add, with commas between them',
				),
				displayOptions: WITH_PROFILE,
			},
			{
				displayName: 'Include Lists',
				name: 'includeLists',
				type: 'boolean',
				default: false,
				description:
					'Whether to add the names of the lists that the person is in. Klaviyo allows 3 people a second, so that in a large run only the first have them.',
				displayOptions: WITH_PROFILE,
			},
			{
				displayName: 'Look Back (Hours)',
				name: 'lookBackHours',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: DEFAULT_LOOK_BACK_H,
				description:
					'How long before its delivery an event may have happened, or somebody joined, where the body does not tell the time',
			},
			{
				displayName: 'Predictive Analytics',
				name: 'predictions',
				type: 'multiOptions',
				options: Object.entries(PREDICTIONS).map(([value, name]) => ({ name, value })),
				default: [],
				description: 'Which of Klaviyo’s predictions to add to the profile',
				displayOptions: WITH_PROFILE,
			},
		]),
	],
	async execute(context) {
		const runtime = runtimeOf(context);
		const gently = new Gently(runtime);
		const client = await klaviyoClient(context, gently.policy, runtime, [], async (headers) => {
			await gently.afterAnswer(headers);
		});
		const options = optionsAt<Options>(context, 0);
		const withProfile = context.getNodeParameter('includeProfile', 0) === true;
		const { items, notes } = await completeItems(
			client,
			context.getInputData().map(({ json }) => json),
			{
				account: credentialKeyOf(context, KLAVIYO_CREDENTIAL),
				clock: runtime,
				lookBackMs: (options.lookBackHours ?? DEFAULT_LOOK_BACK_H) * HOUR_MS,
				profile: withProfile
					? {
							properties: commaList(options.customProperties),
							predictions: options.predictions ?? [],
							lists: options.includeLists === true,
						}
					: null,
			},
		);
		for (const message of notes) {
			context.logger.warn(message, { node: context.getNode().name });
			context.addExecutionHints({ message, location: 'outputPane' });
		}
		return items.map(
			(json: IDataObject, item): INodeExecutionData => ({
				...context.getInputData()[item],
				json,
				pairedItem: { item },
			}),
		);
	},
};
