// JSON:API answers: filters, sorting, pages, sparse fieldsets, included resources, links.
import type { Dict, Json } from '../types';
import type { ErrorSource } from './errors';
import { invalid } from './errors';
import type { Condition } from './filter';
import { compareKeys, fulfilling, parseFilter, sortKey } from './filter';
import type { ApiAnswer, ApiRequest } from './operation';

export interface Resource {
	type: string;
	id: string;
	attributes?: Dict;
	/** Attributes that are shown only when `additional-fields` or a sparse fieldset names them. */
	additional?: Dict;
	/** What filters and sorting read besides, by its whole name; never shown. */
	filterable?: Dict;
	relationships?: Dict;
}

/** What a resource brings along for each name that `include` may have. */
export type Includes = Record<string, (resource: Resource) => Resource[]>;

export interface Listing {
	/** Results per page: what is given unasked, the most (default the same), or not to be chosen. */
	page?: { size: number; most?: number; fixed?: boolean };
	/** The order without `sort`; none of them is documented. Default: as they are. */
	order?: string;
	includes?: Includes;
}

/** 200 with the page that was asked for. */
export function collection(
	request: ApiRequest,
	resources: readonly Resource[],
	{ page, order, includes }: Listing = {},
): ApiAnswer {
	const sorted = sort(filtered(resources, request.query.filter), request.query.sort ?? order);
	const size = page ? pageSize(request, page) : Infinity;
	const start = startOf(request.query['page[cursor]'], sorted);
	const end = start + size;
	const shown = sorted.resources.slice(start, end);
	const next = end < sorted.resources.length ? linkTo(request, cursorAt(sorted, end)) : null;
	return {
		status: 200,
		body: {
			data: shown.map((each) => rendered(each, request)),
			// Recorded: `prev` leads nowhere on the first page of get_lists; both are null, not absent.
			links: {
				self: addressOf(request).href,
				next,
				prev: page ? linkTo(request, encoded(`prev::${start}::nil`)) : null,
			},
			...included(request, shown, includes),
		},
	};
}

/** One resource as an answer. */
export function single(
	request: ApiRequest,
	resource: Resource,
	{ status = 200, includes }: { status?: number; includes?: Includes } = {},
): ApiAnswer {
	const data = rendered(resource, request);
	const self = pathOf(resource, request);
	return { status, body: { data, links: { self }, ...included(request, [resource], includes) } };
}

/** The values of a list parameter such as `fields[flow]` or `include`. */
export function listOf(value: string | undefined): string[] {
	return value === undefined || value === '' ? [] : value.split(',');
}

/** Whether `additional-fields` or a sparse fieldset names an attribute that is not there unasked. */
export function asksFor({ query }: Pick<ApiRequest, 'query'>, type: string, name: string): boolean {
	const fields = listOf(query[`fields[${type}]`]).map(firstLevel);
	return fields.includes(name) || listOf(query[`additional-fields[${type}]`]).includes(name);
}

/** @throws ApiError 400: malformed ids were recorded to answer 400, not 404. */
export function checkId(
	id: string,
	shape: RegExp,
	source: ErrorSource = { parameter: 'id' },
): void {
	if (!shape.test(id)) throw invalid(`'${id}' is not a valid id.`, source);
}

/** The conditions of a filter. @throws ApiError 400 */
export function conditionsOf(filter: string | undefined, parameter = 'filter'): Condition[] {
	if (filter === undefined) return [];
	try {
		return parseFilter(filter);
	} catch (error) {
		if (error instanceof SyntaxError) throw invalid(error.message, { parameter });
		throw error;
	}
}

function rendered(resource: Resource, request: ApiRequest): Dict {
	const { type, id, attributes, additional, relationships } = resource;
	const fields = request.query[`fields[${type}]`];
	const wanted = fields === undefined ? null : listOf(fields).map(firstLevel);
	const extra = Object.entries(additional ?? {}).filter(([name]) => asksFor(request, type, name));
	const shown = Object.entries(attributes ?? {}).filter(([name]) => wanted?.includes(name) ?? true);
	const self = pathOf({ type, id }, request);
	return {
		type,
		id,
		...((attributes ?? additional) && { attributes: Object.fromEntries([...shown, ...extra]) }),
		// Sparse fieldsets were recorded to drop relationships too.
		...(relationships && !wanted && { relationships: linked(relationships, self) }),
		links: { self },
	};
}

// "A relationship has `links{self, related}`, and `data` only sometimes" (recorded).
function linked(relationships: Dict, self: string): Dict {
	const entries = Object.entries(relationships).map(([name, value]) => {
		const links = { self: `${self}/relationships/${name}`, related: `${self}/${name}` };
		return [name, { ...(value as Dict), links }];
	});
	return Object.fromEntries(entries) as Dict;
}

function pathOf({ type, id }: Resource, { baseUrl }: ApiRequest): string {
	return `${baseUrl}/api/${type}s/${encodeURIComponent(id)}`;
}

// Each one once, however many of the page bring it along.
function included(request: ApiRequest, shown: Resource[], includes: Includes = {}): Dict {
	const names = listOf(request.query.include);
	if (names.length === 0) return {};
	const found = new Map<string, Resource>();
	for (const name of names) {
		const bring = includes[name];
		if (!bring) throw invalid(`'${name}' cannot be included.`, { parameter: 'include' });
		for (const each of shown.flatMap(bring)) found.set(`${each.type} ${each.id}`, each);
	}
	return { included: [...found.values()].map((each) => rendered(each, request)) };
}

