import type { IDataObject } from 'n8n-workflow';

import { parseTime, timeOf } from '../../shared/event/time';
import { isObject, textOf } from '../../shared/event/values';
import type { ApiRequest, KlaviyoClient } from '../api/klaviyoClient';
import { anyOf, condition, filterOf } from '../api/filter';
import { attributesOf } from '../normalise/apiResource';
import { toSnakeCase } from '../normalise/eventName';
import { matchEvents, type Candidate } from './match';
import { WHO_FIELDS, type SoughtEvent, type SoughtJoin, type Who } from './wanted';

/** An event as Klaviyo's API has it. */
export interface AskedEvent extends Candidate {
	resource: IDataObject;
}

/** Events in a page at most, as the parameter has it (https://developers.klaviyo.com/en/reference/get_events). */
const PAGE = 1000;
/** Addresses that fit into one URL. */
const TOGETHER = 50;
/** Spans that lie nearer to each other are asked for as one. */
const GAP_MS = 3_600_000;

/** IDs of the metrics of each event name, which the spellings of one name share: one for each integration that has it. */
export async function metricIds(client: KlaviyoClient): Promise<Map<string, string[]>> {
	const request = {
		path: '/api/metrics',
		query: { 'fields[metric]': 'name' },
		scopes: 'metrics:read',
	};
	const ids = new Map<string, string[]>();
	for (const metric of await client.all(request)) {
		const name = toSnakeCase(String(attributesOf(metric).name));
		ids.set(name, [...(ids.get(name) ?? []), String(metric.id)]);
	}
	return ids;
}

/** A span of time with all that is sought in it. */
export interface Span {
	from: number;
	until: number;
	sought: SoughtEvent[];
}

/** As few spans as can be, without long times between in which nothing is sought. Pure. */
export function spansOf(sought: SoughtEvent[]): Span[] {
	const spans: Span[] = [];
	for (const one of [...sought].sort((a, b) => a.from - b.from)) {
		const last = spans.at(-1);
		if (last !== undefined && one.from - last.until <= GAP_MS) {
			last.until = Math.max(last.until, one.until);
			last.sought.push(one);
		} else {
			spans.push({ from: one.from, until: one.until, sought: [one] });
		}
	}
	return spans;
}

/**
 * Events of a metric in a span, page by page, or those of each person, whichever takes fewer requests: how many events
 * the span holds, the first page tells by the time that it covers.
 *
 * @param found by Klaviyo's ID; filled page by page, so that what came before a failure is there
 * @throws what the client throws
 */
export async function readEvents(
	client: KlaviyoClient,
	metricId: string,
	{ from, until, sought }: Span,
	found: Map<string, AskedEvent>,
): Promise<void> {
	const people = new Set(sought.map(({ who }) => who.klaviyo_id));
	const canAskByPerson = !people.has(undefined);
	if (canAskByPerson && people.size === 1) {
		return await readEventsOf(client, metricId, sought, found);
	}
	let pages = 0;
	for await (const page of client.pages(eventRequest(metricId, from, until, sought))) {
		pages++;
		const latest = keep(page, found);
		if (page.length < PAGE || !canAskByPerson) continue;
		const pagesLeft = (pages * (until - latest)) / Math.max(1, latest - from);
		if (people.size < pagesLeft) {
			const matched = matchEvents(sought, [...found.values()]);
			const missing = sought.filter((one) => !matched.has(one));
			return await readEventsOf(client, metricId, missing, found);
		}
	}
}

async function readEventsOf(
	client: KlaviyoClient,
	metricId: string,
	sought: SoughtEvent[],
	found: Map<string, AskedEvent>,
): Promise<void> {
	for (const id of new Set(sought.map(({ who }) => who.klaviyo_id))) {
		const own = sought.filter(({ who }) => who.klaviyo_id === id);
		const request = eventRequest(metricId, first(own), last(own), own, id);
		keep(await client.all(request), found);
	}
}

/** @returns the time of the last of them */
function keep(resources: IDataObject[], found: Map<string, AskedEvent>): number {
	let latest = 0;
	for (const event of resources.map(eventOf)) {
		found.set(event.id, event);
		latest = event.time;
	}
	return latest;
}

