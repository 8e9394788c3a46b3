import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import {
	buildCustomerEvent,
	type EventSettings,
	type MappedEvent,
} from '../../../nodes/MeiroCdp/actions/customerEvent/event';
import { AUTOMATIC } from '../meiro/support/events';

const settings: EventSettings = {
	build: AUTOMATIC,
	mapped: null,
	timeFormat: 'iso',
	payloadEncoding: 'string',
};

const item: IDataObject = {
	event_id: 'e1',
	event_name: 'placed_order',
	event_version: 1,
	event_time: '2031-02-03T04:05:06Z',
	profile: { external_id: 'c:1', email: 'ana@shop.example' },
};

function built(json: IDataObject, more: Partial<EventSettings> = {}) {
	const draft = buildCustomerEvent(json, { ...settings, ...more });
	if (draft.status !== 'ready') throw new Error(draft.reason);
	return draft.event;
}

function refused(json: IDataObject, more: Partial<EventSettings> = {}) {
	const draft = buildCustomerEvent(json, { ...settings, ...more });
	if (draft.status === 'ready') throw new Error('not refused');
	return draft;
}

const mapped = (more: Partial<MappedEvent> = {}): Partial<EventSettings> => ({
	mapped: {
		type: 'points_granted',
		version: '1-0-0',
		userIdentifier: 'c-1',
		eventTime: '2031-02-03T04:05:06Z',
		eventId: '',
		payload: { points: 5 },
		...more,
	},
});

describe('an item of the Klaviyo Trigger', () => {
	it('becomes an event with the whole item as payload', () => {
		const event = built(item);
		expect(JSON.parse(event.payload as string)).toEqual({ ...item, account: null });
		expect(event).toMatchObject({ source_id: 'klaviyo', type: 'placed_order', version: '1-0-0' });
	});

	it('belongs to the strongest ID of the profile, whatever is in it', () => {
		expect(built(item).user_identifier).toBe('c:1');
		expect(
			built({ ...item, profile: { klaviyo_id: 'k', phone_number: '+420 600 000 001' } })
				.user_identifier,
		).toBe('420600000001');
		expect(
			built({ ...item, profile: { klaviyo_id: 'k', phone_number: '+420' } }).user_identifier,
		).toBe('k');
	});

	it('leaves the unread body behind and stays as it was', () => {
		const json = { ...item, raw: '{' };
		expect(JSON.parse(built(json).payload as string)).not.toHaveProperty('raw');
		expect(json).toHaveProperty('raw');
	});

	it.each([
		[1, '1-0-0'],
		['2', '2-0-0'],
		['2-1-0', '2-1-0'],
		[undefined, '1-0-0'],
	])('of version %p is of version %p', (event_version, expected) => {
		expect(built({ ...item, event_version }).version).toBe(expected);
	});

	it.each([
		[
			'could not be read',
			{ ...item, error: 'not JSON', raw: '{' },
			{},
			/could not be read: not JSON/,
		],
		['has no name', { ...item, event_name: undefined }, {}, /'Event Fields' to Map Each Field/],
		['names nobody', { ...item, profile: {} }, {}, /No identity/],
		['has no time', { ...item, event_time: undefined }, {}, /'Event Time' is not a date/],
		['has no data source', item, { build: { ...AUTOMATIC, source: '' } }, /'Data Source' is empty/],
	])('is rejected with the reason when it %s', (_, json, more, reason) => {
		const draft = refused(json as IDataObject, more);
		expect(draft.status).toBe('rejected');
		expect(draft.reason).toMatch(reason);
	});

	it('is skipped when it is a test', () => {
		expect(refused({ ...item, is_test: true }).status).toBe('skipped');
		expect(
			built({ ...item, is_test: true }, { build: { ...AUTOMATIC, testEvents: 'deliver' } }).type,
		).toBe('placed_order');
	});
});

