import { normalise } from '../../../nodes/Klaviyo/normalise/flowDelivery';

const SETTINGS = { account: 'shop', fallbackEventName: '', includeRaw: false };
const eventOf = (body: object, more: { flowId?: string; receivedAt?: string } = {}) =>
	normalise(
		{
			body: body as never,
			raw: '',
			flowId: 'AbC123',
			receivedAt: '2031-02-03T04:05:07.000Z',
			...more,
		},
		SETTINGS,
	);
const idOf = (...args: Parameters<typeof eventOf>) => eventOf(...args).event_id;

const ORDER = {
	metric: 'Placed Order',
	step: '1',
	email: 'ana@shop.example',
	event: { $event_id: 'order-1', $value: 41.5, $value_currency: 'EUR' },
	event_time: '2031-02-03T04:05:06Z',
};
const WIN_BACK = { ...ORDER, event_name: 'winback_due', delay: '60 days' };
const BIRTHDAY = {
	event_name: 'birthday',
	trigger_type: 'date',
	day: '2031-02-03',
	email: 'ana@shop.example',
};

describe('event_id is the same', () => {
	it('for the same delivery again, later', () => {
		expect(idOf(ORDER, { receivedAt: '2031-02-04T00:00:00.000Z' })).toBe(idOf(ORDER));
	});

	it('after the profile has changed', () => {
		const changed = {
			...ORDER,
			first_name: 'Ana',
			person: { city: 'Brno', vip: true },
			consent: 'email',
		};
		expect(idOf(changed)).toBe(idOf(ORDER));
	});

	it('whatever the case of the e-mail address', () => {
		expect(idOf({ ...ORDER, email: ' Ana@Shop.example' })).toBe(idOf(ORDER));
	});

	it('for a birthday sent again after midnight', () => {
		expect(idOf(BIRTHDAY, { receivedAt: '2031-02-04T01:00:00.000Z' })).toBe(idOf(BIRTHDAY));
	});
});

describe('event_id differs', () => {
	it.each([
		['between one step of two flows', WIN_BACK, WIN_BACK, { flowId: 'XyZ789' }],
		['between two webhook steps of one flow', WIN_BACK, { ...WIN_BACK, step: '2' }, {}],
		[
			'between a step and its copy with another delay',
			WIN_BACK,
			{ ...WIN_BACK, delay: '90 days' },
			{},
		],
		['between an order and the step behind it', ORDER, WIN_BACK, {}],
		[
			'between Placed and Fulfilled Order with one id',
			ORDER,
			{ ...ORDER, metric: 'Fulfilled Order' },
			{},
		],
		['between two orders', ORDER, { ...ORDER, event: { $event_id: 'order-2' } }, {}],
		['between two people', ORDER, { ...ORDER, email: 'eva@shop.example' }, {}],
		['between this birthday and the next', BIRTHDAY, { ...BIRTHDAY, day: '2032-02-03' }, {}],
	])('%s', (_, one, other, more) => {
		expect(idOf(other, more)).not.toBe(idOf(one));
	});

	it('between two accounts', () => {
		const delivery = {
			body: ORDER,
			raw: '',
			flowId: 'AbC123',
			receivedAt: '2031-02-03T04:05:07.000Z',
		};
		expect(normalise(delivery, { ...SETTINGS, account: 'shop-sk' }).event_id).not.toBe(idOf(ORDER));
	});
});

describe('a step sixty days behind its order', () => {
	const event = eventOf(WIN_BACK, { receivedAt: '2031-04-04T04:07:00.000Z' });

	it('happened when the delay was over, and its order when it was placed', () => {
		expect(event).toMatchObject({
			event_name: 'winback_due',
			event_time: '2031-04-04T04:05:06.000Z',
			event_time_source: 'step',
			trigger_event: { metric: 'Placed Order', id: 'order-1', time: '2031-02-03T04:05:06.000Z' },
		});
	});

	it('has no value of its own: the amount stays with the order', () => {
		expect(event.trigger_event).toMatchObject({ value: 41.5, currency: 'EUR' });
		expect(JSON.stringify([event.properties, event.profile])).not.toMatch(/41\.5|value/i);
		expect(event).not.toHaveProperty('value');
	});
});

describe('event_time', () => {
	it('of a metric is the metric’s own, whatever the delay', () => {
		const delayed = { ...ORDER, delay: '2 hours' };
		expect(eventOf(delayed).event_time).toBe('2031-02-03T04:05:06.000Z');
		expect(eventOf({ ...delayed, event_name: 'placed_order' }).event_time_source).toBe('event');
	});

	it('is read from the event where the body says none', () => {
		expect(eventOf({ event: { timestamp: 1927857906 } })).toMatchObject({
			event_time: '2031-02-03T04:05:06.000Z',
			event_time_source: 'event',
		});
	});

	it('is the moment of arrival where the body knows none, and no day makes a time', () => {
		for (const body of [BIRTHDAY, {}, { event_time: '2031-02-03' }]) {
			expect(eventOf(body)).toMatchObject({
				event_time: '2031-02-03T04:05:07.000Z',
				event_time_source: 'received',
				received_at: '2031-02-03T04:05:07.000Z',
			});
		}
	});
});
