import type { IDataObject } from 'n8n-workflow';

import { exactNumber } from '../../shared/event/jsonText';
import { WHO_FIELDS, type SoughtEvent, type Who } from './wanted';

/** An event of Klaviyo's. */
export interface Candidate {
	/** Klaviyo's own ID of it. */
	id: string;
	who: Who;
	sendersId?: string;
	/** Milliseconds; Klaviyo cuts it to the second. */
	time: number;
	value?: number;
	properties: IDataObject;
}

const SECOND_MS = 1000;

/**
 * Which of Klaviyo's events each sought one is. By the sender's ID, else by the person and the second, where these leave
 * exactly one that can be no other: in doubt there is none, as a wrong one would be worse. Pure.
 *
 * @param sought of one metric, each with an event_id of its own
 * @param candidates of that metric; not all need be there
 */
export function matchEvents<C extends Candidate>(
	sought: SoughtEvent[],
	candidates: C[],
): Map<SoughtEvent, C> {
	const bySender = groupsBy(candidates, ({ sendersId }) => sendersId);
	const byPerson = personIndex(candidates);
	return eachOnce(
		sought.map((one): [SoughtEvent, C[]] => {
			const withId = one.sendersId === undefined ? undefined : bySender.get(one.sendersId);
			return [one, withId === undefined ? likely(one, byPerson(one.who)) : named(one, withId)];
		}),
	);
}

/** One event of Klaviyo's is one of ours of each name: its metric's own, and a step's. */
function claimOf({ name }: SoughtEvent, { id }: Candidate): string {
	return JSON.stringify([name, id]);
}

/** Those that have one possibility, which nobody else has. */
function eachOnce<C extends Candidate>(possible: Array<[SoughtEvent, C[]]>): Map<SoughtEvent, C> {
	const claims = new Map<string, number>();
	for (const [one, found] of possible) {
		for (const candidate of found) {
			const claim = claimOf(one, candidate);
			claims.set(claim, (claims.get(claim) ?? 0) + 1);
		}
	}
	return new Map(
		possible.flatMap(([one, [only, ...more]]) =>
			only !== undefined && more.length === 0 && claims.get(claimOf(one, only)) === 1
				? [[one, only] as const]
				: [],
		),
	);
}

/**
 * Those of the person in the second in which ours happened. Klaviyo keeps one event of a person, metric and second where
 * the sender gave no ID; of those with IDs there may be many, such as the lines of an order, and ours not shown yet.
 * https://developers.klaviyo.com/en/reference/create_event (unique_id)
 */
function likely<C extends Candidate>(one: SoughtEvent, ofPerson: C[]): C[] {
	return ofPerson.filter(
		(candidate) =>
			candidate.time === one.second && canBe(one, candidate) && !contradicts(one, candidate),
	);
}

/** Of two IDs that differ there are two events. An ID that only Klaviyo tells has to stand in the body somewhere. */
function canBe(one: SoughtEvent, { sendersId, time }: Candidate): boolean {
	if (sendersId === undefined) return true;
	if (one.sendersId !== undefined) return false;
	return (
		sendersId === idOfSecond(time) ||
		Object.values(one.properties).some((value) => isSingle(value) && isEqual(value, sendersId))
	);
}

/** What Klaviyo takes for the ID of an event whose sender gave none. */
const idOfSecond = (ms: number) => String(ms / SECOND_MS);

/**
 * Of those with the sender's ID. Where the sender gave none, it is the second, which another event may have, too: then
 * the content must not be another.
 */
function named<C extends Candidate>(one: SoughtEvent, withId: C[]): C[] {
	const ofPerson = withId.filter(({ who }) => isSame(one.who, who));
	const isSecond = one.second !== undefined && one.sendersId === idOfSecond(one.second);
	const isCertain = ofPerson.length === 1 && !isSecond;
	return isCertain ? ofPerson : ofPerson.filter((candidate) => !contradicts(one, candidate));
}

function contradicts(one: SoughtEvent, other: Candidate): boolean {
	if (one.value !== undefined && other.value !== undefined && !isEqual(one.value, other.value))
		return true;
	return sharedKeys(one, other).some((key) => !isEqual(one.properties[key], other.properties[key]));
}

/** Names of single values that both have; lists and objects are rendered too differently to compare. */
function sharedKeys(one: SoughtEvent, other: Candidate): string[] {
	return Object.keys(one.properties).filter(
		(key) =>
			Object.hasOwn(other.properties, key) &&
			isSingle(one.properties[key]) &&
			isSingle(other.properties[key]),
	);
}

function isSingle(value: unknown): boolean {
	return ['string', 'number', 'boolean'].includes(typeof value);
}

/** A body writes numbers and truth values as text, and at most four decimals of a sum such as 59.980000000000004. */
function isEqual(one: unknown, other: unknown): boolean {
	const [a, b] = [String(one).trim(), String(other).trim()];
	if (a.toLowerCase() === b.toLowerCase()) return true;
	const [first, second] = a === '' || b === '' ? [] : [exactNumber(a), exactNumber(b)];
	return first !== undefined && second !== undefined && Math.abs(first - second) < 0.0001;
}

/** The strongest ID that both have decides. */
function isSame(one: Who, other: Who): boolean {
	for (const field of WHO_FIELDS) {
		if (one[field] !== undefined && other[field] !== undefined) return one[field] === other[field];
	}
	return false;
}

function personIndex<C extends Candidate>(candidates: C[]): (who: Who) => C[] {
	const byField = WHO_FIELDS.map(
		(field) => [field, groupsBy(candidates, ({ who }) => who[field])] as const,
	);
	return (who) => {
		for (const [field, groups] of byField) {
			const value = who[field];
			if (value !== undefined && groups.size > 0) return groups.get(value) ?? [];
		}
		return [];
	};
}

function groupsBy<T>(all: T[], keyOfOne: (one: T) => string | undefined): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const one of all) {
		const key = keyOfOne(one);
		if (key === undefined) continue;
		const group = groups.get(key);
		if (group === undefined) groups.set(key, [one]);
		else group.push(one);
	}
	return groups;
}
