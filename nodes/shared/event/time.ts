const SECOND_MS = 1000;

const UNIT_MS: Record<string, number> = {
	second: SECOND_MS,
	minute: 60 * SECOND_MS,
	hour: 3_600 * SECOND_MS,
	day: 86_400 * SECOND_MS,
	week: 7 * 86_400 * SECOND_MS,
};

const DATE_TIME =
	/^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d+))?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/i;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const UNIX_TIME = /^\d{9,13}(?:\.\d+)?$/;
const DELAY = /^(\d+(?:\.\d+)?)\s*(second|minute|hour|day|week)s?$/i;

/**
 * Reads a point in time as Klaviyo and the shops behind it write it: ISO 8601 with T or space, with
 * an offset or without (then UTC), a day alone (then its beginning), or Unix seconds or milliseconds.
 *
 * @returns ISO 8601 UTC, with as many digits of a second as came, at least three; undefined when it is no time
 */
export function parseTime(value: unknown): string | undefined {
	if (typeof value !== 'string' && typeof value !== 'number') return undefined;
	const text = String(value).trim();
	if (UNIX_TIME.test(text)) {
		// 13 digits are milliseconds: as seconds they would lie tens of thousands of years ahead.
		const number = Number(text);
		return isoOf(number >= 1e11 ? number : number * SECOND_MS);
	}

	const match = DATE_TIME.exec(text);
	if (!match) return undefined;
	const [, day, clock = '00:00', fraction = '', offset = 'Z'] = match;
	// JavaScript would take 30 February for 2 March.
	if (parseDay(day) === undefined) return undefined;
	const iso = isoOf(Date.parse(`${day}T${clock}${offsetWithColon(offset)}`));
	return iso?.replace('.000Z', `.${fraction.padEnd(3, '0')}Z`);
}

/** A calendar day, 'YYYY-MM-DD'; undefined when the text is none, such as 2031-02-30. */
export function parseDay(value: unknown): string | undefined {
	if (typeof value !== 'string' || !DAY.test(value)) return undefined;
	return isoOf(Date.parse(`${value}T00:00:00Z`))?.startsWith(value) ? value : undefined;
}

/** Milliseconds of a delay such as '60 days' or '4 hours'; undefined when the text is none. */
export function parseDelay(value: unknown): number | undefined {
	const match = typeof value === 'string' ? DELAY.exec(value.trim()) : null;
	if (!match) return undefined;
	return Number(match[1]) * (UNIT_MS[match[2]!.toLowerCase()] ?? 0);
}

/** `iso` moved by `ms`; digits below a millisecond are kept. */
export function addTime(iso: string, ms: number): string {
	const moved = isoOf(Date.parse(iso) + ms);
	const fraction = /\.(\d+)Z$/.exec(iso)?.[1] ?? '000';
	return (
		moved?.replace(/\.(\d{3})Z$/, (_, digits: string) => `.${digits}${fraction.slice(3)}Z`) ?? iso
	);
}

function offsetWithColon(offset: string): string {
	if (!/^[+-]/.test(offset)) return 'Z';
	return `${offset.slice(0, 3)}:${offset.slice(3).replace(':', '') || '00'}`;
}

function isoOf(ms: number): string | undefined {
	const date = new Date(ms);
	return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
