// Good and bad days on a real n8n whose log tells all it can, with answers that repeat what they were sent; then
// everything that n8n keeps, prints and answers is searched for the secrets.
import { inspect } from 'node:util';
import { join } from 'node:path';

import axios from 'axios';

import { publishRow, SECRET_HEADER, type Instance, type RowNode } from '../../../sandbox/instance';
import { defaultUser } from '../../../sandbox/meiro/cdp/seeds';
import type { N8nInstallation } from '../../../sandbox/n8n/cache';
import { excerptsOf, startRecorder, type Recorder } from '../../attack/support/recorder';
import { until } from '../../e2e/support/workflows';
import { countSecret, everythingKept } from './kept';

/** A resource locator's value. */
const byId = (value: string) => ({ __rl: true, mode: 'id', value });

export interface Hunt {
	secrets: number;
	deliveries: number;
	executions: number;
	/** Files, the database as one of them, and answers that were searched. */
	places: number;
	searched_mb: number;
	found: number;
	where: string[];
	/** What has to be there was found in the same way: an e-mail address, n8n's own refusals, what an answer said beside a secret. */
	search_works: boolean;
}

const SECRETS = {
	webhook: 'wh_Correct-Horse-Battery-Staple-01',
	previous: 'wh_Correct-Horse-Battery-Staple-00',
	klaviyoKey: 'pk_0123456789abcdef0123456789abcdef01',
	meiroToken: 'tk_5f0d3c58/7f0e+4b53=&8a5e',
	meiroPassword: 'pw_Lamp&Shop/2031+secret',
	cdpToken: 'ct_9a1b0c4c7c9a4b538a5e',
	cdpPassword: 'cp_Lamp&Shop/2031+other',
	pipesToken: 'mppak_7f0e4b538a5e0c4c',
	flowHeader: 'fh_3c58a04b/d2e6+9f17',
};
const REASON = 'Unknown size L';
/** A flow of Klaviyo's, whose webhook has a secret of its own. */
const FLOW = {
	...{ type: 'flow', id: 'FLOW01' },
	attributes: {
		name: 'Lamp news',
		definition: {
			actions: [
				{
					id: '1',
					type: 'send-webhook',
					data: {
						message: {
							url: 'https://shop.example',
							headers: { 'X-Shop-Secret': SECRETS.flowHeader },
						},
					},
				},
			],
		},
	},
};
const PERSON = 'hunted@shop.example';
/** Each kind of bad answer is met once by each workflow. */
const STATUSES = [400, 401, 403, 500];

type Credential = { id: string; name: string };

export async function huntSecrets(
	instance: Instance,
	installation: N8nInstallation,
): Promise<Hunt> {
	const other = await startRecorder();
	try {
		return await hunt(instance, installation, other);
	} finally {
		await other.close();
	}
}

async function hunt(
	instance: Instance,
	installation: N8nInstallation,
	other: Recorder,
): Promise<Hunt> {
	const { client } = instance;
	const said: string[] = [];
	const note = (what: unknown) =>
		void said.push(
			typeof what === 'string' ? what : inspect(what, { depth: 20, maxStringLength: null }),
		);
	const webhook = await client.createCredential('klaviyoWebhookApi', 'hunted', {
		headerName: SECRET_HEADER,
		secret: SECRETS.webhook,
		previousSecret: SECRETS.previous,
	});
	const rows = await nodesOf(instance, other);
	const published: Array<{ url: string; workflowId: string }> = [];
	for (const [name, node] of Object.entries(rows)) {
		published.push(
			await publishRow(instance, name, [triggerNode(instance, webhook), node], '{id}/klaviyo'),
		);
	}
	for (const parameters of SET_UPS)
		await publishInVain(instance, webhook, other, parameters).then(note, note);

	let deliveries = 0;
	let started = 0;
	for (const status of STATUSES) {
		repeating(other, status);
		for (const { url } of published) {
			for (const { headers, body } of deliveriesOf()) {
				const { status: answered, data } = await axios.post<unknown>(url, body, {
					headers,
					validateStatus: () => true,
				});
				note(data);
				deliveries++;
				if (answered === 200) started++;
			}
		}
	}
	const summaries = async () =>
		(
			await Promise.all(
				published.map(async ({ workflowId }) => await client.executions(workflowId)),
			)
		).flat();
	await until(async () => {
		const all = await summaries();
		return (
			all.length >= started && all.every(({ status }) => status !== 'running' && status !== 'new')
		);
	}, 'all executions have ended');
	const executions = await summaries();
	for (const { id } of executions) note(await client.get(`/rest/executions/${id}`));
	for (const { url } of published)
		note((await axios.get<unknown>(url, { validateStatus: () => true })).data);
	note(await client.raw<string>('/metrics'));

	const kept = await everythingKept(instance.folder, join(installation.binDirectory, 'node'));
	const texts = { ...kept, 'answers of n8n': said.join('\n') };
	const tokens = instance.meiro
		.requests()
		.flatMap(({ headers }) => headers['x-access-token'] ?? []);
	// Made of the webhook's secret, and sent to Klaviyo.
	const signing = other.requests.flatMap(
		({ body }) => /"secret_key":"([^"]+)"/.exec(body)?.[1] ?? [],
	);
	const secrets = {
		...SECRETS,
		...Object.fromEntries(
			[...new Set(signing)].map((secret, index) => [`signing secret ${index}`, secret]),
		),
		basic: Buffer.from(`lamp-shop:${SECRETS.meiroPassword}`).toString('base64'),
		...Object.fromEntries(
			[...new Set(tokens)].map((token, index) => [`session token ${index}`, token]),
		),
	};
	const where = Object.entries(texts).flatMap(([place, text]) =>
		Object.entries(secrets).flatMap(([name, secret]) => {
			const times = countSecret(secret, text);
			return times === 0 ? [] : [`${name} in ${place}: ${times}`];
		}),
	);
	return {
		secrets: Object.keys(secrets).length,
		deliveries,
		executions: executions.length,
		places: Object.keys(texts).length,
		searched_mb:
			Math.round(Object.values(texts).reduce((sum, text) => sum + text.length, 0) / 1e5) / 10,
		found: where.length,
		where,
		search_works:
			tokens.length > 0 &&
			signing.length > 0 &&
			other.requests.some(
				({ method, body }) => method === 'POST' && body.includes(SECRETS.webhook),
			) &&
			[PERSON, REASON, FLOW.attributes.name].every(
				(text) =>
					countSecret(text, kept.database!) > 0 && countSecret(text, texts['answers of n8n']) > 0,
			) &&
			countSecret('refused a delivery with 401', kept['n8n.log'] ?? '') > 0 &&
			other.requests.some(({ headers }) => inspect(headers).includes(SECRETS.meiroToken)),
	};
}

