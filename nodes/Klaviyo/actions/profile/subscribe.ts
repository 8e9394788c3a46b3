import { optionsField } from '../../../shared/operation/fields';
import type { KlaviyoOperation } from '../operation';
import { changeConsent, consentFields } from './consent';

/** https://developers.klaviyo.com/en/reference/bulk_subscribe_profiles */
export const subscribe: KlaviyoOperation = {
	option: {
		name: 'Subscribe',
		value: 'subscribe',
		description:
			'Subscribe people who agreed to it, up to 1,000 in a request. Klaviyo works on it after it has said yes.',
		action: 'Subscribe a profile',
	},
	properties: [
		...consentFields(
			'List that the people join. Whether Klaviyo first asks them to confirm (double opt-in) is the list’s own setting; without a list, the account’s.',
		),
		optionsField([
			{
				displayName: 'Consented At',
				name: 'consentedAt',
				type: 'string',
				default: '',
				placeholder: 'e.g. 2026-02-03T04:05:06Z',
				description: 'When the person agreed, for a historical import',
			},
			{
				displayName: 'Custom Source',
				name: 'customSource',
				type: 'string',
				default: '',
				placeholder: 'e.g. Loyalty programme',
				description:
					'Where the consent comes from, as Klaviyo shows it. Empty: meiro_origin, by which it is recognised as coming from here.',
			},
			{
				displayName: 'Historical Import',
				name: 'historical',
				type: 'boolean',
				default: false,
				description:
					'Whether the people agreed earlier and elsewhere. They are subscribed without confirmation, and Klaviyo flows that start with joining the list don’t start. Takes Consented At.',
			},
		]),
	],
	execute: async (context, client) => await changeConsent(context, client, 'subscribe'),
};
