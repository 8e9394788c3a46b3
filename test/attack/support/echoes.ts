// Answers that repeat what was sent to them, secrets and all, as error pages of gateways do: nothing that n8n keeps or
// prints may hold one.
import { inspect } from 'node:util';
import type { ServerResponse } from 'node:http';
import { Liquid } from 'liquidjs';
import type { IDataObject } from 'n8n-workflow';

import { signingSecret } from '../../../nodes/Klaviyo/trigger/door/signature';
import { byId, executeKlaviyo, klaviyoCredentials } from '../../engine/support/klaviyo';
import { executeMeiroCdp, RenewingCredentials } from '../../engine/support/meiroCdp';
import { executeMeiroEvents, MemoryCredentials, publishTrigger } from '../../engine/support/engine';
import type { Attack, AttackGroup } from './attack';
import { excerptsOf, startRecorder, type Recorded, type Recorder } from './recorder';

// With characters that JSON, URLs, forms and HTML spell in ways of their own.
const TOKEN = `tk_5f0d*!'()~>3c58/7f0e+4b53=&8a"5e<0c4c`;
const PASSWORD = `pw_Lamp&Shop/2031"<+>='*!(~)secret`;
const USER = 'lamp-shop';
const BASIC = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
const KEY = 'pk_0123456789abcdef0123456789abcdef01';
const WEBHOOK_SECRET = `Correct-Horse/Battery+Staple*~'01`;
const WEBHOOK_ID = 'hook';
const SIGNING_SECRET = signingSecret(WEBHOOK_SECRET, WEBHOOK_ID);
const SECRETS = [TOKEN, PASSWORD, BASIC, KEY, WEBHOOK_SECRET, SIGNING_SECRET];

const liquid = new Liquid();
const inHtml = (text: string) => String(liquid.parseAndRenderSync('{{ text | escape }}', { text }));
const inQuery = (text: string) =>
	encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
const inBase64 = (text: string) => Buffer.from(text).toString('base64');

const spelled = new Map<string, string[]>();

const spellingsOf = (secret: string) =>
	[secret, encodeURIComponent(secret), inQuery(secret), inHtml(secret), inBase64(secret)].flatMap(
		(one) => [one, JSON.stringify(one).slice(1, -1), one.replaceAll('/', '\\/')],
	);

