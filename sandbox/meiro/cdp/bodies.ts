import { isJsonObject, refuse } from '../json';

type Kind = 'text' | 'number' | 'json';
type Fields = Record<string, { kind: Kind; isOptional?: boolean }>;

const text = { kind: 'text' } as const;
const number = { kind: 'number' } as const;

// https://docs.meiro.dev/docs/api/meiro-cdp-api/data-sources
export const sourceFields: Fields = {
	id: text,
	name: text,
	type: text,
	description: { ...text, isOptional: true },
	is_hidden: { ...number, isOptional: true },
	frontend_settings: { kind: 'json', isOptional: true },
};

// https://docs.meiro.dev/docs/api/meiro-cdp-api/events
export const eventTypeFields: Fields = {
	id: text,
	source_id: text,
	type: text,
	version: text,
	name: text,
	description: { ...text, isOptional: true },
	schema: { kind: 'json' },
	is_hidden: { ...number, isOptional: true },
	ttl: number,
	ttl_mutable: number,
	priority: number,
};

/** The named fields of a body. Throws HttpError 400 that names the one that is missing or wrong. */
export function readFields(body: unknown, fields: Fields): Record<string, unknown> {
	if (!isJsonObject(body)) return refuse(400, 'The body must be a JSON object');
	const known = Object.entries(fields).filter(([name, { kind, isOptional }]) => {
		const value = body[name];
		if (isOptional && (value === undefined || value === null || value === '')) return false;
		if (!fits[kind](value)) refuse(400, `${name} is missing or has a wrong value`);
		return true;
	});
	return Object.fromEntries(known.map(([name]) => [name, body[name]]));
}

const fits: Record<Kind, (value: unknown) => boolean> = {
	text: (value) => typeof value === 'string' && value !== '',
	number: (value) => Number.isInteger(value),
	json: (value) => isJsonObject(value) || typeof value === 'string',
};
