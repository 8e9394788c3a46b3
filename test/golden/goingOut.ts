// From items to requests and outcomes: every door to Meiro, and Klaviyo's bulk operations, through the nodes themselves.
import type { IDataObject, INode } from 'n8n-workflow';

import { MemoryCredentials, executeMeiroEvents, type Executed } from '../engine/support/engine';
import { byId, executeKlaviyo } from '../engine/support/klaviyo';
import { executeMeiroCdp, RenewingCredentials } from '../engine/support/meiroCdp';
import { whileTicking } from './clock';
import type { Cases } from './comingIn';
import { event, ITEMS, MAPPED_ITEM } from './items';
import { Recorder, type Answering } from './recorder';

const PRODUCTS = ['meiroEvents', 'meiroPipes'] as const;
type Product = (typeof PRODUCTS)[number];

interface Sending {
	parameters?: IDataObject;
	onError?: INode['onError'];
}

function toldOf(recorder: Recorder, { main, error, failure }: Executed): unknown {
	const requests = recorder.kept;
	recorder.kept = [];
	return JSON.parse(
		JSON.stringify({
			requests,
			main: main.map(({ json, pairedItem }) => ({ json, pairedItem })),
			error: error.map(({ json }) => json),
			failure: failure?.message,
		}).replaceAll(recorder.url, 'http://meiro.example'),
	) as unknown;
}

async function throughEvents(
	recorder: Recorder,
	product: Product,
	items: IDataObject[],
	{ parameters = {}, onError = 'continueRegularOutput' }: Sending = {},
): Promise<unknown> {
	const credentials = new MemoryCredentials({
		meiroEventsApi: {
			product,
			baseUrl: recorder.url,
			allowPrivate: true,
			authentication: 'none',
			timeoutSeconds: 2,
		} as never,
	});
	return toldOf(recorder, await executeMeiroEvents(items, { credentials, parameters, onError }));
}

const dataSource = byId('klaviyo');

async function throughCdp(
	recorder: Recorder,
	operation: 'create' | 'upload',
	items: IDataObject[],
	{ parameters = {}, onError = 'continueRegularOutput' }: Sending = {},
): Promise<unknown> {
	const credentials = new RenewingCredentials({
		baseUrl: recorder.url,
		authentication: 'accessToken',
		accessToken: 'token-of-the-lamp-shop',
		allowPrivate: true,
		timeoutSeconds: 2,
	} as never);
	return toldOf(
		recorder,
		await executeMeiroCdp(
			items.map((json) => ({ json })),
			{
				credentials,
				parameters: {
					resource: 'customerEvent',
					operation,
					dataSourceId: dataSource,
					...parameters,
				},
				onError,
			},
		),
	);
}

const PARAMETERS: Record<string, IDataObject> = {
	'layout flat': { options: { layout: 'flat' } },
	'layout payload': { options: { layout: 'payload' } },
	redacted: { options: { redactPaths: 'profile.phone_number, properties.Items.*.Sku' } },
	currency: { options: { defaultCurrency: 'CZK' } },
	hashed: { options: { hash: true } },
	'own identifiers': {
		options: {
			ownIdentifiers: {
				identifiers: [{ name: 'loyalty_id', value: 'L-1' }],
			},
		},
	},
	'tests delivered': { options: { testEvents: 'deliver' } },
	'tests dropped': { options: { testEvents: 'drop' } },
	account: { options: { account: 'shop-cz' } },
	'no person': { options: { subjectId: 'campaign-1', subjectType: 'campaign' } },
	validate: { operation: 'validate' },
	'profile event': { operation: 'sendProfileEvent' },
};

