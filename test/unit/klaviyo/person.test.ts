import { eventsOf } from '../../../nodes/Klaviyo/trigger/events';
import { parseBody } from '../../../nodes/Klaviyo/trigger/body/readBody';
import { pythonRepr } from '../../../sandbox/klaviyo/python';

const ULID = '01JZ0000000000000000000000';
const ANA = 'ana@shop.example';
const BEN = { email: 'ben@shop.example', phone: '+420600000002', first_name: 'Ben' };
const eventOf = (body: object, placeholders?: ReadonlySet<string>) =>
	eventsOf(
		parseBody(JSON.stringify(body), 'application/json'),
		{ 'x-klaviyo-flow-id': 'AbC123' },
		'2031-02-03T04:05:07.000Z',
		{ account: null, fallbackEventName: '', includeRaw: false, placeholders },
	)[0]!;
const profileOf = (body: object) => eventOf(body).profile;

describe('the person of a body', () => {
	it.each([
		[{ user: { id: 5, first_name: 'Clerk', phone: '+420600000009' } }],
		[{ recipient: { phone: '+420600000002', first_name: 'Ben' } }],
		[{ customer: BEN }],
		[{ contact: BEN, member: BEN }],
	])('is who stands at the top level, and others stay whole in properties: %j', (others) => {
		const event = eventOf({ event_name: 'gift_sent', email: ANA, ...others });
		expect(event.profile).toEqual({ email: ANA });
		expect(event.properties).toEqual(others);
	});

	it('is Klaviyo’s own profile, whatever stands before it', () => {
		const event = eventOf({
			user: BEN,
			customer: { id: 7 },
			profile: { email: ANA, city: 'Brno' },
		});
		expect(event.profile).toEqual({ email: ANA, city: 'Brno' });
		expect(event.properties).toEqual({ user: BEN, customer: { id: 7 } });
	});

	it('is told by the top level and Klaviyo’s own container together', () => {
		expect(
			profileOf({ email: ANA, first_name: 'Ana', person: { city: 'Brno', vip: true } }),
		).toEqual({ email: ANA, first_name: 'Ana', city: 'Brno', properties: { vip: true } });
		expect(profileOf({ phone: '+420600000001', profile: { email: ANA } })).toEqual({
			email: ANA,
			phone_number: '+420600000001',
		});
	});

	it('is never two people', () => {
		const event = eventOf({ ...BEN, profile: { email: ANA } });
		expect(event.profile).toEqual({ email: ANA });
		expect(event.properties).toEqual(BEN);
		expect(eventOf({ person: BEN, profile: { email: ANA } }).profile).toEqual({ email: ANA });
	});

	it('is the likeliest other container alone when nothing else has an id', () => {
		const event = eventOf({
			first_name: 'Ben',
			recipient: BEN,
			user: BEN,
			customer: { email: ANA },
		});
		expect(event.profile).toEqual({ email: ANA });
		expect(event.properties).toEqual({ first_name: 'Ben', recipient: BEN, user: BEN });
	});

	it('is the same whatever the order of the keys', () => {
		const ids = { customer_id: '7', id: '8', user_id: '9', external_id: 'c-1' };
		const turned = Object.fromEntries(Object.entries(ids).reverse());
		for (const customer of [ids, turned]) {
			expect(profileOf({ customer })).toEqual({
				external_id: 'c-1',
				properties: { customer_id: '7', id: '8', user_id: '9' },
			});
		}
	});

	it.each(
		[
			...['merchant', 'agent', 'support', 'staff', 'from', 'to', 'supplier', 'courier', 'owner'],
			...['store', 'shop', 'vendor', 'seller', 'sender', 'brand', 'author', 'manager', 'employee'],
			...[
				'partner',
				'driver',
				'host',
				'referrer',
				'friend',
				'billing',
				'shipping',
				'lead',
				'company',
			],
			...['created_by', 'assignee', 'operator', 'organizer', 'reviewer', 'publisher', 'account'],
		].map((name) => [name]),
	)('is nobody whose address merely stands in it: %s', (name) => {
		const shop = { email: 'info@shop.example', phone: '+420600000009', id: 7 };
		for (const body of [
			{ metric: 'Placed Order', [name]: shop },
			{ metric: 'Placed Order', properties: { OrderId: '1', [name]: shop } },
			{ metric: 'Placed Order', event: { order: { [name]: shop, user: shop, contact: shop } } },
		]) {
			expect(profileOf(body)).toEqual({});
		}
	});

	it('may be told by the event’s own properties when nothing else tells it', () => {
		for (const event of [{ CustomerEmail: ANA }, { email: ANA }, { customer: { email: ANA } }]) {
			const body = { metric: 'Viewed Product', event };
			expect(eventOf(body)).toMatchObject({ profile: { email: ANA }, properties: event });
			expect(profileOf({ ...body, klaviyo_id: ULID })).toEqual({ klaviyo_id: ULID });
		}
		expect(profileOf({ metric: 'Gift Sent', event: { recipient: BEN, user: BEN } })).toEqual({});
	});
});

