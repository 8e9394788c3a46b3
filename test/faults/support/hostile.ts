// Entries of Klaviyo flows whose values break careless templates. The same seed gives the same entries.
import * as fc from 'fast-check';

import { inventEntry, inventEvent } from '../../../sandbox/klaviyo/profiles';
import type { Entry, Json } from '../../../sandbox/klaviyo';

const PIECES = [
	...[
		'"',
		"'",
		'\\',
		'\n',
		'\r\n',
		'\t',
		'{',
		'}',
		'[',
		']',
		':',
		',',
		' ',
		'{{',
		'}}',
		'{%',
		'%}',
	],
	...[
		'None',
		'True',
		"{'a': None}",
		'{"a": 1}',
		'", "',
		"', '",
		'"}',
		'"]',
		'\\n',
		'\\"',
		"\\'",
		'\\x41',
	],
	...[
		'👩‍👩‍👧',
		'🐎',
		'\u202Ertl\u202C',
		'ليلى',
		'\uFEFF',
		'\uFFFD',
		'\u2028',
		'\u0000',
		'é',
		'<b>',
		'&quot;',
		'=',
	],
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
	fc
		.array(fc.constantFrom(...PIECES, 'Ana', "O'Neill"), { maxLength: 12 })
		.map((all) => all.join('')),
	fc.string({ unit: 'grapheme', maxLength: 40 }),
	fc.string({ unit: 'binary', maxLength: 40 }),
);

/** The stand-in's hostile people and orders, with texts of the fuzzer in every free field. */
export function hostileEntries(count: number, seed: number): Entry[] {
	const texts = fc.sample(fc.array(hostileText, { minLength: 10, maxLength: 10 }), {
		numRuns: count,
		seed,
	});
	return texts.map((own, index) => {
		const { profile } = inventEntry(index, null, { hostile: true, seed });
		const event = inventEvent(index % 2 === 0 ? 'Placed Order' : 'Started Checkout', index, {
			hostile: true,
			seed,
		});
		// Every other entry keeps the stand-in's own texts.
		const text = (at: number, otherwise: Json | undefined) =>
			(index + at) % 2 === 0 ? own[at]! : String(otherwise ?? '');
		return {
			profile: {
				...profile,
				external_id: text(0, profile.external_id),
				first_name: text(1, profile.first_name),
				last_name: text(2, profile.last_name),
				properties: { ...profile.properties, note: text(3, 'note') },
			},
			event: {
				...event,
				unique_id: text(4, event.unique_id),
				properties: {
					...event.properties,
					OrderId: text(5, `order-${index}`),
					DiscountCode: text(6, 'SPRING'),
					CheckoutURL: text(7, 'https://shop.example/c/1'),
					[own[8]! || 'Gift']: own[9]!,
					Note: text(8, event.properties?.Note),
				},
			},
		};
	});
}
