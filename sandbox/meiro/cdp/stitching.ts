import { createHash } from 'node:crypto';
import { isJsonObject } from '../json';
import type { Attribute, Customer, CustomerEvent, StitchingRule } from './types';

/**
 * Whom rules find in customer events, with the attributes whose definition is the last value of a path. Assumed: the
 * event that is last in time, of those that have the value. A person of two rules is not joined.
 */
export function stitched(
	events: CustomerEvent[],
	rules: StitchingRule[],
	attributes: Attribute[],
): Customer[] {
	const people = new Map<string, { rule: StitchingRule; value: string; events: CustomerEvent[] }>();
	for (const event of events) {
		for (const rule of rules.filter(({ type }) => type === event.type)) {
			const value = valueAt(event, rule.value);
			if (typeof value !== 'string' || value === '') continue;
			const key = JSON.stringify([rule.category, value]);
			const person = people.get(key) ?? { rule, value, events: [] };
			person.events.push(event);
			people.set(key, person);
		}
	}
	return [...people].map(([key, { rule, value, events: own }]) => ({
		customer_entity_id: createHash('md5').update(key).digest('hex'),
		attributes: {
			[rule.category]: [value],
			...Object.fromEntries(
				attributes.flatMap((attribute) => {
					const last = lastValue(own, attribute.definition);
					return last === undefined ? [] : [[attribute.id, last] as const];
				}),
			),
		},
		eventsCount: own.length,
	}));
}

function lastValue(events: CustomerEvent[], definition: unknown): unknown {
	if (!isJsonObject(definition) || definition.type !== 'last') return undefined;
	const { value, types } = definition as { value: string; types: string[] };
	return [...events]
		.sort((one, other) => one.event_time.localeCompare(other.event_time))
		.filter(({ type }) => types.includes(type))
		.map((event) => valueAt(event, value))
		.filter((one) => one !== undefined && one !== null)
		.at(-1);
}

/** `payload -> 'a' ->> 'b'`, as PostgreSQL reads it from JSON; of other expressions nothing. */
function valueAt({ payload }: CustomerEvent, path: string): unknown {
	const steps = [...path.matchAll(/->>?\s*'([^']+)'/g)].map(([, name]) => name!);
	return steps.reduce<unknown>(
		(value, name) => (isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
		JSON.parse(payload) as unknown,
	);
}
