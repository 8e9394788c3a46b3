import { eventsOf } from '../../../nodes/Klaviyo/trigger/events';
import { normaliseSystemDelivery } from '../../../nodes/Klaviyo/normalise/systemDelivery';
import { parseBody } from '../../../nodes/Klaviyo/trigger/body/readBody';

const SETTINGS = { account: null, fallbackEventName: '', includeRaw: false };
const AT = '2031-02-03T04:05:07.000Z';
const ULID = '01JZ0000000000000000000000';
const read = (text: string, headers = {}) =>
	eventsOf(
		parseBody(text, 'text/plain'),
		{ 'x-klaviyo-flow-id': 'AbC123', ...headers },
		AT,
		SETTINGS,
	);
const one = (body: object) => read(JSON.stringify(body))[0]!;

describe('the kind of flow', () => {
	it.each([
		[{ metric: 'Placed Order' }, 'placed_order', 'metric'],
		[{ metric: 'Canceled Order' }, 'cancelled_order', 'metric'],
		[{ metric: 'Cancelled Order' }, 'cancelled_order', 'metric'],
		[{ metric: 'Refunded Order' }, 'refunded_order', 'metric'],
		[{ metric: 'Fulfilled Order' }, 'fulfilled_order', 'metric'],
		[{ metric: 'Active on Site' }, 'active_on_site', 'metric'],
		[{ metric: 'Submitted review', rating: '5' }, 'submitted_review', 'metric'],
		[{ event: 'Quiz: answered!' }, 'quiz_answered', 'metric'],
		[{ metric: { data: { attributes: { name: 'Viewed Product' } } } }, 'viewed_product', 'metric'],
		[{ list_name: 'Newsletter' }, 'subscribed_to_list', 'list'],
		[{ trigger_type: 'Added to List' }, 'subscribed_to_list', 'list'],
		[{ segment: { id: 'XyZ789', name: 'VIP' } }, 'joined_segment', 'segment'],
		[{ event_name: 'birthday' }, 'birthday', 'date'],
		[{ event_name: 'anniversary' }, 'anniversary', 'date'],
		[{ trigger_type: 'Date Based' }, 'date_reached', 'date'],
		[{ trigger_type: 'Price Drop', event: { ProductName: 'Lamp' } }, 'price_dropped', 'price_drop'],
		[{ trigger_type: 'low_inventory' }, 'low_inventory', 'low_inventory'],
		[{ flow: 'cart-left-behind' }, 'cart_left_behind', 'unknown'],
	])('%j is %s of %s', (body, name, type) => {
		expect(one({ email: 'a@b.example', ...body })).toMatchObject({
			event_name: name,
			flow: { id: 'AbC123', trigger_type: type },
			profile: { email: 'a@b.example' },
		});
	});
});

describe('the link to the flow', () => {
	const flowOf = (id: string, body: object = { email: 'a@b.example', step: '2' }) =>
		read(JSON.stringify(body), { 'x-klaviyo-flow-id': id })[0]!;

	it('stands in each item that knows the flow, in one whose body could not be read, too', () => {
		const url = 'https://www.klaviyo.com/flow/AbC123/edit';
		expect(flowOf('AbC123').flow).toEqual({
			...{ id: 'AbC123', url },
			...{ step: '2', trigger_type: 'unknown' },
		});
		expect(read('no body of anybody')[0]).toMatchObject({ flow: { id: 'AbC123', url } });
	});

	it.each(['', '../../lists', 'AbC123?x=1', 'AbC 123'])(
		'is left out where the ID is none of Klaviyo’s: %j',
		(id) => {
			expect(flowOf(id).flow).not.toHaveProperty('url');
		},
	);
});

