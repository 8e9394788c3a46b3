import type { IDataObject } from 'n8n-workflow';

import type { KlaviyoClient } from '../../api/klaviyoClient';
import { anyOf } from '../../api/filter';
import { attributesOf } from '../operation';
import { LABELS, type Identifiers } from './identifiers';

export type Identifier = keyof Identifiers;

/** How many are asked for together: their addresses have to fit into one URL. */
const TOGETHER = 50;

const SCOPES = 'profiles:read';

/** What is found of one value: the profile, or null when Klaviyo has none. */
export interface Found {
	resource: IDataObject | null;
	/** Klaviyo answered with another profile than the one whose ID was asked for. */
	mergedInto?: string;
}

/**
 * Profiles by one kind of identifier: one request for fifty. An ID that is not among them is asked for by
 * itself, because only that tells what became of it.
 *
 * @throws what the client throws
 */
export async function lookUp(
	client: KlaviyoClient,
	by: Identifier,
	values: string[],
	query: Record<string, string>,
): Promise<Map<string, Found>> {
	const found = new Map<string, Found>();
	const wanted = [...new Set(values)];
	if (wanted.length === 1 && by === 'klaviyo_id') {
		found.set(wanted[0]!, await byId(client, wanted[0]!, query));
		return found;
	}
	for (let start = 0; start < wanted.length; start += TOGETHER) {
		const some = wanted.slice(start, start + TOGETHER);
		const known = await together(client, by, some, query);
		for (const value of some) {
			const resource = known.get(keyOf(by, value)) ?? null;
			const isLost = resource === null && by === 'klaviyo_id';
			found.set(value, isLost ? await byId(client, value, query) : { resource });
		}
	}
	return found;
}

async function together(
	client: KlaviyoClient,
	by: Identifier,
	values: string[],
	query: Record<string, string>,
): Promise<Map<string, IDataObject>> {
	const field = by === 'klaviyo_id' ? 'id' : by;
	// Whether Klaviyo compares addresses as they are written is not documented.
	const spellings = new Set([...values, ...values.map((value) => keyOf(by, value))]);
	const resources = await client.all({
		path: '/api/profiles',
		query: { ...query, filter: anyOf(field, [...spellings]), 'page[size]': '100' },
		scopes: SCOPES,
		labels: { filter: LABELS[by] },
	});
	return new Map(
		resources.map((resource) => [
			keyOf(by, String(field === 'id' ? resource.id : attributesOf(resource)[field])),
			resource,
		]),
	);
}

/** https://developers.klaviyo.com/en/reference/get_profile */
async function byId(
	client: KlaviyoClient,
	id: string,
	query: Record<string, string>,
): Promise<Found> {
	const { status, body } = await client.request({
		path: `/api/profiles/${encodeURIComponent(id)}`,
		query,
		scopes: SCOPES,
		labels: { id: LABELS.klaviyo_id },
		accept: [404],
	});
	if (status === 404) return { resource: null };
	const resource = body.data as IDataObject;
	return { resource, ...(resource.id === id ? {} : { mergedInto: String(resource.id) }) };
}

/** Klaviyo writes addresses in lower case. */
function keyOf(by: Identifier, value: string): string {
	return by === 'email' ? value.toLowerCase() : value;
}
