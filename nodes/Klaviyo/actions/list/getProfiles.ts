import { memberListing } from '../members';
import { listLocator } from './membership';

export const getProfiles = memberListing({
	collection: 'lists',
	description: 'Get the profiles that are in a list',
	action: 'Get the profiles of a list',
	group: listLocator,
});
