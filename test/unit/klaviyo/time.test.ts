import { parseDay, parseDelay, parseTime } from '../../../nodes/shared/event/time';

describe('a point in time', () => {
	it.each([
		['2031-02-03T04:05:06+00:00', '2031-02-03T04:05:06.000Z'],
		['2031-02-03 04:05:06+00:00', '2031-02-03T04:05:06.000Z'],
		['2031-02-03T04:05:06.123456+00:00', '2031-02-03T04:05:06.123Z'],
		['2031-02-03T04:05:06', '2031-02-03T04:05:06.000Z'],
		['2031-02-03T04:05:06.000Z', '2031-02-03T04:05:06.000Z'],
		['2031-02-03 04:05:06 UTC', '2031-02-03T04:05:06.000Z'],
		['2031-02-03T04:05:06+0530', '2031-02-02T22:35:06.000Z'],
		['2031-02-03T04:05:06-05', '2031-02-03T09:05:06.000Z'],
		['2031-02-03', '2031-02-03T00:00:00.000Z'],
		[1927857906, '2031-02-03T04:05:06.000Z'],
		['1927857906', '2031-02-03T04:05:06.000Z'],
		[' 1927857906.5 ', '2031-02-03T04:05:06.500Z'],
		[1927857906123, '2031-02-03T04:05:06.123Z'],
	])('%j is %s', (value, iso) => {
		expect(parseTime(value)).toBe(iso);
	});

	it.each(['', 'soon', '2031-02-30T00:00:00Z', '2031-13-01', '12:00', 41.5, '41.50', null, {}])(
		'is not guessed from %j',
		(value) => {
			expect(parseTime(value)).toBeUndefined();
		},
	);
});

it('a day is one of the calendar', () => {
	expect(parseDay('2032-02-29')).toBe('2032-02-29');
	expect(parseDay('2031-02-29')).toBeUndefined();
});

it('a delay is a number of minutes, hours, days or weeks', () => {
	expect(parseDelay('60 days')).toBe(60 * 86_400_000);
	expect(parseDelay('4 hours')).toBe(4 * 3_600_000);
	expect(parseDelay('a while')).toBeUndefined();
});
