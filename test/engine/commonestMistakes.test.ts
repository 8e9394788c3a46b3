// The commonest mistakes of somebody who sets this up for the first time. Each message names the field and the fix.
//
//  1. Base URL with the source in it           9. HTML login page in place of Meiro
//  2. host name misspelt (DNS)                10. flow left a draft
//  3. wrong port, nothing listens             11. metric that nothing comes in by
//  4. http:// in place of https://            12. date property misspelt
//  5. https:// where none is spoken (TLS)     13. secret header missing, or wrong
//  6. wrong API key (401)                     14. n8n without a public https address
//  7. key without a scope (403)               15. list that does not exist
//  8. wrong source (404)                      16. workflow not published
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject } from 'n8n-workflow';

import { KlaviyoTrigger } from '../../nodes/Klaviyo/KlaviyoTrigger.node';
import { authenticate } from '../../nodes/Klaviyo/trigger/door/authenticate';
import { startKlaviyo, type KlaviyoStandIn } from '../../sandbox/klaviyo';
import { executeKlaviyo } from './support/klaviyo';
import { executeMeiroEvents, MemoryCredentials, publishTrigger } from './support/engine';

const SECRET = 'the-secret-of-the-lamp-shop';
const WEBHOOK_ID = '5f0d3c58-7f0e-4b53-8a5e-0c4c7c9a1b01';
const EVENT = {
	event_id: 'id-1',
	event_name: 'placed_order',
	event_version: 1,
	event_time: '2031-02-03T04:05:06.000Z',
	profile: { email: 'ana@shop.example' },
	properties: {},
	is_test: false,
};

let klaviyo: KlaviyoStandIn;
let server: Server;
const address = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
	klaviyo = await startKlaviyo({
		rateLimits: false,
		lists: [{ id: 'LIST01', name: 'Newsletter' }],
		apiKeys: [
			{ key: 'pk_sandbox', scopes: '*' },
			{ key: 'pk_reader', scopes: ['lists:read', 'flows:read'] },
		],
	});
	// Knows no source, and has a login page.
	server = createServer(({ url = '' }, response) => {
		const isLogin = url.startsWith('/login');
		response.writeHead(isLogin ? 200 : 404, {
			'content-type': isLogin ? 'text/html' : 'text/plain',
		});
		response.end(isLogin ? '<!doctype html><title>Log in</title>' : '');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
	server.close();
	await klaviyo.close();
});

/** What stands beside the item, or over the failed execution. */
async function sendTo(baseUrl: string, more: IDataObject = {}): Promise<string> {
	const { main, failure } = await executeMeiroEvents([EVENT], {
		credentials: new MemoryCredentials({
			meiroEventsApi: {
				...{ product: 'meiroEvents', baseUrl, allowPrivate: true, authentication: 'none' },
				...{ timeoutSeconds: 2, ...more },
			} as never,
		}),
		parameters: { options: { giveUpAfterSeconds: 1 } },
	});
	const { description = '' } = (failure ?? {}) as { description?: string };
	return [failure?.message, description, main[0]?.json.reason].filter(Boolean).join(' ');
}

async function publish(listId: string, apiKey = 'pk_sandbox', webhookBaseUrl?: string) {
	const error = await publishTrigger({
		credentials: new MemoryCredentials({
			klaviyoWebhookApi: { headerName: 'X-Klaviyo-Secret', secret: SECRET },
			klaviyoPrivateKeyApi: { apiKey, baseUrl: klaviyo.apiUrl, allowPrivate: true },
		}),
		parameters: { setUp: 'createFlow', recipe: 'listSignUp', listId },
		webhookId: WEBHOOK_ID,
		webhookBaseUrl,
	}).catch((thrown: Error) => thrown);
	return error instanceof Error ? error.message : 'published';
}

async function checkSetUp(parameters: IDataObject, at: number): Promise<string> {
	const { main } = await executeKlaviyo({
		apiUrl: klaviyo.apiUrl,
		resource: 'account',
		operation: 'checkSetUp',
		parameters,
	});
	const { check, finding, advice } = main.at(at)!.json;
	return `${String(check)}: ${String(finding)} ${String(advice)}`;
}

const turnedAway = (headers: Record<string, string>) => {
	const access = authenticate(headers, { headerName: 'X-Klaviyo-Secret', secret: SECRET });
	return access.granted ? 'let in' : access.reason;
};

