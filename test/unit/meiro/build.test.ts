import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import {
	buildEvent,
	type BuildSettings,
	type Draft,
	type OutgoingEvent,
} from '../../../nodes/MeiroEvents/build/buildEvent';
import type { MappedFields } from '../../../nodes/MeiroEvents/build/take';
import { AUTOMATIC, batch, MEIRO_EVENTS } from './support/events';

const ITEM = {
	event_id: 'id-1',
	event_name: 'placed_order',
	event_version: 1,
	event_time: '2031-02-03T04:05:06.789Z',
	profile: {
		external_id: 'c-1',
		email: 'Ana@Shop.example',
		phone_number: '+420777123456',
		klaviyo_id: '01H',
	},
	properties: { total: 12.5 },
	is_test: false,
};

const MAPPED: MappedFields = {
	eventName: 'points_granted',
	eventId: '',
	eventTime: '2031-02-03T04:05:06Z',
	email: 'ana@shop.example',
	phoneNumber: '',
	externalId: '',
	klaviyoId: '',
	properties: { points: 50 },
};

const automatic = (json: IDataObject, more: Partial<BuildSettings> = {}) =>
	buildEvent(json, { ...AUTOMATIC, ...more });

const mapped = (fields: Partial<MappedFields> = {}, more: Partial<BuildSettings> = {}) =>
	buildEvent({ from: 'any node' }, { ...AUTOMATIC, mapped: { ...MAPPED, ...fields }, ...more });

function ready(draft: Draft): OutgoingEvent {
	if (draft.status !== 'ready') throw new Error(`Not ready: ${draft.reason}`);
	return draft.event;
}

describe('an item of a trigger', () => {
	it('becomes an event with all that it carries', () => {
		expect(ready(automatic(ITEM))).toEqual({
			source: 'klaviyo',
			event_id: 'id-1',
			event_name: 'placed_order',
			event_version: '1',
			event_time: expect.stringMatching(/^2031-02-03T04:05:06\.789\d{3}Z$/),
			order_key: 'external_id:c-1',
			user_identifier: 'c-1',
			identifiers: [
				{ typeId: 'customer_id', value: 'c-1' },
				{ typeId: 'email', value: 'ana@shop.example' },
				{ typeId: 'phone', value: '+420777123456' },
				{ typeId: 'klaviyo_id', value: '01H' },
			],
			payload: { ...ITEM, account: null },
		});
	});

	it('is not changed itself when its raw body is left out', () => {
		const json = { ...ITEM, raw: '{}' };
		expect(ready(automatic(json)).payload).toEqual({ ...ITEM, account: null });
		expect(json.raw).toBe('{}');
	});

	it('keeps the fields that were added on the way', () => {
		expect(ready(automatic({ ...ITEM, loyalty: { tier: 'gold' } })).payload).toMatchObject({
			loyalty: { tier: 'gold' },
		});
	});

	it('keeps one person’s order however the e-mail is written', () => {
		const keys = ['ANA@shop.example', 'ana@SHOP.example'].map(
			(email) => ready(automatic({ ...ITEM, profile: { email } })).order_key,
		);
		expect(keys[0]).toBe(keys[1]);
	});

	it('is tied to the person by Klaviyo’s id when there is no other', () => {
		const event = ready(automatic({ ...ITEM, profile: { klaviyo_id: '01H' } }));
		expect(event.order_key).toBe('klaviyo_id:01H');
		expect(event.identifiers).toEqual([{ typeId: 'klaviyo_id', value: '01H' }]);
	});

	it.each([
		['no id', { event_id: undefined }, /'event_id'.*Map Each Field Below/],
		['an id of blanks', { event_id: ' ' }, /'event_id'/],
		['no name', { event_name: '' }, /'event_name'/],
		['no time', { event_time: undefined }, /'Event Time' is not a date: ''/],
		[
			'a time that is no date',
			{ event_time: '2031-13-45' },
			/'Event Time' is not a date: '2031-13-45'/,
		],
		[
			'a time in which only a guess finds a date',
			{ event_time: 'order 12' },
			/'Event Time' is not a date/,
		],
		['no profile', { profile: undefined }, /No identity: none of external_id, email/],
		['a list as its profile', { profile: ['ana@shop.example'] }, /No identity/],
		['a word as its profile', { profile: 'ana@shop.example' }, /No identity/],
		['a profile of empty values', { profile: { email: '', external_id: '' } }, /No identity/],
		['a profile of blanks', { profile: { email: '  ' } }, /No identity/],
	])('is rejected with the reason when it has %s', (_, more, reason) => {
		expect(automatic({ ...ITEM, ...more })).toMatchObject({
			status: 'rejected',
			reason: expect.stringMatching(reason),
		});
	});

	it('is rejected under its id and name, so that the outcome can be told apart', () => {
		expect(automatic({ ...ITEM, event_time: 'soon' })).toMatchObject({
			event_id: 'id-1',
			event_name: 'placed_order',
		});
	});

	it('is delivered although it carries an error property, when it is no unread body', () => {
		expect(automatic({ ...ITEM, error: 'payment declined' }).status).toBe('ready');
	});

	it('needs nobody when it is about a thing', () => {
		const event = ready(
			automatic(
				{ ...ITEM, profile: {} },
				{ subject: { kind: 'thing', type: 'campaign', id: 'c-1' } },
			),
		);
		expect(event).toMatchObject({
			identifiers: null,
			payload: { subject: { type: 'campaign', id: 'c-1' } },
		});
	});

	it.each([
		['validate', 'skipped'],
		['drop', 'skipped'],
		['deliver', 'ready'],
	] as const)('that is a test is, when the choice is to %s it, %s', (testEvents, status) => {
		expect(automatic({ ...ITEM, is_test: true }, { testEvents }).status).toBe(status);
	});
});

