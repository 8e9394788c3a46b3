// https://developers.klaviyo.com/en/reference/profiles_api_overview
import { invalid, tooLarge } from './errors';
import type { Catalog } from './catalog';
import type { EventStore } from './event-store';
import { dict, dicts } from './json';
import type { Includes } from './listing';
import { collection, listOf, single } from './listing';
import type { Members } from './members';
import type { ApiRequest, Operation, Query } from './operation';
import { dataOf } from './operation';
import type { ProfileStore } from './profile-store';
import { L, M, S, XS } from './rate';

export const PROFILE_PAGE = { size: 20, most: 100 };
/** "The maximum allowed payload size is 100KB" (create_profile and the like). */
const MOST_BYTES = 100_000;

export interface People {
	profiles: ProfileStore;
	events: EventStore;
	members: Members;
	catalog: Catalog;
	now: () => Date;
}

export function profileOperations(people: People): Operation[] {
	const { profiles, now } = people;
	const read = { scopes: ['profiles:read'] };
	const write = { scopes: ['profiles:write'], limits: L };
	// Whoever lists profiles cannot have their groups with them (get_profiles).
	const includes: Includes = { 'push-tokens': () => [], conversations: () => [] };
	const withGroups: Includes = { ...includes, ...groupIncludes(people) };
	return [
		{
			...{ name: 'get_profiles', method: 'GET', path: '/api/profiles', ...read },
			limits: predictionLimits,
			run: (request) =>
				collection(
					request,
					profiles.list().map((each) => profiles.resource(each)),
					{ page: PROFILE_PAGE, order: 'created', includes },
				),
		},
		{
			...{ name: 'create_profile', method: 'POST', path: '/api/profiles', ...write },
			run: (request) => {
				checkSize(request);
				const profile = profiles.create(dataOf(request, 'profile'), now());
				return single(request, profiles.resource(profile), { status: 201 });
			},
		},
		{
			...{ name: 'get_profile', method: 'GET', path: '/api/profiles/{id}', ...read },
			limits: ({ include }) =>
				listOf(include).some((each) => /^(list|segment)/.test(each)) ? XS : L,
			run: (request) =>
				single(request, profiles.resource(profiles.get(request.id)), { includes: withGroups }),
		},
		{
			...{ name: 'update_profile', method: 'PATCH', path: '/api/profiles/{id}', ...write },
			run: (request) => {
				checkSize(request);
				const data = dataOf(request, 'profile', request.id);
				const profile = profiles.get(request.id);
				profiles.update(profile, data, now());
				return single(request, profiles.resource(profile));
			},
		},
		{
			...{ name: 'create_or_update_profile', method: 'POST', path: '/api/profile-import' },
			...write,
			run: (request) => {
				checkSize(request);
				const { profile, isNew } = profiles.upsert(dataOf(request, 'profile'), now());
				return single(request, profiles.resource(profile), { status: isNew ? 201 : 200 });
			},
		},
		{
			...{ name: 'merge_profiles', method: 'POST', path: '/api/profile-merge', ...write },
			limits: M,
			run: (request) => merged(request, people),
		},
		...groupsOperations(people),
	];
}

/** The limits where `additional-fields[profile]` may ask for predictions. */
export function predictionLimits(query: Query) {
	return listOf(query['additional-fields[profile]']).includes('predictive_analytics') ? M : L;
}

// "Deleting the source profile in the process": its id answers 404 afterwards (assumed), its events,
// lists and segments are the destination's.
function merged(request: ApiRequest, { profiles, events, members, now }: People) {
	const { id, relationships } = dataOf(request, 'profile-merge');
	const sources = dicts(dict(dict(relationships).profiles).data);
	const pointer = '/data/relationships/profiles/data';
	const [source] = sources;
	if (!source || sources.length > 1) throw invalid('Exactly one source profile.', { pointer });
	const destination = profiles.get(String(id), { pointer: '/data/id' });
	const from = profiles.get(String(source.id), { pointer: `${pointer}/0/id` });
	if (from === destination) throw invalid('A profile cannot merge with itself.', { pointer });
	profiles.merge(destination, from, now());
	events.replaceProfile(from.id, destination.id);
	members.replace(from, destination);
	return single(request, { type: 'profile', id: destination.id }, { status: 201 });
}

function groupsOperations({ profiles, members, catalog }: People): Operation[] {
	return (['list', 'segment'] as const).map((type) => ({
		...{ name: `get_${type}s_for_profile`, method: 'GET', path: `/api/profiles/{id}/${type}s` },
		...{ scopes: [`${type}s:read`, 'profiles:read'].sort(), limits: S },
		run: (request) => {
			const { id } = profiles.get(request.id);
			return collection(request, catalog.among(type, members.groupsOf(id)));
		},
	}));
}

function groupIncludes({ members, catalog }: People): Includes {
	return {
		lists: ({ id }) => catalog.among('list', members.groupsOf(id)),
		segments: ({ id }) => catalog.among('segment', members.groupsOf(id)),
	};
}

function checkSize({ size }: ApiRequest): void {
	if (size > MOST_BYTES) throw tooLarge(`The payload must not exceed ${MOST_BYTES} bytes.`);
}
