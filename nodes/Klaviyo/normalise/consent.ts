import type { IDataObject } from 'n8n-workflow';

import { parseBlob } from './blob';

/** Channels, also where a template printed the list as Python does: "['email', 'sms']". */
export function consentOf(consent: unknown): string[] | undefined {
	const value =
		typeof consent === 'string' ? (parseBlob(consent, 1) ?? consent.split(',')) : consent;
	if (!Array.isArray(value)) return undefined;
	const channels = (value as IDataObject[string][])
		.filter((channel): channel is string => typeof channel === 'string')
		.map((channel) => channel.trim())
		.filter((channel) => channel !== '');
	return channels.length > 0 ? channels : undefined;
}
