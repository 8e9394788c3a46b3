import { isTimezone, momentIn, wallTime } from '../../../nodes/shared/event/moment';

const iso = (text: string, timezone: string) => momentIn(text, timezone)?.toISOString();

describe('a date', () => {
	it.each([
		['2031-01-01T12:00:00', 'UTC', '2031-01-01T12:00:00.000Z'],
		['2031-01-01T12:00:00', 'Europe/Prague', '2031-01-01T11:00:00.000Z'],
		['2031-07-01T12:00:00', 'Europe/Prague', '2031-07-01T10:00:00.000Z'],
		['2031-01-01', 'America/New_York', '2031-01-01T05:00:00.000Z'],
		['2031-01-01 12:00', 'Asia/Kolkata', '2031-01-01T06:30:00.000Z'],
		['2031-01-01T12:00:00.250', 'Europe/Prague', '2031-01-01T11:00:00.250Z'],
		// On both sides of the night when the clocks change.
		['2031-03-30T01:30:00', 'Europe/Prague', '2031-03-30T00:30:00.000Z'],
		['2031-03-30T03:30:00', 'Europe/Prague', '2031-03-30T01:30:00.000Z'],
	])('without an offset is one of the time zone: %s in %s', (text, timezone, expected) => {
		expect(iso(text, timezone)).toBe(expected);
	});

	it.each(['2031-01-01T12:00:00Z', '2031-01-01T13:00:00+01:00', '2031-01-01T12:00:00.000+00:00'])(
		'with an offset is that moment, whatever the time zone: %s',
		(text) => {
			expect(iso(text, 'America/New_York')).toBe('2031-01-01T12:00:00.000Z');
		},
	);

	it.each([
		...['', 'soon', 'yesterday', 'item 2031', '2031-13-01', '2031-02-30', '{}'],
		...['2031-02-30T10:00:00Z', '01/02/2031', '3 January 2031', '12'],
	])('is none: %p', (text) => {
		expect(momentIn(text, 'UTC')).toBeNull();
	});

	it('is written as the clock on the wall shows it', () => {
		expect(wallTime(new Date('2030-12-31T23:00:00Z'), 'Europe/Prague')).toBe('2031-01-01T00:00:00');
	});
});

it.each([
	['Europe/Prague', true],
	['Mars/North', false],
])('%s is a time zone: %p', (name, expected) => {
	expect(isTimezone(name)).toBe(expected);
});
