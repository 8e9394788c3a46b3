// Items, names and answers that try to choose where requests go and what they carry. The whole node on the real engine.
import type { IDataObject } from 'n8n-workflow';

import { executeMeiroEvents, MemoryCredentials } from '../../engine/support/engine';
import type { Attack, AttackGroup } from './attack';
import { nameOf, OPERATIONS, play, type Use } from './operations';
import { startRecorder, type Recorded, type Recorder } from './recorder';

const TOKEN = 'token-of-the-lamp-shop';
const PRODUCTS = ['meiroEvents', 'meiroPipes'] as const;
type Product = (typeof PRODUCTS)[number];

const ITEM: IDataObject = {
	event_id: 'id-1',
	event_name: 'placed_order',
	event_time: '2031-02-03T04:05:06Z',
	profile: { email: 'ana@shop.example' },
};

let meiro: Recorder;
/** Nobody has entered its address anywhere. */
let elsewhere: Recorder;

async function open(): Promise<void> {
	[meiro, elsewhere] = await Promise.all([startRecorder(), startRecorder()]);
}

async function close(): Promise<void> {
	await Promise.all([meiro.close(), elsewhere.close()]);
}

interface Sending {
	product?: Product;
	parameters?: IDataObject;
	credential?: IDataObject;
}

/** Sends one item. @returns what the two servers got */
async function send(
	item: IDataObject,
	{ product = 'meiroEvents', parameters = {}, credential = {} }: Sending = {},
) {
	meiro.requests.length = 0;
	elsewhere.requests.length = 0;
	const { main } = await executeMeiroEvents([item], {
		credentials: new MemoryCredentials({
			meiroEventsApi: {
				...{
					product,
					baseUrl: meiro.url,
					allowPrivate: true,
					authentication: 'header',
					authName: 'X-App-Key',
					authSecret: TOKEN,
				},
				...credential,
			} as never,
		}),
		parameters,
		onError: 'continueRegularOutput',
	});
	return {
		got: [...meiro.requests],
		strayed: elsewhere.requests.length,
		outcome: main[0]?.json ?? {},
	};
}

/** Whether a request is other than what the user's own settings make it. */
function isSteered(
	{ method, path, headers }: Recorded,
	product: Product,
	eventName: string,
): boolean {
	const wanted =
		product === 'meiroPipes'
			? '/collect/klaviyo'
			: `/klaviyo?event_name=${encodeURIComponent(eventName)}`;
	return (
		method !== 'POST' ||
		path !== wanted ||
		headers['x-app-key'] !== TOKEN ||
		headers.host !== new URL(meiro.url).host ||
		headers['x-injected'] !== undefined ||
		headers['transfer-encoding'] !== undefined ||
		headers.authorization !== undefined ||
		!/^application\/json/.test(headers['content-type'] ?? '')
	);
}

/** What an item might hold in the hope that someone reads it as a setting. */
export function steeringFields(away: string): Array<[string, unknown]> {
	const headers = { 'X-App-Key': 'forged', 'X-Injected': '1', host: 'evil.example' };
	return [
		...[
			'url',
			'uri',
			'baseUrl',
			'baseURL',
			'base_url',
			'endpoint',
			'target',
			'host',
			'proxy',
			'href',
			'origin',
			'redirect',
		].map((name): [string, unknown] => [name, away]),
		...['source', 'path', 'pathname'].map((name): [string, unknown] => [name, '../../forged']),
		...['headers', 'header', 'qs', 'query', 'params'].map((name): [string, unknown] => [
			name,
			headers,
		]),
		...['credential', 'credentials', 'credentialsDecrypted', 'auth', 'authentication'].map(
			(name): [string, unknown] => [
				name,
				{ baseUrl: away, authSecret: 'forged', username: 'eve', password: 'eve' },
			],
		),
		...[
			'options',
			'parameters',
			'request',
			'requestOptions',
			'details',
			'json',
			'settings',
			'raw',
		].map((name): [string, unknown] => [
			name,
			{
				url: away,
				baseURL: away,
				method: 'GET',
				source: 'forged',
				headers,
				disableFollowRedirect: false,
				skipSslCertificateValidation: true,
			},
		]),
		['method', 'DELETE'],
		['product', 'meiroPipes'],
		['authName', 'X-Injected'],
		['authSecret', 'forged'],
		['allowHttp', true],
		['allowPrivate', true],
		['subject', { id: 'forged', type: 'forged' }],
		['pairedItem', { item: 7 }],
		['binary', { data: { id: 'filesystem-v2:../../etc/passwd' } }],
		['$credentials', { baseUrl: away }],
		['={{ $json }}', away],
	];
}

