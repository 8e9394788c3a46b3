// Klaviyo's specification (OpenAPI 3.0.2, https://github.com/klaviyo/openapi) as something a JSON
// Schema validator understands.
import type { Dict, Json } from '../types';
import { dict, dicts } from './json';

/** One file of the specification: its operations and the schemas they refer to. */
export interface Slice {
	name: string;
	paths: Record<string, Record<string, SpecOperation>>;
	/** `{ components: { schemas } }` as JSON Schema, with `name` as its `$id`. */
	schemas: Dict;
	/** The same for answers, which may have more fields than the specification lists. */
	answerSchemas(): Dict;
	/** The answers that operations share by `$ref`. */
	responses: Record<string, SpecResponse>;
}

export interface SpecResponse {
	$ref?: string;
	content?: Record<string, { schema: Dict }>;
}

export interface SpecOperation {
	operationId: string;
	parameters?: SpecParameter[];
	requestBody?: { required?: boolean; content: Record<string, { schema: Dict }> };
	/** By status, '4XX' and '5XX' for all errors. */
	responses?: Record<string, SpecResponse>;
	security?: Dict[];
	'x-klaviyo-scopes'?: string[];
	'x-klaviyo-ratelimit'?: Record<string, string>;
	'x-klaviyo-filters'?: Record<string, FilterRule>;
}

export interface SpecParameter {
	name: string;
	in: 'query' | 'path' | 'header';
	required?: boolean;
	schema: Dict;
}

export interface FilterRule {
	/** By what the operator takes: one value, a list, or nothing at all. */
	operators: { single?: string[]; list?: string[]; none?: string[] };
	value?: { type: string; format?: string; enum?: string[] };
}

const KEPT = [
	...['type', 'enum', 'format', 'required', 'pattern', 'minimum', 'maximum', 'minLength'],
	...['maxLength', 'minItems', 'maxItems', 'additionalProperties'],
];

/** @throws TypeError when the text is no such document. */
export function readSlice(name: string, text: string): Slice {
	const document = JSON.parse(text) as Dict & { paths: Slice['paths'] };
	const components = dict(document.components);
	const schemas = dict(components.schemas);
	const converted = (id: string, open: boolean): Dict => ({
		$id: id,
		components: {
			schemas: mapValues(schemas, (schema) => toJsonSchema(dict(schema), schemas, { open })),
		},
	});
	let answers: Dict | undefined;
	return {
		name,
		paths: document.paths,
		schemas: converted(name, false),
		answerSchemas: () => (answers ??= converted(answerName(name), true)),
		responses: dict(components.responses) as unknown as Slice['responses'],
	};
}

/** What a slice's schemas for answers are called. */
export function answerName(name: string): string {
	return `${name}-answers`;
}

/** Whether objects may have more than their listed properties: here only, or all the way down. */
export interface Openness {
	open?: boolean;
	here?: boolean;
}

/**
 * A schema of OpenAPI 3.0 as JSON Schema. Two liberties, both ours:
 * - an object with listed properties takes no others (the specification leaves that open; Klaviyo
 *   is assumed to refuse what it does not know, and a typo should not pass unseen);
 * - `oneOf` becomes a choice by the property that tells the branches apart, so an error names the
 *   field instead of every branch; the slices carry no `discriminator`, but it is used when there.
 */
export function toJsonSchema(
	node: Dict,
	schemas: Dict,
	{ open = false, here = open }: Openness = {},
): Dict {
	const inner = (each: Json) => toJsonSchema(dict(each), schemas, { open });
	const out: Dict = {};
	for (const key of KEPT) if (node[key] !== undefined) out[key] = node[key];
	// OpenAPI 3.0 does not define `time`. RFC 3339's needs an offset, but the triggers and delays that
	// have a time have a field `timezone` beside it: assumed to be optional.
	if (out.format === 'time') out.format = 'iso-time';
	if (typeof node.$ref === 'string') out.$ref = node.$ref;
	if (node.properties) {
		out.properties = mapValues(dict(node.properties), inner);
		if (!here && !node.allOf) out.additionalProperties ??= false;
	}
	if (node.items) out.items = inner(node.items);
	if (node.allOf) {
		out.allOf = dicts(node.allOf).map((each) => toJsonSchema(each, schemas, { open, here: true }));
	}
	if (node.oneOf) {
		const tag = node.discriminator ? dict(node.discriminator).propertyName : undefined;
		const given = typeof tag === 'string' ? tag : null;
		Object.assign(out, choice(dicts(node.oneOf), schemas, inner, given));
	}
	// `nullable` beside `$ref` counts as well: the slices clearly mean it.
	return node.nullable === true ? { if: { type: 'null' }, else: out } : out;
}

function choice(
	branches: Dict[],
	schemas: Dict,
	inner: (branch: Dict) => Dict,
	given: string | null = null,
): Dict {
	const [only] = branches;
	if (only && branches.length === 1) return inner(only);
	const tag = given ?? tagOf(branches, schemas);
	const any = (some: Dict[]) => ({ anyOf: some.map(inner) });
	// Not `oneOf`: overlapping branches (integer or number) would refuse what both allow.
	if (tag === null) return any(branches);
	const groups = groupBy(branches, (each) => tagValues(each, tag, schemas));
	return {
		type: 'object',
		required: [tag],
		properties: { [tag]: { enum: [...groups.keys()] } },
		allOf: [...groups].map(([value, group]) => ({
			if: { properties: { [tag]: { const: value } } },
			then: group.length < branches.length ? choice(group, schemas, inner) : any(group),
		})),
	};
}

// The first property with listed values in every branch that splits the branches up.
function tagOf(branches: Dict[], schemas: Dict): string | null {
	const names = Object.keys(dict(resolved(branches[0] ?? {}, schemas).properties));
	const splits = (name: string) => {
		const lists = branches.map((branch) => tagValues(branch, name, schemas));
		if (lists.some((values) => values.length === 0)) return false;
		const groups = groupBy(branches, (branch) => tagValues(branch, name, schemas));
		return [...groups.values()].every((group) => group.length < branches.length);
	};
	return names.find(splits) ?? null;
}

function tagValues(branch: Dict, name: string, schemas: Dict): string[] {
	const property = resolved(dict(dict(resolved(branch, schemas).properties)[name]), schemas);
	return Array.isArray(property.enum) ? (property.enum as string[]) : [];
}

function resolved(node: Dict, schemas: Dict): Dict {
	if (typeof node.$ref !== 'string') return node;
	return dict(schemas[node.$ref.replace('#/components/schemas/', '')]);
}

function groupBy(branches: Dict[], keysOf: (branch: Dict) => string[]): Map<string, Dict[]> {
	const groups = new Map<string, Dict[]>();
	for (const branch of branches) {
		for (const key of keysOf(branch)) groups.set(key, [...(groups.get(key) ?? []), branch]);
	}
	return groups;
}

function mapValues(values: Dict, change: (value: Json) => Json): Dict {
	return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
