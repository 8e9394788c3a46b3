import { memberListing } from '../members';
import { segmentLocator } from './locator';

export const getProfiles = memberListing({
	collection: 'segments',
	description: 'Get the profiles that are in a segment',
	action: 'Get the profiles of a segment',
	group: segmentLocator,
});
