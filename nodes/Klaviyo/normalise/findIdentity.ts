import type { IDataObject } from 'n8n-workflow';

import { keyOf, NESTED_PROFILE } from './keys';
import { isObject, setOnce, textOf } from '../../shared/event/values';

/** Deeper, or in more objects, nobody writes down who the person is. */
const MAX_LEVELS = 4;
const MAX_OBJECTS = 50;

const ID_FIELDS = new Set(['email', 'phone_number', 'external_id', 'klaviyo_id']);
/** Somebody else's address may stand here: a shop's, a parcel's. */
const NOT_THE_PERSON =
	/address|billing|shipping|store|shop|vendor|seller|sender|company|organi[sz]ation|brand|product|item|referr|gift/;
const EMAIL = /^[^\s@]+@[^\s@]+$/;

/**
 * The ids of the person in a body of unknown design, where no known place held any: those of the
 * outermost object that has an e-mail address, a phone number or a customer's id by name.
 */
export function findIdentity(properties: IDataObject): IDataObject {
	let level: IDataObject[] = [properties];
	for (let depth = 0; depth < MAX_LEVELS && level.length > 0; depth++) {
		for (const object of level) {
			const ids = idsOf(object);
			if (Object.keys(ids).length > 0) return ids;
		}
		level = level.flatMap(objectsIn).slice(0, MAX_OBJECTS);
	}
	return {};
}

function idsOf(object: IDataObject): IDataObject {
	const ids: IDataObject = {};
	for (const key of Object.keys(object)) {
		const plain = keyOf(key);
		const field =
			plain === 'id'
				? undefined
				: NESTED_PROFILE.get(plain.replace(/^(?:customer|user)(?=email|phone)/, ''));
		const text = textOf(object[key]);
		if (field === undefined || text === undefined || !ID_FIELDS.has(field)) continue;
		if (field !== 'email' || EMAIL.test(text)) setOnce(ids, field, text);
	}
	return ids;
}

function objectsIn(object: IDataObject): IDataObject[] {
	return Object.keys(object)
		.filter((key) => !NOT_THE_PERSON.test(keyOf(key)))
		.map((key) => object[key])
		.filter(isObject);
}
