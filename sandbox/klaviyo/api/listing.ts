// JSON:API answers: pages, sorting, sparse fieldsets, links.
import type { Dict, Json } from '../types';
import type { ErrorSource } from './errors';
import { invalid } from './errors';
import { compare, fulfils, parseFilter } from './filter';
import type { ApiAnswer, ApiRequest } from './operation';

export interface Resource {
	type: string;
	id: string;
	attributes?: Dict;
	relationships?: Dict;
}

export interface Listing {
	/** Results per page, and whether the caller may ask for fewer. */
	page?: { size: number; fixed?: boolean };
	included?: Resource[];
}

/** 200 with the page that was asked for. */
export function collection(
	request: ApiRequest,
	resources: readonly Resource[],
	{ page, included }: Listing = {},
): ApiAnswer {
	const matching = sorted(filtered(resources, request.query.filter), request.query.sort);
	const size = page ? pageSize(request, page) : Infinity;
	const start = offsetOf(request.query['page[cursor]']);
	const end = start + size;
	const data = matching.slice(start, end).map((each) => rendered(each, request));
	const next = end < matching.length ? linkTo(request, end) : null;
	return {
		status: 200,
		body: {
			data,
			// Recorded: `prev` leads nowhere on the first page of get_lists; both are null, not absent.
			links: {
				self: request.baseUrl + request.path,
				next,
				prev: page ? previous(request, start) : null,
			},
			...(included && { included: included.map((each) => rendered(each, request)) }),
		},
	};
}

/** One resource as an answer. */
export function single(
	request: ApiRequest,
	resource: Resource,
	{ status = 200, included }: { status?: number; included?: Resource[] } = {},
): ApiAnswer {
	const data = rendered(resource, request);
	const self = pathOf(resource, request);
	return {
		status,
		body: {
			data,
			links: { self },
			...(included && { included: included.map((each) => rendered(each, request)) }),
		},
	};
}

/** The values of a list parameter such as `fields[flow]` or `include`. */
export function listOf(value: string | undefined): string[] {
	return value === undefined || value === '' ? [] : value.split(',');
}

/** @throws ApiError 400: malformed ids were recorded to answer 400, not 404. */
export function checkId(
	id: string,
	shape: RegExp,
	source: ErrorSource = { parameter: 'id' },
): void {
	if (!shape.test(id)) throw invalid(`'${id}' is not a valid id.`, source);
}

function rendered({ type, id, attributes, relationships }: Resource, request: ApiRequest): Dict {
	const fields = request.query[`fields[${type}]`];
	const wanted = fields === undefined ? null : listOf(fields).map((field) => field.split('.')[0]);
	const shown = Object.entries(attributes ?? {}).filter(([name]) => wanted?.includes(name) ?? true);
	return {
		type,
		id,
		...(attributes && { attributes: Object.fromEntries(shown) }),
		// Sparse fieldsets were recorded to drop relationships too.
		...(relationships && !wanted && { relationships }),
		links: { self: pathOf({ type, id }, request) },
	};
}

function pathOf({ type, id }: Resource, { baseUrl }: ApiRequest): string {
	return `${baseUrl}/api/${type}s/${encodeURIComponent(id)}`;
}

function filtered(resources: readonly Resource[], filter: string | undefined): Resource[] {
	if (filter === undefined) return [...resources];
	try {
		const conditions = parseFilter(filter);
		return resources.filter((each) =>
			conditions.every((condition) => fulfils(valueOf(each, condition.field), condition)),
		);
	} catch (error) {
		if (error instanceof SyntaxError) throw invalid(error.message, { parameter: 'filter' });
		throw error;
	}
}

function sorted(resources: Resource[], sort: string | undefined): Resource[] {
	if (sort === undefined) return resources;
	const down = sort.startsWith('-');
	const field = down ? sort.slice(1) : sort;
	const order = (a: Resource, b: Resource) => compare(valueOf(a, field), valueOf(b, field));
	return resources.sort((a, b) => (down ? order(b, a) : order(a, b)));
}

function valueOf(resource: Resource, field: string): Json | undefined {
	if (field === 'id') return resource.id;
	return field.split('.').reduce<Json | undefined>((value, key) => {
		if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
		return value[key];
	}, resource.attributes);
}

function pageSize(
	{ query }: ApiRequest,
	{ size, fixed }: { size: number; fixed?: boolean },
): number {
	const asked = query['page[size]'];
	if (asked === undefined) return size;
	const count = Number(asked);
	if (fixed || !Number.isInteger(count) || count < 1 || count > size) {
		throw invalid(`page[size] must be between 1 and ${size}.`, { parameter: 'page[size]' });
	}
	return count;
}

const CURSOR = /^next::(\d+)$/;

function offsetOf(cursor: string | undefined): number {
	if (cursor === undefined) return 0;
	const match = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
	if (!match) throw invalid('Invalid cursor.', { parameter: 'page[cursor]' });
	return Number(match[1]);
}

function linkTo({ baseUrl, path }: ApiRequest, offset: number): string {
	const url = new URL(path, baseUrl);
	url.searchParams.set('page[cursor]', Buffer.from(`next::${offset}`).toString('base64url'));
	return url.href;
}

function previous(request: ApiRequest, start: number): string {
	const url = new URL(linkTo(request, 0));
	url.searchParams.set('page[cursor]', Buffer.from(`prev::${start}::nil`).toString('base64url'));
	return url.href;
}
