import type { Json } from '../../sandbox/klaviyo';
import type { RenderOptions } from '../../sandbox/klaviyo/render';
import { render } from '../../sandbox/klaviyo/render';
import { ANA } from './klaviyo-receiver';

const now = new Date('2031-02-03T23:30:00Z');
const organization = { name: 'Lamp & "Rug" Shop', city: 'Brno' };

function rendered(body: string, options?: RenderOptions): string {
	return render(body, { person: ANA.profile, event: ANA.event, organization, now }, options);
}

/** Renders with one event property `x`. */
function withValue(body: string, x: Json, options?: RenderOptions): string {
	const event = { metric: 'Any', time: '2031-02-03T04:05:06Z', properties: { x } };
	return render(body, { person: ANA.profile, event, organization, now }, options);
}

function withoutEvent(body: string, options?: RenderOptions): string {
	return render(body, { person: ANA.profile, event: null, organization, now }, options);
}

describe('tags of the profile, the organisation and the event', () => {
	it.each([
		['{{ email }} {{ first_name }}', 'ana@shop.example Ana'],
		['{{ person.email }} {{ person.first_name }}', 'ana@shop.example Ana'],
		['{{ person.KlaviyoID }}|{{ person.id }}', '01JZ0000000000000000000001|customer-1'],
		["{{ person|lookup:'$consent' }}", "['email']"],
		["{{ person.loyalty_points }} {{ person|lookup:'Favourite Colour' }}", '12 blue'],
		['{{ organization.name }}', 'Lamp & "Rug" Shop'],
		['{{ event.ItemNames.1 }} {{ event.Items.0.ProductName }}', 'Rug Desk Lamp'],
		["{{ event|lookup:'$value' }} {{ event|lookup:'$value_currency' }}", '41.5 EUR'],
		["{{ event|lookup:'$event_id' }}", 'cart-1'],
		["{{ event|lookup:'Coupon Codes'|lookup:'0' }}", 'SPRING'],
		['{{ event.extra.checkout_url }} {{ event.extra.customer.id }}', 'https://shop.example/c/1 7'],
	])('%s', (body, expected) => {
		expect(rendered(body)).toBe(expected);
	});

	it('leaves the text around tags as it is, JSON or not', () => {
		const body = '{"a":{"b":"{{ email }}"}} \u00e9\n{{ not closed\n}} {% x {# gone #}<&"\'>';
		expect(rendered(body)).toBe(
			'{"a":{"b":"ana@shop.example"}} \u00e9\n{{ not closed\n}} {% x <&"\'>',
		);
	});

	it.each([undefined, null, ''])(
		'has the Unix second as $event_id when the sender gave %j',
		(id) => {
			const event = { metric: 'Any', time: '2031-02-03T04:05:06.789Z', unique_id: id };
			const body = "{{ event|lookup:'$event_id' }}";
			expect(render(body, { person: ANA.profile, event, organization, now })).toBe('1927857906');
		},
	);

	it('does not escape values, and does not render tags inside them', () => {
		expect(withValue('"{{ event.x }}"', 'a"b\n<&>\\ {{ email }}')).toBe('"a"b\n<&>\\ {{ email }}"');
	});

	it.each([0, null])('has no $value when it is %s', (value) => {
		const event = { metric: 'Any', time: '2031-02-03T04:05:06Z', value, properties: {} };
		const body = "[{{ event|lookup:'$value' }}]{{ event }}";
		expect(render(body, { person: ANA.profile, event, organization, now })).toBe(
			"[]{'$event_id': '1927857906'}",
		);
	});

	it('keeps the event out of reach where there is only a profile', () => {
		const body = "{{ email }}[{{ event.x }}{{ event }}{{ event|lookup:'$value' }}]";
		expect(withoutEvent(body)).toBe('ana@shop.example[]');
		expect(withoutEvent('{{ event.x|base64_encode }}{{ event.x|default:"none" }}')).toBe('none');
	});

	it('knows no event time unless told to', () => {
		const body = '[{{ event.timestamp }}][{{ event.datetime }}]';
		expect(rendered(body)).toBe('[][]');
		expect(rendered(body, { dialect: { eventTimestampTag: 'there' } })).toBe('[1927857906][]');
	});
});

