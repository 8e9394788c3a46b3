import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { normalise } from '../../../nodes/Klaviyo/normalise/flowDelivery';
import { isWanted } from '../../../nodes/Klaviyo/trigger/filter';

const AT = '2031-02-03T04:05:07.000Z';
const SECOND = 1927857906;
const TIME = '2031-02-03T04:05:06.000Z';

const eventOf = (body: object, receivedAt = AT, timezone: string | null = null) =>
	normalise(
		{ body: body as IDataObject, raw: '', flowId: 'AbC123', receivedAt },
		{ account: null, fallbackEventName: '', includeRaw: false, timezone },
	);
const ANA = { email: 'ana@shop.example' };
const ORDER = { metric: 'Placed Order', ...ANA };

describe('event_time is', () => {
	it.each([
		['the body’s own time', { event_time: '2031-02-03T05:05:06+01:00' }],
		['a time with a comma, of GMT', { event_time: '2031-02-03 04:05:06,0 GMT' }],
		[
			'the event’s own time behind an appointment',
			{ datetime: '2031-05-20T10:00:00+02:00', event_time: TIME },
		],
		['the event’s own time before one', { event_time: TIME, time: '2031-05-20T10:00:00+02:00' }],
		['a time inside the properties', { event: { datetime: TIME } }],
		['a Unix second inside the properties', { event: { time: SECOND } }],
		['the second that Klaviyo takes for an id', { event: { $event_id: String(SECOND) } }],
		['that second as a number', { event: { $event_id: SECOND } }],
	])('%s', (_, body) => {
		expect(eventOf({ ...ORDER, ...body })).toMatchObject({
			event_time: TIME,
			event_time_source: 'event',
			received_at: AT,
			trigger_event: { time: TIME },
		});
	});

	it.each<[string, object]>([
		['an appointment', { event: { datetime: '2031-05-20T10:00:00+02:00' } }],
		['an appointment of the next minute', { event: { timestamp: SECOND + 60 } }],
		[
			'another kind of appointment',
			{ event: { start_time: '2031-01-01T10:00:00Z', date: '2031-01-02' } },
		],
		['an appointment beside the event’s fields', { datetime: '2031-05-20T10:00:00+02:00' }],
		['the zero of a program’s clock', { event_time: '1970-01-01T00:00:00Z' }],
		['the zero of another one', { event: { timestamp: '0001-01-01T00:00:00Z' } }],
		['a day', { day: '2031-02-03' }],
		['a day where a time should be', { event_time: '2031-02-03' }],
		['a clock in a zone that nobody told', { event_time: '2031-02-03T04:00:00' }],
		['an order number of ten digits', { event: { $event_id: '1000000001' } }],
		[
			'an order number near the Unix time',
			{ event: { $event_id: String(SECOND), OrderId: SECOND } },
		],
		[
			'the same inside an address',
			{ event: { $event_id: String(SECOND), URL: `https://shop.example/o/${SECOND}` } },
		],
		[
			'the same deep inside',
			{ event: { $event_id: String(SECOND), $extra: { ids: [String(SECOND)] } } },
		],
		['a second of four days ago', { event: { $event_id: String(SECOND - 4 * 86_400) } }],
		['a second of in ten minutes', { event: { $event_id: String(SECOND + 600) } }],
		['nine, eleven or thirteen digits', { event: { $event_id: `${SECOND}000` } }],
	])('the receipt for what has only %s', (_, body) => {
		expect(eventOf({ ...ORDER, ...body })).toMatchObject({
			event_time: AT,
			event_time_source: 'received',
		});
	});

	it.each([
		['alone', { datetime: '2031-05-20T10:00:00+02:00' }],
		['beside a day', { day: '2031-02-03', datetime: '2031-05-20T10:00:00+02:00' }],
		['before the event’s time', { datetime: '2031-05-20T10:00:00+02:00', event_time: TIME }],
		['behind it', { event_time: TIME, datetime: '2031-05-20T10:00:00+02:00' }],
	])('none of an appointment that stands %s, which stays a property', (_, body) => {
		const { properties } = eventOf({ ...ORDER, ...body });
		expect(properties).toEqual({ datetime: '2031-05-20T10:00:00+02:00' });
	});

	it.each([
		['a day', '2031-05-20', null],
		['a clock', '2031-05-20T10:00:00', null],
		['a clock in the account’s zone', '2031-05-20T10:00:00', 'Europe/Prague'],
	])('none of an appointment that is %s, nor the day, and its name stays', (_, time, zone) => {
		const event = eventOf({ ...ORDER, time }, AT, zone);
		expect(event).toMatchObject({ event_time: AT, event_time_source: 'received' });
		expect(event.properties).toEqual({ time });
		expect(event).not.toHaveProperty('event_day');
		expect(eventOf({ ...ORDER, time, day: '2031-02-03' }, AT, zone)).toMatchObject({
			event_day: '2031-02-03',
			properties: { time },
		});
	});

	it('none of a day alone, which is the event’s where it has come anywhere on earth', () => {
		expect(eventOf({ ...ORDER, time: '2031-02-03' }).event_day).toBe('2031-02-03');
		const east = '2031-02-03T10:00:00.000Z';
		expect(eventOf({ ...ORDER, time: '2031-02-04' }, east).event_day).toBe('2031-02-04');
		expect(eventOf({ ...ORDER, time: '2031-02-05' }, east)).not.toHaveProperty('event_day');
	});

	it('the receipt when it would be later, and the event keeps the time that it said', () => {
		const ahead = eventOf({ ...ORDER, event_time: '2031-02-03T05:00:00Z' });
		expect(ahead).toMatchObject({
			event_time: AT,
			event_time_source: 'event',
			trigger_event: { time: '2031-02-03T05:00:00.000Z' },
		});
		expect(eventOf({ ...ORDER, event: { $event_id: String(SECOND + 200) } }).event_time).toBe(AT);
	});

	it('the second of the id also behind the delay of the flow', () => {
		const late = { ...ORDER, event: { $event_id: String(SECOND) } };
		const receivedAt = '2031-04-04T04:07:00.000Z';
		expect(eventOf(late, receivedAt).event_time_source).toBe('received');
		expect(eventOf({ ...late, delay: '60 days' }, receivedAt).event_time).toBe(TIME);
		expect(
			eventOf({ ...late, delay: '60 days', event_name: 'winback_due' }, receivedAt),
		).toMatchObject({ event_time: '2031-04-04T04:05:06.000Z', event_time_source: 'step' });
	});

	it.each([
		['America/Los_Angeles', '2031-02-02T20:05:06', TIME],
		['Australia/Sydney', '2031-02-03 15:05:06', TIME],
		['Europe/Prague', '2031-02-03T05:05:06', TIME],
		['UTC', '2031-02-03T04:05:06', TIME],
		['Europe/Prague', '2031-02-03T04:05:06Z', TIME],
		['Europe/Prague', '2030-07-03T06:05:06', '2030-07-03T04:05:06.000Z'],
	])('in the account’s zone %s what says no offset: %s', (zone, said, time) => {
		expect(eventOf({ ...ORDER, event_time: said }, AT, zone).event_time).toBe(time);
		expect(eventOf({ ...ORDER, event: { datetime: said } }, AT, zone).event_time).toBe(time);
	});

	it('not guessed in a zone that is none', () => {
		const event = eventOf({ ...ORDER, event_time: '2031-02-03T04:00:00' }, AT, 'Mars/Base');
		expect(event.event_time_source).toBe('received');
		expect(event.properties).toEqual({ event_time: '2031-02-03T04:00:00' });
	});

	it('never later than the receipt, and always in one spelling', () => {
		const time = fc.oneof(
			fc
				.date({ noInvalidDate: true, min: new Date('1990-01-01'), max: new Date('2040-01-01') })
				.map((date) => date.toISOString()),
			fc.integer({ min: SECOND - 1e7, max: SECOND + 1e7 }).map(String),
			fc.string(),
		);
		const body = fc.record(
			{
				event_time: time,
				event: fc.record({ $event_id: time, datetime: time, time }, { requiredKeys: [] }),
				delay: fc.constantFrom('1 hour', '60 days', 'x'),
				event_name: fc.constantFrom('winback_due', 'placed_order'),
				day: time,
			},
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(body, (given) => {
				const event = eventOf({ ...ORDER, ...given }, AT, 'Asia/Tokyo');
				expect(event.event_time).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
				expect(event.event_time <= event.received_at).toBe(true);
			}),
		);
	});
});

