import type { AxiosInstance, AxiosResponse } from 'axios';
import { createHmac } from 'node:crypto';

import type { KlaviyoOptions, SystemEvent } from '../../sandbox/klaviyo';
import { startKlaviyo } from '../../sandbox/klaviyo';
import { clientOf, errorOf } from '../../sandbox/klaviyo/api/example-client';
import { signature } from '../../sandbox/klaviyo/api/system-events';
import type { Received } from './klaviyo-receiver';
import { closeAll, HURRY, kept, startReceiver } from './klaviyo-receiver';

afterEach(closeAll);

async function startApi(options: KlaviyoOptions = {}) {
	const klaviyo = kept(await startKlaviyo({ ...HURRY, ...options }));
	return { klaviyo, api: clientOf(klaviyo.apiUrl) };
}

const SECRET = 'a-secret-of-the-caller';
const TOPIC = 'event:klaviyo.sent_sms';
const EVENT: SystemEvent = {
	topic: TOPIC,
	external_id: '4AbCdEfGhIj',
	profile_id: '01JZ0000000000000000000001',
	time: new Date('2031-02-03T04:05:06Z'),
	properties: { Subject: 'Žluťoučký 🐎' },
};

function newWebhook(url: string, attributes: object = {}, topics = [TOPIC]) {
	const data = topics.map((id) => ({ type: 'webhook-topic', id }));
	return {
		data: {
			type: 'webhook',
			attributes: { name: 'n8n', endpoint_url: url, secret_key: SECRET, ...attributes },
			relationships: { 'webhook-topics': { data } },
		},
	};
}

async function register(api: AxiosInstance, url: string): Promise<string> {
	const answer: AxiosResponse = await api.post('/api/webhooks', newWebhook(url));
	expect(answer.status).toBe(201);
	return answer.data.data.id as string;
}

function enable(id: string, enabled: boolean) {
	return { data: { type: 'webhook', id, attributes: { enabled, description: null } } };
}

