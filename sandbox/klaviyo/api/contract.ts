// Every request under /api and /client against Klaviyo's own specification.
import type { ErrorObject } from '@fastify/ajv-compiler';
import AjvCompiler from '@fastify/ajv-compiler';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import type { Dict, Json } from '../types';
import { parseFilter } from './filter';
import type { FilterRule, Slice, SpecOperation, SpecParameter } from './openapi';
import { readSlice, toJsonSchema } from './openapi';
import { matchPath } from './operation';

/** A request as it came over the wire. */
export interface WireRequest {
	method: string;
	path: string;
	query: Record<string, string | string[]>;
	headers: Record<string, string | string[] | undefined>;
	body: Buffer;
}

/** What a request did that the specification does not allow. */
export interface Violation {
	method: string;
	path: string;
	/** The operationId, or null when the specification has no such operation. */
	operation: string | null;
	where: 'operation' | 'header' | 'query' | 'body';
	/** A JSON pointer into the body, or the name of a parameter or header. */
	pointer: string;
	message: string;
}

type Problem = Pick<Violation, 'where' | 'pointer' | 'message'>;
type Validate = ((data: unknown) => unknown) & { errors?: ErrorObject[] | null };

interface Found {
	operation: SpecOperation;
	slice: Slice;
}

const DEFAULT_FOLDER = resolve(__dirname, '../../..', '../shared/klaviyo-openapi');
const build = AjvCompiler();
const OPTIONS = {
	customOptions: {
		...{ strict: false, coerceTypes: false, useDefaults: false, allErrors: false },
		removeAdditional: false, // the compiler's own default would drop what is to be reported
	},
} as const;

// Reading and compiling takes a moment: once per process is enough.
const loaded = new Map<string, Slice[]>();
const compiled = new Map<Dict, Validate>();

/** The folder of slices: the option, else the environment's, else the one beside the repository. */
export function openapiFolder(option: string | undefined): string {
	return option ?? process.env.KLAVIYO_OPENAPI ?? DEFAULT_FOLDER;
}

export class Contract {
	readonly violations: Violation[] = [];
	checked = 0;

	/** With no slices nothing is checked. */
	constructor(readonly slices: readonly Slice[]) {}

	/** Notes what is wrong with a request, and gives it back. */
	check(request: WireRequest): Violation[] {
		if (this.slices.length === 0) return [];
		this.checked++;
		const { method, path } = request;
		const found = this.find(method, path);
		const operation = found?.operation.operationId ?? null;
		const problems = found ? problemsOf(request, found) : [noOperation(method, path)];
		const violations = problems.map((each) => ({ method, path, operation, ...each }));
		this.violations.push(...violations);
		return violations;
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

/** The slices in a folder; none, and a word on the console, when it is not there. */
export function loadSlices(folder: string): Slice[] {
	const known = loaded.get(folder);
	if (known) return known;
	const slices = read(folder);
	if (slices.length === 0) {
		console.warn(`Klaviyo stand-in: no specification in ${folder}, requests go unchecked`);
	}
	loaded.set(folder, slices);
	return slices;
}

function read(folder: string): Slice[] {
	try {
		return readdirSync(folder)
			.filter((file) => file.endsWith('.json'))
			.map((file) => readSlice(basename(file, '.json'), readFileSync(join(folder, file), 'utf8')));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
		throw error;
	}
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
			const { single = [], list = [] } = rule.operators;
			if (![...single, ...list].includes(operator)) return [problem(`no ${operator}(${field},…)`)];
			const values = Array.isArray(value) ? value : [value];
			const wrong = values.some((each) => typeof each !== rule.value.type);
			return wrong ? [problem(`${field} takes a ${rule.value.type}`)] : [];
		});
	} catch (error) {
		return [problem((error as Error).message)];
	}
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

// The deepest error: the one in the branch that was meant.
function firstError(
	value: unknown,
	schema: Dict,
	slice: Slice,
): { pointer: string; message: string } | null {
	const validate = validatorOf(schema, slice);
	if (validate(value) === true) return null;
	const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if');
	const [deepest] = errors
		.map((each) => ({ pointer: pointerOf(each), message: messageOf(each) }))
		.sort((a, b) => b.pointer.split('/').length - a.pointer.split('/').length);
	return deepest ?? { pointer: '', message: 'not valid' };
}

function validatorOf(schema: Dict, slice: Slice): Validate {
	let validate = compiled.get(schema);
	if (!validate) {
		const absolute = JSON.parse(
			JSON.stringify(toJsonSchema(schema, {})).replaceAll('"$ref":"#', `"$ref":"${slice.name}#`),
		) as Dict;
		const compile = build({ [slice.name]: slice.schemas }, OPTIONS);
		// The compiler takes what a route has, `{ schema }`; its types speak of the schema alone.
		validate = compile({ schema: absolute }) as Validate;
		compiled.set(schema, validate);
	}
	return validate;
}

function pointerOf({ instancePath, keyword, params }: ErrorObject): string {
	const { missingProperty, additionalProperty } = params as Record<string, string | undefined>;
	const last = { required: missingProperty, additionalProperties: additionalProperty }[keyword];
	return last === undefined ? instancePath : `${instancePath}/${last}`;
}

function messageOf({ keyword, message = 'not valid', params }: ErrorObject): string {
	if (keyword === 'additionalProperties') return 'is not a field the specification knows';
	if (keyword !== 'enum') return message;
	const { allowedValues } = params as { allowedValues: unknown[] };
	return `${message}: ${allowedValues.slice(0, 30).join(', ')}`;
}
