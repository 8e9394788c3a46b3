// https://developers.klaviyo.com/en/docs/use_klaviyos_bulk_profile_import_api
import type { Dict } from '../types';
import { ApiError, invalid, notFound, tooLarge } from './errors';
import { inventUlid, ULID } from './ids';
import { dict, dicts } from './json';
import type { Resource } from './listing';
import { checkId, collection, single } from './listing';
import type { ApiRequest, Operation } from './operation';
import { dataOf } from './operation';
import type { Pending } from './pending';
import type { People } from './profiles';
import { PROFILE_PAGE } from './profiles';
import { M } from './rate';
import { seconds } from './times';

/** "Up to 10,000 profiles per request", "5MB", "100KB" for one of them (bulk_import_profiles). */
const MOST_PROFILES = 10_000;
const MOST_BYTES = 5_000_000;
const MOST_BYTES_EACH = 100_000;
/** The specification has the field, not the time: assumed. */
const KEPT_MS = 7 * 86_400_000;

export interface ImportJob {
	id: string;
	status: 'queued' | 'complete';
	created: Date;
	completed: Date | null;
	list_ids: string[];
	/** As they came. */
	profiles: Dict[];
	/** Who was created or updated. */
	profile_ids: string[];
	/** `index` is the place in `profiles`. */
	failures: Array<{ index: number; code: string; title: string; detail: string }>;
}

export interface ImportOptions {
	processingMs: number;
	pending: Pending;
	jobs: ImportJob[];
}

export function importOperations(people: People, options: ImportOptions): Operation[] {
	const path = '/api/profile-bulk-import-jobs';
	const { jobs } = options;
	return [
		{
			...{ name: 'bulk_import_profiles', method: 'POST', path, limits: M },
			scopes: ['lists:write', 'profiles:write'],
			run: (request) =>
				single(request, resourceOf(queued(request, people, options)), { status: 202 }),
		},
		{
			...{ name: 'get_bulk_import_profiles_job', method: 'GET', path: `${path}/{id}`, limits: M },
			scopes: ['lists:read', 'profiles:read'],
			run: (request) => {
				const job = find(jobs, request.id);
				const includes = { lists: () => people.catalog.among('list', job.list_ids) };
				return single(request, resourceOf(job), { includes });
			},
		},
		{
			name: 'get_profiles_for_bulk_import_profiles_job',
			...{ method: 'GET', path: `${path}/{id}/profiles`, scopes: ['profiles:read'], limits: M },
			run: (request) => {
				const ids = find(jobs, request.id).profile_ids;
				const resources = ids.map((id) => people.profiles.resource(people.profiles.get(id)));
				return collection(request, resources, { page: PROFILE_PAGE });
			},
		},
		{
			name: 'get_errors_for_bulk_import_profiles_job',
			...{
				method: 'GET',
				path: `${path}/{id}/import-errors`,
				scopes: ['profiles:read'],
				limits: M,
			},
			run: (request) =>
				collection(request, errorResources(find(jobs, request.id)), { page: PROFILE_PAGE }),
		},
	];
}

function find(jobs: ImportJob[], id: string): ImportJob {
	checkId(id, ULID);
	const job = jobs.find((each) => each.id === id);
	if (!job) throw notFound('profile-bulk-import-job', id);
	return job;
}

function queued(request: ApiRequest, people: People, options: ImportOptions): ImportJob {
	const { catalog, now } = people;
	const { attributes, relationships } = dataOf(request, 'profile-bulk-import-job');
	const given = dicts(dict(dict(attributes).profiles).data);
	const pointer = '/data/attributes/profiles/data';
	if (given.length > MOST_PROFILES) {
		throw invalid(`At most ${MOST_PROFILES} profiles per request.`, { pointer });
	}
	const isLarge = given.some((each) => JSON.stringify(each).length > MOST_BYTES_EACH);
	if (request.size > MOST_BYTES || isLarge) {
		throw tooLarge(`At most ${MOST_BYTES} bytes, and ${MOST_BYTES_EACH} for one profile.`);
	}
	const list_ids = dicts(dict(dict(relationships).lists).data).map(({ id }) => String(id));
	for (const id of list_ids) catalog.get('list', id);
	const job: ImportJob = {
		...{ id: inventUlid(`import ${options.jobs.length}`), status: 'queued', created: now() },
		...{ completed: null, list_ids, profiles: given, profile_ids: [], failures: [] },
	};
	options.jobs.push(job);
	options.pending.at(new Date(now().getTime() + options.processingMs), () => work(job, people));
	return job;
}

// One profile that is refused does not stop the others.
function work(job: ImportJob, { profiles, members, now }: People): void {
	for (const [index, each] of job.profiles.entries()) {
		try {
			const { profile } = profiles.upsert(each, now());
			job.profile_ids.push(profile.id);
			for (const listId of job.list_ids) members.add(listId, profile.id, now());
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			const { code, title, detail } = error;
			job.failures.push({ index, code, title, detail });
		}
	}
	job.status = 'complete';
	job.completed = now();
}

function resourceOf(job: ImportJob): Resource {
	const { id, status, created, completed, list_ids } = job;
	const completed_at = completed && seconds(completed);
	return {
		...{ type: 'profile-bulk-import-job', id },
		attributes: {
			...{ status, created_at: seconds(created), started_at: completed_at, completed_at },
			total_count: job.profiles.length,
			...{ completed_count: job.profile_ids.length, failed_count: job.failures.length },
			expires_at: seconds(new Date(created.getTime() + KEPT_MS)),
		},
		relationships: {
			lists: { data: list_ids.map((each) => ({ type: 'list', id: each })) },
			...{ profiles: {}, 'import-errors': {} },
		},
	};
}

function errorResources({ id, failures, profiles }: ImportJob): Resource[] {
	return failures.map(({ index, ...failure }) => ({
		...{ type: 'import-error', id: inventUlid(`${id} ${index}`) },
		attributes: {
			...failure,
			source: { pointer: `/data/attributes/profiles/data/${index}` },
			original_payload: dict(profiles[index]),
		},
	}));
}