const MAPPED: Record<string, IDataObject> = {
	whole: {
		eventFields: 'map',
		eventName: '={{ $json.what }}',
		eventTime: '={{ $json.when }}',
		eventId: '={{ $json.id }}',
		identifiers: { email: '={{ $json.mail }}' },
		properties: {
			assignments: [{ id: '1', name: 'points', value: '={{ $json.points }}', type: 'number' }],
		},
	},
	'without id': {
		eventFields: 'map',
		eventName: '={{ $json.what }}',
		eventTime: '={{ $json.when }}',
		identifiers: { email: '={{ $json.mail }}' },
	},
	'without id and time': {
		eventFields: 'map',
		eventName: '={{ $json.what }}',
		identifiers: { externalId: 'c-1', phoneNumber: '+420 600 000 001', klaviyoId: 'AbC123' },
	},
};

const MAPPED_FOR_CDP: IDataObject = {
	eventFields: 'map',
	eventTypeId: { __rl: true, mode: 'name', value: '={{ $json.what }}' },
	version: '1-0-0',
	userIdentifier: '={{ $json.mail }}',
	eventTime: '={{ $json.when }}',
	payload: '={{ { points: $json.points } }}',
};

const created = ({ body }: { body: unknown }): Answering => ({
	status: 201,
	headers: { 'content-type': 'application/json' },
	body: JSON.stringify(
		Array.isArray((body as { customer_events?: unknown[] })?.customer_events)
			? {
					customer_events: (body as { customer_events: object[] }).customer_events.map(
						(one, id) => ({ id: id + 1, ...one }),
					),
				}
			: { id: 'upload-1', status: 'done' },
	),
});

