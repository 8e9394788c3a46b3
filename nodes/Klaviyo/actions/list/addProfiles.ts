import type { KlaviyoOperation } from '../operation';
import { changeMembership, membershipFields } from './membership';

/** https://developers.klaviyo.com/en/reference/add_profiles_to_list */
export const addProfiles: KlaviyoOperation = {
	option: {
		name: 'Add Profiles',
		value: 'addProfiles',
		description:
			'Put profiles into a list, 1,000 in a request. Their consent stays as it is: Profile: Subscribe changes it.',
		action: 'Add profiles to a list',
	},
	properties: membershipFields,
	execute: async (context, client) => await changeMembership(context, client, 'POST'),
};
