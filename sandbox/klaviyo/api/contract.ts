// Every request under /api and /client, and every answer, against Klaviyo's own specification.
import type { ErrorObject } from '@fastify/ajv-compiler';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import type { Dict, Json } from '../types';
import { parseFilter } from './filter';
import { dict } from './json';
import type { FilterRule, Slice, SpecOperation, SpecParameter } from './openapi';
import { readSlice } from './openapi';
import { matchPath } from './operation';
import { Recent } from './recent';
import { instant } from './times';
import { errorsOf, firstError, messageOf, pointerOf } from './validate';

/** A request as it came over the wire. */
export interface WireRequest {
	method: string;
	path: string;
	query: Record<string, string | string[]>;
	headers: Record<string, string | string[] | undefined>;
	body: Buffer;
}

/** What a request did, or what is in an answer, that the specification does not allow. */
export interface Violation {
	method: string;
	path: string;
	/** The operationId, or null when the specification has no such operation. */
	operation: string | null;
	where: 'operation' | 'header' | 'query' | 'body' | 'answer';
	/** A JSON pointer into the body, or the name of a parameter or header. */
	pointer: string;
	message: string;
}

type Problem = Pick<Violation, 'where' | 'pointer' | 'message'>;

interface Found {
	operation: SpecOperation;
	slice: Slice;
}

/** Klaviyo's official slices. */
export const OPENAPI_FOLDER = resolve(__dirname, '../openapi');

// Reading takes a moment: once per process is enough.
let loaded: Slice[] | undefined;

const MOST_VIOLATIONS = 10_000;

export class Contract {
	private readonly noted = new Recent<Violation>(MOST_VIOLATIONS);
	/** How many requests were checked. */
	checked = 0;

	constructor(readonly slices: readonly Slice[]) {}

	/** Notes what is wrong with a request, and gives it back. */
	check(request: WireRequest): Violation[] {
		this.checked++;
		const { method, path } = request;
		const found = this.find(method, path);
		const operation = found?.operation.operationId ?? null;
		const problems = found ? problemsOf(request, found) : [noOperation(method, path)];
		const violations = problems.map((each) => ({ method, path, operation, ...each }));
		this.noted.add(...violations);
		return violations;
	}

	/** Notes what is wrong with the answer to a request. */
	checkAnswer({ method, path, query }: WireRequest, status: number, body: Json | undefined): void {
		const found = this.find(method, path);
		if (!found) return;
		const operation = found.operation.operationId;
		const problems = answerProblems(found, status, body, query);
		this.noted.add(...problems.map((each) => ({ method, path, operation, ...each })));
	}

	/** The last of them. */
	violations(): Violation[] {
		return this.noted.list();
	}

	find(method: string, path: string): Found | null {
		for (const slice of this.slices) {
			for (const [template, methods] of Object.entries(slice.paths)) {
				const operation = methods[method.toLowerCase()];
				if (operation && matchPath(template, path)) return { operation, slice };
			}
		}
		return null;
	}
}

/** Klaviyo's specification, slice by slice. */
export function loadSlices(): Slice[] {
	loaded ??= readdirSync(OPENAPI_FOLDER)
		.filter((file) => file.endsWith('.json'))
		.map((file) =>
			readSlice(basename(file, '.json'), readFileSync(join(OPENAPI_FOLDER, file), 'utf8')),
		);
	return loaded;
}

function noOperation(method: string, path: string): Problem {
	return { where: 'operation', pointer: path, message: `there is no ${method} ${path}` };
}

function problemsOf(request: WireRequest, { operation, slice }: Found): Problem[] {
	const parameters = operation.parameters ?? [];
	return [
		...headerProblems(request, operation),
		...unknownParameters(request, parameters),
		...parameters.flatMap((parameter) => parameterProblems(request, parameter, slice)),
		...filterProblems(request.query.filter, operation['x-klaviyo-filters']),
		...bodyProblems(request, operation, slice),
	];
}

// `security: []` on the operation itself lifts the key that the document asks for.
function headerProblems({ headers }: WireRequest, operation: SpecOperation): Problem[] {
	if (operation.security?.length === 0 || headers.authorization) return [];
	return [{ where: 'header', pointer: 'Authorization', message: 'the header is missing' }];
}

function unknownParameters({ query }: WireRequest, parameters: SpecParameter[]): Problem[] {
	const known = new Set(parameters.filter((each) => each.in === 'query').map(({ name }) => name));
	return Object.keys(query)
		.filter((name) => !known.has(name))
		.map((pointer) => ({ where: 'query', pointer, message: 'unknown query parameter' }));
}

