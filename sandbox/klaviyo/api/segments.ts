// https://developers.klaviyo.com/en/reference/segments_api_overview
import { groupOperations } from './groups';
import type { Operation } from './operation';
import type { People } from './profiles';

/** Segments are read only here: who is in one is seeded, conditions are not evaluated. */
export function segmentOperations(people: People): Operation[] {
	return groupOperations('segment', people);
}
