import type { Dict, Json } from '../types';
import { invalid } from './errors';
import { dict } from './json';
import type { Limits } from './rate';

export type Query = Record<string, string>;

/** What an operation gets to see of a request that has passed all checks. */
export interface ApiRequest {
	/** The `{id}` of the path, or ''. */
	id: string;
	query: Query;
	/** The parsed body; undefined when there is none. */
	body: Json | undefined;
	/** Bytes of the body as it came. */
	size: number;
	/** `http://127.0.0.1:4300`: what links start with. */
	baseUrl: string;
	/** Path and query as they came. */
	path: string;
}

export interface ApiAnswer {
	status: number;
	body?: Dict;
}

/** One row of https://developers.klaviyo.com/en/reference: what it needs and what it does. */
export interface Operation {
	/** The operationId of the specification. */
	name: string;
	method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	/** With `{id}` as its only parameter. */
	path: string;
	/** Empty: no key needed (everything under /client). */
	scopes: string[];
	limits: Limits | ((query: Query) => Limits);
	/** Only for accounts with Advanced KDP, and for OAuth apps. */
	needsKdp?: boolean;
	/** @throws ApiError, InputError */
	run(request: ApiRequest): ApiAnswer;
}

/** `data` of a body whose type, and id if one is expected, are right. @throws ApiError 400 */
export function dataOf({ body }: ApiRequest, type: string, id?: string): Dict {
	const data = dict(dict(body).data);
	if (data.type !== type) throw invalid(`Expected type ${type}.`, { pointer: '/data/type' });
	if (id !== undefined && data.id !== id) {
		throw invalid('The id is not that of the path.', { pointer: '/data/id' });
	}
	return data;
}

/** Its attributes. @throws ApiError 400 */
export function attributesOf(request: ApiRequest, type: string, id?: string): Dict {
	return dict(dataOf(request, type, id).attributes);
}

/** The operation for a path, and the `{id}` in it. */
export function findOperation(
	operations: readonly Operation[],
	method: string,
	path: string,
): { operation: Operation; id: string } | null {
	for (const operation of operations) {
		const id = operation.method === method ? matchPath(operation.path, path)?.id : undefined;
		if (id !== undefined) return { operation, id };
	}
	return null;
}

/** Null unless `path` is of the form `template`. A literal path has the id ''. */
export function matchPath(template: string, path: string): { id: string } | null {
	const expected = template.split('/');
	const actual = path.split('/');
	if (expected.length !== actual.length) return null;
	let id = '';
	for (const [index, part] of expected.entries()) {
		const given = actual[index] ?? '';
		if (part.startsWith('{')) {
			if (given === '') return null;
			id = decoded(given);
		} else if (part !== given) return null;
	}
	return { id };
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