describe('a system webhook', () => {
	it('is created, read, changed and deleted; the URL comes back masked, the secret never', async () => {
		const { klaviyo, api } = await startApi();
		const id = await register(api, 'https://n8n.example/webhook/abc?x=1');
		expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
		const one = await api.get(`/api/webhooks/${id}`);
		expect(one.data.data.attributes).toMatchObject({
			...{ name: 'n8n', enabled: true, endpoint_url: 'https://n8n.example/*****' },
		});
		const changed = await api.patch(`/api/webhooks/${id}`, enable(id, false));
		expect(changed.data.data.attributes.enabled).toBe(false);
		const all = await api.get('/api/webhooks');
		expect(all.data.data).toHaveLength(1);
		expect(JSON.stringify([one.data, changed.data, all.data])).not.toContain(SECRET);
		expect((await api.delete(`/api/webhooks/${id}`)).status).toBe(204);
		expect((await api.get(`/api/webhooks/${id}`)).status).toBe(404);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it.each<[string, ReturnType<typeof newWebhook>, string]>([
		['no https', newWebhook('http://n8n.example/'), '/data/attributes/endpoint_url'],
		[
			'a short secret',
			newWebhook('https://n8n.example/', { secret_key: '123456789012345' }),
			'/data/attributes/secret_key',
		],
		[
			'an unknown topic',
			newWebhook('https://n8n.example/', {}, [TOPIC, 'profile.created']),
			'/data/relationships/webhook-topics/data/1/id',
		],
		// Only the specification knows that a new webhook can't be told whether it is enabled.
		[
			'enabled on create',
			newWebhook('https://n8n.example/', { enabled: true }),
			'/data/attributes/enabled',
		],
	])('is refused with %s', async (_name, body, pointer) => {
		const { api } = await startApi();
		const answer = await api.post('/api/webhooks', body);
		expect([answer.status, errorOf(answer).source]).toEqual([400, { pointer }]);
	});

	it('is refused as the eleventh', async () => {
		const { api } = await startApi();
		for (let index = 0; index < 10; index++) await register(api, 'https://n8n.example/');
		expect((await api.post('/api/webhooks', newWebhook('https://n8n.example/'))).status).toBe(400);
	});

	it('has the topics of the account to choose from', async () => {
		const { api } = await startApi();
		const { data } = await api.get('/api/webhook-topics');
		const ids = data.data.map(({ id }: { id: string }) => id);
		expect(ids).toEqual(expect.arrayContaining([TOPIC, 'event:api.viewed_product']));
		expect((await api.get(`/api/webhook-topics/${TOPIC}`)).data.data.id).toBe(TOPIC);
	});
});

describe('system events', () => {
	it('arrive signed over body and timestamp, which is five hours ahead', async () => {
		const receiver = kept(await startReceiver(200));
		const { klaviyo, api } = await startApi();
		const id = await register(api, receiver.url);
		const other = { ...EVENT, topic: 'event:klaviyo.opened_email' };
		klaviyo.sendSystemEvents(id, [EVENT, other]);
		await klaviyo.systemSettled();
		expect(receiver.received).toHaveLength(1);
		const [{ headers, body }] = receiver.received as [Received];
		const timestamp = String(headers['klaviyo-timestamp']);
		const expected = createHmac('sha256', SECRET).update(
			Buffer.concat([body, Buffer.from(timestamp)]),
		);
		expect(headers['klaviyo-signature']).toBe(expected.digest('hex'));
		const ahead = (Date.parse(timestamp) - Date.now()) / 3_600_000;
		expect(ahead).toBeGreaterThan(4.9);
		expect(ahead).toBeLessThan(5.1);
		const { data, meta } = JSON.parse(body.toString());
		expect(meta.klaviyo_webhook_id).toMatch(/^[0-9a-f]{64}$/);
		expect(headers['klaviyo-webhook-id']).toBe(meta.klaviyo_webhook_id);
		expect(meta.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
		expect(data).toHaveLength(1);
		expect(data[0]).toMatchObject({
			external_id: EVENT.external_id,
			payload: { data: { attributes: { datetime: '2031-02-03 04:05:06+00:00' } } },
		});
	});

	it('are signed as the published vector says', () => {
		const body = Buffer.from('{"note":"žluťoučký 🐎"}');
		const timestamp = 'Thu, 04 Jan 2024 18:05:25 GMT';
		expect(signature(body, timestamp, 'klaviyo-test-secret')).toBe(
			'467a85358af367f118b1ab343292f1c16e91803dc23eb79556fda4de284861e8',
		);
	});

	it('come a thousand at a time', async () => {
		const receiver = kept(await startReceiver(202));
		const { klaviyo, api } = await startApi();
		const id = await register(api, receiver.url);
		const events = Array.from({ length: 1001 }, () => EVENT);
		const sent = klaviyo.sendSystemEvents(id, events);
		await klaviyo.systemSettled();
		expect(sent.map((each) => [each.events, each.status])).toEqual([
			[1000, 'sent'],
			[1, 'sent'],
		]);
	});

	it('come again with the same bytes until they are accepted', async () => {
		const receiver = kept(await startReceiver(500, 404, 'hang', 201));
		const { klaviyo, api } = await startApi({ systemTimeoutMs: 50 });
		const id = await register(api, receiver.url);
		const [delivery] = klaviyo.sendSystemEvents(id, [EVENT]);
		await klaviyo.systemSettled();
		expect(delivery?.status).toBe('sent');
		expect(delivery?.attempts.map(({ http_status }) => http_status)).toEqual([500, 404, null, 201]);
		const [first, ...again] = receiver.received.map(({ body }) => body.toString());
		expect(again).toEqual([first, first, first]);
	});

	it('end after 48 hours of failures: disabled until somebody enables it again', async () => {
		const receiver = kept(await startReceiver(500));
		const { klaviyo, api } = await startApi({ timeScale: 864_000 });
		const id = await register(api, receiver.url);
		const [delivery] = klaviyo.sendSystemEvents(id, [EVENT]);
		await klaviyo.systemSettled();
		expect(delivery?.status).toBe('dropped');
		const { data } = await api.get(`/api/webhooks/${id}`);
		expect(data.data.attributes.enabled).toBe(false);
		expect(klaviyo.sendSystemEvents(id, [EVENT])).toEqual([]);
		await api.patch(`/api/webhooks/${id}`, enable(id, true));
		expect(klaviyo.sendSystemEvents(id, [EVENT])).toHaveLength(1);
	});
});
