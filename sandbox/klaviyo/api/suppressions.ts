// https://developers.klaviyo.com/en/reference/bulk_suppress_profiles
import type { Dict } from '../types';
import { invalid } from './errors';
import { inventUlid } from './ids';
import { dict, dicts } from './json';
import type { ApiAnswer, ApiRequest, Operation } from './operation';
import { attributesOf, dataOf } from './operation';
import type { Pending } from './pending';
import { checkAddresses } from './profile-store';
import type { People } from './profiles';
import { L } from './rate';
import { suppressed } from './subscriptions';
import { seconds } from './times';

/** "Email address per request limit: 100". */
const MOST = 100;
const PROFILES = '/data/attributes/profiles/data';
const PATH = '/api/profile-suppression-bulk-create-jobs';

export interface SuppressionOptions {
	/** How long after its 202 a job takes effect. */
	processingMs: number;
	pending: Pending;
}

export function suppressionOperation(people: People, options: SuppressionOptions): Operation {
	let jobs = 0;
	return {
		...{ name: 'bulk_suppress_profiles', method: 'POST', path: PATH, limits: L },
		scopes: ['profiles:write', 'subscriptions:write'],
		run: (request) => {
			const emails = emailsOf(request, people);
			const { now } = people;
			const due = new Date(now().getTime() + options.processingMs);
			options.pending.at(due, () => {
				for (const email of emails) suppress(email, people);
			});
			return accepted(request, inventUlid(`suppression ${jobs++}`), emails.length, now());
		},
	};
}

function emailsOf(request: ApiRequest, { catalog, members, profiles }: People): string[] {
	const given = dicts(dict(attributesOf(request, JOB).profiles).data);
	if (given.length > MOST) throw invalid(`At most ${MOST} per request.`, { pointer: PROFILES });
	for (const [index, { attributes }] of given.entries()) {
		checkAddresses(dict(attributes), `${PROFILES}/${index}/attributes`);
	}
	const { list, segment } = dict(dataOf(request, JOB).relationships);
	const groups = Object.entries({ list, segment }).flatMap(([type, each]) => {
		const id = dict(dict(each).data).id;
		return typeof id === 'string' ? [catalog.get(type as 'list' | 'segment', id).id] : [];
	});
	// Assumed: one of the three has to be there.
	if (given.length === 0 && groups.length === 0) {
		throw invalid('Name profiles, a list or a segment.', { pointer: '/data/attributes' });
	}
	return [
		...given.map(({ attributes }) => String(dict(attributes).email)),
		...groups
			.flatMap((id) => [...members.of(id).keys()])
			.map((id) => profiles.get(id).attributes.email)
			.filter((email) => typeof email === 'string'),
	];
}

const JOB = 'profile-suppression-bulk-create-job';

// "If a profile is not found with the given email, one will be created and immediately suppressed."
function suppress(email: string, { profiles, now }: People): void {
	const input = { attributes: { email } };
	const profile = profiles.find(input) ?? profiles.create(input, now());
	profile.subscriptions = suppressed(profile.subscriptions, now());
	profiles.touch(profile);
}

function accepted({ baseUrl }: ApiRequest, id: string, total: number, at: Date): ApiAnswer {
	const self = `${baseUrl}${PATH}/${id}`;
	const attributes: Dict = {
		...{ status: 'queued', created_at: seconds(at), total_count: total },
		...{ completed_count: 0, completed_at: null, skipped_count: 0 },
	};
	return {
		status: 202,
		body: { data: { type: JOB, id, attributes, links: { self } }, links: { self } },
	};
}
