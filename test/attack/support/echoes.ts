// Answers that repeat what was sent to them, secrets and all, as error pages of gateways do: nothing that n8n keeps or
// prints may hold one.
import { inspect } from 'node:util';
import type { ServerResponse } from 'node:http';

import { executeKlaviyo, klaviyoCredentials } from '../../engine/support/klaviyo';
import { executeMeiroCdp, RenewingCredentials } from '../../engine/support/meiroCdp';
import { executeMeiroEvents, MemoryCredentials, publishTrigger } from '../../engine/support/engine';
import type { Attack, AttackGroup } from './attack';
import { startRecorder, type Recorded, type Recorder } from './recorder';

// With characters that JSON, URLs, forms and HTML spell in ways of their own.
const TOKEN = 'tk_5f0d3c58/7f0e+4b53=&8a"5e<0c4c';
const PASSWORD = 'pw_Lamp&Shop/2031"<+>=secret';
const USER = 'lamp-shop';
const KEY = 'pk_0123456789abcdef0123456789abcdef01';
const WEBHOOK_SECRET = 'Correct-Horse-Battery-Staple-01';

const isHeld = (text: string) =>
	[TOKEN, PASSWORD, KEY, WEBHOOK_SECRET, Buffer.from(`${USER}:${PASSWORD}`).toString('base64')]
		.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
		.some((spelling) => text.includes(spelling));

/** All that hangs on a value, as errors' causes and own fields, which JSON would leave out. */
const everything = (value: unknown) =>
	`${JSON.stringify(value)} ${inspect(value, { depth: 12, maxStringLength: null, maxArrayLength: null })}`;

type Repeat = (request: Recorded) => { type?: string; text: string };

const json = (body: unknown) => ({ type: 'application/json', text: JSON.stringify(body) });
const told = ({ headers, path, body }: Recorded) => `${inspect(headers)} ${path} ${body}`;

/** How an answer repeats the request. */
const REPEATS: Record<string, Repeat> = {
	'as text': (request) => ({ type: 'text/plain', text: told(request) }),
	'as text behind 490 characters': (request) => ({ text: 'x'.repeat(490) + Object.values(request.headers).join('\n') + request.path }),
	'as a web page': (request) => ({ type: 'text/html', text: `<html><pre>${told(request).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')}</pre></html>` }),
	'as message': (request) => json({ message: told(request) }),
	'as error': (request) => json({ error: { message: Object.values(request.headers).join(' '), detail: request.path } }),
	'as errors by index': (request) => json({ errors: [{ index: 0, message: told(request), errors: { headers: request.headers, path: request.path, body: request.body } }] }),
	'as errors without a message': ({ headers, path, body }) => json({ errors: [{ headers, path, body }] }),
	'as names of fields': ({ headers, path }) => json({ errors: [Object.fromEntries([...Object.values(headers), path].map((text) => [text, 1]))] }),
	'as JSON in JSON': ({ headers, path, body }) => json({ error: JSON.stringify({ headers, path, body }) }),
	'as JSON:API errors': (request) => json({ errors: [{ code: 'invalid', title: told(request), detail: told(request), source: { pointer: Object.values(request.headers).join('/') } }] }),
	'with escaped slashes': (request) => ({ type: 'text/plain', text: JSON.stringify({ headers: request.headers, path: request.path }).replaceAll('/', '\\/') }),
	deeply: ({ headers, path }) => ({ type: 'application/json', text: `{"errors":${'['.repeat(300)}${JSON.stringify([headers, path])}${']'.repeat(300)}}` }),
};

const STATUSES = [200, 302, 400, 401, 403, 404, 422];

const AUTHENTICATIONS: Record<string, Record<string, string>> = {
	header: { authentication: 'header', authName: 'X-App-Key', authSecret: TOKEN },
	bearer: { authentication: 'header', authName: 'Authorization', authSecret: `Bearer ${TOKEN}` },
	'with a line end': { authentication: 'header', authName: 'X-App-Key', authSecret: `${TOKEN}\r\nX-Injected: 1` },
	query: { authentication: 'query', authName: 'key', authSecret: TOKEN },
	basic: { authentication: 'basic', user: USER, password: PASSWORD },
};

let other: Recorder;

