import { createHash } from 'node:crypto';

import type { CustomerEvent } from './event';

/**
 * The ID that Meiro gives to a customer event: MD5 of time, source, type and person, the time as YYYY-MM-DDThh:mm:ss.ffffffZ.
 * Computed from the example at https://docs.meiro.dev/docs/api/meiro-cdp-api/create-customer-events, and so the same before
 * an event is sent and after; payload and version are not in it.
 */
export function meiroIdOf({
	source_id,
	type,
	user_identifier,
	event_time,
}: Pick<CustomerEvent, 'source_id' | 'type' | 'user_identifier' | 'event_time'>): string {
	const [seconds, fraction = ''] = event_time.replace(' ', 'T').replace('Z', '').split('.');
	const time = `${seconds}.${fraction.padEnd(6, '0')}Z`;
	return createHash('md5')
		.update(`${time}${source_id}${type}${user_identifier}`, 'utf8')
		.digest('hex');
}
