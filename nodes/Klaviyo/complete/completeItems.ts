import { NodeApiError, type IDataObject } from 'n8n-workflow';

import type { Profile } from '../../shared/event/contract';
import { notAfter } from '../../shared/event/makeEvent';
import { isoOf } from '../../shared/event/time';
import { isObject, textOf } from '../../shared/event/values';
import type { Runtime } from '../../shared/http/runtime';
import type { KlaviyoClient } from '../api/klaviyoClient';
import { klaviyoEventParts } from '../normalise/apiResource';
import { toSnakeCase } from '../normalise/eventName';
import { membersIn, metricIds, readEvents, spansOf, type AskedEvent, type Member } from './ask';
import { flowNamesOf } from './flowNames';
import { matchEvents } from './match';
import { listsOf, profilesOf, type ProfileWish } from './profiles';
import { sortItems, type SoughtEvent, type SoughtJoin } from './wanted';

export interface CompleteSettings {
	/** How long before the receipt an event of an unknown time may have happened. */
	lookBackMs: number;
	/** What of the person is wanted; null for nothing. */
	profile: ProfileWish | null;
	/** Names the account that is asked, for what is remembered of it. */
	account: string;
	clock: Pick<Runtime, 'now'>;
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
 */
export async function completeItems(
	client: KlaviyoClient,
	items: IDataObject[],
	{ lookBackMs, profile: wish, account, clock }: CompleteSettings,
): Promise<Completed> {
	const { events, joins, complete } = sortItems(items, lookBackMs);
	const notes = new Set<string>();
	const attempt = attempts(notes);
	const out = items.map(
		(item, index): IDataObject => ({ ...item, completed: complete.has(index) }),
	);

	for (const [sought, event] of await eventsFor(client, events, attempt)) {
		for (const index of sought.indexes) out[index] = withEvent(items[index]!, sought, event);
	}
	for (const [sought, member] of await joinsFor(client, joins, attempt)) {
		for (const index of sought.indexes) out[index] = withJoin(items[index]!, member);
	}

	const ids = wish === null ? [] : [...new Set(out.flatMap((item) => idOf(item) ?? []))];
	const profiles = new Map<string, Profile>();
	const flowIds = [...new Set(items.flatMap((item) => namelessFlow(item) ?? []))];
	const flowNames = new Map<string, string>();
	const lists = new Map<string, string[]>();
	if (wish !== null) await attempt(async () => await profilesOf(client, ids, wish, profiles));
	if (wish?.lists === true) await attempt(async () => await listsOf(client, ids, lists));
	// Last, as nobody has asked for them.
	await attempt(async () => await flowNamesOf(client, account, flowIds, clock, flowNames));
	return {
		items: out.map((item) => withFlowName(withProfile(item, profiles, lists), flowNames)),
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
	for (const [name, sought] of groupsOf(events, ({ metric }) => toSnakeCase(metric))) {
		for (const span of spansOf(sought)) {
			const found = new Map<string, AskedEvent>();
			let matched = new Map<SoughtEvent, AskedEvent>();
			for (const id of ids.get(name) ?? []) {
				await attempt(async () => await readEvents(client, id, span, found));
				matched = matchEvents(span.sought, [...found.values()]);
				if (matched.size === span.sought.length) break;
			}
			for (const [one, event] of matched) matches.set(one, event);
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
	{ metric, isOwn }: SoughtEvent,
	{ resource, id, who }: AskedEvent,
): IDataObject {
	const told = klaviyoEventParts(resource, metric);
	const { happenedAt, trigger_event, campaign, properties } = told;
	const own = item.trigger_event as IDataObject;
	return {
		...item,
		...(isOwn && happenedAt !== undefined ? timeIn(item, happenedAt) : {}),
		trigger_event: {
			...own,
			...trigger_event,
			...(own.id === undefined ? {} : { id: own.id }),
			klaviyo_event_id: id,
		},
		...(campaign === undefined ? {} : { campaign }),
		profile: {
			...(who.klaviyo_id === undefined ? {} : { klaviyo_id: who.klaviyo_id }),
			...(isObject(item.profile) ? item.profile : {}),
		},
		properties: { ...(isObject(item.properties) ? item.properties : {}), ...properties },
		completed: true,
	};
}

function withJoin(item: IDataObject, { who, joinedAt }: Member) {
	return {
		...item,
		...timeIn(item, Date.parse(joinedAt)),
		profile: { ...who, ...(isObject(item.profile) ? item.profile : {}) },
		completed: true,
	};
}

/** @param ms when it happened, which is not after its receipt */
function timeIn({ received_at }: IDataObject, ms: number): IDataObject {
	const received = textOf(received_at);
	return {
		event_time: received === undefined ? isoOf(ms) : notAfter(received, ms),
		event_time_source: 'event',
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
	const own = isObject(item.profile) ? { ...item.profile } : {};
	// Where Klaviyo was asked and says no yes, the body's is an old one.
	if (asked !== undefined) delete own.consent;
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

/** The ID of a flow of which the body said no name. */
function namelessFlow({ flow, is_test, error }: IDataObject): string | undefined {
	const isAsked = is_test !== true && error === undefined && isObject(flow);
	return isAsked && textOf(flow.name) === undefined ? textOf(flow.id) : undefined;
}

function withFlowName(item: IDataObject, names: Map<string, string>): IDataObject {
	const name = names.get(namelessFlow(item) ?? '');
	return name === undefined ? item : { ...item, flow: { ...(item.flow as IDataObject), name } };
}