function repeating(status: number, repeat: Repeat): void {
	other.answer((request, response: ServerResponse) => {
		const { type = 'application/json', text } = repeat(request);
		response.writeHead(status, { 'content-type': type, 'x-repeated': encodeURI(request.path) }).end(text);
	});
}

/** All that n8n keeps of what the work comes to. */
async function kept(work: () => Promise<unknown>): Promise<string> {
	return everything(await work().catch((error: unknown) => error));
}

const WORK: Record<string, () => Promise<unknown>> = {
	...Object.fromEntries(
		Object.entries(AUTHENTICATIONS).flatMap(([name, authentication]) =>
			(['stopWorkflow', 'continueErrorOutput'] as const).map((onError) => [
				`Meiro Events, ${name}, ${onError}`,
				async () => {
					const { main, error, failure, run } = await executeMeiroEvents(
						[{ event_id: 'id-1', event_name: 'placed_order', event_time: '2031-02-03T04:05:06Z', profile: { email: 'ana@shop.example' } }],
						{
							credentials: new MemoryCredentials({ meiroEventsApi: { product: 'meiroEvents', baseUrl: other.url, allowPrivate: true, ...authentication } }),
							onError,
						},
					);
					return { main, error, failure, run };
				},
			]),
		),
	),
	'Meiro CDP, token': async () =>
		await executeMeiroCdp([{ json: {} }], {
			credentials: new RenewingCredentials({ baseUrl: other.url, allowPrivate: true, authentication: 'accessToken', accessToken: TOKEN }),
			parameters: { resource: 'eventType', operation: 'getAll' },
		}),
	'Meiro CDP, login': async () =>
		await executeMeiroCdp([{ json: {} }], {
			credentials: new RenewingCredentials({ baseUrl: other.url, allowPrivate: true, authentication: 'password', email: 'n8n@shop.example', password: PASSWORD }),
			parameters: { resource: 'eventType', operation: 'getAll' },
		}),
	'Meiro Pipes profile': async () =>
		await executeMeiroCdp([{ json: {} }], {
			credentials: new RenewingCredentials({ baseUrl: other.url, allowPrivate: true, authentication: 'accessToken', accessToken: 'none', pipesUrl: other.url, pipesToken: TOKEN }),
			parameters: { resource: 'profile', operation: 'get', slug: 'klaviyo', identifierType: 'email', identifierValue: 'ana@shop.example' },
		}),
	Klaviyo: async () =>
		await executeKlaviyo({ apiUrl: other.url, apiKey: KEY, credentials: klaviyoCredentials(other.url, KEY), resource: 'account', operation: 'get' }),
	'publishing a system webhook': async () => await publishTrigger(publishing({ setUp: 'systemWebhook', topics: ['event:api.placed_order'] })),
	'publishing a flow': async () =>
		await publishTrigger(publishing({ setUp: 'createFlow', recipe: 'listSignUp', list: { __rl: true, mode: 'id', value: 'LIST01' } })),
};

function publishing(parameters: Record<string, unknown>) {
	return {
		credentials: new MemoryCredentials({
			klaviyoWebhookApi: { headerName: 'X-Klaviyo-Secret', secret: WEBHOOK_SECRET },
			klaviyoApi: { apiKey: KEY, baseUrl: other.url, allowPrivate: true },
		}),
		parameters: parameters as never,
	};
}

export const ECHO_ATTACKS: AttackGroup = {
	name: 'answers that repeat the secrets they were sent',
	async attacks() {
		other = await startRecorder();
		return Object.entries(WORK).flatMap(([whose, work]) =>
			STATUSES.flatMap((status) =>
				Object.entries(REPEATS).map(
					([how, repeat]): Attack => ({
						what: `${whose}: ${status}, ${how}`,
						async succeeds() {
							repeating(status, repeat);
							return isHeld(await kept(work));
						},
					}),
				),
			),
		);
	},
	async honest() {
		// The requests did carry secrets, and what an answer says beside them is passed on.
		repeating(400, () => json({ errors: ['Unknown size L'] }));
		other.requests.length = 0;
		const all = (await Promise.all(Object.values(WORK).map(kept))).join(' ');
		const requests = everything(other.requests);
		return all.includes('Unknown size L') && [TOKEN, KEY].every((secret) => requests.includes(secret) || isHeld(requests));
	},
	close: async () => await other.close(),
};
