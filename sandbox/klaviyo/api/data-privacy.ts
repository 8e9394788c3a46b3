// https://developers.klaviyo.com/en/reference/data_privacy_api_overview
import { invalid } from './errors';
import { dict } from './json';
import type { Operation } from './operation';
import { attributesOf } from './operation';
import type { Pending } from './pending';
import type { People } from './profiles';
import { S } from './rate';

/** A request to delete somebody for good. */
export interface DeletionJob {
	/** ISO 8601. */
	at: string;
	identifier: 'email' | 'phone_number' | 'id';
	value: string;
	/** The id of who was deleted; null as long as nobody was. */
	profile_id: string | null;
}

export interface DeletionOptions {
	processingMs: number;
	pending: Pending;
	jobs: DeletionJob[];
}

export function privacyOperations(people: People, options: DeletionOptions): Operation[] {
	const { profiles, members, events, now } = people;
	return [
		{
			...{ name: 'request_profile_deletion', method: 'POST' },
			...{ path: '/api/data-privacy-deletion-jobs', scopes: ['data-privacy:write'], limits: S },
			run: (request) => {
				const { profile } = attributesOf(request, 'data-privacy-deletion-job');
				const { id, attributes } = dict(dict(profile).data);
				const { email, phone_number } = dict(attributes);
				const given = Object.entries({ email, phone_number, id }).filter(([, value]) => value);
				const [[identifier, value] = []] = given;
				// "If multiple identifiers are provided, we will return an error."
				if (given.length !== 1) {
					const pointer = '/data/attributes/profile';
					throw invalid('Exactly one of email, phone_number and id.', { pointer });
				}
				const job: DeletionJob = {
					...{ at: now().toISOString(), identifier: identifier as DeletionJob['identifier'] },
					...{ value: String(value), profile_id: null },
				};
				options.jobs.push(job);
				options.pending.at(new Date(now().getTime() + options.processingMs), () => {
					// Somebody unknown is accepted all the same (assumed).
					const found = profiles.find(
						id ? { id } : { attributes: { [job.identifier]: job.value } },
					);
					if (!found) return;
					job.profile_id = found.id;
					profiles.remove(found);
					members.replace(found, null);
					events.removeProfile(found.id);
				});
				return { status: 202 };
			},
		},
	];
}
