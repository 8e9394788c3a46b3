import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { eventNames, fieldsOfContract } from '../../docs/build/dictionary';
import { eventsPage } from '../../docs/build/eventsPage';
import { described } from '../../docs/build/catalogue';
import { allEventNames } from '../../docs/build/samples';
import { templateEvents } from '../../docs/build/templateEvents';
import { eventsOf } from '../../nodes/Klaviyo/trigger/events';
import { parseBody } from '../../nodes/Klaviyo/trigger/body/readBody';
import { bodyOf, RECIPES } from '../../nodes/Klaviyo/trigger/recipes';
import { SCENARIOS } from '../../sandbox/demo/scenarios';
import { inventEntry } from '../../sandbox/klaviyo/profiles';
import { createCompiler } from '../../sandbox/klaviyo/render';

const DICTIONARY = join(__dirname, '../../docs/events.md');

describe('the event dictionary', () => {
	it('says what the code says; npm run docs:events writes it anew', () => {
		expect(readFileSync(DICTIONARY, 'utf8')).toBe(eventsPage());
	});

	it('knows every event that a template is seen to send, unless the user chose its metric or only a test source gets it', () => {
		const seen = SCENARIOS.flatMap(({ expected }) =>
			typeof expected === 'function' ? [] : expected,
		);
		const known = new Set([...eventNames(), ...templateEvents()].map(({ name }) => name));
		const unknown = new Set(
			seen.map(({ event_name }) => event_name).filter((name) => !known.has(name)),
		);
		expect([...unknown]).toEqual(['n8n_self_check', 'n8n_self_check_unknown', 'opened_email']);
	});

	it('says in words what everybody can do with each event', () => {
		const unsaid = allEventNames().filter((name) => described(name).use === described('').use);
		expect(unsaid).toEqual([]);
	});

	it('tells what a template fills in by itself', () => {
		expect(templateEvents()).toEqual(
			expect.arrayContaining([
				{
					name: 'cart_recovered',
					template: 'abandoned-cart',
					adds: [
						'properties.abandoned_at',
						'properties.cart_currency',
						'properties.cart_id',
						'properties.cart_value',
					],
				},
				{ name: 'cart_abandoned', template: 'abandoned-cart', adds: [] },
			]),
		);
	});

	it.each(RECIPES.map((recipe) => [recipe.displayName, recipe] as const))(
		'knows the name and every path of an event by the recipe %s',
		(_, recipe) => {
			const { profile, event } = inventEntry(1);
			const body = createCompiler()(bodyOf(recipe)).render({
				person: profile,
				event,
				organization: { name: 'Lamp Shop', url: 'https://shop.example' },
				now: new Date('2031-02-03T04:05:06Z'),
			});
			const [sent] = eventsOf(
				parseBody(body, 'application/json'),
				{ 'x-klaviyo-flow-id': 'AbC123' },
				'2031-02-03T04:05:07Z',
				{
					account: 'shop',
					fallbackEventName: '',
					includeRaw: false,
				},
			);
			if (recipe.eventName !== null) {
				expect(eventNames().map(({ name }) => name)).toContain(sent!.event_name);
			}
			const known = new Set(fieldsOfContract().map(({ path }) => path));
			expect(pathsOf(sent).filter((path) => !known.has(path))).toEqual([]);
		},
	);
});

/** Every path of an event; what shops and users name themselves is not looked into. */
function pathsOf(value: unknown, prefix = ''): string[] {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
	return Object.entries(value).flatMap(([key, entry]) => {
		const path = `${prefix}${key}`;
		return /(^|\.)properties$/.test(path) ? [path] : [path, ...pathsOf(entry, `${path}.`)];
	});
}
