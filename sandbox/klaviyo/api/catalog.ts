// What an account has before anything is built in it: itself, lists, segments and metrics. Invented,
// and enough of each to need several pages.
import { createHash } from 'node:crypto';

import type { Dict } from '../types';
import { notFound } from './errors';
import type { ApiRequest, Operation } from './operation';
import type { Resource } from './listing';
import { checkId, collection, listOf, single } from './listing';
import { L, M, XS } from './rate';

export interface NewGroup {
	/** Six letters and digits. */
	id?: string;
	name: string;
}

export interface NewMetric extends NewGroup {
	integration?: { name: string; category?: string };
}

export interface CatalogOptions {
	accountId: string;
	organizationName: string;
	timezone: string;
	lists: NewGroup[];
	segments: NewGroup[];
	metrics: NewMetric[];
}

/** Metrics, lists, segments and flows have six letters and digits. */
export const SHORT_ID = /^[A-Za-z0-9]{6}$/;

const CREATED = '2031-01-15T08:00:00+00:00';
const API = { name: 'API', category: 'Internal' };
const SHOP = { name: 'Shopify', category: 'eCommerce' };
const KLAVIYO = { name: 'Klaviyo', category: 'Internal' };
const METRIC_NAMES = [
	...['Placed Order', 'Started Checkout', 'Viewed Product', 'Fulfilled Order', 'Refunded Order'],
	...['Ordered Product', 'Active on Site'],
];

/** The same id for the same text in every run. */
export function inventId(text: string): string {
	const hash = createHash('sha256').update(text).digest('base64');
	return hash.replace(/[^A-Za-z0-9]/g, '').slice(0, 6);
}

export class Catalog {
	readonly lists: Resource[];
	readonly segments: Resource[];
	readonly metrics: Resource[];

	constructor(private readonly options: CatalogOptions) {
		this.lists = [...named('List', 23), ...options.lists].map(listOfName);
		this.segments = [...named('Segment', 12), ...options.segments].map(segmentOfName);
		this.metrics = [...seededMetrics(), ...options.metrics].map(metricOfName);
	}

	/** Whether the account has this list, segment or metric. */
	has(type: string, id: string): boolean {
		const all = [...this.lists, ...this.segments, ...this.metrics];
		return all.some((each) => each.type === type && each.id === id);
	}

	operations(): Operation[] {
		const account = this.account();
		return [
			{
				...{ name: 'get_accounts', method: 'GET', path: '/api/accounts' },
				...{ scopes: ['accounts:read'], limits: XS },
				run: (request) => collection(request, [account]),
			},
			...this.group('list', this.lists),
			...this.group('segment', this.segments),
			{
				...{ name: 'get_metrics', method: 'GET', path: '/api/metrics' },
				...{ scopes: ['metrics:read'], limits: M },
				run: (request) => collection(request, this.metrics, { page: { size: 200, fixed: true } }),
			},
			{
				...{ name: 'get_metric', method: 'GET', path: '/api/metrics/{id}' },
				...{ scopes: ['metrics:read'], limits: M },
				run: (request) => single(request, find(this.metrics, 'metric', request.id)),
			},
		];
	}

	private group(type: 'list' | 'segment', resources: Resource[]): Operation[] {
		const counted = (query: ApiRequest['query']) =>
			listOf(query[`additional-fields[${type}]`]).includes('profile_count');
		return [
			{
				...{ name: `get_${type}s`, method: 'GET', path: `/api/${type}s` },
				...{ scopes: [`${type}s:read`], limits: L },
				run: (request) => collection(request, resources, { page: { size: 10 } }),
			},
			{
				...{ name: `get_${type}`, method: 'GET', path: `/api/${type}s/{id}` },
				scopes: [`${type}s:read`],
				limits: (query) => (counted(query) ? XS : L),
				run: (request) => {
					const found = find(resources, type, request.id);
					const more: Dict = counted(request.query) ? { profile_count: 0 } : {};
					return single(request, { ...found, attributes: { ...found.attributes, ...more } });
				},
			},
		];
	}

	private account(): Resource {
		const { accountId, organizationName, timezone } = this.options;
		return {
			type: 'account',
			id: accountId,
			attributes: {
				test_account: true,
				contact_information: {
					default_sender_name: organizationName,
					default_sender_email: 'hello@shop.example',
					website_url: 'https://shop.example',
					organization_name: organizationName,
					street_address: {
						...{ address1: '1 Lamp Street', address2: null, city: 'Brno', region: null },
						...{ country: 'CZ', zip: '602 00' },
					},
				},
				industry: null,
				timezone,
				preferred_currency: 'EUR',
				public_api_key: accountId,
				locale: 'en-US',
			},
		};
	}
}

function find(resources: Resource[], type: string, id: string): Resource {
	checkId(id, SHORT_ID);
	const found = resources.find((each) => each.id === id);
	if (!found) throw notFound(type, id);
	return found;
}

function named(kind: string, count: number): NewGroup[] {
	return Array.from({ length: count }, (_, index) => ({
		name: `${kind} ${String(index + 1).padStart(2, '0')}`,
	}));
}

// The same name once per integration, as it is in accounts that are fed from two sides.
function seededMetrics(): NewMetric[] {
	const both = METRIC_NAMES.flatMap((name) => [
		{ name, integration: SHOP },
		{ name, integration: API },
	]);
	const own = [
		{ name: 'Subscribed to List', integration: KLAVIYO },
		{ name: 'Canceled Order', integration: API },
		{ name: 'Cancelled Order', integration: SHOP },
	];
	const rest = Array.from({ length: 230 - both.length - own.length }, (_, index) => ({
		name: `Custom Metric ${String(index + 1).padStart(3, '0')}`,
		integration: API,
	}));
	return [...both, ...own, ...rest];
}

function listOfName({ name, id = inventId(`list ${name}`) }: NewGroup): Resource {
	const opt_in_process = 'single_opt_in';
	return resource('list', id, { name, created: CREATED, updated: CREATED, opt_in_process });
}

function segmentOfName({ name, id = inventId(`segment ${name}`) }: NewGroup): Resource {
	const definition = { condition_groups: [] };
	const flags = { is_active: true, is_processing: false, is_starred: false };
	return resource('segment', id, {
		...{ name, definition, created: CREATED, updated: CREATED },
		...flags,
	});
}

// `integration` has no fields in the specification; these were recorded by nickdnk/klaviyo-php-sdk,
// and so was that filtering by the category "API" finds nothing.
function metricOfName({ name, integration = API, id }: NewMetric): Resource {
	const key = integration.name.toLowerCase();
	const { category = API.category } = integration;
	return resource('metric', id ?? inventId(`metric ${name} ${key}`), {
		...{ name, created: CREATED, updated: CREATED },
		integration: {
			...{ object: 'integration', id: inventId(`integration ${key}`), key },
			...{ name: integration.name, category },
		},
	});
}

function resource(type: string, id: string, attributes: Dict): Resource {
	return { type, id, attributes };
}
