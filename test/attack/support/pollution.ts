// Keys and names that would change every object of the process, through everything that a user, an item or a body names.
import type { IDataObject } from 'n8n-workflow';

import { cleanObject } from '../../../nodes/Klaviyo/normalise/clean';
import { parseBody } from '../../../nodes/Klaviyo/trigger/body/readBody';
import { callTrigger, executeMeiroEvents, MemoryCredentials } from '../../engine/support/engine';
import { HEADER, SECRET, setUp } from '../../faults/support/trigger';
import type { Attack, AttackGroup } from './attack';
import { nameOf, OPERATIONS, play, type Use } from './operations';
import { startRecorder, type Recorder } from './recorder';

/** Paths that end in every object's prototype. */
const PATHS = [
	'__proto__',
	'__proto__.polluted',
	'__proto__.toString',
	'__proto__.__proto__.polluted',
	'constructor',
	'constructor.prototype',
	'constructor.prototype.polluted',
	'constructor.prototype.toString',
	'prototype.polluted',
	'profile.__proto__.polluted',
	'profile.constructor.prototype.polluted',
	'properties.__proto__.toString',
	'properties.constructor.prototype.hasOwnProperty',
	'properties.*.__proto__.polluted',
	'*.constructor.prototype.*',
	'*.*.*.*',
	'toString',
	'__defineGetter__',
	'__lookupSetter__',
	'[__proto__][polluted]',
	'__proto__[polluted]',
];

/** What parameters a path or a name of the user's, or of an expression's, goes into. */
const SETTINGS: Record<string, (name: string) => IDataObject> = {
	'redacted path': (name) => ({ options: { redactPaths: name } }),
	'redacted path, flat': (name) => ({ options: { redactPaths: name, layout: 'flat' } }),
	'own identifier': (name) => ({
		options: { ownIdentifiers: { identifiers: [{ name, value: 'polluted' }] } },
	}),
	'identifier type': (name) => ({ compatibility: { externalIdType: name } }),
	account: (name) => ({ options: { account: name } }),
	'default currency': (name) => ({ options: { defaultCurrency: name } }),
	'subject type': (name) => ({ options: { subjectType: name, subjectId: 'polluted' } }),
	'mapped property': (name) => ({
		...{
			eventFields: 'map',
			eventName: 'points_granted',
			identifiers: { email: 'ana@shop.example' },
		},
		properties: { assignments: [{ id: '1', name, value: { polluted: true }, type: 'object' }] },
	}),
	'mapped attribute': (name) => ({
		...{
			operation: 'sendProfileEvent',
			eventFields: 'map',
			identifiers: { email: 'ana@shop.example' },
		},
		properties: { assignments: [{ id: '1', name, value: 'polluted', type: 'string' }] },
	}),
	'mapped event name': (name) => ({
		eventFields: 'map',
		eventName: name,
		identifiers: { email: name },
	}),
};

const assigned = (name: string) => ({
	propertiesFrom: 'fields',
	properties: { assignments: [{ id: '1', name, value: { polluted: true }, type: 'object' }] },
});
/** JSON with such a key: written in code, it would set the prototype. */
const holding = (name: string) =>
	`{${JSON.stringify(name)}: {"polluted": 1, "prototype": {"polluted": 1}}}`;

/** The same in the nodes for Klaviyo's and Meiro's APIs: which operation, and what of it goes by the name. */
const API_SETTINGS: Record<
	string,
	[resource: string, operation: string, (name: string) => IDataObject]
> = {
	'Klaviyo event, property': ['event', 'create', assigned],
	'Klaviyo event, properties as JSON': [
		'event',
		'create',
		(name) => ({ propertiesFrom: 'json', propertiesJson: holding(name) }),
	],
	'Klaviyo event, metric': ['event', 'create', (name) => ({ metricName: name, eventId: name })],
	'Klaviyo profile, property': ['profile', 'upsert', assigned],
	'Klaviyo profile, properties as JSON': [
		'profile',
		'upsert',
		(name) => ({ propertiesFrom: 'json', propertiesJson: holding(name) }),
	],
	'Klaviyo profile, removed property': [
		'profile',
		'upsert',
		(name) => ({ options: { removeProperties: name } }),
	],
	'Klaviyo profile, identifier': [
		'profile',
		'get',
		(name) => ({ identifierType: name, [name]: name }),
	],
	'Klaviyo aggregates, grouping': [
		'metric',
		'getAggregates',
		(name) => ({ options: { groupBy: [name] }, measurements: [name] }),
	],
	'Klaviyo campaigns, included': [
		'campaign',
		'getAll',
		(name) => ({ options: { include: [name] }, filters: { status: [name] } }),
	],
	'CDP audience, parameter': [
		'audience',
		'checkMembership',
		(name) => ({ customParameters: { parameter: [{ name, value: 'polluted' }] } }),
	],
	'CDP audience, attribute': ['audience', 'checkMembership', (name) => ({ attributeId: name })],
	'CDP event, payload': [
		'customerEvent',
		'create',
		(name) => ({ ...MAPPED, payload: holding(name) }),
	],
	'CDP event, type': [
		'customerEvent',
		'create',
		(name) => ({ ...MAPPED, eventTypeId: named(name) }),
	],
	'CDP upload, payload': [
		'customerEvent',
		'upload',
		(name) => ({ ...MAPPED, payload: holding(name) }),
	],
	'CDP event type, schema': ['eventType', 'create', (name) => ({ schema: holding(name) })],
	'CDP profile, identifier type': [
		'profile',
		'get',
		(name) => ({ identifierType: name, slug: name }),
	],
};