export async function requests(recorder: Recorder): Promise<Cases> {
	const told: Cases = {};
	for (const product of PRODUCTS) {
		for (const [name, item] of Object.entries(ITEMS)) {
			told[`${product}: ${name}`] = await throughEvents(recorder, product, [item]);
		}
		const some = ['plain', 'no currency', 'phone only', 'test', 'list', 'address as a name'];
		for (const [name, parameters] of Object.entries(PARAMETERS)) {
			told[`${product}: parameters ${name}`] = await throughEvents(
				recorder,
				product,
				some.map((one) => ITEMS[one]!),
				{ parameters },
			);
		}
		for (const [name, parameters] of Object.entries(MAPPED)) {
			const sending = { parameters };
			told[`${product}: mapped ${name}`] = await throughEvents(
				recorder,
				product,
				[MAPPED_ITEM],
				sending,
			);
		}
		const many = Array.from({ length: 205 }, (_, number) => event(100 + number));
		told[`${product}: 205 items`] = await throughEvents(recorder, product, many);
	}
	recorder.answer = created;
	for (const operation of ['create', 'upload'] as const) {
		for (const [name, item] of Object.entries(ITEMS)) {
			told[`cdp ${operation}: ${name}`] = await throughCdp(recorder, operation, [item]);
		}
		told[`cdp ${operation}: mapped`] = await throughCdp(recorder, operation, [MAPPED_ITEM], {
			parameters: MAPPED_FOR_CDP,
		});
		told[`cdp ${operation}: 105 items`] = await throughCdp(
			recorder,
			operation,
			Array.from({ length: 105 }, (_, number) => event(100 + number)),
		);
	}
	return told;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const HTML_TYPE = { 'content-type': 'text/html' };
const ANSWERS: Record<string, Answering> = {
	'200': { status: 200, body: '' },
	'200 text': { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' },
	'200 html': { status: 200, headers: HTML_TYPE, body: '<!doctype html><title>Login</title>' },
	'200 error': { status: 200, body: '{"status":"error","message":"no"}' },
	'200 success false': { status: 200, body: '{"success":false}' },
	'200 accepted none': { status: 200, body: '{"accepted":0,"rejected":3}' },
	'200 failed index': { status: 200, body: '{"failed":[{"index":1,"error":"bad"}]}' },
	'202': { status: 202, body: '{"accepted":3}' },
	'204': { status: 204, body: '' },
	'207': { status: 207, body: '{"results":[{"status":200},{"status":422},{"status":200}]}' },
	'302': { status: 302, headers: { ...JSON_TYPE, location: 'https://login.example/' }, body: '' },
	'400': { status: 400, body: '{"message":"bad"}' },
	'401': { status: 401, body: '{"message":"who"}' },
	'403': { status: 403, headers: HTML_TYPE, body: '<html>blocked</html>' },
	'404': { status: 404, body: '{"message":"unknown source"}' },
	'413': { status: 413, body: '' },
	'422 index': { status: 422, body: '{"errors":[{"index":1,"message":"bad"}]}' },
};

/** How often was tried before the time was over is chance. */
function withoutAttempts(told: unknown): unknown {
	const { main } = told as { main: unknown };
	const text = JSON.stringify(main).replace(/after \d+ attempts?|"attempts":\d+/g, (found) =>
		found.replace(/\d+ attempts?|\d+/, '0'),
	);
	return JSON.parse(text) as unknown;
}

export async function outcomes(recorder: Recorder): Promise<Cases> {
	const told: Cases = {};
	const three = [event(1), event(2), event(3)];
	const ways: INode['onError'][] = ['continueRegularOutput', 'continueErrorOutput', 'stopWorkflow'];
	for (const product of PRODUCTS) {
		for (const [name, answer] of Object.entries(ANSWERS)) {
			recorder.answer = () => answer;
			for (const onError of ways) {
				told[`${product}: ${name} ${onError}`] = await throughEvents(recorder, product, three, {
					onError,
				});
			}
		}
		const bad = new Set(['2', '5', '9']);
		const idOf = (one: unknown) => (JSON.stringify(one).match(/"OrderId":"(\d+)"/) ?? [])[1] ?? '';
		recorder.answer = ({ body }) =>
			(Array.isArray(body) ? body : [body]).some((one) => bad.has(idOf(one)))
				? { status: 400, body: '{"message":"bad"}' }
				: { status: 200, body: '' };
		told[`${product}: three bad ones of 20`] = await throughEvents(
			recorder,
			product,
			Array.from({ length: 20 }, (_, number) => event(number)),
		);
		recorder.answer = () => ({ status: 503, body: '' });
		const outage = await whileTicking(
			async () =>
				await throughEvents(recorder, product, three, {
					parameters: { options: { giveUpAfterSeconds: 1 } },
				}),
		);
		told[`${product}: outage`] = withoutAttempts(outage);
	}
	for (const [name, answer] of Object.entries(ANSWERS)) {
		recorder.answer = () => answer;
		for (const onError of ways) {
			told[`cdp create: ${name} ${onError}`] = await throughCdp(recorder, 'create', three, {
				onError,
			});
		}
	}
	return told;
}

/** Klaviyo's operations that send many items in one request, and what they tell of each. */
export async function toKlaviyo(recorder: Recorder): Promise<Cases> {
	const told: Cases = {};
	const people = ['ana', 'ben', 'eva'].map((name) => ({ email: `${name}@shop.example` }));
	const runs: Record<string, [string, string, IDataObject]> = {
		'create events': [
			'event',
			'create',
			{ metricName: 'Points Booked', identifiers: { email: '={{ $json.email }}' }, options: {} },
		],
		'add to a list': [
			'list',
			'addProfile',
			{ listId: byId('LIST01'), identifiers: { email: '={{ $json.email }}' } },
		],
		subscribe: ['profile', 'subscribe', { email: '={{ $json.email }}', channels: ['email'] }],
	};
	for (const [name, [resource, operation, parameters]] of Object.entries(runs)) {
		for (const [what, answer] of Object.entries({
			taken: { status: 202, body: '{"data":{"id":"job-1","type":"x"}}' },
			refused: { status: 400, body: '{"errors":[{"status":400,"title":"no","detail":"bad"}]}' },
		})) {
			recorder.answer = () => answer;
			told[`${name}: ${what}`] = toldOf(
				recorder,
				await executeKlaviyo({
					apiUrl: recorder.url,
					resource,
					operation,
					parameters,
					items: people,
					onError: 'continueRegularOutput',
				}),
			);
		}
	}
	return told;
}
