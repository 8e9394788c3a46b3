import ipaddr from 'ipaddr.js';

import { PROFILE_ID_FIELDS, type KlaviyoEvent } from '../../shared/event/contract';
import { toSnakeCase } from '../normalise/eventName';

/** What a delivery must be to start an execution. Empty lists and nulls let everything through. */
export interface FilterSettings {
	/** In snake_case. */
	eventNames: string[];
	identity: 'any' | 'email' | 'phone' | 'none';
	maxAgeMs: number | null;
	ignoreFromMeiro: boolean;
}

/** Whether an event is wanted. Events whose body could not be read always are: nobody knows what they hold. */
export function isWanted(event: KlaviyoEvent, settings: FilterSettings, now: number): boolean {
	if (event.error !== undefined) return true;
	const { eventNames, maxAgeMs } = settings;
	return (
		(eventNames.length === 0 || eventNames.includes(event.event_name)) &&
		hasIdentity(event, settings.identity) &&
		(maxAgeMs === null || now - Date.parse(event.event_time) <= maxAgeMs) &&
		!(settings.ignoreFromMeiro && event.from_meiro)
	);
}

function hasIdentity({ profile }: KlaviyoEvent, wanted: FilterSettings['identity']): boolean {
	switch (wanted) {
		case 'email':
			return profile.email !== undefined;
		case 'phone':
			return profile.phone_number !== undefined;
		case 'any':
			return PROFILE_ID_FIELDS.some((field) => profile[field] !== undefined);
		case 'none':
			return true;
	}
}

/** A list that a person typed, by commas or line ends. */
export function listOf(text: string): string[] {
	return text
		.split(/[,\n]/)
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '');
}

export function eventNamesOf(text: string): string[] {
	return listOf(text).map(toSnakeCase);
}

/**
 * Whether an address lies in one of the ranges. IPv4 in IPv6 clothes counts as IPv4.
 *
 * @param ranges addresses or CIDR ranges; those that are none match nothing
 */
export function isInRanges(address: string, ranges: string[]): boolean {
	if (!ipaddr.isValid(address)) return false;
	const given = ipaddr.process(address);
	return ranges.some((range) => {
		const whole = range.includes('/') ? range : `${range}/${given.kind() === 'ipv4' ? 32 : 128}`;
		if (!ipaddr.isValidCIDR(whole)) return false;
		const [network, bits] = ipaddr.parseCIDR(whole);
		return network.kind() === given.kind() && given.match(network, bits);
	});
}

/** The first entry that is neither an address nor a range, or undefined. */
export function invalidRange(ranges: string[]): string | undefined {
	return ranges.find((range) => {
		const [address = '', bits] = range.split('/');
		// ipaddr.js takes '203.0.113' for 203.0.0.113; and isInRanges() knows IPv4 in its own clothes only.
		const isPlain =
			ipaddr.IPv4.isValidFourPartDecimal(address) ||
			(ipaddr.IPv6.isValid(address) && !ipaddr.IPv6.parse(address).isIPv4MappedAddress());
		return !isPlain || (bits !== undefined && !ipaddr.isValidCIDR(range));
	});
}
