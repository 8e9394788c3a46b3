// What n8n itself sends with the package's credentials: their own tests, and requests of its HTTP Request node.
import { ExecuteContext, RoutingNode } from 'n8n-core';
import {
	createEmptyRunExecutionData,
	Workflow,
	type ICredentialDataDecryptedObject,
	type ICredentialTestRequest,
	type INodeType,
	type INodeTypes,
} from 'n8n-workflow';

import { KlaviyoPrivateKeyApi } from '../../credentials/KlaviyoPrivateKeyApi.credentials';
import { MeiroCdpApi } from '../../credentials/MeiroCdpApi.credentials';
import { MeiroEventsApi } from '../../credentials/MeiroEventsApi.credentials';
import { startRecorder, type Recorder } from '../attack/support/recorder';
import { additionalDataOf, MemoryCredentials, nodeOf, nodeTypes } from './support/engine';

const SECRET = 'secret-of-the-lamp-shop';

const TYPES = {
	klaviyoPrivateKeyApi: new KlaviyoPrivateKeyApi(),
	meiroEventsApi: new MeiroEventsApi(),
	meiroCdpApi: new MeiroCdpApi(),
};
type Name = keyof typeof TYPES;

const FILLED: Record<Name, ICredentialDataDecryptedObject> = {
	klaviyoPrivateKeyApi: { apiKey: SECRET },
	meiroEventsApi: { authentication: 'header', authName: 'X-App-Key', authSecret: SECRET },
	meiroCdpApi: { authentication: 'accessToken', accessToken: SECRET },
};
const NAMES = Object.keys(TYPES) as Name[];

let own: Recorder;
let elsewhere: Recorder;

beforeEach(async () => {
	[own, elsewhere] = await Promise.all([startRecorder(), startRecorder()]);
});
afterEach(async () => {
	await Promise.all([own.close(), elsewhere.close()]);
});

const dataOf = (name: Name, allowPrivate = true) => ({
	...FILLED[name],
	baseUrl: own.url,
	allowPrivate,
});

function contextOf(
	name: Name,
	data: ICredentialDataDecryptedObject,
	nodeTypes: INodeTypes,
): ExecuteContext {
	const node = nodeOf('Any', 'passthrough', 1, {}, { credentials: { [name]: { id: 'c1', name } } });
	const workflow = new Workflow({
		id: 'wf',
		active: false,
		nodeTypes,
		nodes: [node],
		connections: {},
	});
	const inputData = { main: [[{ json: {} }]] };
	return new ExecuteContext(
		workflow,
		workflow.getNode(node.name)!,
		additionalDataOf(new MemoryCredentials({ [name]: data })),
		'internal',
		createEmptyRunExecutionData(),
		0,
		inputData.main[0]!,
		inputData,
		{ node, data: {}, source: null },
		[],
	);
}

/** As n8n 2.41.1 does in dist/services/credentials-tester.service.js. */
async function runTest(name: Name, data: ICredentialDataDecryptedObject): Promise<unknown> {
	const { request } = TYPES[name].test as ICredentialTestRequest;
	const type = {
		description: {
			...nodeTypes.getByNameAndVersion('passthrough').description,
			credentials: [{ name, required: true }],
			properties: [
				{ displayName: 'Temp', name: 'temp', type: 'string', default: '', routing: { request } },
			],
		},
	} as unknown as INodeType;
	const context = contextOf(name, data, { ...nodeTypes, getByNameAndVersion: () => type });
	return await new RoutingNode(context, type, { id: 'c1', name, type: name, data }).runNode();
}

/** As n8n's HTTP Request node does with a predefined credential. */
async function request(name: Name, uri: string): Promise<unknown> {
	const data = dataOf(name);
	const context = contextOf(name, data, nodeTypes);
	return await context.helpers.requestWithAuthentication.call(
		context,
		name,
		{ uri, method: 'GET' },
		{
			credentialsDecrypted: { id: 'c1', name, type: name, data },
		},
	);
}

const holdSecret = ({ requests }: Recorder) => JSON.stringify(requests).includes(SECRET);

describe.each(NAMES)('the test of %s', (name) => {
	it('asks its address, with its secret', async () => {
		await runTest(name, dataOf(name));
		expect(own.requests).toHaveLength(1);
		expect(holdSecret(own)).toBe(true);
	});

	it('asks nothing of a private address that nobody allowed, and says so', async () => {
		await expect(runTest(name, dataOf(name, false))).rejects.toThrow(
			/private network.*'Allow Private Addresses'/,
		);
		expect(own.requests).toEqual([]);
	});

	it('follows no redirect', async () => {
		own.answer((_, response) => response.writeHead(302, { location: elsewhere.url }).end());
		await runTest(name, dataOf(name)).catch(() => undefined);
		expect(own.requests.length).toBeGreaterThan(0);
		expect(elsewhere.requests).toEqual([]);
	});
});

/** What n8n shows of a test that failed: by the status, as its credentials-tester.service.js does. */
async function shownFor(name: Name, status: number): Promise<string | undefined> {
	own.answer((_, response) => response.writeHead(status, { location: elsewhere.url }).end());
	const error = await runTest(name, dataOf(name)).then(
		() => null,
		(thrown: unknown) => thrown as { cause?: { response?: { status: number } } },
	);
	if (error === null) return 'green';
	const found = error.cause?.response?.status;
	const rules = TYPES[name].test.rules as Array<{ properties: { value: number; message: string } }>;
	return rules.find(({ properties }) => properties.value === found)?.properties.message;
}

describe.each(NAMES)('an answer to the test of %s', (name) => {
	it.each([401, 403, 502, 503, 504])('is told in words: %i', async (status) => {
		expect(await shownFor(name, status)).toMatch(/\w+ \w+ \w+ .*\./);
	});

	it.each([301, 302, 307, 308])(
		'is told in words, or says nothing against it: %i',
		async (status) => {
			expect(await shownFor(name, status)).toMatch(
				name === 'meiroEventsApi' ? /^green$/ : /'(Base|API) URL' redirects elsewhere/,
			);
		},
	);
});

describe('the test of meiroEventsApi', () => {
	it.each([200, 400, 404, 405])(
		'is green for %i, as Meiro documents no address to test',
		async (status) => {
			expect(await shownFor('meiroEventsApi', status)).toBe('green');
		},
	);

	it('asks nothing of a Base URL that ends in the source, and says what to enter', async () => {
		const data = { ...dataOf('meiroEventsApi'), product: 'meiroPipes' };
		const test = runTest('meiroEventsApi', { ...data, baseUrl: `${own.url}/collect/klaviyo` });
		await expect(test).rejects.toThrow(
			`(/collect/klaviyo), so events would go to another address. Enter ${own.url} there`,
		);
		expect(own.requests).toEqual([]);
	});
});

describe.each(NAMES)('an HTTP Request node with %s', (name) => {
	it('sends the secret to the credential’s own address', async () => {
		await request(name, `${own.url}/x`);
		expect(holdSecret(own)).toBe(true);
	});

	it('sends it to no other address', async () => {
		await request(name, `${elsewhere.url}/x`);
		expect(elsewhere.requests).toHaveLength(1);
		expect(holdSecret(elsewhere)).toBe(false);
	});
});
