// From what comes in to items: every way that an event has into n8n, through the nodes themselves.
import type { IDataObject } from 'n8n-workflow';

import { startKlaviyo, type KlaviyoStandIn } from '../../sandbox/klaviyo';
import { envelope, systemHeaders, type SystemEvent } from '../../sandbox/klaviyo/api/system-events';
import {
	callTrigger,
	MemoryCredentials,
	publishTrigger,
	type TriggerAnswer,
	type TriggerRequest,
	type TriggerSetup,
} from '../engine/support/engine';
import { byId, executeKlaviyo } from '../engine/support/klaviyo';
import { PollingTrigger } from '../engine/support/polling';
import { deliveries } from './bodies';
import { NOW } from './clock';

const SECRET = 'the-secret-of-the-lamp-shop';
const ANA = '01JZ00000000000000000000AA';
const BEN = '01JZ00000000000000000000BB';
const HOUR_MS = 3_600_000;

export type Cases = Record<string, unknown>;

const credentials = (more: IDataObject = {}) =>
	new MemoryCredentials({
		klaviyoWebhookApi: { headerName: 'X-Klaviyo-Secret', secret: SECRET },
		...more,
	} as never);

function toldOf({ status, headers, data, items }: TriggerAnswer): unknown {
	return {
		answer: status ?? 'left to n8n',
		...(data.webhookResponse === undefined ? {} : { response: data.webhookResponse }),
		...(headers['retry-after'] === undefined ? {} : { retry_after: headers['retry-after'] }),
		items: items.map(({ json }) => json),
	};
}

export async function flowWebhooks(): Promise<Cases> {
	const told: Cases = {};
	for (const { name, body, headers, parameters } of deliveries()) {
		const setup: TriggerSetup = {
			credentials: credentials(),
			parameters: { setUp: 'manual', ...parameters } as IDataObject,
		};
		const all = { 'x-klaviyo-secret': SECRET, ...headers };
		told[name] = toldOf(await callTrigger(setup, { body, headers: all }));
	}
	return told;
}

/** What Klaviyo hears, whoever calls and however ready n8n is. */
export async function answers(): Promise<Cases> {
	const body = '{"metric":"Placed Order","email":"ana@shop.example"}';
	const right = { 'x-klaviyo-secret': SECRET };
	const unreadable = new MemoryCredentials({});
	const told: Cases = {};
	const tell = async (
		name: string,
		request: TriggerRequest,
		parameters: IDataObject = {},
		given = credentials(),
	) => {
		const setup = { credentials: given, parameters: { setUp: 'manual', ...parameters } };
		told[name] = toldOf(
			await callTrigger({ ...setup, credentialId: `answers ${name}` }, { body, ...request }),
		);
	};
	await tell('right secret', { headers: right });
	await tell('wrong secret', { headers: { 'x-klaviyo-secret': 'wrong' } });
	await tell('no secret', {});
	await tell('credential that cannot be read', { headers: right }, {}, unreadable);
	await tell('unread bytes', { headers: right, unread: true });
	await tell('bytes that cannot be read', {
		headers: right,
		unread: true,
		readError: new Error('gone'),
	});
	const ranges = { filters: { addressRanges: '203.0.113.0/24' } };
	await tell('address within the ranges', { headers: right, ip: '203.0.113.9' }, ranges);
	await tell('address outside the ranges', { headers: right, ip: '198.51.100.9' }, ranges);
	await tell('nothing wanted', { headers: right }, { filters: { eventNames: 'other' } });
	await tell('reply at the end', { headers: right }, { options: { reply: 'lastNode' } });
	await tell('system webhook without a signature', { headers: right }, { setUp: 'systemWebhook' });
	return told;
}

const SYSTEM_EVENTS: Record<string, Partial<SystemEvent>> = {
	plain: { properties: { $event_id: '1001', $value: 41.5, $value_currency: 'EUR', OrderId: '1' } },
	'without a sender’s id': { properties: { ProductName: 'Desk Lamp' } },
	'text message': { topic: 'event:klaviyo.sent_sms', properties: { To: '+420600000001' } },
	cancelled: { topic: 'event:api.cancelled_order', properties: { $event_id: '5' } },
	'from meiro': { properties: { meiro_origin: 'points' } },
	'empty values': { properties: { a: null, b: '', list: [null, 1] } },
};

