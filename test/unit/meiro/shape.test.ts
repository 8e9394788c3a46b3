import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import {
	pathsOf,
	shapeOf,
	withoutPaths,
	type ShapeSettings,
} from '../../../nodes/MeiroEvents/build/shape';
import { AUTOMATIC } from './support/events';

const EVENT: IDataObject = {
	event_id: 'id-1',
	event_name: 'placed_order',
	event_version: 1,
	event_time: '2031-02-03T04:05:06Z',
	event_time_source: 'event',
	received_via: 'polling',
	account: 'shop-cz',
	list: null,
	profile: { email: 'ana@shop.example', properties: { tier: 'gold' } },
	properties: {
		total: 12.5,
		Items: [
			{ SKU: 'M-1', Price: 5 },
			{ SKU: 'M-2', Price: 7.5 },
		],
	},
	subject: { type: 'campaign', id: 'c-1' },
	is_test: false,
};

const shape = (event: IDataObject, settings: Partial<ShapeSettings> = {}) =>
	shapeOf(event, { ...AUTOMATIC.shape, ...settings });

const flat = (event: IDataObject) => shape(event, { layout: 'flat' });

const redact = (event: IDataObject, paths: string) => withoutPaths(event, pathsOf(paths));

describe('the whole layout', () => {
	it('is the event itself', () => {
		expect(shape(EVENT)).toBe(EVENT);
	});
});

describe('the layout under payload', () => {
	it('has what tells events apart on top, and the rest below', () => {
		const { profile, properties, list, ...envelope } = EVENT;
		expect(shape(EVENT, { layout: 'payload' })).toEqual({
			...envelope,
			payload: { profile, properties, list },
		});
	});

	it('puts a payload that the event has itself below, too', () => {
		expect(shape({ event_id: 'id-1', payload: 'mine' }, { layout: 'payload' })).toEqual({
			event_id: 'id-1',
			payload: { payload: 'mine' },
		});
	});
});

describe('the flat layout', () => {
	it('has one level, and names that say where a value stood', () => {
		expect(flat(EVENT)).toEqual({
			event_id: 'id-1',
			event_name: 'placed_order',
			event_version: 1,
			event_time: '2031-02-03T04:05:06Z',
			event_time_source: 'event',
			received_via: 'polling',
			account: 'shop-cz',
			list: null,
			profile_email: 'ana@shop.example',
			profile_properties_tier: 'gold',
			properties_total: 12.5,
			properties_Items: [
				{ SKU: 'M-1', Price: 5 },
				{ SKU: 'M-2', Price: 7.5 },
			],
			subject_type: 'campaign',
			subject_id: 'c-1',
			is_test: false,
		});
	});

	it('numbers the later of two values that would have one name', () => {
		expect(flat({ profile: { email: 'a' }, profile_email: 'b', profile_email_2: 'c' })).toEqual({
			profile_email: 'a',
			profile_email_2: 'b',
			profile_email_2_2: 'c',
		});
		expect(flat({ a: { b: { c: 1 }, b_c: 2 }, a_b: { c: 3 }, a_b_c: 4 })).toEqual({
			a_b_c: 1,
			a_b_c_2: 2,
			a_b_c_3: 3,
			a_b_c_4: 4,
		});
	});

	it('leaves a date one value', () => {
		const at = new Date('2031-02-03T04:05:06Z');
		expect(flat({ properties: { at } as unknown as IDataObject })).toEqual({ properties_at: at });
	});

	it('loses no value and makes up none', () => {
		// Few, short names with underscores: they collide.
		const key = fc.constantFrom('a', 'b', '_', 'a_b', 'a_', '2', 'a_2');
		const { tree } = fc.letrec((tie) => ({
			leaf: fc.oneof(fc.integer(), fc.constant(null), fc.array(fc.integer())),
			tree: fc.dictionary(key, fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('tree'))),
		}));
		fc.assert(
			fc.property(tree as fc.Arbitrary<IDataObject>, (event) => {
				const result = flat(event);
				expect(
					Object.values(result)
						.map((value) => JSON.stringify(value))
						.sort(),
				).toEqual(Object.values(event).flatMap(leavesOf).sort());
			}),
		);
	});

	function leavesOf(value: unknown): string[] {
		const inner =
			typeof value === 'object' && value !== null && !Array.isArray(value)
				? Object.values(value)
				: [];
		return inner.length > 0 ? inner.flatMap(leavesOf) : [JSON.stringify(value)];
	}
});

describe('an amount', () => {
	const amount = (trigger_event: IDataObject, defaultCurrency = '') =>
		shape({ trigger_event }, { defaultCurrency }).trigger_event;

	it('keeps the currency that it has', () => {
		expect(amount({ value: 41.5, currency: 'CZK' }, 'EUR')).toEqual({
			value: 41.5,
			currency: 'CZK',
		});
		expect(amount({ value: 41.5, currency: 'CZK' })).toEqual({ value: 41.5, currency: 'CZK' });
	});

	it.each([undefined, null, '', ' '])('with the currency %j gets the default', (currency) => {
		expect(amount({ value: 41.5, currency }, ' EUR ')).toEqual({ value: 41.5, currency: 'EUR' });
	});

	it('without any currency has another name, so that no wrong sum is made', () => {
		expect(amount({ value: 41.5, metric: 'Placed Order' })).toEqual({
			value_without_currency: 41.5,
			metric: 'Placed Order',
		});
	});

	it('of nothing is an amount all the same', () => {
		expect(amount({ value: 0 })).toEqual({ value_without_currency: 0 });
		expect(amount({ value: 0 }, 'EUR')).toEqual({ value: 0, currency: 'EUR' });
	});

	it.each([[{ metric: 'Viewed Product' }], [{ value: null }], [null]])(
		'that there is none of in %j gets no currency',
		(trigger_event) => {
			const event = { trigger_event } as IDataObject;
			expect(shape(event, { defaultCurrency: 'EUR' })).toBe(event);
			expect(shape(event)).toBe(event);
		},
	);

	it('gets its currency in every layout, and the event stays unchanged', () => {
		const event = { trigger_event: { value: 41.5 } };
		expect(shape(event, { layout: 'flat', defaultCurrency: 'EUR' })).toEqual({
			trigger_event_value: 41.5,
			trigger_event_currency: 'EUR',
		});
		expect(shape(event, { layout: 'payload' })).toEqual({
			payload: { trigger_event: { value_without_currency: 41.5 } },
		});
		expect(event).toEqual({ trigger_event: { value: 41.5 } });
	});
});

