import { NodeApiError, type IDataObject } from 'n8n-workflow';

import { jsonOfItem, type Profile } from '../../shared/event/contract';
import { isObject, textOf } from '../../shared/event/values';
import type { KlaviyoClient } from '../api/klaviyoClient';
import { metricEvent } from '../normalise/apiResource';
import { membersIn, metricIds, readEvents, spansOf, type AskedEvent, type Member } from './ask';
import { isExact, matchEvents } from './match';
import { listsOf, profilesOf, type ProfileWish } from './profiles';
import { sortItems, type SoughtEvent, type SoughtJoin } from './wanted';

export interface CompleteSettings {
	/** How long before the receipt an event of an unknown time may have happened. */
	lookBackMs: number;
	/** What of the person is wanted; null for nothing. */
	profile: ProfileWish | null;
}

export interface Completed {
	/** As many as came, in their order, each with `completed`. */
	items: IDataObject[];
	/** What could not be asked, in sentences, each once. */
	notes: string[];
}

/**
 * Items of our triggers as Klaviyo has them. Whatever stands in the way, all of them come back, and what was not found
 * as it came. Never rejects.
 *
 * @param readAt ISO 8601
 */
export async function completeItems(
	client: KlaviyoClient,
	items: IDataObject[],
	{ lookBackMs, profile: wish }: CompleteSettings,
	readAt: string,
): Promise<Completed> {
	const { events, joins, complete } = sortItems(items, lookBackMs);
	const notes = new Set<string>();
	const attempt = attempts(notes);
	const out = items.map((item, index) => ({ ...item, completed: complete.has(index) }));

	for (const [sought, event] of await eventsFor(client, events, attempt)) {
		for (const index of sought.indexes)
			out[index] = withEvent(items[index]!, sought, event, readAt);
	}
	for (const [sought, member] of await joinsFor(client, joins, attempt)) {
		for (const index of sought.indexes) out[index] = withJoin(items[index]!, member);
	}
	if (wish === null) return { items: out, notes: [...notes] };

	const ids = [...new Set(out.flatMap((item) => idOf(item) ?? []))];
	const profiles = new Map<string, Profile>();
	const lists = new Map<string, string[]>();
	await attempt(async () => await profilesOf(client, ids, wish, profiles));
	if (wish.lists) await attempt(async () => await listsOf(client, ids, lists));
	return {
		items: out.map((item) => withProfile(item, profiles, lists)),
		notes: [...notes],
	};
}

type Attempt = (ask: () => Promise<void>) => Promise<boolean>;

/** A part that Klaviyo refuses leaves the others be; after no answer, or none in time, nothing more is asked. */
function attempts(notes: Set<string>): Attempt {
	let isOver = false;
	return async (ask) => {
		if (isOver) return false;
		try {
			await ask();
			return true;
		} catch (error) {
			notes.add((error as Error).message);
			isOver = !(
				error instanceof NodeApiError && ['400', '403', '404'].includes(error.httpCode ?? '')
			);
			return false;
		}
	};
}

async function eventsFor(
	client: KlaviyoClient,
	events: SoughtEvent[],
	attempt: Attempt,
): Promise<Map<SoughtEvent, AskedEvent>> {
	const matches = new Map<SoughtEvent, AskedEvent>();
	if (events.length === 0) return matches;
	let ids = new Map<string, string[]>();
	await attempt(async () => {
		ids = await metricIds(client);
	});
	for (const [metric, sought] of groupsOf(events, (one) => one.metric)) {
		for (const span of spansOf(sought)) {
			const found = new Map<string, AskedEvent>();
			let isWhole = true;
			for (const id of ids.get(metric) ?? []) {
				if (
					matchEvents(span.sought.filter(isExact), [...found.values()]).size === span.sought.length
				)
					break;
				const isRead = await attempt(async () => await readEvents(client, id, span, found));
				isWhole &&= isRead;
			}
			const certain = isWhole ? span.sought : span.sought.filter(isExact);
			for (const [one, event] of matchEvents(certain, [...found.values()])) matches.set(one, event);
		}
	}
	return matches;
}

async function joinsFor(
	client: KlaviyoClient,
	joins: SoughtJoin[],
	attempt: Attempt,
): Promise<Map<SoughtJoin, Member>> {
	const matches = new Map<SoughtJoin, Member>();
	for (const sought of groupsOf(joins, ({ kind, groupId }) => `${kind} ${groupId}`).values()) {
		await attempt(async () => {
			for (const [one, member] of await membersIn(client, sought)) matches.set(one, member);
		});
	}
	return matches;
}

function groupsOf<T>(all: T[], nameOfGroup: (one: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const one of all) {
		const group = groups.get(nameOfGroup(one));
		if (group === undefined) groups.set(nameOfGroup(one), [one]);
		else group.push(one);
	}
	return groups;
}

/** event_id stays as the trigger made it. What only the body said stays, too. */
function withEvent(
	item: IDataObject,
	{ metric, isOwn, sendersId }: SoughtEvent,
	{ resource, id }: AskedEvent,
	readAt: string,
) {
	const event = jsonOfItem(metricEvent(resource, metric, { account: null, readAt }));
	const trigger = isObject(event.trigger_event) ? event.trigger_event : {};
	return {
		...item,
		...(isOwn ? { event_time: event.event_time, event_time_source: event.event_time_source } : {}),
		trigger_event: {
			...(isObject(item.trigger_event) ? item.trigger_event : {}),
			...trigger,
			...(sendersId === undefined ? {} : { id: sendersId }),
			klaviyo_event_id: id,
		},
		...(event.campaign === undefined ? {} : { campaign: event.campaign }),
		profile: {
			...(isObject(event.profile) ? { klaviyo_id: event.profile.klaviyo_id } : {}),
			...(isObject(item.profile) ? item.profile : {}),
		},
		properties: {
			...(isObject(item.properties) ? item.properties : {}),
			...(isObject(event.properties) ? event.properties : {}),
		},
		completed: true,
	};
}

function withJoin(item: IDataObject, { who, joinedAt }: Member) {
	return {
		...item,
		event_time: joinedAt,
		event_time_source: 'event',
		profile: { ...who, ...(isObject(item.profile) ? item.profile : {}) },
		completed: true,
	};
}

function idOf({ profile }: IDataObject): string | undefined {
	return isObject(profile) ? textOf(profile.klaviyo_id) : undefined;
}

/** Klaviyo's word counts for IDs and consent; of the rest, what the body said stays. */
function withProfile(
	item: IDataObject,
	profiles: Map<string, Profile>,
	lists: Map<string, string[]>,
): IDataObject {
	const id = idOf(item) ?? '';
	const asked = profiles.get(id);
	if (asked === undefined && !lists.has(id)) return item;
	const own = isObject(item.profile) ? item.profile : {};
	const { properties: custom = {}, ...known } = asked ?? {};
	const properties = {
		...(isObject(own.properties) ? own.properties : {}),
		...custom,
		...(lists.has(id) ? { klaviyo_lists: lists.get(id) } : {}),
	};
	return {
		...item,
		profile: {
			...own,
			...known,
			...(Object.keys(properties).length === 0 ? {} : { properties }),
		},
	};
}
