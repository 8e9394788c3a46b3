import { groupListing } from '../groupListing';
import { LIST_FIELDS } from './simple';

export const getMany = groupListing({
	type: 'list',
	description: 'Get the lists of the account',
	action: 'Get many lists',
	fields: LIST_FIELDS,
});