const EXPRESSIONS = [
	'={{ $credentials.baseUrl }}',
	'{{ $json.url }}',
	'={{ $env.HOME }}',
	'${process.env.HOME}',
	'={{ 7 * 7 }}',
];

export const CR_LF = [
	'a\r\nX-Injected: 1',
	'a\nX-Injected: 1',
	'a\r\n\r\nPOST /forged HTTP/1.1',
	'a\rX-Injected: 1',
	'a\u010d\u010aX-Injected: 1',
	'a%0d%0aX-Injected: 1',
	'a\0X-Injected: 1',
	'a HTTP/1.1\r\nX-Injected: 1',
];

export const STEERING_ATTACKS: AttackGroup = {
	name: 'items that choose target, credential, source or header',
	async attacks() {
		await open();
		const fields = steeringFields(elsewhere.url);
		const tries = (
			product: Product,
			name: string,
			item: IDataObject,
			more: Sending = {},
		): Attack => ({
			what: `${product}: ${name}`,
			async succeeds() {
				const { got, strayed } = await send(item, { product, ...more });
				return (
					strayed > 0 ||
					got.length > 1 ||
					got.some((one) =>
						// U+0000 is taken out, and nothing else.
						isSteered(one, product, String(item.event_name).replaceAll('\0', '')),
					)
				);
			},
		});
		return PRODUCTS.flatMap((product) => [
			...fields.map(([name, value]) =>
				tries(product, `item.${name}`, { ...ITEM, [name]: value } as IDataObject),
			),
			...fields.map(([name, value]) =>
				tries(product, `item.properties.${name}`, {
					...ITEM,
					properties: { [name]: value },
				} as IDataObject),
			),
			...EXPRESSIONS.flatMap((text) => [
				tries(product, `event name ${text}`, { ...ITEM, event_name: text }),
				tries(product, `account ${text}`, { ...ITEM, account: text }),
			]),
			...CR_LF.flatMap((text) => [
				tries(product, `event name ${JSON.stringify(text)}`, { ...ITEM, event_name: text }),
				tries(product, `event id ${JSON.stringify(text)}`, { ...ITEM, event_id: text }),
			]),
		]);
	},
	honest: async () => {
		const { got, outcome } = await send(ITEM);
		return (
			got.length === 1 &&
			!isSteered(got[0]!, 'meiroEvents', 'placed_order') &&
			outcome.status === 'delivered'
		);
	},
	close,
};

export const HEADER_ATTACKS: AttackGroup = {
	name: 'header injection through credentials and sources',
	async attacks() {
		await open();
		const tries = (what: string, sending: Sending): Attack => ({
			what,
			async succeeds() {
				const { got, strayed } = await send(ITEM, sending);
				return (
					strayed > 0 ||
					got.length > 1 ||
					got.some(({ headers, path }) => headers['x-injected'] !== undefined || path === '/forged')
				);
			},
		});
		const triesKey = (use: Use, credential: IDataObject): Attack => ({
			what: `${nameOf(use)}: ${JSON.stringify(credential)}`,
			async succeeds() {
				meiro.requests.length = 0;
				await play(use, meiro.url, { credential });
				return (
					meiro.requests.length > 1 ||
					meiro.requests.some(
						({ headers, path }) => headers['x-injected'] !== undefined || path === '/forged',
					)
				);
			},
		});
		const keys = CR_LF.flatMap((text) => [
			triesKey(useOf('Klaviyo', 'account'), { apiKey: text }),
			triesKey(useOf('Meiro CDP', 'customerAttribute'), { accessToken: text }),
			triesKey(useOf('Meiro CDP', 'profile'), { pipesToken: text }),
			triesKey(useOf('Meiro CDP', 'customerAttribute'), { ...LOGIN, email: text, password: text }),
		]);
		const ofMeiroEvents = PRODUCTS.flatMap((product) =>
			CR_LF.flatMap((text) => [
				tries(`${product}: name of the header ${JSON.stringify(text)}`, {
					product,
					credential: { authName: text },
				}),
				tries(`${product}: value of the header ${JSON.stringify(text)}`, {
					product,
					credential: { authSecret: text },
				}),
				tries(`${product}: name in the query ${JSON.stringify(text)}`, {
					product,
					credential: { authentication: 'query', authName: text },
				}),
				tries(`${product}: user ${JSON.stringify(text)}`, {
					product,
					credential: { authentication: 'basic', user: text, password: text },
				}),
				tries(`${product}: source ${JSON.stringify(text)}`, {
					product,
					parameters: { source: text },
				}),
			]),
		);
		return [...ofMeiroEvents, ...keys];
	},
	honest: async () => (await send(ITEM)).got.length === 1,
	close,
};