// Sparse fieldsets stop at the first level: `location.city` shows the whole location.
function firstLevel(field: string): string {
	return field.split('.')[0] ?? '';
}

function filtered(resources: readonly Resource[], filter: string | undefined): Resource[] {
	const conditions = conditionsOf(filter).map((each) => ({
		field: each.field,
		isFulfilled: fulfilling(each),
	}));
	return resources.filter((each) =>
		conditions.every(({ field, isFulfilled }) => isFulfilled(valuesOf(each, field))),
	);
}

/** Where a resource stands in an order: by a value, then by its id. */
type Place = [key: number | string, id: string];

interface Sorted {
	resources: Resource[];
	/** Null when they are in the order they came in. */
	places: Place[] | null;
	down: boolean;
}

function sort(resources: Resource[], by: string | undefined): Sorted {
	if (by === undefined) return { resources, places: null, down: false };
	const down = by.startsWith('-');
	const field = down ? by.slice(1) : by;
	const rows = resources.map((each) => ({ each, place: placeOf(each, field) }));
	rows.sort((a, b) => (down ? -1 : 1) * order(a.place, b.place));
	return {
		resources: rows.map(({ each }) => each),
		places: rows.map(({ place }) => place),
		down,
	};
}

// Reading ten thousand dates anew for each of a hundred pages would take its time. A resource that
// has changed is another object.
const places = new WeakMap<Resource, Map<string, Place>>();

function placeOf(resource: Resource, field: string): Place {
	const known = places.get(resource) ?? new Map<string, Place>();
	places.set(resource, known);
	const place = known.get(field) ?? [sortKey(valuesOf(resource, field)[0]), resource.id];
	known.set(field, place);
	return place;
}

function order([key, id]: Place, [otherKey, otherId]: Place): number {
	return compareKeys(key, otherKey) || compareKeys(id, otherId);
}

// A path leads through lists too: `suppression.reason` is the reason of every suppression.
function valuesOf(resource: Resource, field: string): Json[] {
	const { id, filterable, attributes, additional } = resource;
	const direct = filterable?.[field];
	if (direct !== undefined) return Array.isArray(direct) ? direct : [direct];
	if (field === 'id') return [id];
	const plain = attributes?.[field];
	if (plain !== undefined && !Array.isArray(plain)) return [plain];
	let values: Json[] = [attributes ?? {}, additional ?? {}];
	for (const key of field.split('.')) {
		values = values.flatMap((value) => {
			if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
			const inner = value[key];
			return inner === undefined ? [] : Array.isArray(inner) ? inner : [inner];
		});
	}
	return values.length > 0 ? values : [null];
}

function pageSize(
	{ query }: ApiRequest,
	{ size, most = size, fixed }: NonNullable<Listing['page']>,
): number {
	const asked = query['page[size]'];
	if (asked === undefined) return size;
	const count = Number(asked);
	if (fixed || !Number.isInteger(count) || count < 1 || count > most) {
		throw invalid(`page[size] must be between 1 and ${most}.`, { parameter: 'page[size]' });
	}
	return count;
}

// A cursor says behind what the page begins, not at which number: what moves while somebody turns
// pages makes nobody miss the rest. Without an order there is only the number.
function cursorAt({ places, down }: Sorted, end: number): string {
	const last = places?.[end - 1];
	const [key, id] = last ?? [];
	// JSON has no infinity, which stands for a missing value.
	const place = key === -Infinity ? [null, id] : [key, id];
	return encoded(`next::${last ? JSON.stringify([...place, down]) : end}`);
}

function startOf(cursor: string | undefined, { resources, places, down }: Sorted): number {
	if (cursor === undefined) return 0;
	const [, text = ''] = /^next::(.*)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
	if (!places) {
		if (!/^\d+$/.test(text)) throw badCursor();
		return Number(text);
	}
	const [key, id, wasDown] = parsedPlace(text);
	// Turned round in the middle, it would show neither the rest nor the beginning.
	if (wasDown !== down) throw badCursor();
	const last: Place = [key ?? -Infinity, id];
	const after = places.findIndex((place) => (down ? -1 : 1) * order(place, last) > 0);
	return after < 0 ? resources.length : after;
}

function parsedPlace(text: string): [number | string | null, string, boolean] {
	try {
		const place = JSON.parse(text) as unknown;
		if (Array.isArray(place) && place.length === 3) return place as never;
	} catch {
		// falls through
	}
	throw badCursor();
}

function badCursor(): Error {
	return invalid('Invalid cursor.', { parameter: 'page[cursor]' });
}

function encoded(text: string): string {
	return Buffer.from(text).toString('base64url');
}

// With every character of the query encoded, `[` too: the specification wants URIs.
function addressOf({ baseUrl, path }: Pick<ApiRequest, 'baseUrl' | 'path'>): URL {
	const url = new URL(path, baseUrl);
	url.search = url.searchParams.toString();
	return url;
}

function linkTo(request: ApiRequest, cursor: string): string {
	const url = addressOf(request);
	url.searchParams.set('page[cursor]', cursor);
	return url.href;
}
