import type { IDataObject } from 'n8n-workflow';

import { csvRow } from '../../../nodes/MeiroCdp/actions/customerEvent/csv';
import { buildCustomerEvent } from '../../../nodes/MeiroCdp/actions/customerEvent/event';
import { buildEvent, type BuildSettings } from '../../../nodes/MeiroEvents/build/buildEvent';
import { eventBody } from '../../../nodes/MeiroEvents/delivery/target';
import { readCsv } from '../../../sandbox/meiro/cdp/csv';
import { AUTOMATIC, MEIRO_EVENTS, PIPES } from '../meiro/support/events';

const ITEM: IDataObject = {
	event_id: 'id-1',
	event_name: 'placed_order',
	event_version: 1,
	event_time: '2031-02-03T04:05:06.000Z',
	account: 'shop-cz',
	trigger_event: { metric: 'Placed Order', id: '1001', value: 41.5 },
	profile: { email: 'Ana@Shop.example', phone_number: '+420 600 000 001', klaviyo_id: '01JZ' },
	properties: { note: 'for ana@shop.example', Email: 'ana@shop.example', 'ana@shop.example': 1 },
	is_test: false,
};

const ITEMS: Record<string, IDataObject> = {
	'with an address in capitals and no currency': ITEM,
	'with the shop’s ID': { ...ITEM, profile: { external_id: ' C:1 ', email: 'ana@shop.example' } },
	'with placeholders': { ...ITEM, profile: { external_id: 'None', email: 'ana@shop.example' } },
	'with a phone number alone': { ...ITEM, profile: { phone_number: '00420 600 000 001' } },
	'with Klaviyo’s ID alone': { ...ITEM, profile: { klaviyo_id: '01JZ' } },
	'with a time in no zone': { ...ITEM, event_time: '2031-02-03 04:05:06' },
	'with an unread body': { ...ITEM, raw: '{' },
	'with U+0000': { ...ITEM, properties: { note: 'zero\u0000byte' } },
	'of nobody': { ...ITEM, profile: { email: 'n/a' } },
	'that is a test': { ...ITEM, is_test: true },
	'that can not be JSON': { ...ITEM, properties: { total: Number.NaN } },
	'without a time': { ...ITEM, event_time: undefined },
};

const SETTINGS: Record<string, Partial<BuildSettings>> = {
	'as it is': {},
	hashed: { identity: { ...AUTOMATIC.identity, hash: true } },
	redacted: {
		redact: [
			['profile', 'phone_number'],
			['properties', '*'],
		],
	},
	priced: { shape: { layout: 'whole', defaultCurrency: 'EUR' } },
};

const cases = Object.entries(ITEMS).flatMap(([item, json]) =>
	Object.entries(SETTINGS).map(([how, more]) => ({ item, how, json, more })),
);

async function* streamOf(text: string): AsyncGenerator<string> {
	yield text;
}

describe('an item is one event by whichever door it goes to Meiro', () => {
	it.each(cases)('$item, $how', async ({ json, more }) => {
		const build = { ...AUTOMATIC, timezone: 'Europe/Prague', ...more };
		const draft = buildEvent(json, build);
		const customer = buildCustomerEvent(json, {
			...{ build, mapped: null, timeFormat: 'iso', payloadEncoding: 'string' },
		});
		expect(customer).toMatchObject(
			draft.status === 'ready'
				? { status: 'ready', eventId: draft.event.event_id }
				: { status: draft.status, eventId: draft.event_id, eventType: draft.event_name },
		);
		if (draft.status !== 'ready' || customer.status !== 'ready') return;

		const source = eventBody(draft.event, MEIRO_EVENTS);
		const pipes = eventBody(draft.event, PIPES);
		for await (const row of readCsv(streamOf(csvRow(customer.event)))) {
			expect(row).toEqual(Object.values(customer.event));
		}
		const payload = JSON.parse(String(customer.event.payload)) as unknown;
		expect(payload).toEqual(JSON.parse(JSON.stringify(source)));
		expect(pipes).toMatchObject({
			event_type: customer.event.type,
			event_time: customer.event.event_time,
			event_payload: source,
		});
		const [first] = pipes.identifiers as Array<{ value: string }>;
		// The CDP has phone numbers as digits alone.
		if (first !== undefined)
			expect(customer.event.user_identifier).toBe(first.value.replace(/^\+/, ''));
	});
});
