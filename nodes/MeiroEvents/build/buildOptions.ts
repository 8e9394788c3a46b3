import type { INodeProperties } from 'n8n-workflow';

import type { BuildSettings } from './buildEvent';
import { pathsOf } from './shape';

/** Options that shape an event the same way whichever door of Meiro it goes through; each is an entry of 'Options'. */

export const defaultCurrency: INodeProperties = {
	displayName: 'Default Currency',
	name: 'defaultCurrency',
	type: 'string',
	default: '',
	placeholder: 'e.g. EUR',
	description:
		'For amounts that say no currency. Empty: such an amount is sent as value_without_currency, so that no sum is made over different currencies. Example: value 41.5 becomes value 41.5, currency EUR.',
};

export const hash: INodeProperties = {
	displayName: 'Hash Email and Phone Number',
	name: 'hash',
	type: 'boolean',
	default: false,
	description:
		'Whether SHA-256 hashes are sent in their place, by Meiro’s rules: an email in lower case without blanks, a phone number as digits with the country code, e.g. +420 600 000 001 as 420600000001. What has no certain country code is left out.',
};

export const redactPaths: INodeProperties = {
	displayName: 'Redact Paths',
	name: 'redactPaths',
	type: 'string',
	default: '',
	placeholder: 'e.g. profile.phone_number, properties.Items.*.ImageURL',
	description:
		'Fields that never leave n8n, with commas between them; * stands for any name. Example: profile.phone_number makes {"profile":{"email":"ana@shop.example","phone_number":"+420600000001"}} {"profile":{"email":"ana@shop.example"}}.',
};

export const testEvents: INodeProperties = {
	displayName: 'Test Events',
	name: 'testEvents',
	type: 'options',
	options: [
		{ name: 'Deliver', value: 'deliver', description: 'Send them like all others' },
		{ name: 'Drop', value: 'drop', description: 'Don’t send them, and don’t look at them' },
		{
			name: 'Validate Only',
			value: 'validate',
			description: 'Don’t send them, and tell those that Meiro could not take',
		},
	],
	default: 'validate',
	description: 'What to do with sample deliveries, whose is_test is true',
};

export interface BuildOptions {
	defaultCurrency?: string;
	hash?: boolean;
	redactPaths?: string;
	testEvents?: BuildSettings['testEvents'];
}

/** The settings that these options stand for. */
export function buildOptionsOf(options: BuildOptions) {
	return {
		hash: options.hash ?? false,
		redact: pathsOf(String(options.redactPaths ?? '')),
		defaultCurrency: String(options.defaultCurrency ?? ''),
		testEvents: options.testEvents ?? 'validate',
	};
}
