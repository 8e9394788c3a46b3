import type {
	IDataObject,
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodePropertyOptions,
} from 'n8n-workflow';

import { klaviyoClient, PROMPT, type ApiRequest, type KlaviyoClient } from './klaviyoClient';
import { condition, filterOf } from './filter';
import { flowUrl } from '../../shared/event/flowUrl';

/** What a dropdown can list. */
export type Listed = 'flows' | 'lists' | 'metrics' | 'segments';

/** With Klaviyo's largest page; metrics take no size (https://developers.klaviyo.com/en/reference/get_metrics). */
const QUERY: Record<Listed, Record<string, string>> = {
	flows: {
		'page[size]': '50',
		'fields[flow]': 'name',
		...filterOf([condition('equals', 'archived', false)]),
	},
	lists: { 'page[size]': '10', 'fields[list]': 'name' },
	segments: { 'page[size]': '10', 'fields[segment]': 'name' },
	metrics: { 'fields[metric]': 'name,integration' },
};

/** Dropdown of all lists, metrics, segments or flows, every page, those that have `filter` in their name. */
export function searchOf(kind: Listed) {
	return async function search(
		this: ILoadOptionsFunctions,
		filter = '',
	): Promise<INodeListSearchResult> {
		const request: ApiRequest = {
			path: `/api/${kind}`,
			query: QUERY[kind],
			scopes: `${kind}:read`,
		};
		const results = (await (await klaviyoClient(this, PROMPT)).all(request))
			.map((resource) => ({ name: labelOf(resource), value: String(resource.id) }))
			.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()))
			.sort((a, b) => a.name.localeCompare(b.name));
		return { results };
	};
}

/** The same as a dropdown that n8n loads whole. */
export function dropdownOf(kind: Listed) {
	const search = searchOf(kind);
	return async function load(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		return (await search.call(this)).results;
	};
}

const CHANNELS = { email: 'Email', sms: 'SMS', mobile_push: 'Mobile Push' };
const MOST_CAMPAIGNS = 100;

/**
 * Dropdown of campaigns, the newest of each channel first: accounts have thousands of them, so Klaviyo does the
 * searching, and who misses one types more of its name.
 */
export async function searchCampaigns(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const client = await klaviyoClient(this, PROMPT);
	const found: Array<{ name: string; value: string; created: string }> = [];
	for (const [channel, label] of Object.entries(CHANNELS)) {
		const query = {
			...filterOf([
				condition('equals', 'messages.channel', channel),
				condition('contains', 'name', filter),
			]),
			sort: '-created_at',
			'fields[campaign]': 'name,created_at',
			'page[size]': '100',
		};
		const request = { path: '/api/campaigns', query, scopes: 'campaigns:read' };
		for (const resource of await client.all(request, MOST_CAMPAIGNS)) {
			const { name, created_at } = (resource.attributes ?? {}) as IDataObject;
			found.push({
				name: `${String(name ?? resource.id)} (${label})`,
				value: String(resource.id),
				created: String(created_at ?? ''),
			});
		}
	}
	found.sort((a, b) => b.created.localeCompare(a.created));
	return { results: found.map(({ name, value }) => ({ name, value })) };
}

/** Flows that publishing made, by the beginning of their names (https://developers.klaviyo.com/en/reference/get_flows). */
export async function ownFlows(client: KlaviyoClient): Promise<IDataObject[]> {
	const found = await client.all({
		path: '/api/flows',
		query: {
			...filterOf([condition('contains', 'name', 'n8n '), condition('equals', 'archived', false)]),
			'fields[flow]': 'name,status',
			'page[size]': '50',
		},
		scopes: 'flows:read',
	});
	return found.filter((flow) => labelOf(flow).startsWith('n8n '));
}

/** Dropdown for looking: name, status and address of the flows that publishing made. */
export async function loadOwnFlows(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const flows = await ownFlows(await klaviyoClient(this, PROMPT));
	return flows.map((flow) => ({
		name: `${labelOf(flow)} (${String((flow.attributes as IDataObject).status)})`,
		value: String(flow.id),
		description: flowUrl(String(flow.id)),
	}));
}

/** All topics that this Klaviyo account can send by system webhook: they differ between accounts. */
export async function searchTopics(
	this: ILoadOptionsFunctions,
): Promise<Array<{ name: string; value: string }>> {
	const client = await klaviyoClient(this, PROMPT);
	const topics = await client.all({ path: '/api/webhook-topics', scopes: 'webhooks:read' });
	return topics
		.map(({ id }) => ({ name: String(id).replace(/^event:/, ''), value: String(id) }))
		.sort((a, b) => a.name.localeCompare(b.name));
}

/** The name of one list, metric or segment. @throws with the field's label when Klaviyo doesn't have it */
export async function nameOf(
	client: KlaviyoClient,
	kind: Listed,
	id: string,
	label: string,
): Promise<string> {
	const { body } = await client.request({
		path: `/api/${kind}/${encodeURIComponent(id)}`,
		scopes: `${kind}:read`,
		labels: { id: label },
	});
	const { name } = ((body.data as IDataObject).attributes ?? {}) as { name?: string };
	return name ?? id;
}

/** The same metric name exists once per integration; only the integration tells them apart. */
export function labelOf(resource: IDataObject): string {
	const { name, integration } = (resource.attributes ?? {}) as {
		name?: string;
		integration?: { name?: string } | null;
	};
	return integration?.name ? `${name} (${integration.name})` : String(name ?? resource.id);
}
