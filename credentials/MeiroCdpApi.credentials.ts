import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IDataObject,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { authorise, logIn } from '../nodes/MeiroCdp/api/cdpLogin';
import { ADDRESS_SWITCHES } from '../nodes/shared/http/addressSwitches';
import { testRules } from '../nodes/shared/http/testRules';

export class MeiroCdpApi implements ICredentialType {
	name = 'meiroCdpApi';

	displayName = 'Meiro CDP API';

	icon = {
		light: 'file:../nodes/MeiroCdp/meiro.svg',
		dark: 'file:../nodes/MeiroCdp/meiro.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-klaviyo-meiro/n8n-nodes-klaviyo-meiro#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://example.meiro.io/api',
			description:
				'Address of the Meiro CDP API. It often ends in /api; the forms vary between instances.',
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'options',
			options: [
				{
					name: 'Access Token',
					value: 'accessToken',
					description: 'A token from a login of your own. Meiro ends it after 8 hours.',
				},
				{
					name: 'Email and Password',
					value: 'password',
					description: 'Logs in and renews the token by itself',
				},
			],
			default: 'password',
			description: 'Meiro documents no key that lasts, so each way comes down to a login',
		},
		{
			displayName: 'Email',
			name: 'email',
			type: 'string',
			placeholder: 'e.g. n8n@shop.example',
			default: '',
			required: true,
			description:
				'User of the Meiro CDP, best one made for n8n whose role has only the features it needs',
			displayOptions: { show: { authentication: ['password'] } },
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			displayOptions: { show: { authentication: ['password'] } },
		},
		{
			displayName: 'Access Token',
			name: 'accessToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'What POST /users/login answered as token',
			displayOptions: { show: { authentication: ['accessToken'] } },
		},
		{
			displayName:
				'The next three fields are only for the operations Audience: Check Membership and Profile: Get. Each secret goes to its own address alone.',
			name: 'otherApis',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Audience API URL',
			name: 'audienceUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://cdp.example.meiro.io',
			description:
				'Address without /wbs, for Audience: Check Membership. That API asks for no authentication.',
		},
		{
			displayName: 'Pipes URL',
			name: 'pipesUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://example.eu.pipes.meiro.io',
			description: 'Address without /profile-api, for Profile: Get',
		},
		{
			displayName: 'Pipes API Token',
			name: 'pipesToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'e.g. mppak_…',
			description: 'Sent as X-API-Token to the Pipes URL, and nowhere else',
		},
		{
			displayName: 'Timeout (Seconds)',
			name: 'timeoutSeconds',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 30,
			description: 'How long one request may take before it is sent again',
		},
		...ADDRESS_SWITCHES,
	];

	/** n8n calls it when there is no token and after a 401, and keeps the token encrypted. */
	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		return { ...(await logIn(this, credentials)) };
	}

	/** A function, not an expression: an expression would cost every request an isolate of its own. */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		return authorise(credentials, requestOptions);
	}

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl}}',
			url: '/events',
			qs: { limit: 1 },
			method: 'GET',
			timeout: 10_000,
			disableFollowRedirect: true,
		},
		rules: testRules('Base URL', {
			401: 'Meiro does not accept this login or token. Check email and password; a pasted token ends after 8 hours.',
			403: 'The login is right, but the role of this user may not list events, so more can’t be tested here. It may still have the features that your nodes need.',
			404: "There is no Meiro CDP API at the address in 'Base URL'. It often ends in /api, e.g. https://example.meiro.io/api",
		}),
	};
}