it('event_day is what the body said, and absent otherwise', () => {
	expect(eventOf({ ...ORDER, day: '2031-02-02' }).event_day).toBe('2031-02-02');
	expect(eventOf({ ...ORDER, event_time: '2031-02-02' }).event_day).toBe('2031-02-02');
	expect(eventOf(ORDER)).not.toHaveProperty('event_day');
});

it('Maximum Age judges by the time that is known, else by the receipt, never by a day', () => {
	const filter = {
		eventNames: [],
		flowIds: [],
		identity: 'none' as const,
		maxAgeMs: 2 * 3_600_000,
		ignoreFromMeiro: false,
	};
	const now = Date.parse('2031-02-03T19:19:00.000Z');
	const wanted = (body: object) =>
		isWanted(eventOf({ ...ORDER, ...body }, '2031-02-03T19:19:00.000Z'), filter, now);
	expect(wanted({ day: '2031-02-03' })).toBe(true);
	expect(wanted({ event_time: '2031-02-03T18:00:00Z' })).toBe(true);
	expect(wanted({ event_time: '2031-02-03T17:00:00Z' })).toBe(false);
});

describe('a kind of flow that is not known', () => {
	const flow = (trigger_type: string, more: object = {}) =>
		eventOf({ ...ANA, trigger_type, ...more });

	it('names the event when nothing else does, and stays a property', () => {
		const cart = flow('abandoned_cart');
		expect(cart).toMatchObject({
			event_name: 'abandoned_cart',
			properties: { trigger_type: 'abandoned_cart' },
		});
		expect(cart.event_id).not.toBe(flow('browse_abandonment').event_id);
		expect(flow('abandoned_cart', { event_name: 'cart' }).event_name).toBe('cart');
	});
});
