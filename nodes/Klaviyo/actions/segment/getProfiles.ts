import { locator } from '../../../shared/operation/fields';
import { memberListing } from '../members';

export const getProfiles = memberListing({
	collection: 'segments',
	description: 'Get the profiles that are in a segment',
	action: 'Get the profiles of a segment',
	group: locator('Segment', 'segmentId', 'searchSegments', 'Segment whose profiles to get'),
});
