// Subscribing and unsubscribing many at once
// (https://developers.klaviyo.com/en/reference/bulk_subscribe_profiles).
import type { Dict } from '../types';
import { invalid, notFound } from './errors';
import { dict, dicts } from './json';
import type { ApiAnswer, ApiRequest, Operation } from './operation';
import { dataOf } from './operation';
import type { Pending } from './pending';
import type { ProfileInput, StoredProfile } from './profile-store';
import { checkAddresses } from './profile-store';
import type { People } from './profiles';
import { L } from './rate';
import { leftList, subscribed, unsubscribed, wishesOf } from './subscriptions';

/** What one job asked for. */
export interface ConsentJob {
	kind: 'subscribe' | 'unsubscribe';
	/** ISO 8601. */
	at: string;
	list_id: string | null;
	historical_import: boolean;
	custom_source: string | null;
	/** As they came: identifiers and `subscriptions`. */
	profiles: Array<{ id: string | null; attributes: Dict }>;
}

export interface ConsentOptions {
	/** Who is subscribed without a list: at once, or after a confirmation that never comes here. */
	accountOptIn: 'single_opt_in' | 'double_opt_in';
	/** How long after its 202 a job takes effect. */
	processingMs: number;
	pending: Pending;
	jobs: ConsentJob[];
}

const PATH = '/data/attributes/profiles/data';
const SCOPES = ['lists:write', 'profiles:write', 'subscriptions:write'];

export function consentOperations(people: People, options: ConsentOptions): Operation[] {
	return [
		{
			name: 'bulk_subscribe_profiles',
			...{ method: 'POST', path: '/api/profile-subscription-bulk-create-jobs' },
			...{ scopes: SCOPES, limits: L },
			run: (request) => accepted(request, 'subscribe', people, options),
		},
		{
			name: 'bulk_unsubscribe_profiles',
			...{ method: 'POST', path: '/api/profile-subscription-bulk-delete-jobs' },
			...{ scopes: SCOPES, limits: L },
			run: (request) => accepted(request, 'unsubscribe', people, options),
		},
	];
}

function accepted(
	request: ApiRequest,
	kind: ConsentJob['kind'],
	people: People,
	{ jobs, pending, processingMs, ...rules }: ConsentOptions,
): ApiAnswer {
	const job = jobOf(request, kind, people);
	jobs.push(job);
	pending.at(new Date(people.now().getTime() + processingMs), () => {
		for (const each of job.profiles) {
			if (kind === 'subscribe') subscribe(each, job, people, rules.accountOptIn);
			else unsubscribe(each, job, people);
		}
	});
	return { status: 202 };
}

function jobOf(request: ApiRequest, kind: ConsentJob['kind'], { catalog, now }: People) {
	const word = kind === 'subscribe' ? 'create' : 'delete';
	const data = dataOf(request, `profile-subscription-bulk-${word}-job`);
	const attributes = dict(data.attributes);
	const list = dict(dict(dict(data.relationships).list).data).id;
	const job: ConsentJob = {
		...{ kind, at: now().toISOString(), list_id: typeof list === 'string' ? list : null },
		historical_import: attributes.historical_import === true,
		custom_source: typeof attributes.custom_source === 'string' ? attributes.custom_source : null,
		profiles: dicts(dict(attributes.profiles).data).map((each) => ({
			id: typeof each.id === 'string' ? each.id : null,
			attributes: dict(each.attributes),
		})),
	};
	// Whether a list that is not there answers 404 is not documented; it does for the list itself.
	if (job.list_id !== null && !catalog.has('list', job.list_id))
		throw notFound('list', job.list_id);
	const most = kind === 'subscribe' ? 1000 : 100;
	if (job.profiles.length > most) {
		throw invalid(`At most ${most} profiles per request.`, { pointer: PATH });
	}
	for (const [index, each] of job.profiles.entries()) {
		checkProfile(each, job, `${PATH}/${index}`, now());
	}
	return job;
}

function checkProfile(
	{ id, attributes }: ConsentJob['profiles'][0],
	{ kind, historical_import }: ConsentJob,
	pointer: string,
	now: Date,
): void {
	const { email, phone_number, subscriptions } = attributes;
	const at = `${pointer}/attributes`;
	const wishes = wishesOf(dict(subscriptions));
	checkAddresses(attributes, at);
	const isPush = wishes.some(({ channel }) => channel === 'mobile_push');
	if (id === null && !email && !phone_number && !isPush) {
		throw invalid('Each profile needs an email or a phone_number.', { pointer: at });
	}
	const address: Dict = { email: email ?? null, mobile_push: true };
	for (const { channel, kind: sort, consented_at } of wishes) {
		const name = `${at}/subscriptions/${channel}/${sort}/consented_at`;
		// The numbered channels share the phone number.
		if (id === null && !(channel in address ? address[channel] : phone_number)) {
			throw invalid(`The ${channel} channel needs its address.`, { pointer: at });
		}
		if (kind === 'unsubscribe' || sort === 'open_tracking') continue;
		if (!historical_import && consented_at !== null) {
			throw invalid('consented_at needs historical_import.', { pointer: name });
		}
		if (historical_import && !(Date.parse(consented_at ?? '') < now.getTime())) {
			throw invalid('A historical import needs a consented_at in the past.', { pointer: name });
		}
	}
}

function subscribe(
	given: ConsentJob['profiles'][0],
	{ list_id, historical_import, custom_source }: ConsentJob,
	people: People,
	accountOptIn: ConsentOptions['accountOptIn'],
): void {
	const { catalog, members, profiles, now } = people;
	const optIn = list_id === null ? accountOptIn : catalog.optIn(list_id);
	// Recorded: without a list and without `historical_import` a new address never becomes a profile.
	// The confirmation that double opt-in asks for never comes here.
	if (optIn === 'double_opt_in' && !historical_import) return;
	const profile = profileFor(given, people);
	if (!profile) return;
	const wishes = wishesOf(dict(given.attributes.subscriptions));
	const at = now();
	profile.subscriptions = subscribed(profile.subscriptions, wishes, {
		...{ at, source: custom_source, listId: list_id },
	});
	if (list_id !== null) members.add(list_id, profile.id, at);
	profiles.touch(profile);
}

// "Profiles not in the specified list will be globally unsubscribed", and unknown ones are created.
function unsubscribe(given: ConsentJob['profiles'][0], { list_id }: ConsentJob, people: People) {
	const { members, profiles, now } = people;
	const profile = profileFor(given, people);
	if (!profile) return;
	const { subscriptions } = profile;
	if (list_id !== null && members.has(list_id, profile.id)) {
		members.remove(list_id, profile.id);
		profile.subscriptions = leftList(subscriptions, list_id, now());
	} else {
		const wishes = wishesOf(dict(given.attributes.subscriptions));
		profile.subscriptions = unsubscribed(subscriptions, wishes, now());
	}
	profiles.touch(profile);
}

// Assumed: nothing comes of an id that nobody has, nor of a push token alone.
function profileFor(
	{ id, attributes: { email, phone_number } }: ConsentJob['profiles'][0],
	{ profiles, now }: People,
): StoredProfile | undefined {
	if (id !== null) return profiles.find({ id });
	if (!email && !phone_number) return undefined;
	const input: ProfileInput = {
		attributes: { ...(email && { email }), ...(phone_number && { phone_number }) },
	};
	return profiles.find(input) ?? profiles.create(input, now());
}
