import type { IDataObject } from 'n8n-workflow';

import type { MeiroClient, MeiroRequest } from './cdpClient';

/** Meiro's default page is 20 and its largest not documented (https://docs.meiro.dev/docs/api/meiro-cdp-api). */
const PAGE_SIZE = 100;

/** The features that may read them: https://docs.meiro.dev/docs/api/meiro-cdp-api/events */
const READS_ENTITIES = "settings/cdp_entities' or 'customers/detail";

export const listEventTypes: MeiroRequest = { path: '/events', feature: READS_ENTITIES };
export const listDataSources: MeiroRequest = {
	path: '/customers/sources',
	feature: READS_ENTITIES,
};
/** https://docs.meiro.dev/docs/api/meiro-cdp-api/segments: which feature reads them is not known. */
export const listSegments: MeiroRequest = { path: '/segments' };

/**
 * Entries of a collection, page by page. Where Meiro caps a page is not known, so a short page ends
 * nothing: the end is a page that brings nothing new, whatever an unknown parameter does to `offset`.
 */
export async function meiroPages(
	client: MeiroClient,
	request: MeiroRequest,
	key: string,
	limit = Number.POSITIVE_INFINITY,
): Promise<IDataObject[]> {
	const found = new Map<string, IDataObject>();
	for (let offset = 0; found.size < limit; ) {
		const size = Math.min(PAGE_SIZE, limit - found.size);
		const query = { ...request.query, limit: size, offset };
		const page = listIn((await client.request({ ...request, query })).body, key);
		const known = found.size;
		for (const entry of page) found.set(identityOf(entry), entry);
		if (found.size === known) break;
		offset += page.length;
	}
	return [...found.values()].slice(0, limit);
}

/** The entries under `key`; where a key is not documented, the only list that the answer holds. */
export function listIn(body: IDataObject, key: string): IDataObject[] {
	const lists = Object.values(body).filter(Array.isArray);
	const list = Array.isArray(body[key]) ? body[key] : lists.length === 1 ? lists[0] : body;
	return Array.isArray(list) ? (list as IDataObject[]) : [];
}

function identityOf(entry: IDataObject): string {
	return entry.id === undefined ? JSON.stringify(entry) : String(entry.id);
}
