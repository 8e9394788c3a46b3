import type { Dict, Json } from '../types';

/** The value when it is an object, else an empty one. */
export function dict(value: Json | undefined): Dict {
	return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

/** The objects of a list; an empty list for anything else. */
export function dicts(value: Json | undefined): Dict[] {
	return Array.isArray(value) ? value.map(dict) : [];
}
