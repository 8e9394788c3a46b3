// https://developers.klaviyo.com/en/reference/events_api_overview
import type { Dict, Json } from '../types';
import { ApiError, invalid, notFound } from './errors';
import { checkEvent, checkEventBytes, eventTime, keptProperties } from './event-rules';
import type { NewEvent, StoredEvent } from './event-store';
import { attributionsOf } from './event-store';
import { dict, dicts } from './json';
import type { Includes } from './listing';
import { collection, single } from './listing';
import type { ApiRequest, Operation } from './operation';
import { attributesOf } from './operation';
import type { Pending } from './pending';
import type { ProfileInput } from './profile-store';
import { checkAddresses, IDENTIFIERS } from './profile-store';
import type { People } from './profiles';
import { M, XL } from './rate';

/** The parameter says at most 1,000, the description 200: the parameter is what is checked. */
const PAGE = { size: 200, most: 1000 };
/** "Accepts up to 1,000 events per request." */
const MOST_EVENTS = 1000;

export interface EventOptions {
	/** How long after its 202 an event is there. */
	processingMs: number;
	/** How long after that the API shows it. */
	shownAfterMs: number;
	pending: Pending;
}

/** One event of a request, checked. */
interface Given {
	profile: ProfileInput;
	attributes: Dict;
	metric: { name: string; service: string | undefined };
	backfill: boolean;
}

export function eventOperations(people: People, options: EventOptions): Operation[] {
	const { events, profiles, catalog, now } = people;
	const isShown = ({ recorded }: StoredEvent) =>
		recorded.getTime() + options.shownAfterMs <= now().getTime();
	const read = { scopes: ['events:read'] };
	const write = { scopes: ['events:write'] };
	const includes: Includes = {
		profile: ({ filterable }) => [profiles.resource(profiles.get(String(filterable?.profile_id)))],
		metric: ({ filterable }) => [catalog.get('metric', String(filterable?.metric_id))],
		attributions: ({ id }) => attributionsOf(events.get(id)),
	};
	return [
		{
			...{ name: 'get_events', method: 'GET', path: '/api/events', ...read, limits: XL },
			run: (request) =>
				collection(
					request,
					events
						.list()
						.filter(isShown)
						.map((each) => events.resource(each)),
					{ page: PAGE, order: 'datetime', includes },
				),
		},
		{
			...{ name: 'get_event', method: 'GET', path: '/api/events/{id}', ...read, limits: M },
			run: (request) => {
				const event = events.get(request.id);
				if (!isShown(event)) throw notFound('event', request.id);
				return single(request, events.resource(event), { includes });
			},
		},
		{
			...{ name: 'create_event', method: 'POST', path: '/api/events', ...write, limits: XL },
			run: (request) => {
				checkEventBytes(request.size);
				const attributes = attributesOf(request, 'event');
				const data = dict(dict(attributes.profile).data);
				// Here `meta` stands inside the attributes, in the bulk request beside them.
				const { meta, ...own } = dict(data.attributes);
				const profile: ProfileInput = { id: data.id, attributes: own, meta };
				accept([given(attributes, profile, attributes, people, AT)], people, options);
				return { status: 202 };
			},
		},
		{
			...{ name: 'bulk_create_events', method: 'POST', path: '/api/event-bulk-create-jobs' },
			...{ ...write, limits: M },
			run: (request) => {
				checkEventBytes(request.size);
				accept(bulk(request, people), people, options);
				return { status: 202 };
			},
		},
	];
}

const AT = '/data/attributes';

