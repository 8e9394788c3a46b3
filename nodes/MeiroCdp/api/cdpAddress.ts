import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { checkedAddress } from '../../shared/http/address';

/** Meiro's three APIs that the credential opens, each at an address of its own. */
export type MeiroApi = 'cdp' | 'audience' | 'pipes';

interface AddressField {
	property: string;
	/** As the credential shows it. */
	label: string;
	example: string;
}

export const ADDRESS_FIELDS: Record<MeiroApi, AddressField> = {
	cdp: { property: 'baseUrl', label: 'Base URL', example: 'https://example.meiro.io/api' },
	audience: {
		property: 'audienceUrl',
		label: 'Audience API URL',
		example: 'https://cdp.example.meiro.io',
	},
	pipes: { property: 'pipesUrl', label: 'Pipes URL', example: 'https://example.eu.pipes.meiro.io' },
};

/**
 * The address of one of Meiro's APIs, checked, without a trailing slash.
 *
 * @throws UserError that names the field and says what to do
 */
export function addressOf(credentials: ICredentialDataDecryptedObject, api: MeiroApi): string {
	const { property, label, example } = ADDRESS_FIELDS[api];
	return checkedAddress(String(credentials[property] ?? ''), {
		label,
		owner: 'Meiro CDP credential',
		example,
		allowPrivate: credentials.allowPrivate === true,
		allowHttp: credentials.allowHttp === true,
	});
}
