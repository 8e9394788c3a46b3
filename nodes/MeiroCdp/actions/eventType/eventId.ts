import { createHash } from 'node:crypto';

/**
 * The ID that Meiro gives to an event type: MD5 of source, type and version, written as a UUID. It is
 * computed from the example at https://docs.meiro.dev/docs/api/meiro-cdp-api, section Customer Events.
 */
export function eventTypeId(source: string, type: string, version: string): string {
	return createHash('md5')
		.update(`${source}${type}${version}`, 'utf8')
		.digest('hex')
		.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
