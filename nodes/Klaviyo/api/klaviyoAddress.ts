import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { checkedAddress } from '../../shared/http/address';
import { KLAVIYO_API_URL } from './revision';

/**
 * The address of Klaviyo's API, checked, without a trailing slash.
 *
 * @throws UserError that names the field and says what to do
 */
export function klaviyoAddressOf(credentials: ICredentialDataDecryptedObject): string {
	return checkedAddress(String(credentials.baseUrl ?? '').trim() || KLAVIYO_API_URL, {
		label: 'API URL',
		owner: 'Klaviyo Private Key API credential',
		example: KLAVIYO_API_URL,
		allowPrivate: credentials.allowPrivate === true,
		allowHttp: credentials.allowHttp === true,
	});
}
