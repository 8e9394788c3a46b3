import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import {
	takeEvent,
	type MappedFields,
	type TakeSettings,
} from '../../../nodes/MeiroEvents/build/take';
import { textOf } from '../../../nodes/shared/event/values';
import { AUTOMATIC } from './support/events';

const EVENT = {
	event_id: 'id-1',
	event_name: 'placed_order',
	event_version: 1,
	event_time: '2031-02-03T04:05:06Z',
	event_time_source: 'step',
	account: 'shop-cz',
	profile: { email: 'ana@shop.example', properties: { tier: 'gold' } },
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

const SETTINGS: TakeSettings = AUTOMATIC;
const CAMPAIGN = { kind: 'thing', type: 'campaign', id: 'c-1' } as const;

const take = (json: IDataObject, more: Partial<TakeSettings> = {}) =>
	takeEvent(json, { ...SETTINGS, ...more }).event;

const map = (fields: Partial<MappedFields> = {}, more: Partial<TakeSettings> = {}) =>
	take({ from: 'any node' }, { mapped: { ...MAPPED, ...fields }, ...more });

const profileEventOf = (json: IDataObject, more: Partial<TakeSettings> = {}) =>
	take(json, { what: 'profile', ...more });

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

function without(json: IDataObject, ...keys: string[]): IDataObject {
	return Object.fromEntries(Object.entries(json).filter(([key]) => !keys.includes(key)));
}

describe('an item that is an event', () => {
	it('is taken as it is, without a copy, when nothing is missing', () => {
		expect(take(EVENT)).toBe(EVENT);
	});

	it('leaves its raw body in n8n, and keeps it itself', () => {
		const json = { ...EVENT, raw: '{"secret":1}' };
		expect(take(json)).toEqual(EVENT);
		expect(json.raw).toBe('{"secret":1}');
	});

	it('keeps the version that it has', () => {
		expect(take({ ...EVENT, event_version: 2 }).event_version).toBe(2);
	});

	it('gets the version of today at the top when it has none', () => {
		const taken = take(without(EVENT, 'event_version'));
		expect(taken).toEqual(EVENT);
	});

	it('is not changed by what is added to it', () => {
		const json = Object.freeze({ event_id: 'id-1' });
		expect(take(json, { account: 'shop-sk', subject: CAMPAIGN })).not.toBe(json);
		expect(json).toEqual({ event_id: 'id-1' });
	});
});

describe('the account', () => {
	it('of the item comes before the label of the node', () => {
		expect(take(EVENT, { account: 'shop-sk' }).account).toBe('shop-cz');
	});

	it.each([undefined, null, '', '  '])(
		'is the label of the node, without its blanks, when the item says %j',
		(account) => {
			expect(take({ ...EVENT, account }, { account: ' shop-sk ' }).account).toBe('shop-sk');
		},
	);

	it.each([undefined, null, '', ' '])('is null when neither says one, the item %j', (account) => {
		expect(take({ ...EVENT, account }, { account: '  ' }).account).toBeNull();
	});

	it('is text although a table handed it over as a number', () => {
		expect(take({ ...EVENT, account: 7 }, { account: 'shop-sk' }).account).toBe('7');
	});

	it('stands in mapped events and profile events, too', () => {
		expect(map({}, { account: 'shop-sk' }).account).toBe('shop-sk');
		expect(profileEventOf(EVENT, { account: 'shop-sk' }).account).toBe('shop-cz');
		expect(profileEventOf({ email: 'ana@shop.example' }, { account: 'shop-sk' }).account).toBe(
			'shop-sk',
		);
	});
});

describe('an event about a thing', () => {
	it('says which', () => {
		expect(take(EVENT, { subject: CAMPAIGN })).toEqual({
			...EVENT,
			subject: { type: 'campaign', id: 'c-1' },
		});
	});

	it('says no type when none was entered, and no blanks', () => {
		expect(take(EVENT, { subject: { kind: 'thing', type: ' ', id: ' c-1 ' } }).subject).toEqual({
			id: 'c-1',
		});
	});

	it('has an id by the thing, not by the person who is mapped beside it', () => {
		const about = (id: string, email: string) =>
			map({ email }, { subject: { kind: 'thing', type: 'campaign', id } }).event_id;
		expect(about('c-1', 'ana@shop.example')).toBe(about('c-1', 'bob@shop.example'));
		expect(about('c-1', 'ana@shop.example')).not.toBe(about('c-2', 'ana@shop.example'));
	});

	it('is not what an event about a person is', () => {
		expect(take(EVENT)).not.toHaveProperty('subject');
		expect(map()).not.toHaveProperty('subject');
	});
});

describe('the id of a mapped event', () => {
	it.each(['None', '0', 'N/A', ' null ', '-'])(
		'is made of the content where only a placeholder stands for it: %j',
		(eventId) => {
			expect(map({ eventId }).event_id).toBe(map().event_id);
			const mapped = (id: string, event_id: string) =>
				takeEvent(
					{},
					{
						...SETTINGS,
						mapped: {
							...{ eventName: 'x', eventId: id, eventTime: '', eventVersion: '1' },
							userIdentifier: 'ana@shop.example',
							payload: { event_id, points: 50 },
						},
					},
				).id;
			expect(mapped(eventId, 'id-1')).toBe('id-1');
			expect(mapped('', eventId)).toMatch(/^[0-9a-f]{64}$/);
		},
	);

	it('is the one that was entered', () => {
		expect(map({ eventId: ' order-1001 ' }).event_id).toBe('order-1001');
	});

	it('is the same for the same content, whatever the run', () => {
		expect(map().event_id).toMatch(/^[0-9a-f]{64}$/);
		expect(map().event_id).toBe(map({}, { now: '2032-01-01T00:00:00Z' }).event_id);
	});

	it.each([
		['a bigint', { points: 5n }],
		['itself', circular()],
	])(
		'is there although the content is %s, so that the outcome can name the event',
		(_, content) => {
			expect(map({ properties: content as unknown as IDataObject }).event_id).toMatch(
				/^[0-9a-f]{64}$/,
			);
		},
	);

	function circular(): object {
		const content: Record<string, unknown> = {};
		content.again = content;
		return content;
	}
});

describe('a profile event', () => {
	it('of an event is what the event knows of the person, at the time of the event', () => {
		expect(profileEventOf(EVENT)).toEqual({
			event_id: sha256(JSON.stringify(['profile_updated', 'id-1'])),
			event_name: 'profile_updated',
			event_version: 1,
			event_time: EVENT.event_time,
			event_time_source: 'step',
			account: 'shop-cz',
			profile: EVENT.profile,
			properties: {},
		});
	});

	it('of a bare profile is that profile, at the time of its last update', () => {
		const json = { email: 'ana@shop.example', updated: '2031-05-06T07:08:09Z' };
		expect(profileEventOf(json)).toEqual({
			event_id: expect.stringMatching(/^[0-9a-f]{64}$/),
			event_name: 'profile_updated',
			event_version: 1,
			event_time: '2031-05-06T07:08:09Z',
			event_time_source: 'event',
			account: null,
			profile: json,
			properties: {},
		});
	});

	it('without any time carries the time of the run, and says that it was received then', () => {
		expect(profileEventOf({ email: 'ana@shop.example', event_time_source: 'event' })).toMatchObject(
			{
				event_time: SETTINGS.now,
				event_time_source: 'received',
			},
		);
	});

	it('has an id of its own, so that it does not count as the event that it was made of', () => {
		expect(profileEventOf(EVENT).event_id).not.toBe(EVENT.event_id);
	});

	it('of an event has the same id when the event comes again with more knowledge', () => {
		expect(profileEventOf({ ...EVENT, profile: { email: 'bob@shop.example' } }).event_id).toBe(
			profileEventOf(EVENT).event_id,
		);
		expect(profileEventOf({ ...EVENT, event_id: 'id-2' }).event_id).not.toBe(
			profileEventOf(EVENT).event_id,
		);
	});

	it.each([
		['the person', { email: 'bob@shop.example' }],
		['an attribute', { tier: 'silver' }],
		['the time', { updated: '2031-05-06T07:08:10Z' }],
	])('of a bare profile has another id when %s differs', (_, more) => {
		const json = { email: 'ana@shop.example', tier: 'gold', updated: '2031-05-06T07:08:09Z' };
		expect(profileEventOf({ ...json, ...more }).event_id).not.toBe(profileEventOf(json).event_id);
		expect(profileEventOf({ ...json }).event_id).toBe(profileEventOf(json).event_id);
	});

	it('of an event without an id has another id at another time', () => {
		const at = (event_time: string) =>
			profileEventOf({ ...without(EVENT, 'event_id'), event_time });
		expect(at('2031-02-03').event_id).toBe(at('2031-02-03').event_id);
		expect(at('2031-02-03').event_id).not.toBe(at('2031-02-04').event_id);
	});

	it('is made of the item itself when a list stands for its profile', () => {
		const json = { email: 'ana@shop.example', profile: ['bob@shop.example'] };
		expect(profileEventOf(json).profile).toBe(json);
	});

	it('stays a test when it comes from one', () => {
		expect(profileEventOf({ ...EVENT, is_test: true }).is_test).toBe(true);
		expect(profileEventOf(EVENT)).not.toHaveProperty('is_test');
	});

	it('of mapped fields has the attributes at the person, and a name that nobody entered', () => {
		expect(map({ eventName: 'ignored', externalId: ' c-1 ' }, { what: 'profile' })).toEqual({
			event_id: expect.stringMatching(/^[0-9a-f]{64}$/),
			event_name: 'profile_updated',
			event_version: 1,
			event_time: MAPPED.eventTime,
			event_time_source: 'event',
			account: null,
			profile: { external_id: 'c-1', email: 'ana@shop.example', properties: { points: 50 } },
			properties: {},
		});
	});

	it('of mapped fields has another id when an attribute differs', () => {
		expect(map({ properties: { points: 51 } }, { what: 'profile' }).event_id).not.toBe(
			map({}, { what: 'profile' }).event_id,
		);
	});
});

describe('a text', () => {
	it.each([NaN, Infinity, true, null, {}, '', ' \t'])('is never made of %p', (value) => {
		expect(textOf(value)).toBeUndefined();
	});
});
