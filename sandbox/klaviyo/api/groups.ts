// What lists and segments have in common: pages of ten, and who is in one, since when.
import type { GroupType } from './catalog';
import type { Includes, Listing, Resource } from './listing';
import { collection, listOf, single } from './listing';
import type { ApiRequest, Operation } from './operation';
import type { People } from './profiles';
import { predictionLimits, PROFILE_PAGE } from './profiles';
import { L, XS } from './rate';

const INCLUDES: Includes = { 'flow-triggers': () => [], tags: () => [] };
const MEMBER_LISTING: Listing = { page: PROFILE_PAGE, order: 'joined_group_at' };

export function groupOperations(type: GroupType, people: People): Operation[] {
	const { catalog, members } = people;
	const path = `/api/${type}s`;
	const memberScopes = [`${type}s:read`, 'profiles:read'].sort();
	// Only lists have a lower limit with predictions.
	const limits = type === 'list' ? predictionLimits : L;
	return [
		{
			...{ name: `get_${type}s`, method: 'GET', path, scopes: [`${type}s:read`], limits: L },
			run: (request) => {
				const all = catalog[`${type}s`];
				return collection(request, all, { page: { size: 10 }, includes: INCLUDES });
			},
		},
		{
			...{ name: `get_${type}`, method: 'GET', path: `${path}/{id}`, scopes: [`${type}s:read`] },
			limits: (query) =>
				listOf(query[`additional-fields[${type}]`]).includes('profile_count') ? XS : L,
			run: (request) => {
				const group = catalog.get(type, request.id);
				const additional = { profile_count: members.of(group.id).size };
				return single(request, { ...group, additional }, { includes: INCLUDES });
			},
		},
		{
			...{ name: `get_profiles_for_${type}`, method: 'GET', path: `${path}/{id}/profiles` },
			...{ scopes: memberScopes, limits },
			run: (request) => collection(request, membersOf(type, request, people), MEMBER_LISTING),
		},
		{
			name: `get_profile_ids_for_${type}`,
			...{ method: 'GET', path: `${path}/{id}/relationships/profiles` },
			...{ scopes: memberScopes, limits },
			run: (request) => {
				const whole = collection(request, membersOf(type, request, people), MEMBER_LISTING);
				const body = whole.body ?? {};
				const data = (body.data as unknown as Resource[]).map(({ id }) => ({
					type: 'profile',
					id,
				}));
				return { ...whole, body: { ...body, data } };
			},
		},
	];
}

function membersOf(
	type: GroupType,
	{ id }: ApiRequest,
	{ catalog, members, profiles }: People,
): Resource[] {
	const { id: groupId } = catalog.get(type, id);
	return [...members.of(groupId)].map(([profileId, joined]) => {
		const resource = profiles.resource(profiles.get(profileId));
		// With its milliseconds: who filters by it must not lose who joined within the second.
		const joined_group_at = joined.toISOString().replace('Z', '+00:00');
		return { ...resource, attributes: { ...resource.attributes, joined_group_at } };
	});
}
