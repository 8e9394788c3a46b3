import { bodyOf, RECIPES, unsafePropertyName } from '../../../nodes/Klaviyo/trigger/recipes';

describe.each(RECIPES.map((recipe) => [recipe.name, recipe] as const))(
	'the body of %s',
	(_, recipe) => {
		it('is JSON, names its kind of flow, and dates itself', () => {
			const body = JSON.parse(bodyOf(recipe)) as Record<string, unknown>;
			expect(body).toMatchObject({ trigger_type: recipe.startsFrom, step: '1' });
			expect(body.day).toContain('{% today');
		});

		it('sends text only through the base64 filter', () => {
			const { profile, event = {} } = JSON.parse(bodyOf(recipe)) as Record<
				string,
				Record<string, string>
			>;
			const plain = Object.entries({ ...profile, ...event })
				.filter(([, tag]) => !tag.includes('|base64_encode'))
				.map(([key]) => key);
			// An id and an amount of Klaviyo's own making: nothing a customer could type.
			expect(
				plain.filter((key) => !['klaviyo_id', '$value', '$value_currency'].includes(key)),
			).toEqual([]);
		});
	},
);

it.each([["it's"], ['a"b'], ['a}b'], ['a%b'], ['a\\b'], ['a|b'], ['a\nb']])(
	'a property called %p can not end the tag it stands in',
	(name) => {
		expect(unsafePropertyName(['OrderId', name])).toBe(name);
		expect(
			bodyOf(RECIPES.find(({ name: one }) => one === 'winBack')!, { eventProperties: [name] }),
		).not.toContain(`lookup:'${name}'`);
	},
);
