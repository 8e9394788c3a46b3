import type { KlaviyoOperation } from '../operation';
import { changeMembership, membershipFields } from './membership';

/** https://developers.klaviyo.com/en/reference/remove_profiles_from_list */
export const removeProfiles: KlaviyoOperation = {
	option: {
		name: 'Remove Profiles',
		value: 'removeProfiles',
		description:
			'Take profiles off a list, 1,000 in a request. Their consent stays as it is: Profile: Unsubscribe changes it.',
		action: 'Remove profiles from a list',
	},
	properties: membershipFields,
	execute: async (context, client) => await changeMembership(context, client, 'DELETE'),
};
