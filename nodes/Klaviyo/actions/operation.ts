import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { parseTime } from '../../shared/event/time';
import { requiredText, type Operation } from '../../shared/operation/operation';
import type { KlaviyoClient } from '../api/klaviyoClient';

export type KlaviyoOperation = Operation<KlaviyoClient>;

/** An ID from a locator, as it stands in a path. @throws NodeOperationError that names it when it is empty */
export function idForPath(
	context: IExecuteFunctions,
	name: string,
	label: string,
	index: number,
): string {
	return encodeURIComponent(requiredText(context, name, label, index));
}

export function attributesOf(resource: IDataObject): IDataObject {
	return (resource.attributes ?? {}) as IDataObject;
}

/** A resource without its envelope: its ID and these of its attributes, null for what it doesn't have. */
export function simpleOf(resource: IDataObject, fields: readonly string[]): IDataObject {
	const attributes = attributesOf(resource);
	return {
		id: resource.id,
		...Object.fromEntries(
			fields.map((field) => [field, inOneSpelling(field, attributes[field] ?? null)]),
		),
	};
}

/** Klaviyo writes times with offsets of both spellings, with and without fractions; our items have one: Z, milliseconds. */
export function inOneSpelling<Value>(field: string, value: Value): Value | string {
	const isTime = /^(created|updated|last_event_date)$|_at$|_time$/.test(field);
	return isTime ? (parseTime(value) ?? value) : value;
}
