import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import {
	DEFAULT_IDENTIFIER_TYPES,
	identify,
	type IdentitySettings,
} from '../../../nodes/MeiroEvents/build/identify';

const PROFILE = {
	external_id: 'c-1',
	email: 'Ana@Shop.example',
	phone_number: '+420 600 000 001',
	klaviyo_id: '01H',
};

const SETTINGS: IdentitySettings = {
	identifierTypes: DEFAULT_IDENTIFIER_TYPES,
	own: [],
	hash: false,
};

const of = (event: IDataObject, more: Partial<IdentitySettings> = {}) =>
	identify(event, { ...SETTINGS, ...more });

const person = (profile: IDataObject, more: Partial<IdentitySettings> = {}) =>
	of({ profile }, more);

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

const loyalty = (value: string, name = 'loyalty_id') => ({ name, value });

describe('identifiers', () => {
	it('are the ids that Klaviyo knows a person by, strongest first', () => {
		expect(person(PROFILE).identifiers).toEqual([
			{ typeId: 'customer_id', value: 'c-1' },
			{ typeId: 'email', value: 'ana@shop.example' },
			{ typeId: 'phone', value: '+420600000001' },
			{ typeId: 'klaviyo_id', value: '01H' },
		]);
	});

	it('carry the types that the user’s Meiro has, and an empty type makes none', () => {
		const identifierTypes = {
			external_id: 'shop_id',
			email: '',
			phone_number: 'msisdn',
			klaviyo_id: 'kl',
		};
		expect(person(PROFILE, { identifierTypes }).identifiers).toEqual([
			{ typeId: 'shop_id', value: 'c-1' },
			{ typeId: 'msisdn', value: '+420600000001' },
			{ typeId: 'kl', value: '01H' },
		]);
	});

	it('are none when nobody is known', () => {
		expect(person({})).toMatchObject({ identifiers: [], orderKey: null });
		expect(of({})).toMatchObject({ identifiers: [], orderKey: null });
	});

	it('leave the event as it is when nothing is added and nothing hashed', () => {
		const event = { profile: PROFILE };
		expect(of(event).event).toBe(event);
		expect(of(event).hashings).toEqual([]);
	});

	it('are made of numbers as well, and come strongest first however the profile is written', () => {
		expect(
			person({
				klaviyo_id: '01H',
				phone_number: '+420600000001',
				email: 'a@shop.example',
				external_id: 17,
			}).identifiers.map(({ value }) => value),
		).toEqual(['17', 'a@shop.example', '+420600000001', '01H']);
	});

	it.each([
		[null],
		['ana@shop.example'],
		[['ana@shop.example']],
		[{}],
		[{ email: ' ', external_id: null }],
		[Object.create({ email: 'ana@shop.example' })],
	])('are none in %j', (profile) => {
		expect(of({ profile } as IDataObject)).toMatchObject({ identifiers: [], orderKey: null });
	});

	it.each([
		[{ external_id: 'None' }],
		[{ external_id: 0 }],
		[{ external_id: '00000000-0000-0000-0000-000000000000' }],
		[{ klaviyo_id: 'guest' }],
		[{ email: 'n/a' }],
		[{ email: 'ana@' }],
		[{ email: '@shop.example' }],
		[{ email: 'ana@shop.example, bob@shop.example' }],
		[{ email: 'ana@shop.example;bob' }],
		[{ email: 'mailto:ana@shop.example' }],
		[{ email: '<ana@shop.example>' }],
		[{ email: 'none@none' }],
		[{ external_id: 'not_set' }],
		[{ phone_number: '600 000 001' }],
		[{ phone_number: '+1 555 010 0199 ext. 12' }],
		[{ phone_number: '+1-800-FLOWERS' }],
		[{ phone_number: '+420600000001;+420600000002' }],
	])('are never made of %j, which stays in the event as it came', (profile) => {
		const event = { profile, properties: {} } as IDataObject;
		expect(of(event)).toEqual({
			event,
			identifiers: [],
			orderKey: null,
			userIdentifier: null,
			hashings: [],
		});
	});

	it('are what Meiro knows a person by, and the event keeps what came', () => {
		const profile = { email: ' Ana@Shop.Example ', phone_number: '00420 600 000 001' };
		expect(person(profile)).toMatchObject({
			event: { profile },
			identifiers: [
				{ typeId: 'email', value: 'ana@shop.example' },
				{ typeId: 'phone', value: '+420600000001' },
			],
			userIdentifier: 'ana@shop.example',
		});
	});
});

