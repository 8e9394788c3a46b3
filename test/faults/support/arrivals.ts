// What becomes of hostile values on their way: rendered by the Klaviyo stand-in, received by the real trigger.
import { isDeepStrictEqual } from 'node:util';

import { RECIPES, bodyOf, type Recipe } from '../../../nodes/Klaviyo/trigger/recipes';
import { createCompiler } from '../../../sandbox/klaviyo/render';
import type { Entry } from '../../../sandbox/klaviyo';
import { callTrigger } from '../../engine/support/engine';
import { hostileEntries } from './hostile';
import { PLAIN_BODIES, renderBody } from './rendering';
import { HEADER, SECRET, setUp } from './trigger';

const compile = createCompiler();

export interface Arrivals {
	sent: number;
	arrived: number;
	/** The first few that did not, for the eye. */
	missed: string[];
}

/** Sends hostile entries through every recommended body; one has arrived when all values equal the originals. */
export async function sendRecommended(count: number, seed: number): Promise<Arrivals> {
	const recipes = RECIPES.map((recipe) => ({ recipe, template: compile(bodyOf(recipe)) }));
	return await sendAll(hostileEntries(count, seed), (entry, index) => {
		const { recipe, template } = recipes[index % recipes.length]!;
		return {
			body: renderBody(template, entry),
			contentType: 'application/json',
			expected: expectedOf(recipe, entry),
		};
	});
}

/** Sends hostile entries through plain bodies; one has arrived when person and event name are told right. */
export async function sendPlain(count: number, seed: number): Promise<Arrivals> {
	const templates = PLAIN_BODIES.map(compile);
	return await sendAll(hostileEntries(count, seed), (entry, index) => ({
		body: renderBody(templates[index % templates.length]!, entry),
		contentType: 'text/plain; charset=utf-8',
		expected: {
			event_name: 'order_of_a_friend',
			'profile.email': entry.profile.email,
			'profile.klaviyo_id': entry.profile.klaviyo_id,
		},
	}));
}

/** Fields by their path in the item; undefined for those that must be absent. */
type Expected = Record<string, unknown>;

interface Sending {
	body: string;
	contentType: string;
	expected: Expected;
}

async function sendAll(
	entries: Entry[],
	sendingOf: (entry: Entry, index: number) => Sending,
): Promise<Arrivals> {
	const trigger = setUp();
	const missed: string[] = [];
	let arrived = 0;
	for (const [index, entry] of entries.entries()) {
		const { body, contentType, expected } = sendingOf(entry, index);
		const answer = await callTrigger(trigger, {
			headers: { [HEADER]: SECRET, 'content-type': contentType, 'x-klaviyo-flow-id': 'AbC123' },
			body,
		});
		const item = answer.items[0]?.json;
		const wrong = Object.keys(expected).find(
			(path) => !isDeepStrictEqual(valueAt(item, path), expected[path]),
		);
		if (answer.items.length === 1 && wrong === undefined) arrived++;
		else if (missed.length < 5)
			missed.push(`${wrong}: ${JSON.stringify(valueAt(item, wrong ?? ''))} of ${body}`);
	}
	return { sent: entries.length, arrived, missed };
}

function expectedOf(recipe: Recipe, { profile, event }: Entry): Expected {
	const isMetric = recipe.startsFrom === 'metric';
	const properties = event?.properties ?? {};
	return {
		event_name: recipe.eventName ?? 'viewed_product',
		error: undefined,
		repaired: undefined,
		'profile.klaviyo_id': profile.klaviyo_id,
		'profile.email': profile.email,
		'profile.phone_number': profile.phone_number,
		'profile.external_id': presentId(profile.external_id),
		'profile.first_name': present(profile.first_name),
		'profile.last_name': present(profile.last_name),
		'trigger_event.id': isMetric ? presentId(senderIdOf(event)) : undefined,
		'trigger_event.value': isMetric ? event?.value : undefined,
		'trigger_event.currency': isMetric ? event?.value_currency : undefined,
		...Object.fromEntries(
			(recipe.eventProperties ?? []).map((name) => [
				`properties.${name}`,
				isMetric ? presentValue(valueAt(properties, name)) : undefined,
			]),
		),
	};
}

/** Klaviyo writes the event's second where the sender gave no ID. */
function senderIdOf(event: Entry['event']): unknown {
	return event?.unique_id || (event && String(Math.floor(Date.parse(event.time) / 1000)));
}

/** Entries of a list keep their places. */
function presentValue(value: unknown): unknown {
	if (!Array.isArray(value)) return present(value);
	const entries = value.map((entry) => present(entry) ?? null);
	return entries.every((entry) => entry === null) ? undefined : entries;
}

/** Blank text is no value, and None is what Klaviyo's templates may print in place of one. U+0000 goes nowhere. */
function present(value: unknown): unknown {
	const text = typeof value === 'string' ? value.replaceAll('\0', '') : value;
	const isAbsent = typeof text === 'string' && (text.trim() === '' || text === 'None');
	return isAbsent ? undefined : (text ?? undefined);
}

/** Short words that the fuzzer may hit. */
const NO_ID = /^(?:(none|null|nil|nan|na|no|yes|true|false|tbd|anon)(?: \1)*|n a)$/;

/** Signs and zeros alone are no ID, nor is such a word with signs around it. */
function presentId(value: unknown): unknown {
	const text = String(value);
	const words = text
		.normalize('NFKC')
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, ' ');
	const isId = /\p{L}|[^\P{N}0]/u.test(text) && !NO_ID.test(words.trim()) && text.trim() !== '-1';
	return isId ? present(value) : undefined;
}

function valueAt(item: unknown, path: string): unknown {
	return path
		.split('.')
		.reduce<unknown>((value, key) => (value as Record<string, unknown> | null)?.[key], item ?? {});
}