/** What was sent in a query, as it came. */
const keysIn = (requests: Recorded[]) =>
	requests.flatMap(({ path }) => /[?&]key=([^&]+)/.exec(path)?.[1] ?? []);

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** A text with all escapes undone, for what is escaped in a way that nobody thought of. */
function unescaped(text: string): string {
	return text
		.replaceAll('\\', '')
		.replace(/(?:%[\da-f]{2})+/gi, (bytes) =>
			Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
		)
		.replace(
			/&(?:#x([\da-f]+)|#(\d+)|(amp|lt|gt|quot|apos));/gi,
			(_, hex?: string, decimal?: string, name?: string) =>
				name === undefined
					? String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
					: NAMED[name.toLowerCase()]!,
		);
}

function holds(text: string, secret: string): boolean {
	const spellings = spelled.get(secret) ?? spellingsOf(secret);
	spelled.set(secret, spellings);
	return spellings.some((spelling) => text.includes(spelling)) || unescaped(text).includes(secret);
}

const isHeld = (text: string) =>
	SECRETS.some((secret) => holds(text, secret)) ||
	keysIn(other.requests).some((key) => text.includes(key));

/** All that hangs on a value, as errors' causes and own fields, which JSON would leave out. */
const everything = (value: unknown) =>
	`${JSON.stringify(value)} ${inspect(value, { depth: 12, maxStringLength: null, maxArrayLength: null })}`;

type Repeat = (request: Recorded) => { type?: string; text: string };

const json = (body: unknown) => ({ type: 'application/json', text: JSON.stringify(body) });
const told = ({ headers, path, body }: Recorded) => `${inspect(headers)} ${path} ${body}`;

/** How an answer repeats the request. */
const REPEATS: Record<string, Repeat> = {
	'as text': (request) => ({ type: 'text/plain', text: told(request) }),
	'as text behind 490 characters': (request) => ({
		text: 'x'.repeat(490) + Object.values(request.headers).join('\n') + request.path,
	}),
	'as a web page': (request) => ({
		type: 'text/html',
		text: `<html><pre>${inHtml(told(request))}</pre></html>`,
	}),
	'in excerpts': (request) =>
		json({
			message: excerptsOf(request),
			errors: [{ message: excerptsOf(request), detail: excerptsOf(request) }],
		}),
	'as text of a web page': (request) => json({ message: inHtml(told(request)) }),
	'as the decoded address': ({ headers, path }) =>
		json({ message: `${Object.values(headers).join(' ')} ${unescaped(path)}` }),
	'in Base64': ({ headers, path, body }) =>
		json({
			message: [...Object.values(headers), ...keysIn([{ path }] as Recorded[]), body]
				.map((text) => inBase64(String(text)))
				.join(' '),
		}),
	'as message': (request) => json({ message: told(request) }),
	'as error': (request) =>
		json({ error: { message: Object.values(request.headers).join(' '), detail: request.path } }),
	'as errors by index': (request) =>
		json({
			errors: [
				{
					index: 0,
					message: told(request),
					errors: { headers: request.headers, path: request.path, body: request.body },
				},
			],
		}),
	'as errors without a message': ({ headers, path, body }) =>
		json({ errors: [{ headers, path, body }] }),
	'as names of fields': ({ headers, path }) =>
		json({
			errors: [Object.fromEntries([...Object.values(headers), path].map((text) => [text, 1]))],
		}),
	'as JSON in JSON': ({ headers, path, body }) =>
		json({ error: JSON.stringify({ headers, path, body }) }),
	'as JSON:API errors': (request) =>
		json({
			errors: [
				{
					code: 'invalid',
					title: told(request),
					detail: told(request),
					source: { pointer: Object.values(request.headers).join('/') },
				},
			],
		}),
	'with escaped slashes': (request) => ({
		type: 'text/plain',
		text: JSON.stringify({ headers: request.headers, path: request.path }).replaceAll('/', '\\/'),
	}),
	deeply: ({ headers, path }) => ({
		type: 'application/json',
		text: `{"errors":${'['.repeat(300)}${JSON.stringify([headers, path])}${']'.repeat(300)}}`,
	}),
};

const STATUSES = [200, 302, 400, 401, 403, 404, 422];

const AUTHENTICATIONS: Record<string, Record<string, string>> = {
	header: { authentication: 'header', authName: 'X-App-Key', authSecret: TOKEN },
	bearer: { authentication: 'header', authName: 'Authorization', authSecret: `Bearer ${TOKEN}` },
	'with a line end': {
		authentication: 'header',
		authName: 'X-App-Key',
		authSecret: `${TOKEN}\r\nX-Injected: 1`,
	},
	query: { authentication: 'query', authName: 'key', authSecret: TOKEN },
	basic: { authentication: 'basic', user: USER, password: PASSWORD },
};

let other: Recorder;

/** Good answers to what is asked before a secret is sent, and the repeating one to the rest. */
function repeating(
	status: number,
	repeat: Repeat,
	{ first = () => undefined }: Pick<Work, 'first'>,
): void {
	other.requests.length = 0;
	other.answer((request, response: ServerResponse) => {
		const good = first(request);
		const { type = 'application/json', text } = good === undefined ? repeat(request) : json(good);
		response
			.writeHead(good === undefined ? status : 200, {
				'content-type': type,
				'x-repeated': encodeURI(request.path),
			})
			.end(text);
	});
}

/** All that n8n keeps of what the work comes to. */
async function kept(work: () => Promise<unknown>): Promise<string> {
	return everything(await work().catch((error: unknown) => error));
}

/** What a node does that sends a secret. */
interface Work {
	/** The one that it sends last, as it is sent. */
	secret: string;
	run: () => Promise<unknown>;
	/** A good answer to what is asked before; undefined for the request that carries the secret. */
	first?: (request: Recorded) => unknown;
}

const WORK: Record<string, Work> = {
	...Object.fromEntries(
		Object.entries(AUTHENTICATIONS).flatMap(([name, authentication]) =>
			(['stopWorkflow', 'continueErrorOutput'] as const).map((onError) => [
				`Meiro Events, ${name}, ${onError}`,
				{
					secret: name === 'basic' ? BASIC : TOKEN,
					run: async () => await sendEvent(authentication, onError),
				},
			]),
		),
	),
	'Meiro CDP, token': {
		secret: TOKEN,
		run: async () =>
			await askCdp(
				{ authentication: 'accessToken', accessToken: TOKEN },
				{ resource: 'eventType', operation: 'getAll' },
			),
	},
	'Meiro CDP, login': {
		secret: PASSWORD,
		run: async () =>
			await askCdp(
				{ authentication: 'password', email: 'n8n@shop.example', password: PASSWORD },
				{ resource: 'eventType', operation: 'getAll' },
			),
	},
	'Meiro Pipes profile': {
		secret: TOKEN,
		run: async () =>
			await askCdp(
				{
					authentication: 'accessToken',
					accessToken: 'none',
					pipesUrl: other.url,
					pipesToken: TOKEN,
				},
				{
					resource: 'profile',
					operation: 'get',
					slug: 'klaviyo',
					identifierType: 'email',
					identifierValue: 'ana@shop.example',
				},
			),
	},
	Klaviyo: { secret: KEY, run: async () => await askKlaviyo('account') },
	'Klaviyo, a flow with its definition': {
		secret: KEY,
		run: async () =>
			await askKlaviyo('flow', {
				flowId: byId('FLOW01'),
				includeDefinition: true,
				simplify: false,
			}),
	},
	'publishing a flow': {
		secret: WEBHOOK_SECRET,
		run: async () => await publishFlow(),
		first: (request) => reading(request, []),
	},
	'publishing a changed flow': {
		secret: WEBHOOK_SECRET,
		run: async () => await publishFlow(),
		first: (request) => reading(request, [OWN_FLOW]),
	},
	'publishing a system webhook': {
		secret: SIGNING_SECRET,
		run: async () => await publishWebhook(),
		first: (request) => reading(request, []),
	},
	'publishing a changed system webhook': {
		secret: SIGNING_SECRET,
		run: async () => await publishWebhook(),
		first: (request) => reading(request, [OWN_WEBHOOK]),
	},
};

async function sendEvent(
	authentication: Record<string, string>,
	onError: 'stopWorkflow' | 'continueErrorOutput',
) {
	const { main, error, failure, run } = await executeMeiroEvents(
		[
			{
				event_id: 'id-1',
				event_name: 'placed_order',
				event_time: '2031-02-03T04:05:06Z',
				profile: { email: 'ana@shop.example' },
			},
		],
		{
			credentials: new MemoryCredentials({
				meiroEventsApi: {
					product: 'meiroEvents',
					baseUrl: other.url,
					allowPrivate: true,
					...authentication,
				},
			}),
			onError,
		},
	);
	return { main, error, failure, run };
}

async function askCdp(credential: Record<string, string>, parameters: Record<string, string>) {
	const credentials = new RenewingCredentials({
		baseUrl: other.url,
		allowPrivate: true,
		...credential,
	});
	return await executeMeiroCdp([{ json: {} }], { credentials, parameters });
}

async function askKlaviyo(resource: string, parameters: IDataObject = {}, operation = 'get') {
	const credentials = klaviyoCredentials(other.url, KEY);
	return await executeKlaviyo({
		apiUrl: other.url,
		apiKey: KEY,
		credentials,
		resource,
		operation,
		parameters,
	});
}

const publishFlow = async () =>
	await publishTrigger(publishing({ setUp: 'createFlow', recipe: 'listSignUp', listId: 'LIST01' }));
const publishWebhook = async () =>
	await publishTrigger(publishing({ setUp: 'systemWebhook', topics: ['event:api.placed_order'] }));

function publishing(parameters: Record<string, unknown>) {
	return {
		webhookId: WEBHOOK_ID,
		credentials: new MemoryCredentials({
			klaviyoWebhookApi: { headerName: 'X-Klaviyo-Secret', secret: WEBHOOK_SECRET },
			klaviyoPrivateKeyApi: { apiKey: KEY, baseUrl: other.url, allowPrivate: true },
		}),
		parameters: parameters as never,
	};
}

const flowCalling = (message: object) => ({
	...{ type: 'flow', id: 'FLOW01' },
	attributes: {
		...{ name: 'Lamp news', status: 'live', created: '2031-02-03T04:05:06Z' },
		definition: {
			triggers: [{ type: 'list', id: 'LIST01' }],
			actions: [{ id: '1', type: 'send-webhook', data: { message } }],
		},
	},
});

const OWN_FLOW = flowCalling({
	url: `https://n8n.example/webhook/${WEBHOOK_ID}/klaviyo`,
	name: 'n8n',
});
const OWN_WEBHOOK = {
	type: 'webhook',
	id: 'WEBHOOK1',
	attributes: { name: `n8n ${WEBHOOK_ID}`, enabled: true },
};

/** Klaviyo's answer to what publishing reads before it writes. */
function reading({ method, path }: Recorded, own: object[]): unknown {
	if (method !== 'GET') return undefined;
	if (path.startsWith('/api/lists/'))
		return { data: { type: 'list', id: 'LIST01', attributes: { name: 'Lamp news' } } };
	return { data: path.startsWith('/api/flows/') ? OWN_FLOW : own };
}

/** How a flow's definition holds the secrets of its webhooks. */
const DEFINED_HEADERS: Record<string, unknown> = {
	'this package’s': { 'X-Klaviyo-Secret': WEBHOOK_SECRET },
	'of somebody else': { Authorization: `Bearer ${TOKEN}`, 'X-Other': KEY },
	'as a list': [{ name: 'X-Klaviyo-Secret', value: WEBHOOK_SECRET }],
	'as text': `X-Klaviyo-Secret: ${WEBHOOK_SECRET}`,
	'below a name': { 'X-Klaviyo-Secret': { value: [WEBHOOK_SECRET] } },
};

function definitionAttacks(): Attack[] {
	return Object.entries(DEFINED_HEADERS).flatMap(([how, headers]) =>
		(['get', 'getAll'] as const).flatMap((operation) =>
			[true, false].map((simplify) => ({
				what: `Klaviyo flow ${operation}, simplify ${simplify}: headers ${how}`,
				succeeds: async () => isHeld(await readFlow(operation, simplify, headers)),
			})),
		),
	);
}

async function readFlow(
	operation: 'get' | 'getAll',
	simplify: boolean,
	headers: unknown,
): Promise<string> {
	const flow = flowCalling({ url: 'https://n8n.example/webhook/hook/klaviyo', headers });
	other.answer((_, response) => {
		response
			.setHeader('content-type', 'application/json')
			.end(JSON.stringify({ data: operation === 'get' ? flow : [flow] }));
	});
	return await kept(
		async () =>
			await askKlaviyo(
				'flow',
				{ flowId: byId('FLOW01'), includeDefinition: true, simplify },
				operation,
			),
	);
}

export const ECHO_ATTACKS: AttackGroup = {
	name: 'answers that repeat the secrets they were sent',
	async attacks() {
		other = await startRecorder();
		const echoes = Object.entries(WORK).flatMap(([whose, work]) =>
			STATUSES.flatMap((status) =>
				Object.entries(REPEATS).map(
					([how, repeat]): Attack => ({
						what: `${whose}: ${status}, ${how}`,
						async succeeds() {
							repeating(status, repeat, work);
							return isHeld(await kept(work.run));
						},
					}),
				),
			),
		);
		return [...echoes, ...definitionAttacks()];
	},
	async honest() {
		// Each secret did arrive where the answer came from, and what an answer says beside it is passed on.
		const reason = 'Unknown size L';
		for (const work of Object.values(WORK)) {
			repeating(
				400,
				() => json({ message: reason, errors: [{ message: reason, detail: reason }] }),
				work,
			);
			const output = await kept(work.run);
			if (!output.includes(reason) || !holds(everything(other.requests), work.secret)) return false;
		}
		const shown = await readFlow('get', false, { 'X-Klaviyo-Secret': WEBHOOK_SECRET });
		return shown.includes('X-Klaviyo-Secret') && shown.includes('Lamp news');
	},
	close: async () => await other.close(),
};
