import { getMembers, memberFields } from '../members';
import { locator, type KlaviyoOperation } from '../operation';

export const getProfiles: KlaviyoOperation = {
	option: {
		name: 'Get Profiles',
		value: 'getProfiles',
		description: 'Get the profiles that are in a list',
		action: 'Get the profiles of a list',
	},
	properties: [
		locator('List', 'listId', 'searchLists', 'List whose profiles to get'),
		...memberFields,
	],
	execute: getMembers({ collection: 'lists', parameter: 'listId', label: 'List' }),
};
