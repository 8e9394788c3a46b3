import type { IDataObject } from 'n8n-workflow';

import type { Profile } from '../../shared/event/contract';
import { isObject } from '../../shared/event/values';
import type { KlaviyoClient } from '../api/klaviyoClient';
import { anyOf } from '../api/filter';
import { groupNamesOf } from '../api/klaviyoGroups';
import { attributesOf, profileOfResource } from '../normalise/apiResource';

/** What of a profile is asked for, beside its IDs and consent. */
export interface ProfileWish {
	/** Names of custom properties; no others leave this file. */
	properties: string[];
	/** Names of Klaviyo's predictions. */
	predictions: string[];
	lists: boolean;
}

/** As many as a page has. */
const TOGETHER = 100;

/** Profiles by Klaviyo's IDs: https://developers.klaviyo.com/en/reference/get_profiles */
export async function profilesOf(
	client: KlaviyoClient,
	ids: string[],
	{ properties, predictions }: ProfileWish,
	found: Map<string, Profile>,
): Promise<void> {
	const query = {
		'fields[profile]': [
			...['email', 'phone_number', 'external_id', 'subscriptions'],
			...(properties.length === 0 ? [] : ['properties']),
			...predictions.map((name) => `predictive_analytics.${name}`),
		].join(','),
		'additional-fields[profile]':
			predictions.length === 0 ? 'subscriptions' : 'subscriptions,predictive_analytics',
		'page[size]': String(TOGETHER),
	};
	for (let start = 0; start < ids.length; start += TOGETHER) {
		const filter = anyOf('id', ids.slice(start, start + TOGETHER));
		const request = { path: '/api/profiles', query: { ...query, filter }, scopes: 'profiles:read' };
		for (const resource of await client.all(request)) {
			found.set(String(resource.id), profileIn(resource, properties, predictions));
		}
	}
}

function profileIn(resource: IDataObject, names: string[], predictions: string[]): Profile {
	const { properties, predictive_analytics, ...attributes } = attributesOf(resource);
	const profile = profileOfResource({ ...resource, attributes });
	const custom = chosen(properties, names);
	const predicted = chosen(predictive_analytics, predictions);
	const more = {
		...custom,
		...(Object.keys(predicted).length === 0 ? {} : { predictive_analytics: predicted }),
	};
	return { ...profile, properties: more };
}

function chosen(values: unknown, names: string[]): IDataObject {
	if (!isObject(values)) return {};
	const known = names.filter((name) => Object.hasOwn(values, name) && values[name] !== null);
	return Object.fromEntries(known.map((name) => [name, values[name]])) as IDataObject;
}

/** Names of the lists of each person. */
export async function listsOf(
	client: KlaviyoClient,
	ids: string[],
	found: Map<string, string[]>,
): Promise<void> {
	for (const id of ids) found.set(id, await groupNamesOf(client, 'list', id));
}
