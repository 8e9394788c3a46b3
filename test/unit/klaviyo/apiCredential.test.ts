import axios from 'axios';

import { KlaviyoPrivateKeyApi } from '../../../credentials/KlaviyoPrivateKeyApi.credentials';
import { startKlaviyo, type KlaviyoOptions } from '../../../sandbox/klaviyo';

interface Rule {
	type: string;
	properties: { value: number; message: string };
}

const credential = new KlaviyoPrivateKeyApi();

/** What n8n shows for a key: it compares the answer's status with the rules. */
async function testOf(apiKey: string, options: KlaviyoOptions): Promise<string> {
	const klaviyo = await startKlaviyo(options);
	try {
		const { url, method, headers } = credential.test.request;
		const request = {
			baseURL: klaviyo.apiUrl,
			url: url!,
			method: method!,
			headers: headers as Record<string, string>,
		};
		const signed = await credential.authenticate(
			{ apiKey, baseUrl: klaviyo.apiUrl, allowPrivate: true },
			request,
		);
		const { status } = await axios.request({
			...{ method, url: klaviyo.apiUrl + url, validateStatus: () => true },
			headers: signed.headers as Record<string, string>,
		});
		const rules = (credential.test.rules ?? []) as unknown as Rule[];
		const rule = rules.find(
			({ type, properties }) => type === 'responseCode' && properties.value === status,
		);
		return rule?.properties.message ?? `no rule for ${status}`;
	} finally {
		await klaviyo.close();
	}
}

describe('the test of a private key', () => {
	it.each([
		['a wrong key', 'pk_wrong', {}, /does not know this key/],
		[
			'a valid key without the scope',
			'pk_narrow',
			{ apiKeys: [{ key: 'pk_narrow', scopes: ['campaigns:read'] }] },
			/is valid, but has no scope accounts:read/,
		],
		[
			'a revision that has ended',
			'pk_sandbox',
			{ revisions: ['2029-01-15'] },
			/Update the package/,
		],
		['a valid key', 'pk_sandbox', {}, /no rule for 200/],
	])('tells %s', async (_, key, options, message) => {
		expect(await testOf(key, options)).toMatch(message);
	});
});
