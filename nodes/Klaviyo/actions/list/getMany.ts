import { groupListing } from '../groupListing';

export const getMany = groupListing({
	type: 'list',
	description: 'Get the lists of the account',
	action: 'Get many lists',
	fields: ['name', 'opt_in_process', 'created', 'updated'],
});
