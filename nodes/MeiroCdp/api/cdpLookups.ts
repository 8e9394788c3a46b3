import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { runtimeOf } from '../../shared/http/runtime';
import { meiroClient, type MeiroRequest } from './cdpClient';
import { listDataSources, listEventTypes, listSegments, meiroPages } from './cdpPages';

/** Someone waits for a dropdown. */
const POLICY = { giveUpAfterMs: 15_000, baseDelayMs: 500, maxDelayMs: 4_000 };

/** Dropdown of all data sources. */
export async function searchDataSources(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	return await search(this, listDataSources, 'sources', filter);
}

/** Dropdown of all segments. */
export async function searchSegments(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	return await search(this, listSegments, 'segments', filter);
}

/** Every page of a list, those that have `filter` in their name or ID. */
async function search(
	context: ILoadOptionsFunctions,
	request: MeiroRequest,
	key: string,
	filter: string,
): Promise<INodeListSearchResult> {
	const client = await meiroClient(context, runtimeOf(context), POLICY);
	const found = await meiroPages(client, request, key);
	return {
		results: found
			.map(({ id, name }) => ({
				name: name && name !== id ? `${String(name)} (${String(id)})` : String(id),
				value: String(id),
			}))
			.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()))
			.sort((one, other) => one.name.localeCompare(other.name)),
	};
}

/** Dropdown of the event types of the chosen data source; a type stands there once, whatever its versions. */
export async function searchEventTypes(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const client = await meiroClient(this, runtimeOf(this), POLICY);
	const source = this.getCurrentNodeParameter('dataSourceId', { extractValue: true });
	const events = await meiroPages(client, listEventTypes, 'events');
	const types = new Set(
		events
			.filter(({ source_id }) => !source || source_id === source)
			.map(({ type }) => String(type)),
	);
	return {
		results: [...types]
			.filter((type) => type.toLowerCase().includes(filter.toLowerCase()))
			.sort((one, other) => one.localeCompare(other))
			.map((type) => ({ name: type, value: type })),
	};
}
