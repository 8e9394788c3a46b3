import type { ProfileImportJobCreateQuery, ProfileUpsertQuery } from 'klaviyo-api';
import type { IDataObject } from 'n8n-workflow';

import type { Labels } from '../../api/explainRefusal';
import type { Wire } from '../../api/wire';
import { sizeOf } from '../bulkDelivery';
import { markedProfile } from '../origin';
import { notReady, ready, type Draft } from '../../../shared/delivery/draft';
import { personProblem, type Identifiers } from './identifiers';

type NewProfile = Wire<ProfileUpsertQuery>['data'];

/** What the user entered for one item. */
export interface ProfileFields {
	person: Identifiers;
	/** Klaviyo's own fields of a profile, and of its location. */
	fields: IDataObject;
	location: IDataObject;
	properties: IDataObject;
	/** Names of custom properties to remove. */
	unset: string[];
	/** Clears what is entered as empty, instead of leaving it as it is. */
	clearEmpty: boolean;
}

/** "The maximum allowed payload size is 100KB" (https://developers.klaviyo.com/en/reference/create_or_update_profile). */
const MAX_BYTES = 100_000;

/** https://developers.klaviyo.com/en/reference/bulk_import_profiles */
export const IMPORT_LIMITS = { count: 10_000, bytes: 4_900_000 };

export const IMPORT_LIST = '/data/attributes/profiles/data';

/**
 * Makes the profile of one item, or says why there is none. Pure.
 *
 * @param now ISO 8601
 */
export function draftProfile(given: ProfileFields, now: string): Draft<NewProfile> {
	const { klaviyo_id, ...identifiers } = given.person;
	const problem = personProblem({ klaviyo_id, ...identifiers });
	if (problem !== null) return notReady(problem);
	const entered = (fields: IDataObject) => enteredIn(fields, given.clearEmpty);
	const location = entered(given.location);
	const profile: NewProfile = {
		type: 'profile',
		...(klaviyo_id === undefined ? {} : { id: klaviyo_id }),
		attributes: {
			...identifiers,
			...entered(given.fields),
			...(Object.keys(location).length === 0 ? {} : { location }),
			properties: markedProfile(given.properties, now),
		},
		...(given.unset.length === 0 ? {} : { meta: { patch_properties: { unset: given.unset } } }),
	};
	const size = sizeOf(profile);
	return size > MAX_BYTES
		? notReady(
				`The profile has ${size} bytes; Klaviyo takes at most 100 kB. Send fewer or shorter properties.`,
			)
		: ready(profile, size);
}

/** The body for one. */
export function upsertBody(profile: NewProfile): object {
	const body: Wire<ProfileUpsertQuery> = { data: profile };
	return body;
}

/** The body for many. */
export function importBody(profiles: NewProfile[]): object {
	const body: Wire<ProfileImportJobCreateQuery> = {
		data: {
			type: 'profile-bulk-import-job',
			attributes: { profiles: { data: profiles } },
		},
	};
	return body;
}

/** The editor's names of what an error may point to. */
export const PROFILE_LABELS: Labels = {
	...labelsBelow('/data'),
	...labelsBelow(`${IMPORT_LIST}/*`),
};

function labelsBelow(profile: string): Labels {
	return {
		[`${profile}/id`]: 'Klaviyo ID',
		[`${profile}/attributes/email`]: 'Email',
		[`${profile}/attributes/phone_number`]: 'Phone Number',
		[`${profile}/attributes/external_id`]: 'External ID',
		[`${profile}/attributes/first_name`]: 'First Name',
		[`${profile}/attributes/last_name`]: 'Last Name',
		[`${profile}/attributes/organization`]: 'Organization',
		[`${profile}/attributes/title`]: 'Title',
		[`${profile}/attributes/locale`]: 'Locale',
		[`${profile}/attributes/image`]: 'Image URL',
		[`${profile}/attributes/location`]: 'Location',
		[`${profile}/attributes/properties`]: 'Properties',
		[`${profile}/meta`]: 'Remove Properties',
	};
}

/** "Setting a field to null will clear out the field", an absent one stays (create_or_update_profile). */
function enteredIn(fields: IDataObject, clearEmpty: boolean): Record<string, string | null> {
	return Object.fromEntries(
		Object.entries(fields)
			.map(([name, value]): [string, string] => [name, String(value ?? '').trim()])
			.filter(([, text]) => text !== '' || clearEmpty)
			.map(([name, text]) => [name, text === '' ? null : text]),
	);
}

export type { NewProfile };
