import AjvCompiler from '@fastify/ajv-compiler';
import type { ErrorObject } from '@fastify/ajv-compiler';

/** What one field of a payload has wrong. */
export interface FieldError {
	/** JSON Pointer into the payload; '' is the payload itself. */
	path: string;
	message: string;
}

/** What a payload has wrong by the schema of its event type; none when the type has no schema. */
export type CheckPayload = (eventType: string, payload: unknown) => FieldError[];

type Validate = ((data: unknown) => unknown) & { errors?: ErrorObject[] | null };

const options = {
	customOptions: {
		...{ allErrors: true, coerceTypes: false, removeAdditional: false, useDefaults: false },
		// Meiro's own schemas may hold keywords for its pages.
		strict: false,
	},
} as const;

/**
 * The schemas of event types, compiled. In Pipes each event type has one, and a payload that does not
 * fit is rejected with field-level detail (https://meiro.io/product/architecture).
 * Throws Error that names the event type whose schema is none.
 */
export function compileSchemas(
	schemas: Record<string, Record<string, unknown>> = {},
): CheckPayload {
	const build = AjvCompiler()({}, options);
	const validators = new Map<string, Validate>();
	for (const [eventType, schema] of Object.entries(schemas)) {
		validators.set(eventType, compile(eventType, schema));
	}

	function compile(eventType: string, schema: Record<string, unknown>): Validate {
		try {
			return build({ schema }) as unknown as Validate;
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			throw new Error(`The schema of '${eventType}' cannot be used: ${reason}`);
		}
	}

	return (eventType, payload) => {
		const validate = validators.get(eventType);
		if (!validate || validate(payload)) return [];
		return (validate.errors ?? []).map(toFieldError);
	};
}

function toFieldError({ instancePath, keyword, params, message }: ErrorObject): FieldError {
	// A field that is missing is named itself, not the object that it is missing from.
	const missing = keyword === 'required' ? (params.missingProperty as string) : undefined;
	const path =
		missing === undefined
			? instancePath
			: `${instancePath}/${missing.replaceAll('~', '~0').replaceAll('/', '~1')}`;
	return { path, message: missing === undefined ? (message ?? 'is invalid') : 'is required' };
}
