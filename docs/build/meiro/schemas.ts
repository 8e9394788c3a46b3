// JSON Schemas for the Event Types of Pipes, read from the contract; what the paths mean stands in docs/events.md. They are
// open: what they don't name may be there, so that a path that comes within a version breaks nothing.
import { PROFILE_ID_FIELDS, EVENT_VERSION } from '../../../nodes/shared/event/contract';
import { fieldsOfContract, type Field } from '../dictionary';

export type JsonSchema = Record<string, unknown>;

/** The schema of one event's payload. */
export function schemaOf(eventName: string): JsonSchema {
	const { properties } = tree(fieldsOfContract()) as { properties: Record<string, JsonSchema> };
	return {
		$schema: 'http://json-schema.org/draft-07/schema#',
		title: eventName,
		type: 'object',
		required: ['event_id', 'event_name', 'event_version', 'event_time'],
		properties: {
			...properties,
			event_id: { ...properties.event_id, minLength: 1 },
			event_name: { ...properties.event_name, const: eventName },
			event_version: { ...properties.event_version, const: EVENT_VERSION },
			event_time: { ...properties.event_time, pattern: '^\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d' },
		},
		// About a person, or about a thing.
		anyOf: [
			...[...PROFILE_ID_FIELDS, 'identifiers'].map((field) => ({
				required: ['profile'],
				properties: { profile: { required: [field] } },
			})),
			{ required: ['subject'], properties: { subject: { required: ['id'] } } },
		],
	};
}

function tree(fields: Field[], prefix = ''): JsonSchema {
	const own = fields.filter(
		({ path }) => path.startsWith(prefix) && !path.slice(prefix.length).includes('.'),
	);
	return {
		type: 'object',
		properties: Object.fromEntries(
			own.map((field) => [field.path.slice(prefix.length), schemaOfField(field, fields)]),
		),
	};
}

function schemaOfField(field: Field, fields: Field[]): JsonSchema {
	const inner = `${field.path}.`;
	const isNullable = /\| null$/.test(field.type);
	const schema = fields.some(({ path }) => path.startsWith(inner))
		? tree(fields, inner)
		: schemaOfType(field.type.replace(/ \| null$/, ''));
	return {
		...schema,
		...(isNullable ? { type: [schema.type, 'null'] } : {}),
	};
}

/** Of a type as TypeScript writes it. What has only a few values today is text: more may come. */
function schemaOfType(type: string): JsonSchema {
	if (type === 'number') return { type: 'number' };
	if (type === 'boolean' || type === 'true') return { type: 'boolean' };
	if (type === 'string[]') return { type: 'array', items: { type: 'string' } };
	if (type === 'IDataObject') return { type: 'object' };
	if (type.startsWith('Record<')) {
		return { type: 'object', additionalProperties: { type: 'string' } };
	}
	return { type: 'string' };
}
