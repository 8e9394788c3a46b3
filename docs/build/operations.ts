// The table of docs/klaviyo.md, read from the code: which operations there are, and which scopes Klaviyo's specification
// asks for what they were seen to call, by the contract's rows.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { RESOURCES } from '../../nodes/Klaviyo/actions';
import { OPENAPI_FOLDER } from '../../sandbox/klaviyo/api/contract';
import { matchPath } from '../../sandbox/klaviyo/api/operation';
import { ROWS } from '../../test/contract/rows';

/** The section of docs/klaviyo.md. */
export const OPERATIONS = 'operations';

interface Endpoint {
	method: string;
	path: string;
	scopes: string[];
}

/** Every operation of the Klaviyo node; those of a resource that take the same scopes share a row. */
export function operationsTable(): string {
	const endpoints = specified();
	const rows = RESOURCES.flatMap(({ option: { name: resource, value }, operations }) => {
		const byScopes = new Map<string, string[]>();
		for (const { option } of operations) {
			const called = callsOf(String(value), String(option.value), endpoints);
			const scopes = unique(called.flatMap((endpoint) => endpoint.scopes))
				.sort()
				.join(', ');
			byScopes.set(scopes, [...(byScopes.get(scopes) ?? []), option.name]);
		}
		return [...byScopes].map(
			([scopes, names]) => `| ${resource} | ${names.join(', ')} | ${scopes} |`,
		);
	});
	return ['| Resource | Operation | Scopes |', '|---|---|---|', ...rows].join('\n');
}

function callsOf(resource: string, operation: string, endpoints: Endpoint[]): Endpoint[] {
	return ROWS.filter((row) => row.resource === resource && row.operation === operation)
		.flatMap(({ requests }) => requests)
		.map((request) => {
			const [method, path = ''] = request.split(' ');
			const found = endpoints.find(
				(endpoint) => endpoint.method === method && matchPath(endpoint.path, path) !== null,
			);
			if (found === undefined) throw new Error(`Not in the specification: ${request}`);
			return found;
		});
}

type Paths = Record<string, Record<string, { 'x-klaviyo-scopes'?: string[] }>>;

/** What Klaviyo's specification knows; literal paths first, so that no `{id}` stands for one of them. */
function specified(): Endpoint[] {
	const files = readdirSync(OPENAPI_FOLDER).filter((file) => file.endsWith('.json'));
	return files
		.flatMap((file) => {
			const { paths } = JSON.parse(readFileSync(join(OPENAPI_FOLDER, file), 'utf8')) as {
				paths: Paths;
			};
			return Object.entries(paths).flatMap(([path, operations]) =>
				Object.entries(operations).map(([method, operation]) => ({
					method: method.toUpperCase(),
					path,
					scopes: operation['x-klaviyo-scopes'] ?? [],
				})),
			);
		})
		.sort((a, b) => a.path.split('{').length - b.path.split('{').length);
}

function unique(values: string[]): string[] {
	return [...new Set(values)];
}
