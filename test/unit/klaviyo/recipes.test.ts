import type { IDataObject } from 'n8n-workflow';

import { eventsOf } from '../../../nodes/Klaviyo/trigger/events';
import { readBody } from '../../../nodes/Klaviyo/trigger/body/readBody';
import {
	bodyOf,
	problemWithProperty,
	recipeNamed,
	RECIPES,
	type BodyChoices,
	type RecipeName,
} from '../../../nodes/Klaviyo/trigger/recipes';
import type { KlaviyoEvent } from '../../../nodes/shared/event/contract';
import { render, type RenderOptions } from '../../../sandbox/klaviyo/render';
import type { MetricEvent, Profile } from '../../../sandbox/klaviyo/types';

/** All texts of a body, with their keys. */
function tagsOf(value: unknown, key = ''): Array<[string, string]> {
	if (typeof value === 'string') return [[key, value]];
	return Object.entries(value as object).flatMap(([name, each]) => tagsOf(each, name));
}

describe.each(RECIPES.map((recipe) => [recipe.name, recipe] as const))(
	'the body of %s',
	(_, recipe) => {
		const body = JSON.parse(bodyOf(recipe)) as Record<string, object>;

		it('is JSON, names its kind of flow, and dates itself', () => {
			expect(body).toMatchObject({ trigger_type: recipe.startsFrom, step: '1' });
			expect(body.day).toContain('{% today');
		});

		it('sends text only through the base64 filter, and numbers only through one for numbers', () => {
			const plain = tagsOf({ ...body.profile, ...body.event }).filter(
				([, tag]) => !/\|(base64_encode|floatformat:-4) \}\}/.test(tag),
			);
			// An id of Klaviyo's own making: nothing that anybody could type.
			expect(plain.map(([key]) => key)).toEqual(['klaviyo_id']);
		});

		it('has nothing meet a filter that may be missing', () => {
			for (const [, tag] of tagsOf({ ...body.profile, ...body.event })) {
				expect(tag).toContain("|default:''");
			}
		});

		it('speaks of the person under profile alone', () => {
			expect(JSON.stringify({ ...body, profile: null })).not.toContain('person');
		});
	},
);

const HOSTILE = [
	'Desk "Lamp"',
	"Ana's",
	'back\\slash \\u20ac',
	'line\nend',
	'", "profile": {"email": "eve@shop.example"}, "x": "',
	'{{ person.email }}',
	'{% endfor %}',
	'žluť 🐎 &amp;',
	'a,b;c]}',
];

const PERSON: Profile = {
	klaviyo_id: '01JZ0000000000000000000000',
	external_id: 'customer "7"',
	email: 'ana@shop.example',
	phone_number: '+420600000001',
	first_name: HOSTILE[0]!,
	last_name: HOSTILE[4]!,
};

const DIALECTS: RenderOptions[] = (['', 'None'] as const).flatMap((missingValue) =>
	(['text', 'fails'] as const).map((base64) => ({
		dialect: {
			missingValue,
			...{ base64OfNone: base64, base64OfNumbers: base64, base64OfLists: base64 },
		},
	})),
);

/** Rendered as Klaviyo does, and read as the trigger does. */
function eventFrom(
	name: RecipeName,
	event: Partial<MetricEvent> | null,
	options: RenderOptions,
	{ person = PERSON, ...choices }: BodyChoices & { person?: Profile } = {},
): KlaviyoEvent {
	const text = render(
		bodyOf(recipeNamed(name)!, choices),
		{
			person,
			event: event && { metric: 'Placed Order', time: '2031-02-03T04:05:06Z', ...event },
			organization: { name: 'Lamp Shop', url: 'https://shop.example' },
			now: new Date('2031-02-03T05:00:00Z'),
		},
		options,
	);
	const body = readBody({ bytes: Buffer.from(text), contentType: 'application/json' });
	const [made, ...others] = eventsOf(body, {}, '2031-02-03T05:00:00.000Z', {
		account: null,
		fallbackEventName: '',
		includeRaw: false,
	});
	expect(others).toEqual([]);
	expect(made).not.toHaveProperty('error');
	expect(made).not.toHaveProperty('repaired');
	return made!;
}