describe('an id of a shop', () => {
	it.each(['customer', 'profile', 'person', 'user'])('is no id of Klaviyo’s, in %s', (name) => {
		expect(profileOf({ [name]: { id: 7000000000001, email: ANA } })).toEqual({
			external_id: '7000000000001',
			email: ANA,
		});
		expect(profileOf({ [name]: { id: ULID } })).toEqual({ klaviyo_id: ULID });
	});

	it('is Klaviyo’s under a name that says so', () => {
		expect(profileOf({ profile: { profile_id: 'AbC123' } })).toEqual({ klaviyo_id: 'AbC123' });
	});
});

describe('a placeholder', () => {
	it.each([
		...[
			0,
			'0',
			'00',
			'',
			'-',
			'--',
			'?',
			'N/A',
			'n/a',
			'none',
			'None',
			'null',
			'NULL',
			'undefined',
		],
		...['NaN', 'guest', 'Guest', 'anonymous', 'unknown', 'false', 'true', false, true, 'nil'],
		...['00000000-0000-0000-0000-000000000000', '[object Object]', '{{ person.id }}', '(not set)'],
	])('is no id of a person: %j', (value) => {
		const ids = { klaviyo_id: value, customer_id: value, email: value, phone: value };
		expect(eventOf({ event_name: 'guest_order', ...ids })).toMatchObject({
			profile: {},
			properties: {},
		});
		expect(eventOf({ event_name: 'guest_order', ...ids }).profile).toEqual({});
		expect(profileOf({ profile: { id: value, ...ids, first_name: 'Ana' } })).toEqual({
			first_name: 'Ana',
		});
		expect(profileOf({ customer_id: value, customer: { id: value, email: ANA } })).toEqual({
			email: ANA,
		});
	});

	it.each(['0', 'None', 'n/a', '-', 'guest', '00000000-0000-0000-0000-000000000000'])(
		'is no id of an event: %j',
		(value) => {
			const event = eventOf({ metric: 'Placed Order', email: ANA, event_id: value });
			expect(event.trigger_event).not.toHaveProperty('id');
			expect(event.properties).toEqual({});
			expect(
				eventOf({ event_id: value, email: ANA, event: { $event_id: '1001' } }).trigger_event,
			).toMatchObject({ id: '1001' });
		},
	);

	it.each(['0', 'n/a', '-', 'POKLADNA'])('is no id of a list, a segment or a flow: %j', (id) => {
		const own = new Set(['pokladna']);
		const named = { list: { id, name: 'News' }, segment_id: id, segment: 'VIP', flow_id: id };
		const body = parseBody(JSON.stringify({ email: ANA, ...named }), 'application/json');
		const settings = { account: null, fallbackEventName: '', includeRaw: false, placeholders: own };
		expect(eventsOf(body, {}, '2031-02-03T04:05:07.000Z', settings)[0]).toMatchObject({
			list: { name: 'News' },
			segment: { name: 'VIP' },
			flow: { id: null },
		});
	});

	it.each([true, { of: 1 }, ['1001']])(
		'is nothing that is no text: %j stays where it was',
		(value) => {
			const event = eventOf({ metric: 'Placed Order', email: ANA, event_id: value });
			expect(event.trigger_event).not.toHaveProperty('id');
			expect(event.properties).toEqual({ event_id: value });
		},
	);

	it('may be one that the user added', () => {
		const own = new Set(['pokladna']);
		expect(
			eventOf({ customer_id: 'Pokladna', event_id: 'POKLADNA', email: ANA }, own),
		).toMatchObject({ profile: { email: ANA }, trigger_event: null });
		expect(profileOf({ customer_id: 'Pokladna' })).toEqual({ external_id: 'Pokladna' });
	});
});