/** Says no with a reason, and with all that it was sent. */
function repeating(other: Recorder, status: number): void {
	other.answer(({ headers, path, body }, response) => {
		if (path.startsWith(`/api/flows/${FLOW.id}`))
			return response.end(JSON.stringify({ data: FLOW }));
		const told = [
			headers.authorization,
			headers['x-app-key'],
			headers['x-access-token'],
			headers['x-api-token'],
			path,
			body,
		].join(' ');
		const errors = [
			{
				message: `${REASON}: ${told}`,
				detail: `${REASON}: ${told}`,
				title: told,
				headers,
				path,
				body,
			},
		];
		// The API nodes would try for minutes after a 5xx; Meiro Events is told to give up soon.
		const isPatient = !path.startsWith('/klaviyo');
		response
			.writeHead(status >= 500 && isPatient ? 422 : status, {
				'content-type': 'application/json',
				'x-repeated': encodeURI(told),
			})
			.end(JSON.stringify({ errors }));
	});
}

/** Let in, refused, and unreadable ones. */
function deliveriesOf(): Array<{ headers: Record<string, string>; body: string }> {
	const body = JSON.stringify({ event_name: 'placed_order', email: PERSON, event_id: 'order-1' });
	const withSecret = (secret: string, type = 'application/json') => ({
		[SECRET_HEADER]: secret,
		'content-type': type,
	});
	return [
		{ headers: withSecret(SECRETS.webhook), body },
		{ headers: withSecret(SECRETS.previous), body },
		{ headers: withSecret(SECRETS.webhook, 'text/plain'), body: `${body.slice(0, 40)}` },
		{ headers: withSecret(SECRETS.webhook), body: '{"broken' },
		// Nearly right: whoever writes down what was refused, writes down the secret.
		{ headers: withSecret(`${SECRETS.webhook}1`), body },
		{ headers: withSecret(`${SECRETS.previous} ${SECRETS.webhook}`), body },
		{
			headers: { authorization: `Bearer ${SECRETS.webhook}`, 'content-type': 'application/json' },
			body,
		},
	];
}

const triggerNode = ({ packageName }: Instance, webhook: Credential): RowNode => ({
	name: 'Klaviyo Trigger',
	type: `${packageName}.klaviyoTrigger`,
	typeVersion: 2,
	parameters: { setUp: 'manual', options: { eventsPerExecution: 1, includeRaw: true } },
	credentials: { klaviyoWebhookApi: webhook },
});