describe('the time on the wire', () => {
	const id = 'a'.repeat(63);
	const at = (event_time: string, event_id: string) =>
		ready(automatic({ ...ITEM, event_time, event_id }));

	it('tells two events of one second apart, and each is the same whenever it is sent', () => {
		const [first, second, again] = [`${id}1`, `0${id}`, `${id}1`].map((eventId) =>
			at('2031-02-03T04:05:06Z', eventId),
		);
		expect(first!.event_time).toMatch(/^2031-02-03T04:05:06\.\d{6}Z$/);
		expect(first!.event_time).not.toBe(second!.event_time);
		expect(first!.event_time).toBe(again!.event_time);
	});

	it('keeps the milliseconds that an event has, and takes none of its microseconds', () => {
		const times = ['2031-02-03T04:05:06.789Z', '2031-02-03T04:05:06.789123Z'].map(
			(time) => at(time, 'order-1001').event_time,
		);
		expect(times[0]).toMatch(/^2031-02-03T04:05:06\.789\d{3}Z$/);
		expect(times[1]).toBe(times[0]);
	});

	it.each([
		['2031-02-03T05:05:06+01:00', '04:05:06'],
		['2031-02-03T04:05:06.000Z', '04:05:06'],
		['2031-02-03 04:05', '04:05:00'],
	])('of %s is that moment in UTC, however it is written', (time, clock) => {
		const same = at(`2031-02-03T${clock}Z`, 'order-1001').event_time;
		expect(at(time, 'order-1001').event_time).toBe(same);
	});

	it('is not the one in the payload, which stays the true one', () => {
		expect(at('2031-02-03T05:05:06+01:00', 'e').payload.event_time).toBe(
			'2031-02-03T05:05:06+01:00',
		);
	});

	it('is one of a million in a second, spread over different ids, and one of any id', () => {
		fc.assert(
			fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 20 }), (ids) => {
				const named = ids.filter((one) => one.trim() !== '');
				const times = new Set(named.map((one) => at('2031-02-03T04:05:06Z', one).event_time));
				expect(times.size).toBe(named.length);
			}),
			{ seed: 1 },
		);
	});
});

