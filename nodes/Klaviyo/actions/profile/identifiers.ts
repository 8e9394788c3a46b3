import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeProperties,
} from 'n8n-workflow';

import { strongestProfileId } from '../../../shared/event/contract';
import { textField } from '../../../shared/operation/fields';
import { requiredText } from '../../../shared/operation/operation';

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

/** The parameter of each. */
export const PARAMETERS: Record<Field, string> = {
	klaviyo_id: 'klaviyoId',
	external_id: 'externalId',
	email: 'email',
	phone_number: 'phoneNumber',
};

/** A field of its own for one kind of identifier. */
export function identifierField(field: Field): INodeProperties {
	return textField(LABELS[field], PARAMETERS[field], EXAMPLES[field], DESCRIPTIONS[field]);
}

/** Fields to name a person by, any of them, alphabetical. */
export const identifiersField: INodeProperties = {
	displayName: 'Profile Identifiers',
	name: 'identifiers',
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

/** One identifier: of which kind, and a field for each kind, of which the chosen one is shown. */
export function oneIdentifier(kinds: readonly Field[], description: string): INodeProperties[] {
	return [
		{
			displayName: 'Identifier Type',
			name: 'identifierType',
			type: 'options',
			options: kinds.map((kind) => ({ name: LABELS[kind], value: kind })),
			default: 'email',
			description,
		},
		...kinds.map((kind) => ({
			...identifierField(kind),
			required: true,
			displayOptions: { show: { identifierType: [kind] } },
		})),
	];
}

/** The identifier that `oneIdentifier` asks for. @throws NodeOperationError that names it when it is empty */
export function identifierAt(
	context: IExecuteFunctions,
	index: number,
): { by: Field; value: string } {
	const by = context.getNodeParameter('identifierType', index) as Field;
	if (!Object.hasOwn(PARAMETERS, by)) {
		const sentence = `'Identifier Type' is none that Klaviyo knows: '${String(by)}'. Choose one of the list.`;
		throw new NodeOperationError(context.getNode(), sentence, { itemIndex: index });
	}
	return { by, value: requiredText(context, PARAMETERS[by], LABELS[by], index) };
}

/** Those that say something, trimmed. @param given by the names of the parameters */
export function identifiersIn(given: IDataObject): Identifiers {
	const found: Identifiers = {};
	for (const field of Object.keys(LABELS) as Field[]) {
		const text = String(given[PARAMETERS[field]] ?? '').trim();
		if (text !== '') found[field] = text;
	}
	return found;
}

/** What is wrong with a person that has to be named somehow; null when nothing is. */
export function personProblem(person: Identifiers): string | null {
	return strongestProfileId({ ...person }) === null
		? "'Profile Identifiers' is empty. Enter an email, an external ID, a Klaviyo ID or a phone number, or check the expression."
		: null;
}