describe('events as shops send them', () => {
	it('Shopify on-site: prices with a currency sign stay text, ids stay numbers', () => {
		const properties = {
			Name: 'Lamp',
			ProductID: 7000000000009,
			Price: '$41.50',
			Brand: 'Lux',
			$use_ip: true,
		};
		expect(one({ metric: 'Viewed Product', event: properties }).properties).toEqual(properties);
	});

	it.each([
		['czk', 'CZK'],
		[' Eur ', 'EUR'],
		['Kč', 'Kč'],
	])('a currency in one spelling: %j is %j', (said, currency) => {
		for (const event of [{ $currency_code: said }, { $value_currency: said }])
			expect(one({ metric: 'Placed Order', event }).trigger_event).toMatchObject({ currency });
		expect(one({ metric: 'Placed Order', currency: said }).trigger_event).toMatchObject({
			currency,
		});
	});

	it.each(['-', '0', 'N/A', 'NaN', '?'])('no currency that only stands for none: %s', (said) => {
		const event = { $value: '41.5', $value_currency: said };
		expect(one({ metric: 'Placed Order', event })).toMatchObject({
			trigger_event: { metric: 'Placed Order', value: 41.5 },
			properties: {},
		});
		expect(one({ metric: 'Placed Order', event }).trigger_event).not.toHaveProperty('currency');
		const both = { ...event, $currency_code: 'CZK' };
		expect(one({ metric: 'Placed Order', event: both }).trigger_event?.currency).toBe('CZK');
	});

	it('Shopify checkout: texts as items, strings as money in $extra', () => {
		const event = one({
			metric: 'Checkout Started',
			event: {
				$event_id: '33000000000009',
				$value: 41.5,
				$currency_code: 'EUR',
				'Item Count': '1',
				Items: ['Desk Lamp'],
				'Total Discounts': '0.00',
				$extra: { customer: { id: 1 }, line_items: [{ price: '41.50', sku: 'LAMP-1' }] },
			},
		});
		expect(event.trigger_event).toMatchObject({
			id: '33000000000009',
			value: 41.5,
			currency: 'EUR',
		});
		expect(event.properties).toEqual({
			'Item Count': 1,
			Items: ['Desk Lamp'],
			'Total Discounts': 0,
			$extra: { customer: { id: 1 }, line_items: [{ price: 41.5, sku: 'LAMP-1' }] },
		});
	});

	it('WooCommerce, printed whole by Python: items, and the service', () => {
		const [event] = read(
			`{"metric": "Started Checkout", "payload": "{'$service': 'woocommerce', '$event_id': 'u-1', '$value': 41.5, 'Items': [{'ProductID': 7, 'Name': "D'Arcy", 'Variation': {'attribute_pa_size': 'L'}}], '$extra': {'GrandTotal': '41.50', 'CartRebuildKey': 'eyJhIjoxfQ=='}}"}`,
		);
		expect(event!.trigger_event).toMatchObject({ id: 'u-1', value: 41.5 });
		expect(event!.properties).toEqual({
			$service: 'woocommerce',
			Items: [{ ProductID: 7, Name: "D'Arcy", Variation: { attribute_pa_size: 'L' } }],
			$extra: { GrandTotal: 41.5, CartRebuildKey: 'eyJhIjoxfQ==' },
		});
	});

	it('Magento: the time stands inside, None is absent', () => {
		const [event] = read(
			`{"metric":"Added to Cart","payload":"{'time': 1927857906, 'AddedItemSimpleProductID': None, 'AddedItemPrice': '41.50'}"}`,
		);
		expect(event).toMatchObject({
			event_time: '2031-02-03T04:05:06.000Z',
			event_time_source: 'event',
		});
		expect(event!.properties).toEqual({ time: 1927857906, AddedItemPrice: 41.5 });
	});

	it('commercetools: a name per language and cents stay as they are', () => {
		const properties = {
			name: { en: 'Lamp' },
			totalPrice: { centAmount: 4150, currencyCode: 'EUR' },
			quantity: 1,
		};
		expect(one({ metric: 'Ordered Product', properties }).properties).toEqual(properties);
	});

	it('Shopware and own shops: keys with and without spaces', () => {
		expect(
			one({
				metric: 'Ordered Product',
				event: { $event_id: 'o1_LAMP', OrderedProductValue: '41.5', 'Discount Code': 'X' },
			}),
		).toMatchObject({
			trigger_event: { id: 'o1_LAMP' },
			properties: { OrderedProductValue: 41.5, 'Discount Code': 'X' },
		});
	});
});

