// What an account has before anything is built in it: itself, lists, segments and metrics. Invented,
// and enough of each to need several pages.
import type { Dict } from '../types';
import { notFound } from './errors';
import { inventId, SHORT_ID } from './ids';
import { dict } from './json';
import type { Resource } from './listing';
import { checkId } from './listing';

export type OptIn = 'single_opt_in' | 'double_opt_in';

export interface NewGroup {
	/** Six letters and digits. */
	id?: string;
	name: string;
	/** Of a list; default single_opt_in. */
	opt_in_process?: OptIn;
}

export type GroupType = 'list' | 'segment';

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

const CREATED = '2031-01-15T08:00:00+00:00';
const API = { name: 'API', category: 'Internal' };
const SHOP = { name: 'Shopify', category: 'eCommerce' };
const KLAVIYO = { name: 'Klaviyo', category: 'Internal' };
const METRIC_NAMES = [
	...['Placed Order', 'Started Checkout', 'Viewed Product', 'Fulfilled Order', 'Refunded Order'],
	...['Ordered Product', 'Active on Site'],
];

export class Catalog {
	readonly lists: Resource[];
	readonly segments: Resource[];
	readonly metrics: Resource[];

	constructor(private readonly options: CatalogOptions) {
		this.lists = [...named('List', 23), ...options.lists].map((each) => listOfName(each));
		this.segments = [...named('Segment', 12), ...options.segments].map(segmentOfName);
		this.metrics = [...seededMetrics(), ...options.metrics].map(metricOfName);
	}

	/** Whether the account has this list, segment or metric. */
	has(type: string, id: string): boolean {
		const all = [...this.lists, ...this.segments, ...this.metrics];
		return all.some((each) => each.type === type && each.id === id);
	}

	/** @throws ApiError 400, 404 */
	get(type: GroupType | 'metric', id: string): Resource {
		checkId(id, SHORT_ID);
		const found = this.all(type).find((each) => each.id === id);
		if (!found) throw notFound(type, id);
		return found;
	}

	/** Those that have one of the ids. */
	among(type: GroupType, ids: readonly string[]): Resource[] {
		return this.all(type).filter(({ id }) => ids.includes(id));
	}

	addList(list: NewGroup, created: string): Resource {
		const resource = listOfName(list, created);
		this.lists.push(resource);
		return resource;
	}

	optIn(listId: string): OptIn {
		return this.get('list', listId).attributes?.opt_in_process as OptIn;
	}

	/** The metric of an integration (`api` without one) by its name; a new name makes a new one. */
	metricNamed(name: string, service = 'api'): Resource {
		const known = this.metrics.find(({ attributes }) => {
			const { key } = dict(attributes?.integration);
			return attributes?.name === name && key === service.toLowerCase();
		});
		if (known) return known;
		const integration = service === 'api' ? API : { name: service };
		const metric = metricOfName({ name, integration });
		this.metrics.push(metric);
		return metric;
	}

	private all(type: GroupType | 'metric'): Resource[] {
		return { list: this.lists, segment: this.segments, metric: this.metrics }[type];
	}

	/** The only account that a key sees. */
	account(): Resource {
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

function listOfName(list: NewGroup, created = CREATED): Resource {
	const { name, id = inventId(`list ${name}`), opt_in_process = 'single_opt_in' } = list;
	return resource('list', id, { name, created, updated: created, opt_in_process });
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
