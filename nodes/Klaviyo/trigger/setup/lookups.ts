import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { klaviyoPages, klaviyoRequest, type ApiContext, type ApiRequest } from '../../api/client';

type Kind = 'lists' | 'metrics' | 'segments';

/** Klaviyo's maximum of a page; metrics take no size (https://developers.klaviyo.com/en/reference/get_metrics). */
const PAGE_SIZE: Record<Kind, Record<string, string>> = {
	lists: { 'page[size]': '10' },
	segments: { 'page[size]': '10' },
	metrics: {},
};

/** Dropdown of all lists, metrics or segments, every page, those that have `filter` in their name. */
export function searchOf(kind: Kind) {
	return async function search(
		this: ILoadOptionsFunctions,
		filter = '',
	): Promise<INodeListSearchResult> {
		const request: ApiRequest = {
			path: `/api/${kind}`,
			query: PAGE_SIZE[kind],
			scopes: `${kind}:read`,
		};
		const results = (await klaviyoPages(this, request))
			.map((resource) => ({ name: labelOf(resource), value: String(resource.id) }))
			.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()))
			.sort((a, b) => a.name.localeCompare(b.name));
		return { results };
	};
}

/** All topics that this Klaviyo account can send by system webhook: they differ between accounts. */
export async function searchTopics(
	this: ILoadOptionsFunctions,
): Promise<Array<{ name: string; value: string }>> {
	const topics = await klaviyoPages(this, { path: '/api/webhook-topics', scopes: 'webhooks:read' });
	return topics
		.map(({ id }) => ({ name: String(id).replace(/^event:/, ''), value: String(id) }))
		.sort((a, b) => a.name.localeCompare(b.name));
}

/** The name of one list, metric or segment. @throws when Klaviyo doesn't have it */
export async function nameOf(context: ApiContext, kind: Kind, id: string): Promise<string> {
	const { body } = await klaviyoRequest(context, {
		path: `/api/${kind}/${encodeURIComponent(id)}`,
		scopes: `${kind}:read`,
	});
	const { name } = ((body.data as IDataObject).attributes ?? {}) as { name?: string };
	return name ?? id;
}

/** The same metric name exists once per integration; only the integration tells them apart. */
function labelOf(resource: IDataObject): string {
	const { name, integration } = (resource.attributes ?? {}) as {
		name?: string;
		integration?: { name?: string } | null;
	};
	return integration?.name ? `${name} (${integration.name})` : String(name ?? resource.id);
}