interface Mistake {
	name: string;
	says: () => string | Promise<string>;
	field: RegExp;
	fix: RegExp;
}

const MISTAKES: Mistake[] = [
	{
		name: 'Base URL with the source in it',
		says: async () => await sendTo(`http://${address()}/klaviyo`),
		field: /'Base URL' of the Meiro Events credential/,
		fix: /Enter http:\/\/127\.0\.0\.1:\d+ there, and the source in the node under 'Source'/,
	},
	{
		name: 'host name misspelt',
		says: async () => await sendTo('https://me.shop.invalid'),
		field: /'Base URL'/,
		fix: /Check its spelling/,
	},
	{
		name: 'wrong port, nothing listens',
		says: async () => await sendTo('http://127.0.0.1:1'),
		field: /'Base URL'/,
		fix: /Check host and port/,
	},
	{
		name: 'http:// in place of https://',
		says: async () => await sendTo('http://me.shop.example'),
		field: /'Base URL' of the Meiro Events credential/,
		fix: /Change it to https:\/\//,
	},
	{
		name: 'https:// where none is spoken',
		says: async () => await sendTo(`https://${address()}`),
		field: /'Base URL'/,
		fix: /Check the port/,
	},
	{
		name: 'wrong API key',
		says: async () => await publish('LIST01', 'pk_wrong'),
		field: /'Private API Key'/,
		fix: /Copy the private key anew/,
	},
	{
		name: 'key without a scope',
		says: async () => await publish('LIST01', 'pk_reader'),
		field: /'Private API Key'/,
		fix: /this needs flows:write\. Make a key with it in Klaviyo/,
	},
	{
		name: 'wrong source',
		says: async () => await sendTo(`http://${address()}`),
		field: /'Source'/,
		fix: /Check 'Base URL' of the Meiro Events credential and 'Source'/,
	},
	{
		name: 'HTML login page in place of Meiro',
		says: async () => await sendTo(`http://${address()}/login`),
		field: /'Base URL' of the Meiro Events credential/,
		fix: /Check .* they lead to a site, a login or a proxy/,
	},
	{
		name: 'flow left a draft',
		says: async () => {
			expect(await publish('LIST01')).toBe('published');
			return await checkSetUp({}, -1);
		},
		field: /The flow is draft/,
		fix: /Open it in Klaviyo and set it live/,
	},
	{
		name: 'metric that nothing comes in by',
		says: async () => await checkSetUp({ metricName: 'Placed Order' }, -1),
		field: /'Metric Name or ID'/,
		fix: /Choose the metric of the integration that sends your events/,
	},
	{
		name: 'date property misspelt',
		says: async () => {
			klaviyo.seedProfiles([
				{ attributes: { email: 'ana@shop.example', properties: { Birthday: '1990-02-03' } } },
			]);
			return await checkSetUp({ dateProperty: 'birthday' }, -1);
		},
		field: /Date property/,
		fix: /Write it as Klaviyo does\. They have Birthday/,
	},
	{
		name: 'secret header missing',
		says: () => turnedAway({}),
		field: /'X-Klaviyo-Secret' is missing/,
		fix: /Add it to the headers of the webhook action in Klaviyo/,
	},
	{
		name: 'secret header wrong',
		says: () => turnedAway({ 'x-klaviyo-secret': 'another-secret-of-a-shop' }),
		field: /'X-Klaviyo-Secret' has another value/,
		fix: /Enter the 'Secret' of the Klaviyo Webhook API credential in Klaviyo/,
	},
	{
		name: 'n8n without a public https address',
		says: async () => await publish('LIST01', 'pk_sandbox', 'http://n8n.example/webhook'),
		field: /N8N_WEBHOOK_URL/,
		fix: /choose 'I Set Up the Flow Myself' under 'Klaviyo Setup'/,
	},
	{
		name: 'list that does not exist',
		says: async () => await publish('NOLIST'),
		field: /'List Name or ID'/,
		fix: /Check it; it may have been deleted there/,
	},
	{
		name: 'workflow not published',
		says: () => JSON.stringify(new KlaviyoTrigger().description.triggerPanel),
		field: /To go live/,
		fix: /publish the workflow/,
	},
];

it.each(MISTAKES)(
	'$name: the message names the field and the fix',
	async ({ says, field, fix }) => {
		const said = await says();
		expect(said).toMatch(field);
		expect(said).toMatch(fix);
	},
);