export async function systemWebhooks(klaviyo: KlaviyoStandIn): Promise<Cases> {
	const setup: TriggerSetup = {
		credentials: credentials({
			klaviyoPrivateKeyApi: { apiKey: 'pk_sandbox', baseUrl: klaviyo.apiUrl, allowPrivate: true },
		}),
		parameters: { setUp: 'systemWebhook', topics: ['event:api.placed_order'] },
		credentialId: 'golden-system',
		webhookId: '5f0d3c58-7f0e-4b53-8a5e-0c4c7c9a1b01',
	};
	await publishTrigger(setup);
	const { id, secret_key } = klaviyo.systemWebhooks()[0]!;
	const now = new Date(NOW);
	const send = async (events: SystemEvent[]) => {
		const whole = envelope(events, { webhookId: id, accountId: 'LaMp01', now });
		const body = Buffer.from(JSON.stringify(whole).replace(/"uuid":"[^"]*"/g, '"uuid":"u-1"'));
		const headers = Object.fromEntries(
			Object.entries(systemHeaders(body, secret_key, id, now)).map(([name, value]) => [
				name.toLowerCase(),
				value,
			]),
		);
		return toldOf(await callTrigger(setup, { body, headers }));
	};
	const whole = Object.entries(SYSTEM_EVENTS).map(([name, more], number): [string, SystemEvent] => [
		name,
		{
			topic: 'event:api.placed_order',
			external_id: `4fY2Wp${number}abcd`,
			profile_id: ANA,
			metric_id: 'ORDERS',
			time: new Date(NOW - HOUR_MS),
			...more,
		},
	]);
	const told: Cases = {};
	for (const [name, event] of whole) told[name] = await send([event]);
	told['all in one'] = await send(whole.map(([, event]) => event));
	return told;
}

function fill(klaviyo: KlaviyoStandIn): void {
	const ago = (hours: number) => new Date(NOW - hours * HOUR_MS);
	klaviyo.seedProfiles([
		{
			id: ANA,
			created: ago(100),
			attributes: {
				email: 'Ana@shop.example',
				external_id: 'c-1',
				first_name: 'Ana',
				location: { city: 'Brno' },
				properties: { Tier: 'gold' },
			},
		},
		{ id: BEN, created: ago(100), attributes: { email: 'ben@shop.example' } },
	]);
	klaviyo.seedEvents(
		[ANA, BEN].flatMap((profile, person) =>
			['1', '2', undefined].map((unique_id, number) => ({
				metric: 'Submitted Review',
				service: 'reviews',
				profile,
				time: new Date(NOW - HOUR_MS + (person * 10 + number) * 1000),
				...(unique_id === undefined ? {} : { unique_id: `${person}-${unique_id}` }),
				value: 41.5,
				...(number === 1 ? { value_currency: 'EUR' } : {}),
				properties: { Rating: 5, tags: ['a', null], None: null, number },
			})),
		),
	);
	for (const metric of [
		'Opened Email',
		'Unsubscribed from Email Marketing',
		'Unsubscribed from SMS Marketing',
	]) {
		klaviyo.seedEvents([
			{ metric, service: 'klaviyo', profile: ANA, time: ago(2), properties: { Subject: 'Spring' } },
		]);
	}
	for (const group of ['LIST01', 'SEGM01']) {
		klaviyo.seedMembers(group, [
			{ id: ANA, joined: ago(2) },
			{ id: BEN, joined: ago(3) },
		]);
	}
	klaviyo.changeProfiles([{ id: ANA, attributes: { first_name: 'Anna' }, updated: ago(1) }]);
}

export async function polled(klaviyo: KlaviyoStandIn): Promise<Cases> {
	fill(klaviyo);
	const given = new MemoryCredentials({
		klaviyoPrivateKeyApi: { apiKey: 'pk_sandbox', baseUrl: klaviyo.apiUrl, allowPrivate: true },
	} as never);
	const told: Cases = {};
	for (const parameters of [
		{ events: ['otherMetrics'], metricIds: ['REVIEW'] },
		{ events: ['emailOpened', 'emailUnsubscribed', 'smsUnsubscribed'] },
		{ events: ['profileUpdated'] },
		{ events: ['listJoined'], listIds: ['LIST01'] },
		{ events: ['segmentJoined'], segmentIds: ['SEGM01'] },
		{ events: ['profileUpdated'], options: { account: 'shop-cz' } },
	]) {
		const { options = {} } = parameters as { options?: IDataObject };
		const startFrom = new Date(NOW - 5 * HOUR_MS).toISOString();
		const trigger = new PollingTrigger({
			credentials: given,
			parameters: { ...parameters, options: { ...options, startFrom } } as never,
		});
		const name = JSON.stringify(parameters);
		told[name] = [await trigger.publish(), await trigger.poll()].flat();
		if (trigger.failures.length > 0) {
			told[`${name} failures`] = trigger.failures.map(({ message }) => message);
		}
	}
	const { main, failure } = await executeKlaviyo({
		apiUrl: klaviyo.apiUrl,
		resource: 'event',
		operation: 'getAll',
		parameters: { metricId: byId('REVIEW'), returnAll: true },
	});
	told['Event: Get Many'] = failure?.message ?? main.map(({ json }) => json);
	return told;
}

export async function withKlaviyo(
	run: (klaviyo: KlaviyoStandIn) => Promise<Cases>,
): Promise<Cases> {
	const klaviyo = await startKlaviyo({
		now: () => new Date(NOW),
		lists: [{ id: 'LIST01', name: 'Newsletter' }],
		segments: [{ id: 'SEGM01', name: 'VIP' }],
		metrics: [
			{ id: 'OPENED', name: 'Opened Email', integration: { name: 'Klaviyo' } },
			{ id: 'UNSUBS', name: 'Unsubscribed from Email Marketing', integration: { name: 'Klaviyo' } },
			{ id: 'UNSMSS', name: 'Unsubscribed from SMS Marketing', integration: { name: 'Klaviyo' } },
			{ id: 'ORDERS', name: 'Placed Order', integration: { name: 'API' } },
			{ id: 'REVIEW', name: 'Submitted Review', integration: { name: 'Reviews' } },
		],
		rateLimits: false,
	});
	return await run(klaviyo).finally(async () => await klaviyo.close());
}
