import type { IDataObject } from 'n8n-workflow';
import fc from 'fast-check';

import { spansOf } from '../../../../nodes/Klaviyo/complete/ask';
import { matchEvents, type Candidate } from '../../../../nodes/Klaviyo/complete/match';
import { sortItems } from '../../../../nodes/Klaviyo/complete/wanted';

const HOUR_MS = 3_600_000;
const RECEIVED = Date.parse('2031-02-03T10:00:00.000Z');
const iso = (time: number) => new Date(time).toISOString();

interface View {
	person: number;
	/** Seconds before the receipt. */
	ago: number;
	item: string;
	price: number;
}

const view = ({ person, ago, item, price }: View, id: number): Candidate => ({
	id: `klaviyo-${id}`,
	who: { klaviyo_id: `01JZ${person}`, email: `person-${person}@shop.example` },
	sendersId: String(RECEIVED / 1000 - ago),
	time: RECEIVED - ago * 1000,
	value: price,
	properties: { Item: item, Price: price, $event_id: String(RECEIVED / 1000 - ago) },
});

/** As a delivery tells of it: with the second that `$event_id` holds, with a time, or with its content alone. */
function itemOf(candidate: Candidate, tells: 'id' | 'time' | 'content'): IDataObject {
	const { Item, Price } = candidate.properties;
	return {
		event_id: `${tells} ${candidate.id}`,
		event_name: 'viewed_product',
		event_time: iso(tells === 'time' ? candidate.time : RECEIVED),
		event_time_source: tells === 'time' ? 'event' : 'received',
		received_at: iso(RECEIVED),
		received_via: 'flow_webhook',
		trigger_event: {
			metric: 'Viewed Product',
			...(tells === 'id' ? { id: candidate.sendersId } : {}),
		},
		profile: { klaviyo_id: candidate.who.klaviyo_id! },
		properties: { Item: Item as string, Price: String(Price) },
		is_test: false,
	};
}