describe('paths', () => {
	it.each([
		['', []],
		[' , \n,', []],
		['profile.email', [['profile', 'email']]],
		[' a.b ,c\n d.*.e ', [['a', 'b'], ['c'], ['d', '*', 'e']]],
	])('in %j are %j', (text, paths) => {
		expect(pathsOf(text)).toEqual(paths);
	});
});

describe('redacting', () => {
	it.each([
		['a field', 'account', { account: undefined }],
		['a field that has fields itself', 'profile', { profile: undefined }],
		['a field of a field', 'profile.email', { profile: { properties: { tier: 'gold' } } }],
		['all fields of a field', 'profile.*', { profile: {} }],
		['a field of any field', '*.email', { profile: { properties: { tier: 'gold' } } }],
		[
			'a field of the entries of a list, by a star',
			'properties.Items.*.Price',
			{ properties: { total: 12.5, Items: [{ SKU: 'M-1' }, { SKU: 'M-2' }] } },
		],
		[
			'a field of the entries of a list, without a star',
			'properties.Items.Price',
			{ properties: { total: 12.5, Items: [{ SKU: 'M-1' }, { SKU: 'M-2' }] } },
		],
		[
			'all fields of the entries of a list',
			'properties.Items.*.*',
			{ properties: { total: 12.5, Items: [{}, {}] } },
		],
		[
			'several',
			'account, profile.email\nproperties.Items',
			{
				account: undefined,
				profile: { properties: { tier: 'gold' } },
				properties: { total: 12.5 },
			},
		],
	])('takes out %s', (_, paths, changed) => {
		const expected = JSON.parse(JSON.stringify({ ...EVENT, ...changed })) as IDataObject;
		expect(redact(EVENT, paths)).toStrictEqual(expected);
	});

	it.each([
		'',
		'nothing',
		'profile.nothing',
		'account.deeper',
		'profile.email.deeper',
		'list.name',
		'constructor.name',
		'__proto__.polluted',
	])('of %j, where nothing stands, takes nothing out', (paths) => {
		expect(redact(EVENT, paths)).toStrictEqual(EVENT);
		expect(Object.keys(redact(EVENT, paths))).toEqual(Object.keys(EVENT));
	});

	it('tells names apart by their case', () => {
		expect(redact({ Email: 'a', email: 'b' }, 'email')).toStrictEqual({ Email: 'a' });
	});

	const name = fc.constantFrom('a', 'b', 'c');
	const { tree } = fc.letrec((tie) => ({
		value: fc.oneof({ maxDepth: 4 }, fc.integer(), tie('list'), tie('tree')),
		list: fc.array(tie('value'), { maxLength: 3 }),
		tree: fc.dictionary(name, tie('value')),
	}));
	const paths = fc.array(
		fc.array(fc.oneof(name, fc.constant('*')), { minLength: 1, maxLength: 4 }),
		{ maxLength: 3 },
	);

	it('never changes its input', () => {
		fc.assert(
			fc.property(tree as fc.Arbitrary<IDataObject>, paths, (event, left) => {
				const before = JSON.stringify(event);
				withoutPaths(event, left);
				expect(JSON.stringify(event)).toBe(before);
			}),
		);
	});

	it('leaves nothing at a path of plain names, and nothing is added', () => {
		const path = fc.array(name, { minLength: 1, maxLength: 4 });
		fc.assert(
			fc.property(tree as fc.Arbitrary<IDataObject>, path, (event, left) => {
				const result = withoutPaths(event, [left]);
				expect(found(result, left)).toBe(false);
				expect(event).toMatchObject(result);
				if (!found(event, left)) expect(result).toEqual(event);
			}),
		);
	});

	/** Whether anything stands at a path, in lists as well. */
	function found(value: unknown, [key, ...rest]: string[]): boolean {
		if (key === undefined) return true;
		if (Array.isArray(value)) return value.some((entry) => found(entry, [key, ...rest]));
		return (
			typeof value === 'object' &&
			value !== null &&
			key in value &&
			found((value as IDataObject)[key], rest)
		);
	}
});

describe('a redacted path', () => {
	const at = new Date('2031-02-03T04:05:06Z');

	it.each([
		['properties.tags.*', { tags: ['x'] }, { tags: [] }],
		['properties.*.*', { tags: ['x'], size: { eu: 42 } }, { tags: [], size: {} }],
		['properties.Items.*.cost', { Items: [{ cost: 3, sku: 'A' }] }, { Items: [{ sku: 'A' }] }],
		['properties.*.secret', { at, box: { secret: 1 } }, { at, box: {} }],
	])('%s takes out what stands there and leaves the rest', (path, properties, left) => {
		expect(withoutPaths({ properties } as never, pathsOf(path))).toEqual({ properties: left });
	});
});
