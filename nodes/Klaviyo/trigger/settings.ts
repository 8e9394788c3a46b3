import type { IWebhookFunctions } from 'n8n-workflow';

import type { NormaliseSettings } from './normalise';

interface TriggerOptions {
	account?: string;
	eventName?: string;
	includeRaw?: boolean;
}

/** What the user chose, in the words of the code. */
export function readSettings(context: IWebhookFunctions): NormaliseSettings {
	const options = context.getNodeParameter('options', {}) as TriggerOptions;
	return {
		account: options.account?.trim() || null,
		fallbackEventName: options.eventName ?? '',
		includeRaw: options.includeRaw ?? false,
	};
}