const named = (value: string) => ({ __rl: true, mode: 'name', value });
const MAPPED = {
	eventFields: 'map',
	eventTypeId: named('placed_order'),
	version: '1-0-0',
	userIdentifier: 'ana@shop.example',
	eventTime: '2031-02-03T04:05:06Z',
};

/** What Klaviyo or Meiro may answer. */
const ANSWERS = [
	'{"data": [{"type": "x", "id": "1", "attributes": {"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}}]}',
	'{"data": {"type": "__proto__", "id": "__proto__", "attributes": {"properties": {"__proto__": {"polluted": 1}}, "name": "__proto__"}}}',
	'{"__proto__": {"polluted": 1}, "data": [], "errors": [{"index": "__proto__", "source": {"pointer": "/__proto__/polluted"}}]}',
	'{"events": [{"id": "__proto__", "__proto__": {"polluted": 1}}], "sources": [{"id": "constructor"}], "customer_attributes": [{"__proto__": {"polluted": 1}}]}',
	'[{"__proto__": {"polluted": 1}}]',
];

const LAYOUTS = ['whole', 'flat', 'payload'];

const BODIES = [
	'{"__proto__": {"polluted": 1}, "email": "a@b.example"}',
	"{'__proto__': {'polluted': 1}, 'email': 'a@b.example'}",
	'{"constructor": {"prototype": {"polluted": 1}}, "email": "a@b.example"}',
	'{"profile": {"__proto__": {"polluted": 1, "email": "eve@b.example"}}}',
	'{"profile": {"constructor": {"prototype": {"polluted": 1}}}}',
	'{"event": {"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}}',
	`{"payload": "{'__proto__': {'polluted': 1}}"}`,
	'{"payload": "{\\"__proto__\\": {\\"polluted\\": 1}}"}',
	`{"__proto___base64": "${Buffer.from("{'polluted': 1}").toString('base64')}"}`,
	`{"x_base64": "${Buffer.from('{"__proto__":{"polluted":1}}').toString('base64')}"}`,
	'{"__proto__": {"polluted": 1}, "x": ,}',
	'[{"__proto__": {"polluted": 1}}, {"constructor": {"prototype": {"polluted": 1}}}]',
	'__proto__[polluted]=1&constructor[prototype][polluted]=1&email=a@b.example',
	'__proto__.polluted=1&email=a@b.example',
	'{"__proto__": null, "toString": null, "hasOwnProperty": 1, "email": "a@b.example"}',
	'{"event_name": "__proto__", "step": "__proto__", "metric": "constructor", "list": {"id": "__proto__"}}',
];

const ITEM = '"event_id":"id-1","event_name":"placed_order","event_time":"2031-02-03T04:05:06Z"';
/** Only JSON makes such a key: written in code, it would set the prototype. */
const ITEMS = [
	`{${ITEM},"profile":{"email":"a@b.example"},"__proto__":{"polluted":true}}`,
	`{${ITEM},"profile":{"email":"a@b.example","__proto__":{"polluted":true}}}`,
	`{${ITEM},"profile":{"email":"a@b.example","identifiers":{"__proto__":{"polluted":true}}}}`,
	`{${ITEM},"profile":{"email":"a@b.example"},"properties":{"constructor":{"prototype":{"polluted":true}}}}`,
	`{${ITEM},"profile":{"email":"a@b.example"},"properties":{"a":[{"__proto__":{"polluted":true}}]}}`,
	`{${ITEM},"profile":{"email":"a@b.example"},"trigger_event":{"__proto__":{"polluted":true},"value":1}}`,
	`{${ITEM},"profile":{"email":"a@b.example"},"constructor":{"prototype":{"polluted":true}}}`,
];

const UNTOUCHED = Object.getOwnPropertyNames(Object.prototype).map(
	(name) => [name, Object.getOwnPropertyDescriptor(Object.prototype, name)!] as const,
);

/** Whether every object of this process has changed; put right again, so that the next attack is judged for itself. */
function isPolluted(): boolean {
	const now = Object.getOwnPropertyNames(Object.prototype);
	const changed =
		now.length !== UNTOUCHED.length ||
		UNTOUCHED.some(
			([name, { value }]) =>
				Object.getOwnPropertyDescriptor(Object.prototype, name)?.value !== value,
		);
	if (changed) {
		for (const name of now) delete (Object.prototype as Record<string, unknown>)[name];
		for (const [name, descriptor] of UNTOUCHED)
			Object.defineProperty(Object.prototype, name, descriptor);
	}
	return changed || 'polluted' in Function.prototype || 'polluted' in Array.prototype;
}

