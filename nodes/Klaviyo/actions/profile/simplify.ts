import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { profileOfResource } from '../../normalise/apiResource';
import { attributesOf, inOneSpelling } from '../operation';

/** What is asked for when the output is simplified; Klaviyo's relationships are links only and stay away. */
const FIELDS = [
	...['email', 'phone_number', 'external_id', 'first_name', 'last_name', 'organization', 'title'],
	...['locale', 'image', 'location', 'created', 'updated', 'last_event_date', 'properties'],
];

export const includeSubscriptions: INodeProperties = {
	displayName: 'Include Subscriptions',
	name: 'includeSubscriptions',
	type: 'boolean',
	default: false,
	description:
		'Whether to ask for the consent of each channel as Klaviyo has it. In a simplified profile, consent then names the channels whose marketing the person subscribed to.',
};

/** The query that brings what the output needs. */
export function profileQuery(
	isSimple: boolean,
	{ subscriptions = false, predictions = false, more = [] as string[] } = {},
): Record<string, string> {
	const additional = [
		...(subscriptions ? ['subscriptions'] : []),
		...(predictions ? ['predictive_analytics'] : []),
	];
	const fields = [...FIELDS, ...more, ...additional];
	return {
		...(isSimple ? { 'fields[profile]': fields.join(',') } : {}),
		...(additional.length > 0 ? { 'additional-fields[profile]': additional.join(',') } : {}),
	};
}

/** The query of what an item asks for. */
export function queryAt(
	{ context, index, isSimple }: { context: IExecuteFunctions; index: number; isSimple: boolean },
	more?: string[],
): Record<string, string> {
	const subscriptions = context.getNodeParameter('includeSubscriptions', index, false) === true;
	return profileQuery(isSimple, { subscriptions, more });
}

/**
 * A profile as our events have it, so that Meiro Events takes it as it is, with what Klaviyo notes of it.
 * `consent` names the channels whose marketing is subscribed; it is empty where Klaviyo says so, and absent
 * where Klaviyo was not asked.
 */
export function simpleProfile(resource: IDataObject): IDataObject {
	const { predictive_analytics, ...attributes } = attributesOf(resource);
	const { created, updated, last_event_date, joined_group_at, subscriptions } = attributes;
	const { properties: own, ...profile } = profileOfResource({ ...resource, attributes });
	const properties = predictive_analytics ? { ...own, predictive_analytics } : own;
	const notes = { created, updated, last_event_date, joined_group_at };
	return {
		...profile,
		...(subscriptions ? { consent: profile.consent ?? [], subscriptions } : {}),
		...Object.fromEntries(
			Object.entries(notes)
				.filter(([, value]) => value !== undefined && value !== null)
				.map(([name, value]) => [name, inOneSpelling(name, value)]),
		),
		...(properties === undefined ? {} : { properties }),
	};
}

/** The output for a profile, simplified or as Klaviyo gives it. */
export function profileOutput(resource: IDataObject, isSimple: boolean): IDataObject {
	return isSimple ? simpleProfile(resource) : resource;
}