function parameterProblems(
	request: WireRequest,
	parameter: SpecParameter,
	slice: Slice,
): Problem[] {
	const { name, required, schema, in: where } = parameter;
	if (where === 'path') return [];
	const raw = where === 'query' ? request.query[name] : request.headers[name.toLowerCase()];
	if (raw === undefined) {
		return required ? [{ where, pointer: name, message: 'the parameter is missing' }] : [];
	}
	if (Array.isArray(raw)) return [{ where, pointer: name, message: 'given more than once' }];
	const error = firstError(fromText(raw, schema), schema, slice);
	return error ? [{ where, pointer: name, message: error.message }] : [];
}

// Lists are comma-separated (`explode: false`).
function fromText(raw: string, schema: Dict): Json {
	if (schema.type === 'array') return raw.split(',');
	if (schema.type === 'integer' && /^-?\d+$/.test(raw)) return Number(raw);
	return raw;
}

function filterProblems(
	raw: string | string[] | undefined,
	rules: Record<string, FilterRule> | undefined,
): Problem[] {
	if (typeof raw !== 'string' || !rules) return [];
	const problem = (message: string): Problem => ({ where: 'query', pointer: 'filter', message });
	try {
		return parseFilter(raw).flatMap(({ field, operator, value }) => {
			const rule = rules[field];
			if (!rule) return [problem(`cannot filter by ${field}`)];
			const { single = [], list = [], none = [] } = rule.operators;
			const takes = value === undefined ? none : Array.isArray(value) ? list : single;
			if (!takes.includes(operator)) {
				const kind =
					value === undefined ? 'nothing' : Array.isArray(value) ? 'a list' : 'one value';
				return [problem(`no ${operator}(${field},…) with ${kind}`)];
			}
			const message = value === undefined ? null : valueMessage([value].flat(), rule);
			return message === null ? [] : [problem(`${field} takes ${message}`)];
		});
	} catch (error) {
		return [problem((error as Error).message)];
	}
}

// What a field takes, when one of the values is something else.
function valueMessage(values: unknown[], { value: rule }: FilterRule): string | null {
	const { type, format, enum: words } = rule ?? {};
	if (values.some((each) => typeof each !== type)) return `a ${type}`;
	if (words && values.some((each) => !words.includes(String(each)))) return words.join(', ');
	const isDate = (each: unknown) => !Number.isNaN(instant(String(each)));
	return format === 'date-time' && !values.every(isDate) ? 'a date' : null;
}

function bodyProblems({ headers, body }: WireRequest, operation: SpecOperation, slice: Slice) {
	const problem = (pointer: string, message: string): Problem[] => [
		{ where: 'body', pointer, message },
	];
	const { content, required } = operation.requestBody ?? {};
	if (body.length === 0) return required ? problem('', 'the body is missing') : [];
	if (!content) return problem('', 'this operation takes no body');
	const type =
		String(headers['content-type'] ?? '')
			.split(';')[0]
			?.trim() ?? '';
	const schema = content[type]?.schema;
	if (!schema) {
		const message = `expected ${Object.keys(content).join(' or ')}, not ${type || 'nothing'}`;
		return [{ where: 'header' as const, pointer: 'Content-Type', message }];
	}
	try {
		const error = firstError(JSON.parse(body.toString('utf8')), schema, slice);
		return error ? problem(error.pointer, error.message) : [];
	} catch (error) {
		if (error instanceof SyntaxError) return problem('', error.message);
		throw error;
	}
}

// 5XX and 429 may come from in front of the API, but what answers here is the stand-in itself.
function answerProblems(
	{ operation, slice }: Found,
	status: number,
	body: Json | undefined,
	query: WireRequest['query'],
): Problem[] {
	const problem = (pointer: string, message: string): Problem[] => [
		{ where: 'answer', pointer, message },
	];
	const group = `${String(status)[0]}XX`;
	const listed = operation.responses?.[String(status)] ?? operation.responses?.[group];
	if (!listed) return problem('', `${status} is not a documented answer`);
	const shared = listed.$ref ? slice.responses[listed.$ref.split('/').pop() ?? ''] : listed;
	const schema = Object.values(shared?.content ?? {})[0]?.schema;
	if (!schema) return body === undefined ? [] : problem('', 'an answer without a body has one');
	const isSparse = Object.keys(query).some((name) => name.startsWith('fields['));
	return errorsOf(body, schema, slice, true)
		.filter((each) => !isKnownDeviation(each, body, isSparse))
		.slice(0, 1)
		.flatMap((each) => problem(pointerOf(each), messageOf(each)));
}

// Recorded: `next` and `prev` are null at the end though typed as texts, and a sparse fieldset leaves
// out what is required.
function isKnownDeviation(
	{ instancePath, keyword }: ErrorObject,
	body: Json | undefined,
	isSparse: boolean,
): boolean {
	const [, link] = /^\/links\/(next|prev)$/.exec(instancePath) ?? [];
	if (link !== undefined) return dict(dict(body).links)[link] === null;
	return isSparse && keyword === 'required' && /\/attributes(\/|$)/.test(instancePath);
}