describe('order', () => {
	it.each([
		['external_id:c-1', PROFILE],
		['email:ana@shop.example', { ...PROFILE, external_id: '' }],
		['phone_number:+420600000001', { phone_number: PROFILE.phone_number, klaviyo_id: '01H' }],
		['klaviyo_id:01H', { klaviyo_id: '01H' }],
		['external_id:17', { external_id: 17 }],
	])('is kept by %s', (orderKey, profile) => {
		expect(person(profile).orderKey).toBe(orderKey);
	});

	it('is kept by an id although it is no identifier', () => {
		const identifierTypes = { ...DEFAULT_IDENTIFIER_TYPES, email: '' };
		expect(person({ email: 'ana@shop.example' }, { identifierTypes }).orderKey).toBe(
			'email:ana@shop.example',
		);
	});

	it('is kept by an own identifier only when there is no other id', () => {
		expect(person({}, { own: [loyalty('L-1')] }).orderKey).toBe('loyalty_id:L-1');
		expect(person(PROFILE, { own: [loyalty('L-1')] }).orderKey).toBe('external_id:c-1');
	});
});

describe('whose event it is', () => {
	it.each([
		[' C:1 ', 'C:1', 'C:1'],
		['Ana@Shop.example', 'ana@shop.example', sha256('ana@shop.example')],
		['+420 600 000 001', '+420600000001', sha256('420600000001')],
		[
			'john.doe@meiro.io420987654321',
			'john.doe@meiro.io420987654321',
			sha256('john.doe@meiro.io420987654321'),
		],
		['None', null, null],
		['', null, null],
	])('can be named beside the event: %j', (named, plain, hashed) => {
		const event = { points: 5, to: named };
		const { own, identifierTypes } = SETTINGS;
		const byName = (hash: boolean) => identify(event, { own, identifierTypes, hash }, named);
		expect(byName(false)).toMatchObject({ userIdentifier: plain, event });
		expect(byName(true).userIdentifier).toBe(hashed);
		if (hashed !== null && hashed !== plain) {
			expect(byName(true).event).toEqual({ points: 5, to: hashed });
		}
	});

	it('named beside it is not told as a field of the profile', () => {
		const event = { profile: { first_name: 'Ana' } };
		expect(identify(event, { ...SETTINGS, hash: true }, 'ana@shop.example').event).toEqual(event);
	});
});

describe('own identifiers', () => {
	it('stand behind the others, and at profile.identifiers', () => {
		const own = [loyalty(' L-1 '), loyalty('d-1', ' device ')];
		const { event, identifiers } = person({ email: 'ana@shop.example' }, { own });
		expect(identifiers).toEqual([
			{ typeId: 'email', value: 'ana@shop.example' },
			{ typeId: 'loyalty_id', value: 'L-1' },
			{ typeId: 'device', value: 'd-1' },
		]);
		expect(event).toEqual({
			profile: { email: 'ana@shop.example', identifiers: { loyalty_id: 'L-1', device: 'd-1' } },
		});
	});

	it.each([
		['a value', loyalty('  ')],
		['a value that says something', loyalty('N/A')],
		['a name', loyalty('L-1', ' ')],
	])('are none without %s', (_, own) => {
		const event = { profile: PROFILE };
		expect(of(event, { own: [own] }).event).toBe(event);
		expect(of(event, { own: [own] }).identifiers).toHaveLength(4);
		expect(person({}, { own: [own] }).orderKey).toBeNull();
	});

	it.each([
		['klaviyo_id', ' 01H '],
		['customer_id', 'c-1'],
		['email', 'ANA@shop.example'],
		['phone', '00420 600 000 001'],
	])('named %s with the value that the profile has go out once', (name, value) => {
		const { identifiers } = person(PROFILE, { own: [loyalty(value, name)] });
		expect(identifiers).toEqual(person(PROFILE).identifiers);
		const hashed = person(PROFILE, { own: [loyalty(value, name)], hash: true });
		expect(hashed.identifiers).toEqual(person(PROFILE, { hash: true }).identifiers);
		expect(hashed.hashings).toHaveLength(2);
	});

	it('named as an id of the profile with another value go out beside it, written and hashed as that is', () => {
		const own = [loyalty('Work@Shop.example', 'email'), loyalty('+420 600 000 002', 'phone')];
		const values = (hash: boolean) =>
			person(PROFILE, { own, hash }).identifiers.map(({ value }) => value);
		expect(values(false).slice(4)).toEqual(['work@shop.example', '+420600000002']);
		expect(values(true).slice(4)).toEqual([sha256('work@shop.example'), sha256('420600000002')]);
	});

	it('of the type of an email or a phone number are none when they are no such thing, but for a hash', () => {
		const own = [loyalty('600 000 001', 'phone'), loyalty(sha256('ana@shop.example'), 'email')];
		expect(person({}, { own }).identifiers).toEqual([
			{ typeId: 'email', value: sha256('ana@shop.example') },
		]);
	});

	it('do not change the event that they are added to', () => {
		const profile = Object.freeze({ email: 'ana@shop.example' });
		const event = Object.freeze({ profile });
		expect(of(event, { own: [loyalty('L-1')] }).event).not.toBe(event);
		expect(profile).toEqual({ email: 'ana@shop.example' });
	});

	it.each([[undefined], [null], ['nobody'], [['nobody']]])(
		'make a profile where %j stands for one',
		(profile) => {
			expect(of({ profile }, { own: [loyalty('L-1')] }).event).toEqual({
				profile: { identifiers: { loyalty_id: 'L-1' } },
			});
		},
	);
});

