import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { authorise } from '../nodes/MeiroEvents/delivery/target';
import { ADDRESS_SWITCHES } from '../nodes/shared/http/addressSwitches';
import { testRules, UNAVAILABLE } from '../nodes/shared/http/testRules';

export class MeiroEventsApi implements ICredentialType {
	name = 'meiroEventsApi';

	displayName = 'Meiro Events API';

	icon = {
		light: 'file:../nodes/MeiroEvents/meiro.svg',
		dark: 'file:../nodes/MeiroEvents/meiro.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-klaviyo-meiro/n8n-nodes-klaviyo-meiro#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'Product',
			name: 'product',
			type: 'options',
			options: [
				{
					name: 'Meiro Events',
					value: 'meiroEvents',
					description: 'Webhook source of Meiro Events',
				},
				{
					name: 'Meiro Pipes',
					value: 'meiroPipes',
					description: 'Source of Meiro Pipes, called through /collect',
				},
			],
			default: 'meiroEvents',
			description: 'Which of Meiro’s two products receives the events',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://me.example.meiro.io',
			description:
				'Address without the source, e.g. https://me.example.meiro.io for Meiro Events or https://example.eu.pipes.meiro.io for Meiro Pipes',
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'options',
			options: [
				{ name: 'Basic', value: 'basic', description: 'User name and password' },
				{ name: 'Header', value: 'header', description: 'A header with a secret value' },
				{ name: 'None', value: 'none', description: 'As Meiro documents its sources' },
				{ name: 'Query', value: 'query', description: 'A query parameter with a secret value' },
			],
			default: 'none',
			description:
				'Meiro documents no authentication for its sources; choose one when something in front of your source asks for it',
		},
		{
			displayName: 'Name',
			name: 'authName',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. X-App-Key',
			description: 'Name of the header or of the query parameter',
			displayOptions: { show: { authentication: ['header', 'query'] } },
		},
		{
			displayName: 'Value',
			name: 'authSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Secret value of the header or of the query parameter',
			displayOptions: { show: { authentication: ['header', 'query'] } },
		},
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			default: '',
			required: true,
			displayOptions: { show: { authentication: ['basic'] } },
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: { show: { authentication: ['basic'] } },
		},
		{
			displayName: 'Timeout (Seconds)',
			name: 'timeoutSeconds',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 10,
			description: 'How long one request may take before it is sent again',
		},
		...ADDRESS_SWITCHES,
	];

	/** A function, not an expression: an expression would cost every request an isolate of its own. */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		return authorise(credentials, requestOptions);
	}

	/**
	 * Meiro documents no address to test against, so this asks whether the Base URL answers at all:
	 * any answer will do but 401, 403 and those of a server that is down.
	 */
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl}}',
			url: '/',
			method: 'GET',
			timeout: 10_000,
			disableFollowRedirect: true,
			ignoreHttpStatusErrors: { ignore: true, except: [401, 403, ...UNAVAILABLE] },
		},
		rules: testRules('Base URL', {
			401: "The server at 'Base URL' asks for other credentials (401). Check 'Authentication' and its values.",
			403: "The server at 'Base URL' does not let this n8n in (403). Check 'Authentication', and whether Meiro allows the IP address of this n8n.",
		}),
	};
}