function bulk(request: ApiRequest, people: People): Given[] {
	const attributes = attributesOf(request, 'event-bulk-create-job');
	const groups = dicts(dict(attributes['events-bulk-create']).data);
	const base = `${AT}/events-bulk-create/data`;
	const all = groups.flatMap((group, index) => {
		const { profile, events, ...shared } = dict(group.attributes);
		const who = dict(dict(profile).data) as ProfileInput;
		return dicts(dict(events).data).map((event, place) =>
			given(
				dict(event.attributes),
				who,
				shared,
				people,
				`${base}/${index}/attributes/events/data/${place}/attributes`,
			),
		);
	});
	if (all.length > MOST_EVENTS) {
		throw invalid(`At most ${MOST_EVENTS} events per request.`, { pointer: base });
	}
	// "If a unique_id is repeated for the same profile and metric, the request will fail and no events
	// will be processed"; within the request, since what is stored already goes silently elsewhere.
	const keys = all
		.filter(({ attributes: { unique_id } }) => typeof unique_id === 'string')
		.map(({ profile, metric, attributes: { unique_id } }) =>
			JSON.stringify([profile.id, profile.attributes, metric, unique_id]),
		);
	if (new Set(keys).size < keys.length) {
		throw invalid('A unique_id is repeated for the same profile and metric.', { pointer: base });
	}
	return all;
}

function given(
	attributes: Dict,
	profile: ProfileInput,
	{ backfill }: Dict,
	{ now }: People,
	at: string,
): Given {
	const { name, service } = dict(dict(dict(attributes.metric).data).attributes);
	checkEvent(attributes, name, now(), at);
	const own = dict(profile.attributes);
	checkAddresses(own, `${AT}/profile/data/attributes`);
	if (!profile.id && !IDENTIFIERS.some((each) => own[each])) {
		const pointer = `${AT}/profile/data`;
		throw invalid('The profile needs an identifier.', { pointer });
	}
	return {
		...{ profile, attributes, backfill: backfill === true },
		metric: { name: String(name), service: typeof service === 'string' ? service : undefined },
	};
}

// 202: "validated and submitted for processing". Assumed of an id that nobody has: accepted, and then
// nothing comes of it.
function accept(all: Given[], people: People, { pending, processingMs }: EventOptions): void {
	const received = people.now();
	const due = new Date(received.getTime() + processingMs);
	pending.at(due, () => {
		for (const each of all) record(each, received, due, people);
	});
}

function record(given: Given, received: Date, recorded: Date, people: People): void {
	const { attributes, metric, backfill } = given;
	const { profiles, events, catalog } = people;
	if (typeof given.profile.id === 'string' && !profiles.find(given.profile)) return;
	const profile = profiles.find(given.profile) ?? profiles.create(given.profile, received);
	const { attributes: own, meta } = given.profile;
	if (hasNews(dict(own), meta, profile.attributes)) {
		try {
			profiles.update(profile, { attributes: own, meta }, received);
		} catch (error) {
			// An identifier is somebody else's. Assumed: the event is recorded all the same.
			if (!(error instanceof ApiError)) throw error;
		}
	}
	const time = eventTime(attributes.time, received);
	const { value, value_currency, unique_id } = attributes;
	const event: NewEvent = {
		...{ metric_id: catalog.metricNamed(metric.name, metric.service).id, profile_id: profile.id },
		...{ time, recorded, written: true, backfill },
		properties: keptProperties({
			...dict(attributes.properties),
			...present({ $value: value, $value_currency: value_currency, $event_id: unique_id }),
		}),
	};
	if (!events.add(event)) return;
	if (!profile.last_event_date || profile.last_event_date < time) profile.last_event_date = time;
	profiles.touch(profile);
}

// `updated` says when the profile changed, not when it did something.
function hasNews(given: Dict, meta: Json | undefined, own: Dict): boolean {
	if (meta !== undefined && meta !== null) return true;
	return Object.entries(given).some(([name, value]) => {
		if (name !== 'properties' && name !== 'location') return value !== own[name];
		const known = dict(own[name]);
		return Object.entries(dict(value)).some(
			([key, each]) => JSON.stringify(each) !== JSON.stringify(known[key]),
		);
	});
}

function present(values: Record<string, Json | undefined>): Dict {
	const entries = Object.entries(values).filter(([, value]) => value !== undefined);
	return Object.fromEntries(entries) as Dict;
}
