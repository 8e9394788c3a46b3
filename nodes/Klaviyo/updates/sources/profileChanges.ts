import type { IDataObject } from 'n8n-workflow';

import { condition, filterOf } from '../../api/filter';
import { parseTime, timeOf } from '../../../shared/event/time';
import { withoutAbsent } from '../../../shared/event/values';
import {
	attributesOf,
	emailSuppressionsOf,
	isChangeFromMeiro,
	profileOfResource,
	updateEvent,
} from '../../normalise/apiResource';
import type { UpdateRecord, UpdateSource } from '../record';
import { newestOf, recordsOf, WHOLE_PROFILES, type SourceContext } from './context';

/** The name that Meiro Events gives to profiles, too. */
const NAME = 'profile_updated';

/** Profiles by when they last changed: https://developers.klaviyo.com/en/reference/get_profiles */
export function profileChanges(context: SourceContext, choice: string): UpdateSource {
	const recordOf = (resource: IDataObject): UpdateRecord => {
		const { created, updated } = attributesOf(resource);
		const time = parseTime(updated);
		const key = `${String(resource.id)} ${time}`;
		return {
			key,
			time: timeOf(updated),
			event: () =>
				updateEvent({
					...context,
					name: NAME,
					occurrence: `${time}`,
					time,
					profile: profileOfResource(resource),
					properties: withoutAbsent({
						profile_created: parseTime(created),
						email_suppressions: emailSuppressionsOf(resource),
					}),
					fromMeiro: isChangeFromMeiro(resource),
				}),
		};
	};
	const request = (sort: string, since?: Date) => ({
		path: '/api/profiles',
		query: { ...filterOf([condition('greater-than', 'updated', since)]), sort, ...WHOLE_PROFILES },
		scopes: 'profiles:read',
	});
	return {
		id: 'profiles',
		choice,
		moves: true,
		// There is no greater-or-equal for this field.
		pages: (from) => recordsOf(context, request('updated', new Date(from - 1000)), recordOf),
		newest: async (limit) => await newestOf(context, request('-updated'), recordOf, limit),
	};
}
