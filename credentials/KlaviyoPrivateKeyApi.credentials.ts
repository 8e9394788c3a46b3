import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { klaviyoAddressOf } from '../nodes/Klaviyo/api/klaviyoAddress';
import { KLAVIYO_API_URL, KLAVIYO_REVISION } from '../nodes/Klaviyo/api/revision';
import { addressOfRequest, isWithin } from '../nodes/shared/http/address';
import { ADDRESS_SWITCHES } from '../nodes/shared/http/addressSwitches';
import { testRules } from '../nodes/shared/http/testRules';

export class KlaviyoPrivateKeyApi implements ICredentialType {
	name = 'klaviyoPrivateKeyApi';

	displayName = 'Klaviyo Private Key API';

	icon = {
		light: 'file:../nodes/Klaviyo/klaviyo.svg',
		dark: 'file:../nodes/Klaviyo/klaviyo.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-klaviyo-meiro/n8n-nodes-klaviyo-meiro#credentials';

	properties: INodeProperties[] = [
		{
			displayName:
				'Make two keys in Klaviyo, and a credential for each. Set-up: flows:write, for a Klaviyo Trigger that makes a Klaviyo flow. n8n uses flows:write only while it publishes or unpublishes. Read: for all other nodes, with the scopes that they need. Give both accounts:read, by which this window tests them. A key with flows:write can change every flow of the account.',
			name: 'keysNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Private API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			placeholder: 'e.g. pk_…',
			description:
				'From Klaviyo: Settings, API Keys, Create Private API Key. The Klaviyo node needs the scopes of what it reads or writes, e.g. campaigns:read. Creating Klaviyo flows needs flows:read, flows:write, lists:read, segments:read and metrics:read; system webhooks need webhooks:read and webhooks:write.',
		},
		{
			displayName: 'API URL',
			name: 'baseUrl',
			type: 'string',
			default: KLAVIYO_API_URL,
			description: 'Address of Klaviyo’s API. Change it only to test against another server.',
		},
		...ADDRESS_SWITCHES,
	];

	/** To an address outside 'API URL' goes nothing. */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		if (!isWithin(addressOfRequest(requestOptions), klaviyoAddressOf(credentials)))
			return requestOptions;
		return {
			...requestOptions,
			headers: {
				...requestOptions.headers,
				Authorization: `Klaviyo-API-Key ${String(credentials.apiKey ?? '').trim()}`,
				revision: KLAVIYO_REVISION,
			},
		};
	}

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl}}',
			url: '/api/accounts',
			method: 'GET',
			disableFollowRedirect: true,
			headers: { Accept: 'application/vnd.api+json' },
		},
		rules: testRules('API URL', {
			401: 'Klaviyo does not know this key. Copy the private key anew (it starts with pk_); a public key does not work here.',
			403: 'The key is valid, but has no scope accounts:read, so it can’t be tested here. It may still have the scopes that your nodes need.',
			410: 'Klaviyo has ended the API revision that this version of the package uses. Update the package n8n-nodes-klaviyo-meiro.',
			429: 'Klaviyo asks to slow down, so the key was not tested. Wait a minute, then try again.',
		}),
	};
}
