import { createHash } from 'node:crypto';

/** 32 hexadecimal digits. */
export function md5(text: string): string {
	return createHash('md5').update(text).digest('hex');
}

/**
 * The id of a customer event: md5(event_time + source_id + type + user_identifier), the time as
 * YYYY-MM-DDThh:mm:ss.ffffffZ. Version and payload are not in it. It reproduces the example of
 * https://docs.meiro.dev/docs/api/meiro-cdp-api/create-customer-events
 */
export function customerEventIdOf(
	eventTime: string,
	sourceId: string,
	type: string,
	userIdentifier: string,
): string {
	return md5(eventTime + sourceId + type + userIdentifier);
}

/**
 * The id that customer events carry for their event type: md5(source_id + type + version) written as
 * a UUID. It reproduces the example of
 * https://docs.meiro.dev/docs/api/meiro-cdp-api/create-customer-events
 */
export function eventIdOf(sourceId: string, type: string, version: string): string {
	const hex = md5(sourceId + type + version);
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