describe('values as Python prints them', () => {
	it.each<[Json, string]>([
		[null, 'None'],
		[true, 'True'],
		[false, 'False'],
		[41, '41'],
		[41.5, '41.5'],
		[-0.00001, '-1e-05'],
		[7000000000009, '7000000000009'],
		[1e21, '1000000000000000000000'],
		[['a', 1, null, [true]], "['a', 1, None, [True]]"],
		[{ a: { b: false } }, "{'a': {'b': False}}"],
		[["it's"], '["it\'s"]'],
		[['say "hi"'], '[\'say "hi"\']'],
		[['it\'s "hi"'], "['it\\'s \"hi\"']"],
		[['a\\b\n\r\t'], "['a\\\\b\\n\\r\\t']"],
		[['\u0000\u00a0\u200d\u{e0001}'], "['\\x00\\xa0\\u200d\\U000e0001']"],
		[['žluťoučký 🐎'], "['žluťoučký 🐎']"],
	])('%j', (value, expected) => {
		expect(withValue('{{ event.x }}', value)).toBe(expected);
	});

	it('prints a whole event as a dict literal', () => {
		expect(withValue('"{{ event }}"', "D'Arcy")).toBe(
			"\"{'x': \"D'Arcy\", '$event_id': '1927857906'}\"",
		);
	});

	it('prints a missing value as empty text, or as None when that is assumed', () => {
		const body = "[{{ event.nope }}][{{ nope }}][{{ person|lookup:'nope' }}]";
		expect(rendered(body)).toBe('[][][]');
		expect(rendered(body, { dialect: { missingValue: 'None' } })).toBe('[None][None][None]');
	});

	it('finds nothing that the data does not hold', () => {
		expect(rendered('{{ event.size }}{{ size }}{{ event.constructor }}{{ person.length }}')).toBe(
			'',
		);
	});
});

describe('filters', () => {
	it.each<[string, Json, string]>([
		['default:"d"', '', 'd'],
		['default:"d"', 0, 'd'],
		['default:"d"', null, 'd'],
		['default:"d"', [], 'd'],
		['default:"d"', 'x', 'x'],
		['default:""', null, ''],
		['title', "o'brien of žďár's 1ST", "O'Brien Of Žďár's 1st"],
		['lower', 'ŽOFIE', 'žofie'],
		['upper', 'straße', 'STRASSE'],
		['floatformat', 34.23234, '34.2'],
		['floatformat', 34, '34'],
		['floatformat:2', 1.005, '1.01'],
		['floatformat:2', -0.125, '-0.13'],
		['floatformat:-2', 34, '34'],
		['floatformat:"3"', '41.5', '41.500'],
		['floatformat:2', 'text', ''],
		['base64_encode', 'žluťoučký "🐎"\n', 'xb5sdcWlb3XEjWvDvSAi8J+QjiIK'],
		['base64_encode', { a: null }, 'eydhJzogTm9uZX0='],
		['add:"5"', '41', '46'],
		['add:-1', 41, '40'],
		['join:", "', ['a', 1], 'a, 1'],
		['length', 'añ🐎', '3'],
		["lookup:'a'|lookup:'1'", { a: [1, 2] }, '2'],
		["lookup:'0'", 'text', ''],
	])('%s of %j', (filter, value, expected) => {
		expect(withValue(`{{ event.x|${filter} }}`, value)).toBe(expected);
	});

	it('encodes a missing value as empty text, whatever a missing value prints', () => {
		const body = "{{ event.nope|base64_encode }}{{ person|lookup:'nope'|base64_encode }}";
		expect(rendered(body)).toBe('');
		expect(rendered(body, { dialect: { missingValue: 'None' } })).toBe('');
	});
});

