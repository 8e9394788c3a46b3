import type { IDataObject } from 'n8n-workflow';

import {
	buildCustomerEvent,
	DEFAULT_VERSION_PATTERN,
	type EventSettings,
	type MappedFields,
} from '../../../nodes/MeiroCdp/actions/customerEvent/event';

const settings: EventSettings = {
	source: 'klaviyo',
	mapped: null,
	versionPattern: DEFAULT_VERSION_PATTERN,
	testEvents: 'skip',
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

const mapped = (more: Partial<MappedFields> = {}): Partial<EventSettings> => ({
	mapped: {
		type: 'points_granted',
		version: '1-0-0',
		userIdentifier: 'c-1',
		eventTime: '2031-02-03T04:05:06Z',
		payload: { points: 5 },
		...more,
	},
});

describe('an item of the Klaviyo Trigger', () => {
	it('becomes an event with the whole item as payload', () => {
		const event = built(item);
		expect(JSON.parse(event.payload as string)).toEqual(item);
		expect(event).toMatchObject({ source_id: 'klaviyo', type: 'placed_order', version: '1-0-0' });
	});

	it('belongs to the strongest ID of the profile, whatever is in it', () => {
		expect(built(item).user_identifier).toBe('c:1');
		expect(
			built({ ...item, profile: { klaviyo_id: 'k', phone_number: '+420' } }).user_identifier,
		).toBe('+420');
	});

	it('leaves the unread body behind and stays as it was', () => {
		const json = { ...item, raw: '{' };
		expect(JSON.parse(built(json).payload as string)).not.toHaveProperty('raw');
		expect(json).toHaveProperty('raw');
	});

	it.each([
		[1, undefined, '1-0-0'],
		['2', undefined, '2-0-0'],
		['2-1-0', undefined, '2-1-0'],
		[undefined, undefined, '1-0-0'],
		[3, 'v{event_version}', 'v3'],
	])(
		'of version %p with pattern %p is of version %p',
		(event_version, versionPattern, expected) => {
			const more = versionPattern === undefined ? {} : { versionPattern };
			expect(built({ ...item, event_version }, more).version).toBe(expected);
		},
	);

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
		['has no data source', item, { source: '' }, /'Data Source' is empty/],
	])('is rejected with the reason when it %s', (_, json, more, reason) => {
		const draft = refused(json as IDataObject, more);
		expect(draft.status).toBe('rejected');
		expect(draft.reason).toMatch(reason);
	});

	it('is skipped when it is a test', () => {
		expect(refused({ ...item, is_test: true }).status).toBe('skipped');
		expect(built({ ...item, is_test: true }, { testEvents: 'deliver' }).type).toBe('placed_order');
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

describe('the event time', () => {
	it.each([
		['2031-02-03T04:05:06Z', '2031-02-03T04:05:06Z', '2031-02-03 04:05:06'],
		['2031-02-03T04:05:06.123456Z', '2031-02-03T04:05:06.123456Z', '2031-02-03 04:05:06'],
		['2031-02-03T05:05:06+01:00', '2031-02-03T04:05:06.000Z', '2031-02-03 04:05:06'],
		['2031-02-03 04:05:06', '2031-02-03T04:05:06.000Z', '2031-02-03 04:05:06'],
		['2031-02-03T04:05', '2031-02-03T04:05:00.000Z', '2031-02-03 04:05:00'],
		['2031-02-03', '2031-02-03T00:00:00.000Z', '2031-02-03 00:00:00'],
	])('%s goes out as %s or as %s, wherever n8n runs', (eventTime, iso, plain) => {
		expect(built({}, mapped({ eventTime })).event_time).toBe(iso);
		expect(built({}, { ...mapped({ eventTime }), timeFormat: 'plain' }).event_time).toBe(plain);
	});
});