const useOf = (node: Use['node'], resource: string, operation?: string) =>
	OPERATIONS.find(
		(use) =>
			use.node === node &&
			use.resource === resource &&
			(operation === undefined || use.operation === operation),
	)!;

const LOGIN = {
	authentication: 'password',
	email: 'n8n@shop.example',
	password: 'password-of-the-lamp-shop',
};

/** One request to each other service that a credential goes to. Whether the node takes the answer for a yes. */
const OTHERS: Record<string, () => Promise<boolean>> = Object.fromEntries(
	(
		[
			['Klaviyo', useOf('Klaviyo', 'account'), {}],
			['Klaviyo, a POST', useOf('Klaviyo', 'event', 'create'), {}],
			['Meiro CDP, token', useOf('Meiro CDP', 'customerAttribute'), {}],
			['Meiro CDP, a POST', useOf('Meiro CDP', 'dataSource'), {}],
			['Meiro CDP, login', useOf('Meiro CDP', 'customerAttribute'), LOGIN],
			['Meiro Pipes', useOf('Meiro CDP', 'profile'), {}],
			['Audience', useOf('Meiro CDP', 'audience'), {}],
		] as Array<[string, Use, IDataObject]>
	).map(([name, use, credential]) => [
		name,
		async () => (await play(use, meiro.url, { credential })).failure === undefined,
	]),
);

/** Sends one item to Meiro Events or Pipes. Whether the node takes the answer for a yes. */
const OWN: Record<string, () => Promise<boolean>> = Object.fromEntries(
	PRODUCTS.map((product) => [
		product,
		async () => (await send(ITEM, { product })).outcome.status === 'delivered',
	]),
);

export const REDIRECT_ATTACKS: AttackGroup = {
	name: 'redirects that would take the credential elsewhere',
	async attacks() {
		await open();
		const places = ['', '/klaviyo', '//', '/\\', '@'].map((rest) => `${elsewhere.url}${rest}`);
		return Object.entries({ ...OWN, ...OTHERS }).flatMap(([whose, isTaken]) =>
			[301, 302, 303, 307, 308, 300, 304].flatMap((status) =>
				places.map((location) => ({
					what: `${whose}: ${status} to ${location.replace(elsewhere.url, 'elsewhere')}`,
					async succeeds() {
						meiro.answer((_, response) =>
							response.writeHead(status, { location, refresh: `0; url=${location}` }).end(),
						);
						meiro.requests.length = elsewhere.requests.length = 0;
						const taken = await isTaken();
						return taken || elsewhere.requests.length > 0 || meiro.requests.length !== 1;
					},
				})),
			),
		);
	},
	async honest() {
		meiro.answer(({ path }, response) => {
			response
				.setHeader('content-type', 'application/json')
				.end(path.endsWith('/users/login') ? '{"token":"a.b.c"}' : '{"data":[]}');
		});
		for (const isTaken of Object.values({ ...OWN, ...OTHERS }))
			if (!(await isTaken())) return false;
		return true;
	},
	close,
};