describe('a body of the user’s own design', () => {
	it.each([
		[{ Email: ' ana@shop.example ' }],
		[{ 'E-Mail Address': 'ana@shop.example' }],
		[{ customer: { email: 'ana@shop.example' } }],
		[{ data: { contact: { email: 'ana@shop.example' } } }],
		[
			{
				data: {
					type: 'event',
					attributes: { profile: { data: { attributes: { email: 'ana@shop.example' } } } },
				},
			},
		],
		[{ payload: `{'CustomerEmail': 'ana@shop.example'}` }],
		[{ callbackData: '{"email": "ana@shop.example"}' }],
	])('still tells who it is: %j', (body) => {
		expect(one(body).profile.email).toBe('ana@shop.example');
	});

	it('is not mistaken for somebody whose address it carries', () => {
		expect(
			one({ order: { billing: { email: 'b@b.example' }, store: { phone: '+420600000001' } } })
				.profile,
		).toEqual({});
		expect(
			one({ lead: { details: { mail: 'b@b.example' } }, store: { email: 's@s.example' } }).profile,
		).toEqual({});
	});

	it('keeps what is not known, and what is not understood, as properties', () => {
		expect(one({ colour: 'red', value: '$41.50', day: 'Monday', email: { a: 1 } })).toMatchObject({
			properties: { colour: 'red', value: '$41.50', day: 'Monday', email: { a: 1 } },
			profile: {},
		});
	});

	it.each([
		['beside the event', (name: string) => ({ name: 'news', event: { name } })],
		['in two containers', (sku: string) => ({ properties: { sku: 'lamp' }, event: { sku } })],
		['as a container', (name: string) => ({ event: { customer: 'c1' }, customer: { name } })],
	])(
		'keeps both of a name that stands at two places, and tells two events by it: %s',
		(_, more) => {
			const [lamp, chair] = ['Lamp', 'Chair'].map((value) =>
				one({ metric: 'Viewed Product', profile: { klaviyo_id: ULID }, ...more(value) }),
			);
			expect(JSON.stringify(lamp!.properties)).toContain('Lamp');
			expect(JSON.stringify(chair!.properties)).toContain('Chair');
			expect(lamp!.event_id).not.toBe(chair!.event_id);
		},
	);

	it('has a name once that stands at two places with one value', () => {
		const body = { name: 'Lamp', event: { name: 'Lamp' } };
		expect(one({ metric: 'Viewed Product', email: 'a@b.example', ...body }).properties).toEqual({
			name: 'Lamp',
		});
	});

	it('tells two segments apart though the body names a list, too', () => {
		const joined = (id: string) =>
			one({
				...{ email: 'a@b.example', trigger_type: 'segment', event_day: '2031-02-03' },
				...{ list: { id: 'L1', name: 'News' }, segment: { id, name: 'VIP' } },
			});
		expect(joined('S1')).toMatchObject({ event_name: 'joined_segment' });
		expect(joined('S1').event_id).not.toBe(joined('S2').event_id);
	});

	it('takes a bare id for the profile only when it is one of Klaviyo’s', () => {
		expect(one({ id: ULID }).profile).toEqual({ klaviyo_id: ULID });
		expect(one({ id: '77' }).properties).toEqual({ id: '77' });
	});

	it('gives no id that is only blank', () => {
		expect(one({ email_base64: Buffer.from(' ').toString('base64') }).profile).toEqual({});
	});
});

describe('an item', () => {
	it('says that its body was repaired, and only then', () => {
		expect(read('{"email": "a@b.example", "n": "x"y"}')[0]).toMatchObject({ repaired: true });
		expect(one({ payload: "{'a': True}" })).not.toHaveProperty('repaired');
	});

	it.each([["'"], ['&#x27;'], ['&#39;']])(
		'says so where backslashes of a literal in quotes like %s can be read in two ways',
		(quote) => {
			const event = "{'Path': 'C:\\\\new', 'x': 1}".replaceAll("'", quote);
			const body = `{"event_name": "x", "email": "a@b.example", "event": "${event}"}`;
			expect(read(body)[0]).toMatchObject({ repaired: true });
		},
	);

	it('goes on when its neighbour in a list of events is none, which is told', () => {
		const list = '[{"event_name":"x","email":"a@b.example"},null,7]';
		const [event, ...told] = read(list);
		expect(event).toMatchObject({ event_name: 'x', profile: { email: 'a@b.example' } });
		expect(event).not.toHaveProperty('error');
		expect(told).toEqual([
			expect.objectContaining({ error: expect.stringMatching(/list of events/), raw: 'null' }),
			expect.objectContaining({ error: expect.stringMatching(/list of events/), raw: '7' }),
		]);
		expect(read('[null]')).toEqual([
			expect.objectContaining({ error: expect.any(String), raw: '[null]' }),
		]);
	});

	it('has error and raw when nothing could be read', () => {
		expect(read('{"email": "a@b')[0]).toMatchObject({
			error: expect.any(String),
			raw: '{"email": "a@b',
		});
	});
});

