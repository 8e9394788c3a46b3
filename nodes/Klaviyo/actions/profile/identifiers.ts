import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { strongestProfileId } from '../../../shared/event/contract';

/** What Klaviyo knows a person by, under the names of our event contract. */
export interface Identifiers {
	klaviyo_id?: string;
	external_id?: string;
	email?: string;
	phone_number?: string;
}

type Field = keyof Identifiers;

export const LABELS: Record<Field, string> = {
	klaviyo_id: 'Klaviyo ID',
	external_id: 'External ID',
	email: 'Email',
	phone_number: 'Phone Number',
};

const EXAMPLES: Record<Field, string> = {
	klaviyo_id: 'e.g. 01GDDKASAP8TKDDA2GRZDSVP4H',
	external_id: 'e.g. C-1001',
	email: 'e.g. ana@shop.example',
	phone_number: 'e.g. +420600000001',
};

const DESCRIPTIONS: Record<Field, string> = {
	klaviyo_id: 'Klaviyo’s own ID of the person',
	external_id: 'The person’s ID in the shop',
	email: 'The person’s email address',
	phone_number: 'In E.164 format, with + and the country’s code',
};

/** A field of its own for one kind of identifier. */
export function identifierField(field: Field): INodeProperties {
	return {
		displayName: LABELS[field],
		name: field,
		type: 'string',
		default: '',
		placeholder: EXAMPLES[field],
		description: DESCRIPTIONS[field],
	};
}

/** Fields to name a person by, any of them, alphabetical. */
export const person: INodeProperties = {
	displayName: 'Person',
	name: 'person',
	type: 'collection',
	placeholder: 'Add identifier',
	default: {},
	description: 'By what Klaviyo knows the person: at least one',
	options: [
		identifierField('email'),
		identifierField('external_id'),
		identifierField('klaviyo_id'),
		identifierField('phone_number'),
	],
};

/** Those that say something, trimmed. */
export function identifiersIn(given: IDataObject): Identifiers {
	const found: Identifiers = {};
	for (const field of Object.keys(LABELS) as Field[]) {
		const text = String(given[field] ?? '').trim();
		if (text !== '') found[field] = text;
	}
	return found;
}

/** What is wrong with a person that has to be named somehow; null when nothing is. */
export function personProblem(person: Identifiers): string | null {
	return strongestProfileId({ ...person }) === null
		? "'Person' is empty. Enter an email, an external ID, a Klaviyo ID or a phone number, or check the expression."
		: null;
}