describe('mapped fields', () => {
	it('become the event, with the payload in the encoding that was chosen', () => {
		expect(built({}, mapped()).payload).toBe('{"points":5}');
		expect(built({}, { ...mapped(), payloadEncoding: 'object' }).payload).toEqual({ points: 5 });
	});

	it.each([
		["'Event Type' is empty", { type: '' }],
		["'Version' is empty", { version: '' }],
		["'User Identifier' is empty", { userIdentifier: '' }],
		["'Payload' is not a JSON object", { payload: null }],
		["'Event Time' is not a date: 'order 12'", { eventTime: 'order 12' }],
		["'Event Time' is not a date: ''", { eventTime: '' }],
	])('are rejected because %s', (reason, more) => {
		expect(refused({}, mapped(more)).reason).toContain(reason);
	});
});

describe('mapped events', () => {
	it('have the ID that was entered, else the payload’s, else one of their content', () => {
		const idOf = (more: Partial<MappedEvent>) => {
			const draft = buildCustomerEvent({}, { ...settings, ...mapped(more) });
			return draft.eventId;
		};
		expect(idOf({ eventId: 'mine', payload: { event_id: 'e1' } })).toBe('mine');
		expect(idOf({ payload: { event_id: 'e1' } })).toBe('e1');
		expect(idOf({})).toMatch(/^[0-9a-f]{64}$/);
		expect(idOf({})).toBe(idOf({}));
		expect(idOf({})).not.toBe(idOf({ payload: { points: 6 } }));
	});

	it('of nobody are rejected, and placeholders are nobody', () => {
		expect(refused({}, mapped({ userIdentifier: 'None' })).reason).toMatch(
			/No identity.*'User Identifier'/,
		);
	});

	it('are redacted, hashed and priced like all others', () => {
		const { identity } = AUTOMATIC;
		const build = {
			...AUTOMATIC,
			identity: { ...identity, hash: true },
			redact: [['secret']],
			shape: { layout: 'whole' as const, defaultCurrency: 'EUR' },
		};
		const event = built(
			{},
			{
				...mapped({
					userIdentifier: 'Ana@Shop.example',
					payload: { secret: 1, to: 'ana@shop.example', trigger_event: { value: 5 } },
				}),
				build,
			},
		);
		const hash = createHash('sha256').update('ana@shop.example').digest('hex');
		expect(event.user_identifier).toBe(hash);
		expect(JSON.parse(event.payload as string)).toEqual({
			to: hash,
			trigger_event: { value: 5, currency: 'EUR' },
		});
	});
});

describe('the event time', () => {
	it.each([
		['2031-02-03T04:05:06Z', '2031-02-03T04:05:06'],
		['2031-02-03T04:05:06.123456Z', '2031-02-03T04:05:06.123'],
		['2031-02-03T05:05:06+01:00', '2031-02-03T04:05:06'],
		['2031-02-03 04:05:06', '2031-02-03T03:05:06'],
		['2031-02-03T04:05', '2031-02-03T03:05:00'],
		['2031-02-03', '2031-02-02T23:00:00'],
	])(
		'%s in Prague goes out in each format, with the digits of its event_id',
		(eventTime, moment) => {
			const build = { ...AUTOMATIC, timezone: 'Europe/Prague' };
			const of = (timeFormat: EventSettings['timeFormat'], eventId = 'e1') =>
				built({}, { ...mapped({ eventTime, eventId }), build, timeFormat }).event_time;
			expect(of('iso')).toMatch(/^[\d-]{10}T[\d:]{8}\.\d{6}Z$/);
			expect(of('iso').startsWith(moment)).toBe(true);
			expect(of('plain')).toBe(of('iso').replace('T', ' ').replace('Z', ''));
			expect(of('seconds')).toBe(moment.slice(0, 19).replace('T', ' '));
			expect(of('iso')).not.toBe(of('iso', 'e2'));
		},
	);
});