describe('a system webhook delivery', () => {
	const entry = (id: string, topic = 'event:klaviyo.subscribed_to_list', more = {}) => ({
		external_id: id,
		topic,
		payload: {
			data: {
				type: 'event',
				id,
				attributes: {
					timestamp: 1927857906,
					datetime: '2031-02-03 04:05:06+00:00',
					event_properties: { List: 'Newsletter', $event_id: 'x:1', ...more },
				},
				relationships: { profile: { data: { type: 'profile', id: ULID } } },
			},
		},
	});
	const deliver = (data: unknown) =>
		normaliseSystemDelivery(
			{ meta: { klaviyo_account_id: 'AcC123' }, data } as never,
			SETTINGS,
			AT,
		);

	it('gives one event per entry', () => {
		const [event, second] = deliver([
			entry('4AbCdEfGhIj'),
			entry('5AbCdEfGhIj', 'event:api.viewed_product', { $value: '41.50', $value_currency: 'EUR' }),
		]);
		expect(event).toMatchObject({
			event_name: 'subscribed_to_list',
			event_time: '2031-02-03T04:05:06.000Z',
			event_time_source: 'event',
			received_via: 'system_webhook',
			account: 'AcC123',
			flow: null,
			trigger_event: {
				id: 'x:1',
				klaviyo_event_id: '4AbCdEfGhIj',
				metric: 'Subscribed to List',
				time: '2031-02-03T04:05:06.000Z',
			},
			profile: { klaviyo_id: ULID },
			properties: { List: 'Newsletter' },
		});
		expect(second).toMatchObject({
			event_name: 'viewed_product',
			trigger_event: { metric: 'Viewed Product', value: 41.5, currency: 'EUR' },
		});
		expect(second!.event_id).not.toBe(event!.event_id);
	});

	it.each([
		['event:klaviyo.received_sms', 'received_sms', 'Received SMS'],
		['event: sent sms', 'sent_sms', 'Sent SMS'],
		['event:api.canceled_order', 'cancelled_order', 'Canceled Order'],
		['event:klaviyo.marked_email_as_spam', 'marked_email_as_spam', 'Marked Email as Spam'],
	])('names %s %s', (topic, name, metric) => {
		expect(deliver([entry('a', topic)])[0]).toMatchObject({
			event_name: name,
			trigger_event: { metric },
		});
	});

	it('names the event and its metric without U+0000, which many databases refuse', () => {
		const [event] = deliver([entry('4AbCdEfGhIj', 'event:api.placed\0_order')]);
		expect(event).toMatchObject({
			event_name: 'placed_order',
			trigger_event: { metric: 'Placed Order' },
		});
	});

	it('gives an event that comes twice once, and the same id in the next delivery', () => {
		expect(deliver([entry('a'), entry('a'), entry('b')])).toHaveLength(2);
		expect(deliver([entry('a')])[0]!.event_id).toBe(deliver([entry('b'), entry('a')])[1]!.event_id);
	});

	it.each([
		null,
		'x',
		{},
		{ topic: 'event:api.x' },
		{ ...entry('a'), topic: 7 },
		{ ...entry('a'), payload: { data: [] } },
	])('keeps an entry that is malformed as error, and its neighbours: %j', (broken) => {
		const [event, neighbour] = deliver([broken, entry('b')]);
		expect(event).toMatchObject({ error: expect.any(String), raw: JSON.stringify(broken) });
		expect(neighbour).toMatchObject({ event_name: 'subscribed_to_list' });
		expect(neighbour).not.toHaveProperty('error');
	});

	it('is kept as error when it has no entries at all', () => {
		expect(deliver({ a: 1 })).toEqual([expect.objectContaining({ error: expect.any(String) })]);
	});

	it('is known by its signature or its meta, whatever else it holds', () => {
		const body = JSON.stringify({ data: [entry('a')], meta: { klaviyo_webhook_id: 'w' } });
		expect(read(body)[0]!.received_via).toBe('system_webhook');
		expect(read('{"data": [', { 'klaviyo-signature': 'x' })[0]).toMatchObject({
			received_via: 'system_webhook',
			flow: null,
			error: expect.any(String),
		});
	});

	it('prefers the account that the user named', () => {
		const meta = { klaviyo_account_id: 'AcC123' };
		const settings = { ...SETTINGS, account: 'shop' };
		expect(
			normaliseSystemDelivery({ meta, data: [entry('a')] } as never, settings, AT)[0]!.account,
		).toBe('shop');
	});
});