describe('blocks', () => {
	it.each([
		['{% if event.x %}yes{% else %}no{% endif %}', 0, 'no'],
		['{% if event.x %}yes{% else %}no{% endif %}', [], 'no'],
		['{% if event.x %}yes{% else %}no{% endif %}', '0', 'yes'],
		['{% if event.x == 1 %}a{% elif event.x == 2 %}b{% else %}c{% endif %}', 2, 'b'],
		["{% if event.x|lower == 'a b' %}yes{% endif %}", 'A B', 'yes'],
		['{% if event.x > 10 %}more{% else %}less{% endif %}', '41', 'less'],
		['{% if event.x < 50 %}less{% else %}more{% endif %}', '41', 'more'],
		['{% if event.x <= 50 and event.x >= 41 %}in{% endif %}', 41, 'in'],
		['{% if event.nope < 1 or event.nope >= 0 %}yes{% else %}no{% endif %}', 1, 'no'],
		['{% if not event.x > 10 %}less{% else %}more{% endif %}', 11, 'more'],
		['{% if False and False or event.x %}yes{% endif %}', true, 'yes'],
		['{% if event.x or event.nope and event.nope %}yes{% endif %}', true, 'yes'],
		["{% if 'b' in event.x and 'z' not in event.x %}yes{% endif %}", ['a', 'b'], 'yes'],
		['{% if event.nope == None and event.x is not None %}yes{% endif %}', 1, 'yes'],
		[
			'[{% for i in event.x %}"{{ i.n }}{{ forloop.counter }}"{% if not forloop.last %},{% endif %}{% endfor %}]',
			[{ n: 'a' }, { n: 'b' }],
			'["a1","b2"]',
		],
		['{% for i in event.x %}{{ i }}{% empty %}none{% endfor %}', [], 'none'],
		['{% for i in event.x reversed %}{{ i }}{% endfor %}[{{ i }}]', [1, 2], '21[]'],
		['{% for k in event.x %}{{ k }}{% endfor %}', { a: 1, b: 2 }, 'ab'],
	])('%s of %j', (body, value, expected) => {
		expect(withValue(body, value as Json)).toBe(expected);
	});

	it("tells today's date in the account's time zone", () => {
		const body = "{% today '%Y-%m-%d' as today %}{{ today }}";
		expect(rendered(body)).toBe('2031-02-03');
		expect(rendered(body, { timezone: 'Asia/Tokyo' })).toBe('2031-02-04');
	});
});

describe('bodies that cannot be rendered', () => {
	it.each([
		['{{ event.$value }}', "Could not parse the remainder: '.$value'"],
		['{{ event.x|float }}', "Invalid filter: 'float'"],
		['{{ event.x|round }}', "Invalid filter: 'round'"],
		['{{ event.x|upcase }}', "Invalid filter: 'upcase'"],
		['{{ event.x|default }}', 'default requires an argument'],
		["{{ event.x|title:'a' }}", 'title takes no argument'],
		["{{ event.x|default: 'a' }}", 'Could not parse the remainder'],
		['{{- event.x }}', 'Could not parse the remainder'],
		['{{ event["x"] }}', 'Could not parse the remainder'],
		['{{ event._x }}', 'may not begin with underscores'],
		['{{ event.x|default:event.y }}', 'Failed lookup for key [event.y]'],
		['{{ }}', 'Empty variable tag'],
		['{% if event.x %}', "Unclosed tag 'if'"],
		['{% if event.x = 1 %}{% endif %}', "Unused '=' at end of if expression"],
		['{% if %}{% endif %}', 'Unexpected end of expression'],
		['{% elsif event.x %}', "Invalid block tag: 'elsif'"],
		['{% assign x = 1 %}', "Invalid block tag: 'assign'"],
		['{% for i in event.x %}{% else %}{% endfor %}', "Invalid block tag: 'else'"],
		['{% for k, v in event.x %}{% endfor %}', "should look like 'for x in y'"],
		["{% today '%Y' %}", 'should look like'],
	])('%s', (body, message) => {
		expect(() => rendered(body)).toThrow(message);
		expect(() => rendered(body)).toThrow(expect.objectContaining({ name: 'RenderError' }));
	});

	it('refuses a time zone that does not exist', () => {
		expect(() => rendered('', { timezone: 'Mars/Olympus' })).toThrow(RangeError);
	});
});
