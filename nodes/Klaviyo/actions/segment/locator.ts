import { locator } from '../../../shared/operation/fields';

export const segmentLocator = locator(
	'Segment',
	'segmentId',
	'searchSegments',
	'Segment whose profiles to get or to count',
);