/** One node a workflow: every way to authenticate, and every way to end what failed. */
async function nodesOf(
	{ client, packageName, meiro }: Instance,
	other: Recorder,
): Promise<Record<string, RowNode>> {
	const credential = async (type: string, data: Record<string, unknown>) => ({
		[type]: await client.createCredential(type, 'hunted', data),
	});
	const meiroNode = async (data: Record<string, unknown>, onError?: string): Promise<RowNode> => ({
		name: 'Meiro Events',
		type: `${packageName}.meiroEvents`,
		typeVersion: 1,
		parameters: { source: 'klaviyo', options: { giveUpAfterSeconds: 1 } },
		credentials: await credential('meiroEventsApi', {
			product: 'meiroEvents',
			baseUrl: other.url,
			allowPrivate: true,
			...data,
		}),
		...(onError === undefined ? {} : { onError }),
	});
	const cdpNode = async (
		data: Record<string, unknown>,
		parameters: Record<string, unknown>,
	): Promise<RowNode> => ({
		name: 'Meiro CDP',
		type: `${packageName}.meiroCdp`,
		typeVersion: 1,
		parameters,
		credentials: await credential('meiroCdpApi', {
			baseUrl: other.url,
			allowPrivate: true,
			...data,
		}),
	});
	const klaviyoNode = async (parameters: Record<string, unknown>): Promise<RowNode> => ({
		name: 'Klaviyo',
		type: `${packageName}.klaviyo`,
		typeVersion: 1,
		parameters,
		credentials: await credential('klaviyoPrivateKeyApi', {
			apiKey: SECRETS.klaviyoKey,
			baseUrl: other.url,
			allowPrivate: true,
		}),
	});
	const flow = {
		resource: 'flow',
		operation: 'get',
		flowId: byId(FLOW.id),
		includeDefinition: true,
	};
	const bearer = {
		authentication: 'header',
		authName: 'Authorization',
		authSecret: `Bearer ${SECRETS.meiroToken}`,
	};
	const dataSources = { resource: 'dataSource', operation: 'getAll' };
	return {
		header: await meiroNode({
			authentication: 'header',
			authName: 'X-App-Key',
			authSecret: SECRETS.meiroToken,
		}),
		bearer: await meiroNode(bearer, 'continueErrorOutput'),
		'bearer, regular output': await meiroNode(bearer, 'continueRegularOutput'),
		query: await meiroNode({
			authentication: 'query',
			authName: 'key',
			authSecret: SECRETS.meiroToken,
		}),
		basic: await meiroNode({
			authentication: 'basic',
			user: 'lamp-shop',
			password: SECRETS.meiroPassword,
		}),
		'no server': await meiroNode({ ...bearer, baseUrl: 'http://127.0.0.1:9' }),
		'no host': await meiroNode({
			authentication: 'query',
			authName: 'key',
			authSecret: SECRETS.meiroToken,
			baseUrl: 'https://nowhere.invalid',
		}),
		'secret with a line end': await meiroNode({
			...bearer,
			authSecret: `${SECRETS.meiroToken}\r\nX-Injected: 1`,
		}),
		'CDP token': await cdpNode(
			{ authentication: 'accessToken', accessToken: SECRETS.cdpToken },
			dataSources,
		),
		'CDP login': await cdpNode(
			{ authentication: 'password', email: 'n8n@shop.example', password: SECRETS.cdpPassword },
			dataSources,
		),
		'CDP login that works': await cdpNode(
			{ baseUrl: meiro.cdp.url, authentication: 'password', ...defaultUser },
			dataSources,
		),
		'Pipes profile': await cdpNode(
			{
				authentication: 'accessToken',
				accessToken: SECRETS.cdpToken,
				pipesUrl: other.url,
				pipesToken: SECRETS.pipesToken,
			},
			{
				resource: 'profile',
				operation: 'get',
				slug: 'web',
				identifierType: 'email',
				identifierValue: PERSON,
			},
		),
		Klaviyo: await klaviyoNode({ resource: 'account', operation: 'get' }),
		'Klaviyo flow': await klaviyoNode({ ...flow, simplify: true }),
		'Klaviyo flow, raw': await klaviyoNode({ ...flow, simplify: false }),
	};
}

/** How the trigger can set up Klaviyo, with its secret in what it writes. */
const SET_UPS = [
	{ setUp: 'systemWebhook', topics: ['event:api.placed_order'] },
	{ setUp: 'createFlow', recipe: 'listSignUp', listId: 'LIST01' },
];

/** Klaviyo lets itself be read, refuses what is written and repeats its secrets: why publishing failed is stored by n8n. */
async function publishInVain(
	instance: Instance,
	webhook: Credential,
	other: Recorder,
	parameters: object,
): Promise<unknown> {
	other.answer((request, response) => {
		const { method, path, headers, body } = request;
		const data = path.startsWith('/api/lists/')
			? { type: 'list', id: 'LIST01', attributes: { name: 'Lamp news' } }
			: [];
		const errors = [
			{ detail: `${REASON}: ${excerptsOf(request)} ${headers.authorization} ${body}` },
		];
		response
			.writeHead(method === 'GET' ? 200 : 400)
			.end(JSON.stringify(method === 'GET' ? { data } : { errors }));
	});
	const trigger = triggerNode(instance, webhook);
	const klaviyoPrivateKeyApi = await instance.client.createCredential(
		'klaviyoPrivateKeyApi',
		'hunted',
		{
			apiKey: SECRETS.klaviyoKey,
			baseUrl: other.url,
			allowPrivate: true,
		},
	);
	const node = {
		...trigger,
		parameters,
		credentials: { ...trigger.credentials, klaviyoPrivateKeyApi },
	};
	return await publishRow(instance, 'in vain', [node as RowNode], '{id}/klaviyo');
}