describe('a time without an offset', () => {
	const prague = { timezone: 'Europe/Prague' };

	it.each([
		['2031-02-03T04:05:06', '2031-02-03T03:05:06.000Z'],
		['2031-07-03 04:05', '2031-07-03T02:05:00.000Z'],
		['2031-02-03', '2031-02-02T23:00:00.000Z'],
	])('%s is one of the workflow’s zone, mapped or in an item', (time, instant) => {
		for (const event of [
			ready(mapped({ eventTime: time }, prague)),
			ready(automatic({ ...ITEM, event_time: time }, prague)),
		]) {
			expect(event.payload.event_time).toBe(instant);
			expect(event.event_time.slice(0, 19)).toBe(instant.slice(0, 19));
		}
	});

	it.each(['2031-02-30', '2031-02-03T25:00:00', 'yesterday', '03/02/2031', '12', 'order 12'])(
		'%s is none',
		(eventTime) => {
			expect(mapped({ eventTime }, prague)).toMatchObject({
				status: 'rejected',
				reason: expect.stringMatching(/'Event Time' is not a date/),
			});
		},
	);
});

describe('U+0000', () => {
	it('is taken out of texts and names, as databases refuse it', () => {
		const json = {
			...ITEM,
			event_name: 'placed\u0000_order',
			profile: { email: 'ana\u0000@shop.example' },
			properties: { 'no\u0000te': ['zero\u0000byte'] },
		};
		const event = ready(automatic(json));
		expect(event).toMatchObject({
			event_name: 'placed_order',
			identifiers: [{ typeId: 'email', value: 'ana@shop.example' }],
			payload: { properties: { note: ['zerobyte'] } },
		});
		expect(JSON.stringify(event)).not.toContain('\\u0000');
		expect(json.properties['no\u0000te']).toEqual(['zero\u0000byte']);
	});

	it('hides no name that is refused', () => {
		const properties = { '__pro\u0000to__': { polluted: true } };
		expect(automatic({ ...ITEM, properties })).toMatchObject({
			status: 'rejected',
			reason: expect.stringMatching(/field named __proto__/),
		});
	});
});

describe('the source', () => {
	it.each([
		['klaviyo', 'klaviyo'],
		[' klaviyo ', 'klaviyo'],
		['/klaviyo/', 'klaviyo'],
		['//shop/klaviyo', 'shop/klaviyo'],
		['v1.2', 'v1.2'],
	])('%j is taken as %j', (given, source) => {
		expect(ready(automatic(ITEM, { source: given })).source).toBe(source);
	});

	it.each(['', '  ', '/', '///'])('is called empty when it is %j', (source) => {
		expect(automatic(ITEM, { source })).toMatchObject({
			status: 'rejected',
			reason: expect.stringMatching(/'Source' is empty/),
		});
	});

	it.each(['https://me.example.meiro.io/klaviyo', 'klaviyo?event_name=placed_order'])(
		'is no address: %j',
		(source) => {
			expect(automatic(ITEM, { source })).toMatchObject({
				status: 'rejected',
				reason: expect.stringMatching(
					/^'Source' holds an address: .* the address under 'Base URL'/,
				),
			});
		},
	);
});

