// Klaviyo's two ways to write a moment, as recorded.

/** `2031-02-03T04:05:06+00:00`: lists, segments, metrics, flows, events, profiles. */
export function seconds(at: Date): string {
	return at.toISOString().replace(/\.\d+Z$/, '+00:00');
}

/** `2031-02-03T04:05:06.123000+00:00`: campaigns and webhooks. */
export function micros(at: Date): string {
	return at.toISOString().replace(/Z$/, '000+00:00');
}

/** The moment an ISO text stands for, in milliseconds; without an offset it is UTC. NaN for none. */
export function instant(text: string): number {
	const [, offset] = /T[\d:.]+(Z|[+-]\d\d:?\d\d)?$/i.exec(text) ?? [];
	const hasTime = /T\d/i.test(text);
	return Date.parse(hasTime && offset === undefined ? `${text}Z` : text);
}
