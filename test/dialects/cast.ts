// What truly happened in the account, body by body: people and events that a careless reading would take for others.
import type { Entry, MetricEvent, Profile } from '../../sandbox/klaviyo';
import type { Body } from './bodies';

/** One thing that happened, and how it is told from all others when it arrives. */
export interface Truth {
	body: Body;
	entry: Entry;
	/** Milliseconds; when the event happened, not the step. */
	happened: number;
	/** By which it is found in what arrives; undefined where the person alone tells it. */
	value?: number;
	/** Klaviyo sends it twice, for the first answer got lost. */
	isRetried: boolean;
}

const MINUTE_MS = 60_000;

/** @param now milliseconds, a whole second */
export function truthsOf(body: Body, number: number, now: number): Truth[] {
	const [first, second, third] = peopleOf(number);
	const at = now - body.delayMs - 10 * MINUTE_MS;
	const later = at + MINUTE_MS;
	if (body.startsFrom !== 'metric') {
		return [first, second, third].map((profile) => ({
			...{ body, entry: { profile }, happened: now, isRetried: profile === first },
		}));
	}
	const event = (index: number, profile: Profile, ms: number, sendersId: string | null): Truth => {
		const value = 10_000 + number * 100 + index + 0.25;
		const happened: MetricEvent = {
			...{ metric: body.metric, unique_id: sendersId, time: new Date(ms).toISOString() },
			...{ value, value_currency: 'EUR', properties: propertiesOf(sendersId) },
		};
		const entry = { profile, event: happened };
		return { body, entry, happened: ms, value, isRetried: index === 1 || index === 3 };
	};
	return [
		event(1, first, at, `order-${number}-1`),
		// The same second, and another order.
		event(2, first, at, `order-${number}-2`),
		event(3, first, later, null),
		// The same second, and another person.
		event(4, second, later, null),
		event(5, third, at, `order-${number}-5`),
	];
}

function peopleOf(number: number): [Profile, Profile, Profile] {
	const id = (index: number) => `01JZ${String(number * 10 + index).padStart(22, '0')}`;
	return [
		{
			klaviyo_id: id(1),
			external_id: `customer-${number}`,
			email: `o'hara+${number}@shop.example`,
			phone_number: phoneOf(number, 1),
			first_name: `Seán "Jack" & <b>O'Neill</b>`,
			last_name: 'back\\slash {{ email }}',
		},
		{ klaviyo_id: id(2), email: `person.${number}@shop.example` },
		{ klaviyo_id: id(3), phone_number: phoneOf(number, 3) },
	];
}

const phoneOf = (number: number, index: number) =>
	`+42060${String(number).padStart(5, '0')}0${index}`;

function propertiesOf(sendersId: string | null): MetricEvent['properties'] {
	return {
		...(sendersId === null ? {} : { OrderId: sendersId }),
		ItemNames: ['Desk "Lamp"', 'Rug, red'],
		CheckoutURL: 'https://shop.example/c?a=1&b=2',
		note: `it's "two"\nlines & a tag {{ email }}`,
		$extra: { id: 7, checkout_url: 'https://shop.example/c?a=1&b=2' },
	};
}
