import type { IDataObject } from 'n8n-workflow';

import type { KlaviyoClient } from './klaviyoClient';

/**
 * Names of the lists or segments that a profile is in; Klaviyo allows 3 requests a second.
 * https://developers.klaviyo.com/en/reference/get_lists_for_profile, …/get_segments_for_profile
 */
export async function groupNamesOf(
	client: KlaviyoClient,
	type: 'list' | 'segment',
	profileId: string,
): Promise<string[]> {
	const groups = await client.all({
		path: `/api/profiles/${encodeURIComponent(profileId.trim())}/${type}s`,
		query: { [`fields[${type}]`]: 'name' },
		scopes: `${type}s:read and profiles:read`,
	});
	return groups.map(({ attributes }) => String((attributes as IDataObject).name));
}