describe('the hash', () => {
	it.each([
		['ana@shop.example', 'ana@shop.example'],
		['  ANA@Shop.Example\t', 'ana@shop.example'],
		['ŽOFIE@shop.example', 'žofie@shop.example'],
		['\u200bana@shop\u00ad.example\u2060', 'ana@shop.example'],
	])('of the e-mail %j is that of %j', (email, sanitised) => {
		const { hashings, identifiers } = person({ email }, { hash: true });
		expect(hashings).toEqual([{ field: 'email', sanitised, sha256: sha256(sanitised) }]);
		expect(identifiers).toEqual([{ typeId: 'email', value: sha256(sanitised) }]);
	});

	it('of ana@shop.example is the one that any other tool makes of it', () => {
		// printf ana@shop.example | sha256sum
		expect(person({ email: 'ana@shop.example' }, { hash: true }).hashings[0]!.sha256).toBe(
			'9135944786a6b81e95ac94a5690683c3ba90f2d3bb2ca9e83fd103be461fa192',
		);
	});

	it.each([
		// Meiro's own example.
		['+420 600 000 001', '420600000001'],
		['00420600000001', '420600000001'],
		[' +420-(600)/000.001 ', '420600000001'],
		['+44 20 7946 0018', '442079460018'],
	])('of the phone number %j is that of %j', (phone_number, sanitised) => {
		const { hashings, identifiers } = person({ phone_number }, { hash: true });
		expect(hashings).toEqual([{ field: 'phone_number', sanitised, sha256: sha256(sanitised) }]);
		expect(identifiers).toEqual([{ typeId: 'phone', value: sha256(sanitised) }]);
	});

	it.each([
		...['600 000 001', '0600000001', '420600000001', 'unknown', 420600000001, '+0420600000001'],
		...['+1 555 010 0199 ext. 12', '+1-800-FLOWERS', '+420600000001;+420600000002'],
	])(
		'of the phone number %j is none, as it is not certain which it is: it is not sent at all',
		(phone_number) => {
			const { event, identifiers, orderKey, hashings } = of(
				{ profile: { phone_number, first_name: 'Ana' }, properties: { sms_to: phone_number } },
				{ hash: true },
			);
			expect(hashings).toEqual([{ field: 'phone_number', sanitised: null, sha256: null }]);
			expect(identifiers).toEqual([]);
			expect(orderKey).toBeNull();
			expect(event.profile).toHaveProperty('first_name', 'Ana');
			expect(event.profile).not.toHaveProperty('phone_number');
			expect(event.properties).toEqual({});
		},
	);

	it('replaces the value under another id and under an own identifier, too', () => {
		const { event, identifiers, orderKey } = of(
			{ profile: { external_id: 'ana@shop.example', email: 'Ana@shop.example' } },
			{ hash: true, own: [{ name: 'login', value: 'ANA@shop.example' }] },
		);
		expect(JSON.stringify([event, identifiers, orderKey])).not.toMatch(/ana@/i);
		expect(identifiers).toEqual(
			['customer_id', 'email', 'login'].map((typeId) => ({
				typeId,
				value: sha256('ana@shop.example'),
			})),
		);
	});

	it('replaces a phone number however it is written elsewhere', () => {
		const { event } = of(
			{
				profile: { phone_number: '+420 600 000 001' },
				properties: { sms: '00420600000001', calls: [420600000001] },
			},
			{ hash: true },
		);
		const hash = sha256('420600000001');
		expect(event.properties).toEqual({ sms: hash, calls: [hash] });
	});

	it('takes no quantity for a phone number, and names no field that was not hashed', () => {
		const { event } = of(
			{
				event_version: 1,
				profile: { phone_number: '1' },
				properties: { Quantity: 1, list: [1, 2] },
			},
			{ hash: true },
		);
		expect(event).toEqual({
			event_version: 1,
			profile: {},
			properties: { Quantity: 1, list: [1, 2] },
		});
	});

	it('leaves the ids of machines as they are', () => {
		const { event, identifiers } = person(
			{ external_id: 'c-1', klaviyo_id: '01H' },
			{ hash: true },
		);
		expect(event).toEqual({ profile: { external_id: 'c-1', klaviyo_id: '01H' } });
		expect(identifiers).toEqual([
			{ typeId: 'customer_id', value: 'c-1' },
			{ typeId: 'klaviyo_id', value: '01H' },
		]);
	});

	it('leaves an event without e-mail and phone number the same', () => {
		const event = { profile: { external_id: 'c-1' } };
		expect(of(event, { hash: true })).toMatchObject({ hashings: [] });
		expect(of(event, { hash: true }).event).toBe(event);
	});

	it('keeps the order of one person however the e-mail is written', () => {
		const keys = ['ana@shop.example', ' ANA@shop.example '].map(
			(email) => person({ email }, { hash: true }).orderKey,
		);
		expect(keys).toEqual(Array(2).fill(`email:${sha256('ana@shop.example')}`));
	});

	it('is told at profile.hashed, field by field', () => {
		expect(person(PROFILE, { hash: true }).event).toEqual({
			profile: {
				external_id: 'c-1',
				email: sha256('ana@shop.example'),
				phone_number: sha256('420600000001'),
				klaviyo_id: '01H',
				hashed: ['email', 'phone_number'],
			},
		});
		expect(person({ email: 'a@shop.example' }, { hash: true }).event.profile).toMatchObject({
			hashed: ['email'],
		});
	});

	it('stands in the place of the same value everywhere in the event', () => {
		const { event } = of(
			{
				profile: { email: 'Ana@Shop.example', phone_number: '+420600000001' },
				properties: {
					Email: ' ana@shop.example ',
					to: ['bob@shop.example', 'ANA@SHOP.EXAMPLE', { deep: '+420600000001' }],
					text: 'Dear ana@shop.example',
					total: 12.5,
					none: null,
				},
			},
			{ hash: true },
		);
		const email = sha256('ana@shop.example');
		expect(event.properties).toEqual({
			Email: email,
			to: ['bob@shop.example', email, { deep: sha256('420600000001') }],
			text: 'Dear ana@shop.example',
			total: 12.5,
			none: null,
		});
	});

	it('stands in the place of names, too, and nothing is lost', () => {
		const { event } = of(
			{
				profile: { email: 'Ana@Shop.example', phone_number: '+420 600 000 001' },
				properties: {
					points: { 'ana@shop.example': 5, 'ANA@SHOP.EXAMPLE': 6, 'bob@shop.example': 7 },
					calls: [{ '00420600000001': 'missed' }],
				},
			},
			{ hash: true },
		);
		const email = sha256('ana@shop.example');
		expect(event.properties).toEqual({
			points: { [email]: 5, [`${email}_2`]: 6, 'bob@shop.example': 7 },
			calls: [{ [sha256('420600000001')]: 'missed' }],
		});
	});

	it('that there is none of leaves a name redacted', () => {
		const { event } = of(
			{ profile: { phone_number: '600 000 001' }, properties: { '600000001': 'missed' } },
			{ hash: true },
		);
		expect(event.properties).toEqual({ redacted: 'missed' });
	});

	it('goes together with own identifiers', () => {
		const { event } = person({ email: 'ana@shop.example' }, { hash: true, own: [loyalty('L-1')] });
		expect(event.profile).toEqual({
			email: sha256('ana@shop.example'),
			hashed: ['email'],
			identifiers: { loyalty_id: 'L-1' },
		});
	});

	it('leaves dates the dates that they are', () => {
		const when = new Date('2031-02-03T04:05:06Z');
		const { event } = of(
			{ profile: { email: 'ana@shop.example' }, properties: { when } as unknown as IDataObject },
			{ hash: true },
		);
		expect((event.properties as unknown as { when: unknown }).when).toBe(when);
	});

	it('leaves the plain e-mail at no value of the event, and the event itself unchanged', () => {
		const email = 'ana@shop.example';
		const value = fc.oneof(fc.constant(email), fc.constant(email.toUpperCase()), fc.integer());
		const tree = fc.dictionary(
			fc.constantFrom('a', 'b', 'c'),
			fc.oneof(value, fc.array(value), fc.dictionary(fc.constantFrom('d', 'e'), value)),
		);
		fc.assert(
			fc.property(tree, (properties) => {
				const event = { profile: { email }, properties } as IDataObject;
				const before = JSON.stringify(event);
				const { event: hashed } = of(event, { hash: true });
				expect(JSON.stringify(hashed).toLowerCase()).not.toContain(email);
				expect(JSON.stringify(event)).toBe(before);
			}),
		);
	});
});
