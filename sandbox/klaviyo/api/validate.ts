// Values against the specification's schemas.
import type { ErrorObject } from '@fastify/ajv-compiler';
import AjvCompiler from '@fastify/ajv-compiler';

import type { Dict } from '../types';
import type { Slice } from './openapi';
import { answerName, toJsonSchema } from './openapi';

type Validate = ((data: unknown) => unknown) & { errors?: ErrorObject[] | null };

const build = AjvCompiler();
const OPTIONS = {
	customOptions: {
		...{ strict: false, coerceTypes: false, useDefaults: false, allErrors: false },
		removeAdditional: false, // the compiler's own default would drop what is to be reported
	},
} as const;

// All errors, since some of them are known and pass.
const ANSWER_OPTIONS = { customOptions: { ...OPTIONS.customOptions, allErrors: true } } as const;

// Compiling takes a moment: once per process is enough.
const compiled = new Map<Dict, Validate>();

/** The deepest error: the one in the branch that was meant. */
export function firstError(
	value: unknown,
	schema: Dict,
	slice: Slice,
): { pointer: string; message: string } | null {
	const [deepest] = errorsOf(value, schema, slice)
		.map((each) => ({ pointer: pointerOf(each), message: messageOf(each) }))
		.sort((a, b) => b.pointer.split('/').length - a.pointer.split('/').length);
	return deepest ?? null;
}

/** With `isAnswer`, objects may have more than their listed fields, and all errors come back. */
export function errorsOf(
	value: unknown,
	schema: Dict,
	slice: Slice,
	isAnswer = false,
): ErrorObject[] {
	const validate = validatorOf(schema, slice, isAnswer);
	if (validate(value) === true) return [];
	const errors = validate.errors ?? [];
	// An `if` that fails says no more than the error inside it.
	const telling = errors.filter(({ keyword }) => keyword !== 'if');
	return telling.length > 0 ? telling : errors;
}

function validatorOf(schema: Dict, slice: Slice, isAnswer: boolean): Validate {
	let validate = compiled.get(schema);
	if (!validate) {
		const name = isAnswer ? answerName(slice.name) : slice.name;
		const absolute = JSON.parse(
			JSON.stringify(toJsonSchema(schema, {}, { open: isAnswer })).replaceAll(
				'"$ref":"#',
				`"$ref":"${name}#`,
			),
		) as Dict;
		const schemas = isAnswer ? slice.answerSchemas() : slice.schemas;
		const compile = build({ [name]: schemas }, isAnswer ? ANSWER_OPTIONS : OPTIONS);
		// The compiler takes what a route has, `{ schema }`; its types speak of the schema alone.
		validate = compile({ schema: absolute }) as Validate;
		compiled.set(schema, validate);
	}
	return validate;
}

/** A JSON pointer to what is wrong, missing or too much. */
export function pointerOf({ instancePath, keyword, params }: ErrorObject): string {
	const { missingProperty, additionalProperty } = params as Record<string, string | undefined>;
	const last = { required: missingProperty, additionalProperties: additionalProperty }[keyword];
	return last === undefined ? instancePath : `${instancePath}/${last}`;
}

export function messageOf({ keyword, message = 'not valid', params }: ErrorObject): string {
	if (keyword === 'additionalProperties') return 'is not a field the specification knows';
	if (keyword !== 'enum') return message;
	const { allowedValues } = params as { allowedValues: unknown[] };
	return `${message}: ${allowedValues.slice(0, 30).join(', ')}`;
}
