import type { IDataObject } from 'n8n-workflow';

import { choosePerson, type Container, type Person } from './choosePerson';
import { isVagueTime, readFact, type Fact, type Facts } from './facts';
import {
	ENVELOPES,
	FACTS,
	plainKey,
	PROFILE_CONTAINERS,
	PROPERTY_CONTAINERS,
	RESERVED,
	TOP_LEVEL_PROFILE,
} from './keys';
import { isUlid, type OwnPlaceholders, type PersonalEntry } from './personalFields';
import { isPlaceholder } from '../../shared/event/placeholders';
import { isObject, setBeside, textOf } from '../../shared/event/values';

type Value = IDataObject[string];

/** A delivery's fields by what they speak of. Values are clean and can be understood; nothing is interpreted yet. */
export interface SortedFields extends Person {
	/** About the delivery and the event behind it. */
	facts: Facts;
	/** The event's own properties, and all that is not known by name. */
	properties: IDataObject;
	/** How the event's time was written, where its name may mean another time, too. */
	vagueTime?: { key: string; value: Value };
}

/** Fields that are being sorted. */
interface Sorting extends Pick<SortedFields, 'facts' | 'properties' | 'vagueTime'> {
	/** What the top level says of the person. */
	top: PersonalEntry[];
	/** Objects of which one may be the person. */
	containers: Container[];
	placeholders: OwnPlaceholders;
}

/** Sorts a cleaned body, of our recommended shape or of the user's own design. */
export function sortFields(body: IDataObject, placeholders?: OwnPlaceholders): SortedFields {
	const sorting = beginning(placeholders);
	sortTopLevel(sorting, body);
	const { facts, properties, vagueTime, top, containers } = sorting;
	return {
		facts,
		properties,
		vagueTime,
		...choosePerson(top, containers, properties, placeholders),
	};
}

/** Sorts the cleaned properties of an event of which the rest is known. */
export function sortEventProperties(
	given: IDataObject,
	placeholders?: OwnPlaceholders,
): SortedFields {
	const sorting = beginning(placeholders);
	sortProperties(sorting, given);
	const { facts, properties } = sorting;
	return { facts, properties, profile: {}, profileProperties: {} };
}

function beginning(placeholders: OwnPlaceholders): Sorting {
	return { facts: {}, properties: {}, top: [], containers: [], placeholders };
}

/** `cleanObject` has bounded the depth. */
function sortTopLevel(sorted: Sorting, body: IDataObject): void {
	for (const key of Object.keys(body)) {
		const value = body[key];
		const plain = plainKey(key);
		const fact = FACTS.get(plain);
		const field = TOP_LEVEL_PROFILE.get(plain);
		if (fact !== undefined) addFact(sorted, fact, key, value);
		else if (field !== undefined) sorted.top.push({ field, key, value });
		else if (plain === 'id' && isUlid(value)) sorted.top.push({ field: 'klaviyo_id', key, value });
		else if (isObject(value)) sortContainer(sorted, key, plain, value);
		else if (plain === 'event' && isMetricName(value)) addFact(sorted, 'metric', key, value);
		else if (plain !== 'type' || !isObject(body.attributes)) addProperty(sorted, key, value);
	}
}

function sortContainer(sorted: Sorting, key: string, plain: string, value: IDataObject): void {
	if (PROFILE_CONTAINERS.includes(plain)) sorted.containers.push({ key, plain, value });
	else if (PROPERTY_CONTAINERS.has(plain)) sortProperties(sorted, value);
	else if (ENVELOPES.has(plain)) sortTopLevel(sorted, value);
	else addProperty(sorted, key, value);
}

function sortProperties(sorted: Sorting, properties: IDataObject): void {
	for (const key of Object.keys(properties)) {
		const fact = RESERVED.get(key);
		if (fact !== undefined) addFact(sorted, fact, key, properties[key]);
		else addProperty(sorted, key, properties[key]);
	}
}

/** Where a placeholder would pass for what it stands for. */
const MAY_BE_PLACEHOLDER: Fact[] = ['trigger_event_id', 'currency'];

function addFact(sorted: Sorting, fact: Fact, key: string, value: Value): void {
	// What is no text stays where it was, as it stands for nothing else either.
	const text = MAY_BE_PLACEHOLDER.includes(fact) ? textOf(value) : undefined;
	if (text !== undefined && isPlaceholder(text, sorted.placeholders)) return;
	const { facts } = sorted;
	const read = readFact(fact, value);
	if (fact === 'trigger_event_time' && read !== undefined) preferPlainTime(sorted, key, value);
	if (read !== undefined && facts[fact] === undefined) setFact(facts, fact, read);
	else if (read === undefined || !isSame(facts[fact], read)) addProperty(sorted, key, value);
}

/** `event_time` is the event's; `datetime` beside it is any other one, whichever comes first. */
function preferPlainTime(sorted: Sorting, key: string, value: Value): void {
	const { facts, vagueTime } = sorted;
	if (isVagueTime(key)) {
		if (facts.trigger_event_time === undefined) sorted.vagueTime = { key, value };
	} else if (vagueTime !== undefined) {
		delete facts.trigger_event_time;
		delete sorted.vagueTime;
		if (
			!isSame(
				readFact('trigger_event_time', value),
				readFact('trigger_event_time', vagueTime.value),
			)
		)
			addProperty(sorted, vagueTime.key, vagueTime.value);
	}
}

function setFact<Name extends Fact>(facts: Facts, fact: Name, read: Facts[Name]): void {
	facts[fact] = read;
}

/** A fact said twice, such as a time or a list. */
function isSame(one: unknown, other: unknown): boolean {
	return one === other || (isObject(one) && JSON.stringify(one) === JSON.stringify(other));
}

function addProperty({ properties }: Sorting, key: string, value: Value): void {
	setBeside(properties, key, value);
}

function isMetricName(value: unknown): boolean {
	return typeof value === 'string' && /^[^{[]{1,200}$/.test(value);
}