describe('an e-mail address', () => {
	it.each([
		'mailto:ana@shop.example',
		'<ana@shop.example>',
		'ana@shop.example;',
		'ana',
		'@shop.example',
		'ana@',
		'ana @ shop.example',
		'a@b.example, c@d.example',
	])('has something on both sides of its @, else it stays a property: %j', (email) => {
		expect(eventOf({ event_name: 'x', email })).toMatchObject({
			profile: {},
			properties: { email },
		});
		expect(profileOf({ profile: { email } })).toEqual({ properties: { email } });
	});

	it.each(['&#x27;', '&#39;', '&apos;'].map((sign) => `o${sign}hara+a&amp;b@shop.example`))(
		'is whole where the template has escaped it for HTML: %s',
		(email) => {
			expect(profileOf({ email })).toEqual({ email: "o'hara+a&b@shop.example" });
		},
	);

	it('is as it came', () => {
		expect(profileOf({ email: ' Ana@Shop.example ' })).toEqual({ email: 'Ana@Shop.example' });
	});
});

describe('a phone number', () => {
	it.each([
		['+420 600 000 001', '+420600000001'],
		['00420600000001', '+420600000001'],
		['+44 (0)20 7946 0958', '+442079460958'],
		['+1 (555) 010-0199', '+15550100199'],
		['\u202a+420600000001\u202c', '+420600000001'],
	])('%j is %s', (phone, e164) => {
		expect(profileOf({ phone }).phone_number).toBe(e164);
	});

	it.each([
		...['600 000 001', '+0 600', '+420 600 000 001/2', '+420 600 000 001-2', '+420600000001 (12)'],
		...['+1 555 010 0199 ext. 12', '+1-800-FLOWERS', '+420600000001;+420600000002', '0601234567'],
		...[
			'+420600000001 +420600000002',
			'+420 600 000 001 / 600 000 002',
			'+42',
			'+4206000000010000000',
		],
	])('is as it came where it is not one number for certain: %j', (phone) => {
		expect(profileOf({ phone }).phone_number).toBe(phone);
	});
});

describe('consent', () => {
	it.each([
		['email', ['email']],
		['Email', ['email']],
		['email, sms', ['email', 'sms']],
		["['email', 'sms']", ['email', 'sms']],
		[['email', null], ['email']],
		[{ email: 'SUBSCRIBED', sms: 'UNSUBSCRIBED' }, ['email']],
		[{ email: { marketing: { consent: 'SUBSCRIBED' } }, sms: { marketing: {} } }, ['email']],
	])('%j is %j', (consent, channels) => {
		expect(profileOf({ person: { $consent: consent } }).consent).toEqual(channels);
	});

	it.each([
		...['False', 'no', 'NEVER_SUBSCRIBED', 'UNSUBSCRIBED', '0', 'none', 'not_subscribed', 'denied'],
		...['True', 'SUBSCRIBED', 'yes', '1', true, false, 0, 'newsletter'],
		...[['email', 'False'], ['UNSUBSCRIBED'], 'no email', 'email:no'],
	])('is given by nobody who said %j, and the word is kept', (consent) => {
		expect(eventOf({ email: ANA, consent })).toMatchObject({
			profile: { email: ANA },
			properties: { consent },
		});
		expect(profileOf({ email: ANA, consent })).toEqual({ email: ANA });
		expect(profileOf({ profile: { email: ANA, $consent: consent } })).toEqual({
			email: ANA,
			properties: { $consent: consent },
		});
	});

	it('by channel keeps what was said to the others', () => {
		const said = { email: 'SUBSCRIBED', sms: 'UNSUBSCRIBED' };
		for (const consent of [said, JSON.stringify(said), pythonRepr(said)]) {
			expect(profileOf({ profile: { email: ANA, consent } })).toEqual({
				email: ANA,
				consent: ['email'],
				properties: { consent },
			});
		}
	});

	it('is not what being on a list means', () => {
		expect(profileOf({ list: 'Newsletter', email: ANA })).not.toHaveProperty('consent');
	});
});
