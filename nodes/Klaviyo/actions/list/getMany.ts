import { getGroups, groupFields } from '../groupListing';
import type { KlaviyoOperation } from '../operation';

export const getMany: KlaviyoOperation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		description: 'Get the lists of the account',
		action: 'Get many lists',
	},
	properties: groupFields('lists'),
	execute: getGroups({ type: 'list', fields: ['name', 'opt_in_process', 'created', 'updated'] }),
};
