import { getMembers, memberFields } from '../members';
import { locator, type KlaviyoOperation } from '../operation';

export const getProfiles: KlaviyoOperation = {
	option: {
		name: 'Get Profiles',
		value: 'getProfiles',
		description: 'Get the profiles that are in a segment',
		action: 'Get the profiles of a segment',
	},
	properties: [
		locator('Segment', 'segmentId', 'searchSegments', 'Segment whose profiles to get'),
		...memberFields,
	],
	execute: getMembers({ collection: 'segments', parameter: 'segmentId', label: 'Segment' }),
};