function eventRequest(
	metricId: string,
	from: number,
	until: number,
	sought: SoughtEvent[],
	profileId?: string,
): ApiRequest {
	const needsAddresses = sought.some(({ who }) => who.klaviyo_id === undefined);
	return {
		path: '/api/events',
		query: {
			...filterOf([
				condition('equals', 'metric_id', metricId),
				condition('equals', 'profile_id', profileId),
				condition('greater-or-equal', 'datetime', new Date(from)),
				condition('less-or-equal', 'datetime', new Date(until)),
			]),
			...(needsAddresses
				? { include: 'profile', 'fields[profile]': 'email,phone_number,external_id' }
				: {}),
			sort: 'datetime',
			'page[size]': String(PAGE),
		},
		scopes: needsAddresses ? 'events:read and profiles:read' : 'events:read',
	};
}

function eventOf(resource: IDataObject): AskedEvent {
	const attributes = attributesOf(resource);
	const properties = isObject(attributes.event_properties) ? attributes.event_properties : {};
	const value = properties.$value;
	const sendersId = textOf(properties.$event_id)?.trim();
	return {
		resource,
		id: String(resource.id),
		who: whoDid(resource),
		...(sendersId === undefined ? {} : { sendersId }),
		time: timeOf(attributes.datetime),
		...(typeof value === 'number' ? { value } : {}),
		properties,
	};
}

function whoDid(resource: IDataObject): Who {
	const included = (resource.included ?? []) as IDataObject[];
	const profile = included.find(({ type }) => type === 'profile');
	const relationships = (resource.relationships ?? {}) as {
		profile?: { data?: { id?: string } | null };
	};
	return whoIs(relationships.profile?.data?.id ?? profile?.id, profile ?? {});
}

function whoIs(id: unknown, resource: IDataObject): Who {
	const { email, phone_number } = attributesOf(resource);
	return {
		...(textOf(id) === undefined ? {} : { klaviyo_id: textOf(id) }),
		...(textOf(email) === undefined ? {} : { email: textOf(email)!.toLowerCase() }),
		...(textOf(phone_number) === undefined ? {} : { phone_number: textOf(phone_number) }),
	};
}

/** Who joined a group, and when. */
export interface Member {
	who: Who;
	/** ISO 8601 UTC. */
	joinedAt: string;
}

/**
 * Members of one group among the sought ones: who joined in that span, while this takes no more requests than asking by
 * address, fifty together.
 * https://developers.klaviyo.com/en/reference/get_profiles_for_list, …/get_profiles_for_segment
 */
export async function membersIn(
	client: KlaviyoClient,
	sought: SoughtJoin[],
): Promise<Map<SoughtJoin, Member>> {
	const [{ kind, groupId }] = sought as [SoughtJoin];
	const request = (filter: Array<string | undefined>): ApiRequest => ({
		path: `/api/${kind}/${encodeURIComponent(groupId.trim())}/profiles`,
		query: {
			...filterOf(filter),
			'fields[profile]': 'email,phone_number,external_id,joined_group_at',
			'page[size]': '100',
		},
		scopes: `${kind}:read and profiles:read`,
	});
	const members = new Map<string, Member>();
	const find = (who: Who) =>
		whoKeys(who)
			.map((key) => members.get(key))
			.find((one) => one !== undefined);
	const missing = () => sought.filter(({ who }) => find(who) === undefined);
	const add = (page: IDataObject[]) => {
		for (const member of page.map(memberOf)) {
			for (const key of whoKeys(member.who)) members.set(key, member);
		}
	};
	const span = [
		condition('greater-or-equal', 'joined_group_at', new Date(first(sought))),
		condition('less-or-equal', 'joined_group_at', new Date(last(sought))),
	];
	for await (const page of client.pages(request(span))) {
		add(page);
		if (missing().length <= TOGETHER) break;
	}
	for (const field of ['email', 'phone_number'] as const) {
		const values = missing().flatMap(({ who }) => who[field] ?? []);
		for (let start = 0; start < values.length; start += TOGETHER) {
			add(await client.all(request([anyOf(field, values.slice(start, start + TOGETHER))])));
		}
	}
	return new Map(
		sought.flatMap((one) => {
			const member = find(one.who);
			const joined = Date.parse(member?.joinedAt ?? '');
			const isThen = joined >= one.from && joined <= one.until;
			return member !== undefined && isThen ? [[one, member] as const] : [];
		}),
	);
}

function whoKeys(who: Who): string[] {
	return WHO_FIELDS.filter((field) => who[field] !== undefined).map(
		(field) => `${field} ${who[field]}`,
	);
}

const first = (sought: Array<{ from: number }>) => Math.min(...sought.map(({ from }) => from));
const last = (sought: Array<{ until: number }>) => Math.max(...sought.map(({ until }) => until));

function memberOf(resource: IDataObject): Member {
	const joinedAt = parseTime(attributesOf(resource).joined_group_at) ?? '';
	return { who: whoIs(resource.id, resource), joinedAt };
}
