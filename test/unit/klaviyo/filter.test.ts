import {
	eventNamesOf,
	invalidRange,
	isInRanges,
	isWanted,
	listOf,
	type FilterSettings,
} from '../../../nodes/Klaviyo/trigger/filter';
import type { KlaviyoEvent, Profile } from '../../../nodes/shared/event/contract';

const NOW = Date.parse('2031-02-03T12:00:00.000Z');
const HOUR_MS = 3_600_000;

const EVERYTHING: FilterSettings = {
	eventNames: [],
	identity: 'none',
	maxAgeMs: null,
	ignoreFromMeiro: false,
};

const EVENT: KlaviyoEvent = {
	event_id: 'e1',
	event_name: 'placed_order',
	event_version: 1,
	event_time: '2031-02-03T11:00:00.000Z',
	event_time_source: 'event',
	received_at: '2031-02-03T11:00:05.000Z',
	received_via: 'flow_webhook',
	account: null,
	flow: { id: 'AbC123', step: null, trigger_type: 'metric' },
	trigger_event: null,
	list: null,
	segment: null,
	profile: { email: 'ana@shop.example' },
	properties: {},
	from_meiro: false,
	is_test: false,
};

const wanted = (settings: Partial<FilterSettings>, event: Partial<KlaviyoEvent> = {}) =>
	isWanted({ ...EVENT, ...event } as KlaviyoEvent, { ...EVERYTHING, ...settings }, NOW);

describe('a range with a slip in it', () => {
	it.each(['203.0.113/24', '203.0.113', '10', '::ffff:203.0.113.9', '::ffff:203.0.113.0/120'])(
		'is told on publishing, as it would match nobody: %s',
		(range) => {
			expect(invalidRange(['198.51.100.7', range])).toBe(range);
		},
	);
});

describe('an event', () => {
	it('is wanted when nothing is asked for', () => {
		expect(wanted({}, { profile: {}, flow: null, from_meiro: true })).toBe(true);
	});

	it.each(['placed_order', 'Placed Order', 'PLACED ORDER', 'placedOrder', ' placed-order '])(
		'is wanted by its name, written as %p',
		(name) => {
			expect(wanted({ eventNames: eventNamesOf(`winback_due, ${name}`) })).toBe(true);
		},
	);

	it('is not wanted when only others are named', () => {
		expect(wanted({ eventNames: eventNamesOf('Started Checkout\nplaced') })).toBe(false);
	});

	it.each<[FilterSettings['identity'], Profile, boolean]>([
		['none', {}, true],
		['any', {}, false],
		['any', { first_name: 'Ana' }, false],
		['any', { klaviyo_id: '01JZ' }, true],
		['any', { external_id: 'c-1' }, true],
		['any', { phone_number: '+420777123456' }, true],
		['email', { email: 'ana@shop.example' }, true],
		['email', { phone_number: '+420777123456', klaviyo_id: '01JZ' }, false],
		['phone', { phone_number: '+420777123456' }, true],
		['phone', { email: 'ana@shop.example' }, false],
	])('with identity %p and profile %j is wanted: %p', (identity, profile, expected) => {
		expect(wanted({ identity }, { profile })).toBe(expected);
	});

	it.each([
		['of the very age', '2031-02-03T11:00:00.000Z', true],
		['a millisecond older', '2031-02-03T10:59:59.999Z', false],
		['younger', '2031-02-03T11:59:00.000Z', true],
		['of the future', '2031-02-03T13:00:00.000Z', true],
	])('%s against the maximum age is wanted or not', (_, event_time, expected) => {
		expect(wanted({ maxAgeMs: HOUR_MS }, { event_time })).toBe(expected);
	});

	it('that Meiro caused is not wanted when those are ignored', () => {
		expect(wanted({ ignoreFromMeiro: true }, { from_meiro: true })).toBe(false);
		expect(wanted({ ignoreFromMeiro: true }, { from_meiro: false })).toBe(true);
	});

	it('has to pass every filter', () => {
		expect(wanted({ eventNames: ['placed_order'], identity: 'phone' })).toBe(false);
	});

	it('that could not be read is always wanted', () => {
		const strict: FilterSettings = {
			eventNames: ['winback_due'],
			identity: 'phone',
			maxAgeMs: 1,
			ignoreFromMeiro: true,
		};
		expect(wanted(strict)).toBe(false);
		expect(wanted(strict, { error: 'The body is empty', raw: '' })).toBe(true);
	});
});

describe('an address', () => {
	it.each([
		['203.0.113.9', '203.0.113.9'],
		['203.0.113.9', '203.0.113.0/24'],
		['207.211.207.255', '207.211.192.0/20'],
		['203.0.113.9', '0.0.0.0/0'],
		['::ffff:203.0.113.9', '203.0.113.0/24'],
		['::ffff:cb00:7109', '203.0.113.9'],
		['2001:db8::1', '2001:db8::1'],
		['2001:DB8:0:0::1', '2001:db8::1'],
		['2001:db8:1::5', '2001:db8::/32'],
	])('%s lies in %s', (address, range) => {
		expect(isInRanges(address, [range])).toBe(true);
	});

	it.each([
		['203.0.113.9', '203.0.113.8'],
		['203.0.114.9', '203.0.113.0/24'],
		['207.211.208.0', '207.211.192.0/20'],
		['2001:db9::1', '2001:db8::/32'],
		['2001:db8::1', '0.0.0.0/0'],
		['203.0.113.9', '::/0'],
		['', '0.0.0.0/0'],
		['localhost', '0.0.0.0/0'],
		['203.0.113.9, 10.0.0.1', '0.0.0.0/0'],
		['203.0.113.999', '0.0.0.0/0'],
		['203.0.113.9:443', '0.0.0.0/0'],
		['203.0.113.9', ''],
		['203.0.113.9', 'klaviyo.com'],
		['203.0.113.9', '203.0.113.0/33'],
		['203.0.113.9', '203.0.113.0/'],
		['203.0.113.9', '203.0.113.*'],
	])('%p does not lie in %p', (address, range) => {
		expect(isInRanges(address, [range])).toBe(false);
	});

	it('lies in a list when it lies in one of its ranges, whatever the others are', () => {
		expect(isInRanges('203.0.113.9', ['garbage', '::1', '203.0.113.0/24'])).toBe(true);
		expect(isInRanges('203.0.113.9', [])).toBe(false);
	});
});

describe('a list of ranges', () => {
	it.each([
		['203.0.113.0/33'],
		['203.0.113.256'],
		['klaviyo.com'],
		['203.0.113.0-9'],
		['2001:db8::/129'],
	])('is told its first slip: %s', (slip) => {
		expect(invalidRange(['203.0.113.0/24', slip, 'another slip'])).toBe(slip);
	});

	it('is good with addresses and ranges of both kinds', () => {
		expect(invalidRange(['203.0.113.9', '203.0.113.0/24', '2001:db8::1', '::/0'])).toBeUndefined();
	});
});

describe('a list that a person typed', () => {
	it.each([
		['', []],
		[' , \n,', []],
		['a', ['a']],
		[' a, b\n c\r\nd,', ['a', 'b', 'c', 'd']],
		['two words, one', ['two words', 'one']],
	])('%j is read as %j', (text, expected) => {
		expect(listOf(text)).toEqual(expected);
	});
});
