import type { IDataObject } from 'n8n-workflow';

import type { ApiRequest } from './klaviyoClient';

const PAGE_SIZE = 'page[size]';

/** Of collections, and of reports. */
const CURSORS = ['page[cursor]', 'page_cursor'];

/** Asks for no more than is wanted. */
export function withPageSize(request: ApiRequest, limit: number): ApiRequest {
	const size = Number(request.query?.[PAGE_SIZE]);
	if (!(limit < size)) return request;
	return { ...request, query: { ...request.query, [PAGE_SIZE]: String(limit) } };
}

/**
 * The request for the page that `links.next` names, null when there is none. `links.prev` was seen to hold
 * garbage. Of the link only what it asks for is taken: it goes to the credential's address, never elsewhere.
 */
export function nextPage(request: ApiRequest, body: IDataObject): ApiRequest | null {
	const link = (body.links as { next?: unknown } | undefined)?.next;
	if (typeof link !== 'string' || !URL.canParse(link)) return null;
	const { searchParams } = new URL(link);
	// Without a cursor it would be the first page again.
	if (!CURSORS.some((name) => searchParams.has(name))) return null;
	return { ...request, query: Object.fromEntries(searchParams) };
}

interface Reference {
	type: string;
	id: string;
}

/** The resources in an answer's `data`, each with what the answer included of it. */
export function resourcesOf(body: IDataObject): IDataObject[] {
	const data = (body.data ?? []) as IDataObject | IDataObject[];
	const resources = Array.isArray(data) ? data : [data];
	const included = (body.included ?? []) as IDataObject[];
	if (included.length === 0) return resources;
	const byReference = new Map(included.map((each) => [keyOf(each as unknown as Reference), each]));
	return resources.map((resource) => ({
		...resource,
		included: referencesOf(resource)
			.map((reference) => byReference.get(keyOf(reference)))
			.filter((each) => each !== undefined),
	}));
}

function referencesOf({ relationships = {} }: IDataObject): Reference[] {
	return Object.values(
		relationships as Record<string, { data?: Reference | Reference[] | null }>,
	).flatMap(({ data }) => data ?? []);
}

function keyOf({ type, id }: Reference): string {
	return `${type} ${id}`;
}
