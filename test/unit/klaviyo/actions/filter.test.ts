import fc from 'fast-check';

import { anyOf, condition, filterOf, isOneOf } from '../../../../nodes/Klaviyo/api/filter';
import { parseFilter } from '../../../../sandbox/klaviyo/api/filter';

describe('Klaviyo filters', () => {
	it('puts texts into quotes, dates and truth values not', () => {
		expect(condition('equals', 'email', 'ana@shop.example')).toBe(
			'equals(email,"ana@shop.example")',
		);
		expect(condition('greater-than', 'updated', new Date('2031-02-03T04:05:06Z'))).toBe(
			'greater-than(updated,2031-02-03T04:05:06.000Z)',
		);
		expect(condition('equals', 'is_starred', true)).toBe('equals(is_starred,true)');
	});

	it('leaves out what there is nothing to compare with', () => {
		expect(condition('equals', 'email', undefined)).toBeUndefined();
		expect(condition('equals', 'email', '')).toBeUndefined();
		expect(isOneOf('name', '')).toBeUndefined();
		expect(filterOf([undefined, undefined])).toEqual({});
	});

	it('compares with a list of one where Klaviyo takes lists only', () => {
		expect(isOneOf('name', 'VIP')).toBe('any(name,["VIP"])');
	});

	it('joins conditions by a comma', () => {
		const email = condition('equals', 'email', 'a@b.example');
		expect(filterOf([email, undefined, anyOf('id', ['A', 'B'])])).toEqual({
			filter: 'equals(email,"a@b.example"),any(id,["A","B"])',
		});
	});

	it('lets no value out of its quotes, whatever is in it', () => {
		const hostile = '"),equals(email,"boss@shop.example';
		expect(parseFilter(condition('equals', 'external_id', hostile)!)).toEqual([
			{ operator: 'equals', field: 'external_id', value: hostile },
		]);
		const text = fc.string({ unit: fc.constantFrom('"', '\\', "'", ',', ')', ']', 'a', '\n') });
		fc.assert(
			fc.property(fc.array(text, { minLength: 1 }), (values) => {
				expect(parseFilter(anyOf('external_id', values))).toEqual([
					{ operator: 'any', field: 'external_id', value: values },
				]);
			}),
		);
	});
});