describe.each(DIALECTS)('where Klaviyo renders by %j', (options) => {
	it.each(RECIPES.map(({ name }) => name))(
		'%s tells the person, whatever the names hold',
		(name) => {
			const { profile } = eventFrom(name, {}, options);
			expect(profile).toMatchObject({ ...PERSON });
		},
	);

	it.each(RECIPES.map(({ name }) => name))('%s is read when all but the id is missing', (name) => {
		const person = { klaviyo_id: PERSON.klaviyo_id } as Profile;
		const { profile, properties } = eventFrom(name, { unique_id: null }, options, { person });
		expect(profile).toEqual({ klaviyo_id: PERSON.klaviyo_id });
		expect(properties).toEqual({});
	});

	it.each(['abandonedCart', 'startedCheckout'] as const)(
		'%s tells what is in the cart, and where it waits',
		(name) => {
			const { properties, trigger_event } = eventFrom(
				name,
				{
					unique_id: 'cart-7_1927857906',
					value: 41.5,
					properties: {
						ItemNames: HOSTILE,
						Categories: ['Home'],
						CheckoutURL: 'https://shop.example/c?a="1"&b=2',
						$currency_code: 'CZK',
						Items: [{ ProductName: HOSTILE[4]! }],
					},
				},
				options,
			);
			expect(properties).toEqual({
				ItemNames: HOSTILE,
				Categories: ['Home'],
				CheckoutURL: 'https://shop.example/c?a="1"&b=2',
			});
			expect(trigger_event).toMatchObject({
				id: 'cart-7_1927857906',
				value: 41.5,
				currency: 'CZK',
			});
		},
	);

	it('abandonedCart tells Shopify’s link and lines, where the API has them', () => {
		const { properties } = eventFrom(
			'abandonedCart',
			{
				properties: {
					Items: ['Desk Lamp'],
					$extra: {
						checkout_url: 'https://shop.example/c/1',
						line_items: [{ title: 'Desk Lamp', quantity: 2 }, { title: HOSTILE[0]! }],
					},
				},
			},
			options,
		);
		expect(properties).toEqual({
			ItemNames: ['Desk Lamp', HOSTILE[0]],
			$extra: { checkout_url: 'https://shop.example/c/1' },
		});
	});

	it('postPurchase tells the order', () => {
		const { properties, trigger_event } = eventFrom(
			'postPurchase',
			{
				unique_id: 'order-7',
				value: 41.5,
				value_currency: 'EUR',
				properties: { OrderId: '0077', ItemNames: ['Desk Lamp'], DiscountCode: '1e5', Brands: [] },
			},
			options,
		);
		expect(properties).toEqual({ OrderId: '0077', ItemNames: ['Desk Lamp'], DiscountCode: '1e5' });
		expect(trigger_event).toMatchObject({ id: 'order-7', value: 41.5, currency: 'EUR' });
	});

	it.each([
		[0, 0],
		['0', 0],
		[4, 4],
		[4.5, 4.5],
		['4', 4],
		['4", "profile": {"email": "eve@shop.example"}, "x": "', undefined],
		[null, undefined],
	])('reviewSubmitted tells a rating of %j as %j', (Rating, expected) => {
		const { properties, profile } = eventFrom(
			'reviewSubmitted',
			{ properties: { ProductName: 'Desk Lamp', Rating, Content: HOSTILE.join() } },
			options,
		);
		expect(properties.Rating).toBe(expected);
		expect(properties.Content).toBe(HOSTILE.join());
		expect(profile.email).toBe('ana@shop.example');
	});

	it('a list that is a text comes as that text, and places in lists are kept', () => {
		const { properties } = eventFrom(
			'postPurchase',
			{ properties: { ItemNames: 'Lamp', Categories: ['Home', '', 'Light'] } },
			options,
		);
		expect(properties).toEqual({ ItemNames: 'Lamp', Categories: ['Home', null, 'Light'] });
	});
});

it.each([
	["it's"],
	['a"b'],
	['a}b'],
	['a%b'],
	['a\\b'],
	['a|b'],
	['a\nb'],
	['a..b'],
	['__proto__.a'],
])('a property called %p can not end the tag it stands in', (name) => {
	expect(problemWithProperty(name)).not.toBeNull();
	expect(bodyOf(recipeNamed('winBack')!, { eventProperties: [name] })).not.toContain(
		`lookup:'${name}'`,
	);
});

it.each(['extra.checkout_url', '$extra.checkout_url'])('a dotted name leads inside: %s', (name) => {
	const body = JSON.parse(bodyOf(recipeNamed('anyMetric')!, { eventProperties: [name] })) as {
		event: IDataObject;
	};
	expect(body.event.$extra).toEqual({
		checkout_url_base64:
			"{{ event|lookup:'$extra'|lookup:'checkout_url'|default:''|base64_encode }}",
	});
});

it('a name that no recipe has is none', () => {
	expect(recipeNamed('loyaltyTier')).toBeUndefined();
});