describe('mapped fields', () => {
	it('become an event of the shape that the triggers emit', () => {
		const { payload } = ready(mapped());
		expect(payload).toEqual({
			event_id: expect.stringMatching(/^[0-9a-f]{64}$/),
			event_name: 'points_granted',
			event_version: 1,
			event_time: '2031-02-03T04:05:06Z',
			event_time_source: 'event',
			account: null,
			profile: { email: 'ana@shop.example' },
			properties: { points: 50 },
		});
	});

	it('lose the blanks around them', () => {
		const { payload } = ready(
			mapped({
				eventName: ' a ',
				eventId: ' b ',
				eventTime: ' 2031-02-03 ',
				email: ' c@d.example ',
			}),
		);
		expect(payload).toMatchObject({
			event_name: 'a',
			event_id: 'b',
			event_time: '2031-02-03T00:00:00.000Z',
			profile: { email: 'c@d.example' },
		});
	});

	it('without a time carry the time of the run, and say that it was received then', () => {
		expect(ready(mapped({ eventTime: '' })).payload).toMatchObject({
			event_time: AUTOMATIC.now,
			event_time_source: 'received',
		});
	});

	it('whose ids are placeholders are about nobody', () => {
		const nobody = { email: 'N/A', externalId: '0', klaviyoId: 'None', phoneNumber: '-' };
		expect(mapped(nobody)).toMatchObject({ status: 'rejected' });
		expect(ready(mapped({ externalId: '0' })).payload.profile).toEqual({
			email: 'ana@shop.example',
		});
	});

	it('without an id and a time have the same id in every run', () => {
		const ids = ['2031-01-01T00:00:00Z', '2031-01-02T00:00:00Z'].map(
			(now) => ready(mapped({ eventTime: '' }, { now })).event_id,
		);
		expect(ids[0]).toBe(ids[1]);
	});

	it.each([
		['name', { eventName: 'other' }],
		['time', { eventTime: '2031-02-03T04:05:07Z' }],
		['person', { email: 'bob@shop.example' }],
		['kind of id', { email: '', externalId: 'ana@shop.example' }],
		['properties', { properties: { points: 51 } }],
		['types of the properties', { properties: { points: '50' } }],
	])('without an id have another id when the %s differs', (_, fields) => {
		expect(ready(mapped(fields)).event_id).not.toBe(ready(mapped()).event_id);
	});

	it('never take the item’s own fields', () => {
		const draft = buildEvent(
			{ ...ITEM, error: 'x', raw: 'y' },
			{ ...AUTOMATIC, mapped: { ...MAPPED, eventId: 'mine' } },
		);
		expect(ready(draft)).toMatchObject({ event_id: 'mine', event_name: 'points_granted' });
	});

	it.each([
		['the name', { eventName: ' ' }, /'Event Name' is empty/],
		['everybody', { email: ' ' }, /No identity: none of .*'Profile Identifiers'/],
	])('without %s are rejected with the label that the editor shows', (_, fields, reason) => {
		expect(mapped(fields)).toMatchObject({
			status: 'rejected',
			reason: expect.stringMatching(reason),
		});
	});
});

describe('half an emoji in what the user gives', () => {
	const half = '🎉'.slice(0, 1);

	it.each([
		[
			'Own Identifiers',
			{ identity: { ...AUTOMATIC.identity, own: [{ name: 'card', value: half }] } },
			/'Own Identifiers'/,
		],
	])('%s has the event rejected', (_, settings, reason) => {
		expect(automatic(ITEM, settings)).toMatchObject({
			status: 'rejected',
			reason: expect.stringMatching(reason),
		});
	});
});

describe('text that was cut in the middle of an emoji', () => {
	const cut = 'sale 🎉'.slice(0, -1);

	it.each([
		['name', { ...ITEM, event_name: cut }, AUTOMATIC],
		['source', ITEM, { ...AUTOMATIC, source: cut }],
	])('as the %s concerns that event only, and its neighbours go out', (_, json, settings) => {
		const drafts = [automatic(ITEM), buildEvent(json, settings), automatic(ITEM)];
		const entries = drafts.flatMap((draft, index) =>
			draft.status === 'ready' ? [{ index, value: draft.event, bytes: 100 }] : [],
		);
		const sent = batch(entries, MEIRO_EVENTS).flatMap((request) => request.entries);
		expect(sent.map(({ index }) => index)).toEqual(expect.arrayContaining([0, 2]));
	});
});
