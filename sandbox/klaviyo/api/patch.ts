import type { Dict, Json } from '../types';
import { dict } from './json';

/**
 * Custom properties after a change: what `properties` has is set (null clears), then
 * `meta.patch_properties` appends to lists, takes out of them, and unsets
 * (https://developers.klaviyo.com/en/reference/update_profile).
 */
export function changedProperties(own: Dict, properties: Json | undefined, patch: Dict): Dict {
	const changed: Dict = { ...own, ...dict(properties) };
	for (const [name, values] of Object.entries(dict(patch.append))) {
		const list = listed(changed[name]);
		changed[name] = [...list, ...listed(values).filter((each) => !holds(list, each))];
	}
	for (const [name, values] of Object.entries(dict(patch.unappend))) {
		const out = listed(values);
		changed[name] = listed(changed[name]).filter((each) => !holds(out, each));
	}
	const unset = new Set(listed(patch.unset));
	return Object.fromEntries(
		Object.entries(changed).filter(([name, value]) => value !== null && !unset.has(name)),
	);
}

function listed(value: Json | undefined): Json[] {
	return value === undefined || value === null ? [] : [value].flat();
}

function holds(list: Json[], value: Json): boolean {
	return list.some((each) => JSON.stringify(each) === JSON.stringify(value));
}
