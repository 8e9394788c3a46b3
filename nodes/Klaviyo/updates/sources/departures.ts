import type { IDataObject } from 'n8n-workflow';

import { anyOf } from '../../api/filter';
import type { KlaviyoEvent } from '../../../shared/event/contract';
import { timeOf } from '../../../shared/event/time';
import { attributesOf, profileOfResource, updateEvent } from '../../normalise/apiResource';
import { WHOLE_PROFILES, type SourceContext } from './context';
import { referenceTo, scopesOf, type Group } from './members';

/** Klaviyo's profile ids with the second each one joined, in base 36: 'id joined,id joined'. */
export type Snapshot = string;

/** Each member takes 34 characters of n8n's static data. */
export const MOST_MEMBERS = 5000;

export interface Departures {
	events: KlaviyoEvent[];
	snapshot: Snapshot;
}

/**
 * Who was a member at the last poll and is none now. Klaviyo's API tells of no leaving, so the time is that of
 * the poll, and who comes and goes between two polls is not noticed.
 *
 * @returns null when the group has too many members to be compared
 */
export async function departures(
	context: SourceContext,
	group: Group,
	before: Snapshot | undefined,
): Promise<Departures | null> {
	const members = await membersOf(context, group);
	if (members.size > MOST_MEMBERS) return null;
	const left = [...readSnapshot(before ?? '')].filter(([id]) => !members.has(id));
	const profiles = await profilesOf(
		context,
		left.map(([id]) => id),
	);
	const events = left.map(([id, joined]) =>
		updateEvent({
			...context,
			...referenceTo(group),
			name: `left_${group.kind}`,
			// One can leave as often as one has joined.
			occurrence: `left ${joined}`,
			// A profile that was deleted is known by its id alone.
			profile: profileOfResource(profiles.get(id) ?? { id }),
			fromMeiro: false,
		}),
	);
	return { events, snapshot: writeSnapshot(members) };
}

async function membersOf(
	{ client }: SourceContext,
	{ kind, id }: Group,
): Promise<Map<string, string>> {
	const request = {
		path: `/api/${kind}s/${encodeURIComponent(id)}/profiles`,
		query: { 'fields[profile]': 'joined_group_at', sort: 'joined_group_at', 'page[size]': '100' },
		scopes: scopesOf(kind),
	};
	const members = await client.all(request, MOST_MEMBERS + 1);
	return new Map(members.map((member) => [String(member.id), joinedSecond(member)]));
}

function joinedSecond(member: IDataObject): string {
	const time = timeOf(attributesOf(member).joined_group_at);
	return Number.isNaN(time) ? '' : Math.floor(time / 1000).toString(36);
}

async function profilesOf(
	{ client }: SourceContext,
	ids: string[],
): Promise<Map<string, IDataObject>> {
	const found = new Map<string, IDataObject>();
	for (let start = 0; start < ids.length; start += 100) {
		const filter = anyOf('id', ids.slice(start, start + 100));
		const query = { filter, ...WHOLE_PROFILES };
		const request = { path: '/api/profiles', query, scopes: 'profiles:read' };
		for (const profile of await client.all(request)) found.set(String(profile.id), profile);
	}
	return found;
}

function readSnapshot(text: Snapshot): Map<string, string> {
	const entries = text.split(',').filter((entry) => entry !== '');
	return new Map(entries.map((entry) => entry.split(' ') as [string, string]));
}

function writeSnapshot(members: Map<string, string>): Snapshot {
	return [...members].map((entry) => entry.join(' ')).join(',');
}