let meiro: Recorder;

async function send(item: IDataObject, parameters: IDataObject): Promise<void> {
	await executeMeiroEvents([item], {
		credentials: new MemoryCredentials({
			meiroEventsApi: { product: 'meiroPipes', baseUrl: meiro.url, allowPrivate: true },
		}),
		parameters,
		onError: 'continueRegularOutput',
	});
}

const useOf = (node: Use['node'], resource: string, operation: string) =>
	OPERATIONS.find(
		(use) => use.node === node && use.resource === resource && use.operation === operation,
	)!;

async function ask(
	where: string,
	resource: string,
	operation: string,
	parameters: IDataObject,
): Promise<void> {
	const use = useOf(where.startsWith('Klaviyo') ? 'Klaviyo' : 'Meiro CDP', resource, operation);
	await play({ ...use, parameters: { ...use.parameters, ...parameters } }, meiro.url, {
		onError: 'continueRegularOutput',
	});
}

async function answered(use: Use, status: number, text: string): Promise<void> {
	meiro.answer((_, response) =>
		response.writeHead(status, { 'content-type': 'application/json' }).end(text),
	);
	await play(use, meiro.url, { onError: 'continueRegularOutput' });
	meiro.answer((_, response) => response.setHeader('content-type', 'application/json').end('{}'));
}

const harmless = () => JSON.parse(ITEMS[3]!) as IDataObject;

export const POLLUTION_ATTACKS: AttackGroup = {
	name: 'prototype pollution through bodies, items, paths and names',
	async attacks() {
		meiro = await startRecorder();
		const polluting = (what: string, work: () => unknown): Attack => ({
			what,
			async succeeds() {
				await work();
				return isPolluted();
			},
		});
		const trigger = setUp();
		return [
			...Object.entries(SETTINGS).flatMap(([where, parametersOf]) =>
				PATHS.map((path) =>
					polluting(`${where}: ${path}`, async () => await send(harmless(), parametersOf(path))),
				),
			),
			...Object.entries(API_SETTINGS).flatMap(([where, [resource, operation, parametersOf]]) =>
				PATHS.map((path) =>
					polluting(
						`${where}: ${path}`,
						async () => await ask(where, resource, operation, parametersOf(path)),
					),
				),
			),
			...OPERATIONS.flatMap((use) =>
				ANSWERS.flatMap((text) =>
					[200, 400].map((status) =>
						polluting(
							`${nameOf(use)}, answered ${status}: ${text}`,
							async () => await answered(use, status, text),
						),
					),
				),
			),
			...ITEMS.flatMap((item) =>
				['create', 'upload'].map((operation) =>
					polluting(`item, CDP ${operation}: ${item}`, async () => {
						const use = useOf('Meiro CDP', 'customerEvent', operation);
						await play({ ...use, items: [JSON.parse(item) as IDataObject] }, meiro.url, {
							onError: 'continueRegularOutput',
						});
					}),
				),
			),
			...ITEMS.flatMap((item) =>
				LAYOUTS.map((layout) =>
					polluting(
						`item, ${layout}: ${item}`,
						async () => await send(JSON.parse(item) as IDataObject, { options: { layout } }),
					),
				),
			),
			...BODIES.flatMap((body) =>
				['application/json', 'text/plain', 'application/x-www-form-urlencoded'].map((contentType) =>
					polluting(`body as ${contentType}: ${body}`, async () => {
						await callTrigger(trigger, {
							headers: { [HEADER]: SECRET, 'content-type': contentType },
							body,
						});
					}),
				),
			),
			...BODIES.map((text) => ({
				what: `inherited by what is read: ${text}`,
				succeeds() {
					const body = parseBody(text, 'text/plain');
					const clean = cleanObject(body.readable ? body.bodies[0]! : {});
					return [clean, clean.payload, clean.profile].some(
						(one) =>
							typeof one === 'object' &&
							one !== null &&
							'polluted' in one &&
							!Object.hasOwn(one, 'polluted'),
					);
				},
			})),
		];
	},
	async honest() {
		// What would pollute is noticed.
		(Object.prototype as Record<string, unknown>).polluted = true;
		const isNoticed = isPolluted() && !isPolluted();
		// And each setting does reach a service.
		for (const [where, [resource, operation, parametersOf]] of Object.entries(API_SETTINGS)) {
			meiro.requests.length = 0;
			await ask(where, resource, operation, parametersOf('email'));
			if (meiro.requests.length === 0) return false;
		}
		meiro.requests.length = 0;
		await send(harmless(), {});
		return isNoticed && meiro.requests.length > 0;
	},
	close: async () => await meiro.close(),
};
