// Invented people and events for tests and the demo. The same seed and index always give the same
// person; nothing here was recorded anywhere.
import type { Dict, Entry, Json, MetricEvent, Profile } from './types';

export interface GeneratorOptions {
	/** Default 1. */
	seed?: number;
	/** Names and texts that break careless templates: quotes, line ends, emoji, tags. */
	hostile?: boolean;
}

export type EventKind =
	| 'Started Checkout'
	| 'Placed Order'
	| 'Canceled Order'
	| 'Subscribed to List';

const ULID_LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const FIRST_EVENT = Date.UTC(2031, 1, 3, 4, 5, 6);

const FIRST_NAMES = [
	...['Ana', 'Björk', 'Žofie', 'Ngọc', 'Łucja', 'José', 'Οδυσσέας', 'Світлана', 'Мила'],
	...['ليلى', 'נועה', '美咲', '서연', '小明', 'आरव', 'สมชาย', 'თამარ', 'Անի'],
];
const LAST_NAMES = [
	...['Novak', 'Þórsdóttir', 'Dvořáčková', 'Nguyễn', 'Wiśniewska', 'Núñez', 'Παππάς', 'Коваль'],
	...['منصور', 'לוי', '田中', '김', '王', 'शर्मा', 'ใจดี', "O'Hara", 'van den Berg'],
];
const HOSTILE_TEXTS = [
	`Seán "Jack" O'Neill`,
	"D'Arcy's",
	'two\nlines\r\nand a\ttab',
	'back\\slash \\u0041 \\',
	'👩‍👩‍👧 family 🐎',
	'{{ email }} {% if True %}',
	'{\'a\': None, "b": [True]}',
	'</script>&amp;<b>',
	'\u202Eright to left\u202C',
	'None',
	'zero\u0000byte \u2028 and \uFEFF',
	' spaces around ',
	'"}, {"email": "x',
];
const PRODUCTS = [
	['LAMP-1', 'Desk Lamp', 41.5],
	['RUG-7', 'Wool Rug', 129],
	['CUP-3', 'Čaj & Cup', 9.99],
	['VASE-2', '花瓶', 24.25],
] as const;
const CATEGORIES = ['Home', 'Light', 'Kitchen', 'Gifts'];
const COUNTRIES = ['Czechia', 'Iceland', 'Japan', 'Greece', 'Ukraine'];

/** Profile number `index`: its e-mail address is unique per index and lies under shop.example. */
export function inventProfile(index: number, options: GeneratorOptions = {}): Profile {
	const random = randomFor(options.seed ?? 1, index, 'profile');
	const name = (names: readonly string[]) =>
		options.hostile ? pick(HOSTILE_TEXTS, random) : pick(names, random);
	return {
		klaviyo_id: `01JZ${letters(ULID_LETTERS, 22, random)}`,
		external_id: `customer-${index}`,
		email: `person-${index}@shop.example`,
		phone_number: `+420555${String(index % 1_000_000).padStart(6, '0')}`,
		first_name: name(FIRST_NAMES),
		last_name: name(LAST_NAMES),
		city: name(['Brno', 'Ρόδος', '京都', 'Львів']),
		country: pick(COUNTRIES, random),
		timezone: 'Europe/Prague',
		locale: 'cs-CZ',
		consent: random() < 0.7 ? ['email'] : ['email', 'sms'],
		source: -1,
		properties: {
			loyalty_points: Math.floor(random() * 1000),
			vip: random() < 0.2,
			birthday: null,
			...(options.hostile ? { note: pick(HOSTILE_TEXTS, random) } : {}),
		},
	};
}

/**
 * Event number `index` of a kind, in the shapes of Klaviyo's guide for custom shops
 * (https://developers.klaviyo.com/en/docs/guide_to_integrating_a_platform_without_a_pre_built_klaviyo_integration).
 * Times run one second apart; unique ids are unique per index.
 */
export function inventEvent(
	kind: EventKind,
	index: number,
	options: GeneratorOptions = {},
): MetricEvent {
	const random = randomFor(options.seed ?? 1, index, kind);
	const event = { metric: kind, time: new Date(FIRST_EVENT + index * 1000).toISOString() };
	const hostile: Dict = options.hostile ? { Note: pick(HOSTILE_TEXTS, random) } : {};
	if (kind === 'Subscribed to List') {
		return { ...event, properties: { List: 'Newsletter', ...hostile } };
	}
	const order = inventOrder(kind, random, options.hostile ?? false);
	const total = order.reduce((sum, item) => sum + item.RowTotal, 0);
	return {
		...event,
		unique_id: `${kind === 'Started Checkout' ? 'cart' : 'order'}-${index}`,
		value: Math.round(total * 100) / 100,
		value_currency: 'EUR',
		properties: { ...propertiesOf(kind, index, order, random), ...hostile },
	};
}

/** Profile and event number `index` together; without a kind only the profile. */
export function inventEntry(
	index: number,
	kind: EventKind | null = 'Placed Order',
	options: GeneratorOptions = {},
): Entry {
	const profile = inventProfile(index, options);
	return kind === null ? { profile } : { profile, event: inventEvent(kind, index, options) };
}

type Item = Dict & { ProductName: string; RowTotal: number };

function inventOrder(kind: EventKind, random: () => number, hostile: boolean): Item[] {
	return Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
		const [sku, name, price] = pick(PRODUCTS, random);
		const quantity = 1 + Math.floor(random() * 3);
		const categories = kind === 'Started Checkout' ? 'ProductCategories' : 'Categories';
		return {
			ProductID: sku.toLowerCase(),
			SKU: sku,
			ProductName: hostile ? pick(HOSTILE_TEXTS, random) : name,
			Quantity: quantity,
			ItemPrice: price,
			RowTotal: Math.round(price * quantity * 100) / 100,
			ProductURL: `https://shop.example/p/${sku}`,
			ImageURL: `https://shop.example/i/${sku}.png`,
			[categories]: [pick(CATEGORIES, random)],
		};
	});
}

function propertiesOf(kind: EventKind, index: number, items: Item[], random: () => number): Dict {
	const shared = { ItemNames: items.map((item) => item.ProductName), Items: items as Json[] };
	if (kind === 'Started Checkout') {
		return { ...shared, CheckoutURL: `https://shop.example/c/${index}`, Categories: CATEGORIES };
	}
	const discount = random() < 0.5 ? 'SPRING' : '';
	// The guide writes the same fact with and without the space.
	const codes: Dict =
		kind === 'Canceled Order'
			? { 'Discount Code': discount, 'Discount Value': 5, Reason: 'changed my mind' }
			: { DiscountCode: discount, DiscountValue: 5 };
	return {
		OrderId: `order-${index}`,
		...shared,
		...codes,
		BillingAddress: { Address1: "St. John's 1", Zip: '01234', CountryCode: 'CZ' },
	};
}

function letters(alphabet: string, count: number, random: () => number): string {
	return Array.from({ length: count }, () => pick([...alphabet], random)).join('');
}

function pick<T>(from: readonly T[], random: () => number): T {
	return from[Math.floor(random() * from.length)] as T;
}

// mulberry32: small, seeded, good enough to scatter names.
function randomFor(seed: number, index: number, purpose: string): () => number {
	let state = seed ^ Math.imul(index + 1, 0x9e3779b1);
	for (const char of purpose) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x85ebca6b);
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}
