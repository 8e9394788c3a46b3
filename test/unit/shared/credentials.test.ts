// What holds of every credential of the package.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
} from 'n8n-workflow';

const FOLDER = join(__dirname, '../../../credentials');

const CREDENTIALS: ICredentialType[] = readdirSync(FOLDER).map((file) => {
	const name = file.replace('.credentials.ts', '');
	const types = jest.requireActual<Record<string, new () => ICredentialType>>(join(FOLDER, file));
	return new types[name]!();
});

type Signed = ICredentialType & {
	authenticate(
		data: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions>;
};

const SIGNED = CREDENTIALS.filter(
	(credential): credential is Signed => typeof credential.authenticate === 'function',
);

const OWN = 'https://own.example/api';

/** Filled in, with every kind of secret that there is. */
const FILLED: Record<string, ICredentialDataDecryptedObject[]> = {
	klaviyoPrivateKeyApi: [{ apiKey: 'pk_secret' }, { apiKey: 'pk_secret', baseUrl: OWN }],
	meiroEventsApi: [
		{ baseUrl: OWN, authentication: 'header', authName: 'X-App-Key', authSecret: 'secret' },
		{ baseUrl: OWN, authentication: 'query', authName: 'key', authSecret: 'secret' },
		{ baseUrl: OWN, authentication: 'basic', user: 'user', password: 'secret' },
	],
	meiroCdpApi: [
		{ baseUrl: OWN, authentication: 'accessToken', accessToken: 'secret' },
		{
			baseUrl: OWN,
			authentication: 'accessToken',
			accessToken: 'secret',
			pipesUrl: 'https://pipes.example',
			pipesToken: 'secret',
		},
	],
};

const ROWS = SIGNED.flatMap((credential) =>
	FILLED[credential.name]!.map((data) => ({ credential, data })),
);

const ELSEWHERE = [
	'https://evil.example/api',
	'https://own.example.evil.example/api',
	'https://own.example@evil.example/api',
	'http://own.example/api',
	'https://own.example:8443/api',
	'//own.example/api',
];

it.each(CREDENTIALS.filter(({ test }) => test !== undefined))(
	'the test of $name follows no redirect',
	({ test }) => {
		expect(test!.request.disableFollowRedirect).toBe(true);
	},
);

it.each(SIGNED)('$name opens neither private addresses nor http:// by itself', ({ properties }) => {
	expect(properties).toEqual(
		expect.arrayContaining([
			expect.objectContaining({
				displayName: 'Allow Private Addresses',
				name: 'allowPrivate',
				type: 'boolean',
				default: false,
			}),
			expect.objectContaining({
				displayName: 'Allow Unencrypted HTTP',
				name: 'allowHttp',
				type: 'boolean',
				default: false,
			}),
		]),
	);
});

describe.each(ROWS)('$credential.name with $data', ({ credential, data }) => {
	const own = String(data.baseUrl ?? 'https://a.klaviyo.com/api');
	const sign = async (request: object) =>
		await credential.authenticate(data, request as IHttpRequestOptions);

	it.each([
		...ELSEWHERE.flatMap((url) => [{ url }, { uri: url }, { baseURL: own, url }]),
		{ baseURL: 'https://evil.example', url: '/api' },
		{ url: '/api' },
		{ url: '' },
		{},
	])('adds nothing to a request elsewhere: %j', async (request) => {
		expect(await sign(request)).toEqual(request);
	});

	it.each([{ url: `${own}/x` }, { uri: `${own}/x` }, { baseURL: own, url: '/x' }])(
		'adds its secret to a request to its own address: %j',
		async (request) => {
			expect(JSON.stringify(await sign(request))).toContain('secret');
		},
	);
});
