import type { IDataObject } from 'n8n-workflow';

import {
	KLAVIYO_PERSONS,
	PERSONS_IN_EVENTS,
	plainKey,
	PROFILE_CONTAINERS,
	TOP_LEVEL_PROFILE,
} from './keys';
import {
	addAll,
	readPerson,
	takeFields,
	type OwnPlaceholders,
	type PersonalEntry,
	type PersonalFields,
} from './personalFields';
import { isObject, setBeside, textOf } from '../../shared/event/values';

/** An object under a name that may mean the person. */
export interface Container {
	key: string;
	plain: string;
	value: IDataObject;
}

export interface Person {
	profile: IDataObject;
	/** The person's own properties. */
	profileProperties: IDataObject;
}

/**
 * Who the person is: what the top level and Klaviyo's own container say together, unless they speak of two
 * people; without an id there, the likeliest other container alone; at last what the event's properties say.
 * Names and ids of two containers are never mixed: what is not the person's goes to `properties` as it came.
 */
export function choosePerson(
	top: PersonalEntry[],
	containers: Container[],
	properties: IDataObject,
	placeholders: OwnPlaceholders,
): Person {
	const said = takeFields(top, placeholders);
	const read = containers
		.sort((one, other) => placeOf(one) - placeOf(other))
		.map((container) => ({ ...container, person: readPerson(container.value, placeholders) }));
	const klaviyos = read.filter(({ plain }) => KLAVIYO_PERSONS.includes(plain));
	const klaviyo = klaviyos.find(({ person }) => person.hasId) ?? klaviyos[0];
	const other =
		said.hasId || klaviyo?.person.hasId === true
			? undefined
			: read.find(({ person }) => person.hasId);
	const chosen = other ?? klaviyo;

	addAll(properties, said.rest);
	const profile = { ...chosen?.person.fields };
	const isAnother =
		other !== undefined || (klaviyo !== undefined && areTwoPeople(profile, said.fields));
	for (const { field, key, value } of said.taken) {
		if (profile[field] === undefined && !isAnother) profile[field] = said.fields[field];
		else if (profile[field] !== said.fields[field]) setBeside(properties, key, value);
	}
	const found =
		said.hasId || chosen?.person.hasId === true ? {} : idsInEvent(properties, placeholders);
	for (const container of read) {
		if (container !== chosen) setBeside(properties, container.key, container.value);
	}
	return {
		profile: { ...profile, ...found },
		profileProperties: chosen?.person.rest ?? {},
	};
}

const placeOf = ({ plain }: Container) => PROFILE_CONTAINERS.indexOf(plain);

function areTwoPeople(one: IDataObject, other: IDataObject): boolean {
	return ['klaviyo_id', 'email', 'phone_number'].some((field) => {
		const first = textOf(one[field]);
		const second = textOf(other[field]);
		return first !== undefined && second !== undefined && comparable(first) !== comparable(second);
	});
}

const comparable = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}@]/gu, '');

/** The ids that an event's properties hold by themselves or under the person's own name; they stay there, too. */
function idsInEvent(properties: IDataObject, placeholders: OwnPlaceholders): IDataObject {
	const entries = Object.keys(properties).flatMap((key): PersonalEntry[] => {
		const field = TOP_LEVEL_PROFILE.get(plainKey(key));
		return field === undefined ? [] : [{ field, key, value: properties[key] }];
	});
	const places: PersonalFields[] = [takeFields(entries, placeholders)];
	for (const key of Object.keys(properties)) {
		const value = properties[key];
		if (isObject(value) && PERSONS_IN_EVENTS.includes(plainKey(key))) {
			places.push(readPerson(value, placeholders));
		}
	}
	const { klaviyo_id, external_id, email, phone_number } =
		places.find(({ hasId }) => hasId)?.fields ?? {};
	return Object.fromEntries(
		Object.entries({ klaviyo_id, external_id, email, phone_number }).filter(
			([, id]) => id !== undefined,
		),
	);
}
