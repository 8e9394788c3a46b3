// Items as they come to the nodes that send: always the same, made by no code of the package.
import type { IDataObject } from 'n8n-workflow';

export function event(number: number, more: IDataObject = {}): IDataObject {
	return {
		event_id: `${'0'.repeat(60)}${String(number).padStart(4, '0')}`,
		event_name: 'placed_order',
		event_version: 1,
		event_time: '2031-02-03T04:05:06.000Z',
		event_time_source: 'event',
		received_at: '2031-02-03T04:05:07.000Z',
		received_via: 'flow_webhook',
		account: null,
		flow: { id: 'RepFlw', step: '1', trigger_type: 'metric' },
		trigger_event: {
			metric: 'Placed Order',
			id: String(number),
			time: '2031-02-03T04:05:06.000Z',
			value: 41.5,
			currency: 'EUR',
		},
		list: null,
		segment: null,
		profile: {
			klaviyo_id: '01JZ00000000000000000000AB',
			external_id: 'c-1',
			email: 'Ana@Shop.example',
			phone_number: '+420600000001',
			first_name: 'Ana',
			properties: { tier: 'gold' },
		},
		properties: { OrderId: String(number), Items: [{ Sku: 'a' }, null], note: 'žluťoučký "kůň"' },
		from_meiro: false,
		is_test: false,
		...more,
	};
}

/** One item each, by what is special about it. */
export const ITEMS: Record<string, IDataObject> = {
	plain: event(1),
	account: event(2, { account: 'shop-cz' }),
	'no currency': event(3, {
		trigger_event: { metric: 'Placed Order', id: '3', time: null, value: 41.5, currency: null },
	}),
	'email only': event(4, { profile: { email: ' Ana@Shop.example ' } }),
	'external id only': event(5, { profile: { external_id: 'c-1' } }),
	'klaviyo id only': event(6, { profile: { klaviyo_id: '01JZ00000000000000000000AB' } }),
	'phone only': event(7, { profile: { phone_number: '+420 600 000 001' } }),
	'odd phone': event(8, { profile: { phone_number: '+1-800-FLOWERS' } }),
	'placeholder person': event(9, { profile: { external_id: '0', email: 'n/a' } }),
	nobody: event(10, { profile: {} }),
	test: event(11, { is_test: true }),
	unreadable: event(12, { error: 'not JSON', raw: '{' }),
	raw: event(13, { raw: '{"a":1}' }),
	repaired: event(14, { repaired: true }),
	'no name': event(15, { event_name: '' }),
	'no id': event(16, { event_id: '' }),
	'no time': event(17, { event_time: '' }),
	'time of a zone': event(18, { event_time: '2031-02-03T05:05:06.789+01:00' }),
	'time without one': event(19, { event_time: '2031-02-03T04:05:06' }),
	'not a time': event(20, { event_time: 'soon' }),
	'name with marks': event(21, { event_name: 'バスケットに追加' }),
	'name with a slash': event(22, { event_name: '../other?x=1' }),
	list: event(23, { event_name: 'subscribed_to_list', list: { id: 'LIST01', name: 'Newsletter' } }),
	'zero byte': event(24, { properties: { 'na\u0000me': 'zero\u0000byte' } }),
	'address as a name': event(25, { properties: { 'ana@shop.example': 1, '+420600000001': 2 } }),
	'from meiro': event(26, { from_meiro: true }),
	'more fields': event(27, { loyalty: { points: 5 }, added: 'by hand' }),
	'empty fields': event(28, { properties: { a: null, b: '', c: [], d: {} } }),
	'no event': { hello: 'world' },
	empty: {},
};

export const MAPPED_ITEM: IDataObject = {
	what: 'points_granted',
	when: '2031-02-03T04:05:06Z',
	id: 'p-1',
	mail: 'Ana@Shop.example',
	points: 50,
};