describe('the events of a batch', () => {
	it('are never taken for others: views seconds apart, equal, in any order, some not shown yet, some twice', () => {
		let matched = 0;
		fc.assert(
			fc.property(
				fc.uniqueArray(
					fc.record({
						person: fc.nat(4),
						ago: fc.integer({ min: 1, max: 20 }),
						item: fc.constantFrom('Lamp', 'Desk'),
						price: fc.constantFrom(10, 20),
					}),
					{ minLength: 1, maxLength: 30, selector: ({ person, ago }) => `${person} ${ago}` },
				),
				fc.infiniteStream(fc.record({ isShown: fc.nat(19), repeats: fc.nat(5), tells: fc.nat(2) })),
				fc.infiniteStream(fc.nat(1_000_000)),
				(views, fates, order) => {
					const all = views.map(view);
					const shown = all.filter(() => fates.next().value!.isShown > 0);
					const given = all
						.flatMap((candidate) => {
							const { repeats, tells } = fates.next().value!;
							const item = itemOf(candidate, (['id', 'time', 'content'] as const)[tells]!);
							const one = { item, id: candidate.id };
							return repeats === 0 ? [one, one] : [one];
						})
						.map((one) => ({ ...one, at: order.next().value! }))
						.sort((a, b) => a.at - b.at);
					const mixed = [...shown].sort(() => (order.next().value! % 2 === 0 ? 1 : -1));
					const { events } = sortItems(
						given.map(({ item }) => item),
						24 * HOUR_MS,
					);
					for (const [sought, { id }] of matchEvents(events, mixed)) {
						for (const index of sought.indexes) {
							expect(given[index]!.id).toBe(id);
							matched++;
						}
					}
				},
			),
			{ numRuns: 1000, seed: 20310203 },
		);
		expect(matched).toBeGreaterThan(4000);
	});

	const lamp = view({ person: 1, ago: 10, item: 'Lamp', price: 10 }, 1);
	const later = view({ person: 1, ago: 7, item: 'Lamp', price: 10 }, 2);
	const soughtOf = (...items: IDataObject[]) => sortItems(items, HOUR_MS).events;
	const idsOf = (items: IDataObject[], candidates: Candidate[]) =>
		[...matchEvents(soughtOf(...items), candidates)].map(([, { id }]) => id);

	it('are found by the second that the sender’s ID holds', () => {
		expect(idsOf([itemOf(later, 'id'), itemOf(lamp, 'id')], [lamp, later])).toEqual([
			'klaviyo-2',
			'klaviyo-1',
		]);
	});

	it('are not another one while theirs is not shown', () => {
		expect(idsOf([itemOf(later, 'id')], [lamp])).toEqual([]);
		expect(idsOf([itemOf(later, 'time')], [lamp])).toEqual([]);
	});

	it('are none where the body tells neither an ID nor a time: content tells no event from its neighbour', () => {
		expect(soughtOf(itemOf(lamp, 'content'))).toEqual([]);
	});

	it('are not another one of the same second with an ID of its own, unless the body holds that ID', () => {
		const line = { ...lamp, sendersId: 'order-1_L-1' };
		expect(idsOf([itemOf(lamp, 'time')], [line])).toEqual([]);
		const named = itemOf(lamp, 'time');
		const properties = { ...(named.properties as IDataObject), Line: 'order-1_L-1' };
		expect(idsOf([{ ...named, properties }], [line])).toEqual(['klaviyo-1']);
	});

	it('are those of the second into which the body’s time falls, and of no other', () => {
		const exact = { ...itemOf(lamp, 'time'), event_time: iso(lamp.time + 600) };
		const next = view({ person: 1, ago: 9, item: 'Lamp', price: 10 }, 4);
		expect(idsOf([exact], [next])).toEqual([]);
		expect(idsOf([exact], [lamp, next])).toEqual(['klaviyo-1']);
	});

	it('are looked for by an order number of ten digits as by any other ID', () => {
		const number = {
			...itemOf(lamp, 'id'),
			trigger_event: { metric: 'Placed Order', id: '5000000001' },
		};
		const [sought] = soughtOf(number);
		expect(sought).toMatchObject({ from: RECEIVED - HOUR_MS });
		expect(sought).not.toHaveProperty('second');
	});

	it('are not those of the same second with other content, but those of one ID whatever it says', () => {
		const desk = { ...lamp, properties: { ...lamp.properties, Item: 'Desk' } };
		expect(idsOf([itemOf(lamp, 'id')], [desk])).toEqual([]);
		const order = itemOf({ ...lamp, sendersId: 'order-1' }, 'id');
		expect(idsOf([order], [{ ...desk, sendersId: 'order-1' }])).toEqual(['klaviyo-1']);
	});

	it('are the same where Klaviyo has more decimals of a sum than the body', () => {
		const item = itemOf({ ...lamp, properties: { ...lamp.properties, Price: 59.98 } }, 'id');
		const said = {
			...item,
			trigger_event: { ...(item.trigger_event as IDataObject), value: 59.98 },
		};
		const has = (sum: number): Candidate => ({
			...lamp,
			value: sum,
			properties: { ...lamp.properties, Price: sum },
		});
		expect(idsOf([said], [has(59.980000000000004)])).toEqual(['klaviyo-1']);
		expect(idsOf([said], [has(59.99)])).toEqual([]);
	});

	it.each([
		['7615917337495251231', '7615917337495251232'],
		['01234', '1234'],
	])('are others where a long or a padded number differs: %s and %s', (one, other) => {
		const withCode = (Code: string) => ({ ...lamp, properties: { ...lamp.properties, Code } });
		const item = itemOf(lamp, 'id');
		const said = { ...item, properties: { ...(item.properties as IDataObject), Code: one } };
		expect(idsOf([said], [withCode(other)])).toEqual([]);
		expect(idsOf([said], [withCode(one)])).toEqual(['klaviyo-1']);
	});

	it('are nobody else’s', () => {
		const others = { ...lamp, who: { klaviyo_id: '01JZ9' } };
		expect(idsOf([itemOf(lamp, 'id')], [others])).toEqual([]);
	});

	it('share what is found where they share the event_id', () => {
		expect(soughtOf(itemOf(lamp, 'id'), itemOf(lamp, 'id'))).toMatchObject([{ indexes: [0, 1] }]);
	});

	it('are those of a step and of the metric alike', () => {
		const step = { ...itemOf(lamp, 'id'), event_id: 'step', event_name: 'view_followed_up' };
		expect(idsOf([itemOf(lamp, 'id'), step], [lamp])).toEqual(['klaviyo-1', 'klaviyo-1']);
	});

	it('are asked for in spans without long gaps', () => {
		const early = view({ person: 1, ago: 30_000, item: 'Lamp', price: 10 }, 3);
		const spans = spansOf(soughtOf(itemOf(lamp, 'id'), itemOf(early, 'id'), itemOf(later, 'id')));
		expect(spans.map(({ sought }) => sought.length)).toEqual([1, 2]);
	});

	it('are not those of a test, nor what came from the API as it is there', () => {
		const polled = { ...itemOf(lamp, 'time'), received_via: 'polling' };
		const test = { ...itemOf(lamp, 'id'), is_test: true };
		const { events, complete } = sortItems([test, polled], HOUR_MS);
		expect(events).toEqual([]);
		expect([...complete]).toEqual([1]);
	});
});
