// https://developers.klaviyo.com/en/reference/lists_api_overview
import { invalid } from './errors';
import { groupOperations } from './groups';
import { dict, dicts } from './json';
import { single } from './listing';
import type { OptIn } from './catalog';
import type { ApiAnswer, ApiRequest, Operation } from './operation';
import { attributesOf } from './operation';
import type { People } from './profiles';
import { M } from './rate';
import { seconds } from './times';

/** "This endpoint accepts a maximum of 1000 profiles per call." */
const MOST_PROFILES = 1000;
const MEMBERS = '/api/lists/{id}/relationships/profiles';

export function listOperations(people: People): Operation[] {
	const { catalog, members, now } = people;
	const membership = { path: MEMBERS, scopes: ['lists:write', 'profiles:write'], limits: M };
	return [
		...groupOperations('list', people),
		{
			...{ name: 'create_list', method: 'POST', path: '/api/lists', scopes: ['lists:write'] },
			limits: { ...M, daily: '150/d' },
			run: (request) => {
				const { name, opt_in_process } = attributesOf(request, 'list');
				if (typeof name !== 'string' || name === '') {
					throw invalid('A list needs a name.', { pointer: '/data/attributes/name' });
				}
				const optIn = (opt_in_process ?? undefined) as OptIn | undefined;
				const list = catalog.addList({ name, opt_in_process: optIn }, seconds(now()));
				return single(request, list, { status: 201 });
			},
		},
		{
			...{ name: 'add_profiles_to_list', method: 'POST', ...membership },
			run: (request) =>
				forEachProfile(request, people, (listId, id) => members.add(listId, id, now())),
		},
		{
			...{ name: 'remove_profiles_from_list', method: 'DELETE', ...membership },
			run: (request) => forEachProfile(request, people, (listId, id) => members.remove(listId, id)),
		},
	];
}

// All or none; that an id nobody has answers 404 is assumed. Consent stays as it is.
function forEachProfile(
	request: ApiRequest,
	{ catalog, profiles }: People,
	change: (listId: string, profileId: string) => void,
): ApiAnswer {
	const list = catalog.get('list', request.id);
	const given = dicts(dict(request.body).data);
	if (given.length > MOST_PROFILES) {
		throw invalid(`At most ${MOST_PROFILES} profiles per call.`, { pointer: '/data' });
	}
	const ids = given.map(
		({ id }, index) => profiles.get(String(id), { pointer: `/data/${index}/id` }).id,
	);
	for (const id of ids) change(list.id, id);
	return { status: 204 };
}
