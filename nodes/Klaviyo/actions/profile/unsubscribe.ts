import type { KlaviyoOperation } from '../operation';
import { changeConsent, consentFields } from './consent';

/** https://developers.klaviyo.com/en/reference/bulk_unsubscribe_profiles */
export const unsubscribe: KlaviyoOperation = {
	option: {
		name: 'Unsubscribe',
		value: 'unsubscribe',
		description:
			'Unsubscribe people, up to 100 in a request. Klaviyo works on it after it has said yes, and makes a profile of an address that it does not know.',
		action: 'Unsubscribe a profile',
	},
	properties: consentFields(
		'List that the people leave. Who is not in it is unsubscribed from everything, and so is everybody without a list. To take people off a list and leave their consent alone, use List: Remove Profiles.',
	),
	execute: async (context, client) => await changeConsent(context, client, 'unsubscribe'),
};
