import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

import { startKlaviyo } from '../../sandbox/klaviyo';
import { ANA, closeAll, delivered, flowTo, HURRY, kept, startPair } from './klaviyo-receiver';

afterEach(closeAll);

describe('flows that do not send', () => {
	it.each(['draft', 'manual'] as const)('%s', async (status) => {
		const { receiver, klaviyo } = await startPair([200]);
		const flow = klaviyo.createFlow(flowTo(receiver.url, { status }));
		const delivery = klaviyo.enter(flow.id, ANA);
		await klaviyo.settled();
		expect(delivery).toMatchObject({ status: 'skipped', attempts: [], first_sent_at: null });
		expect(receiver.received).toHaveLength(0);
	});

	it('because the body cannot be rendered: the delivery is skipped and says why', async () => {
		const { receiver, klaviyo } = await startPair([200]);
		const webhook = { url: receiver.url, body: '{{ event.$value }}' };
		const flow = klaviyo.createFlow({ name: 'Broken', webhook });
		expect(() => klaviyo.preview(flow.id, ANA)).toThrow('Could not parse the remainder');
		expect(klaviyo.enter(flow.id, ANA)).toMatchObject({
			status: 'skipped',
			attempts: [{ http_status: null, error: expect.stringContaining('RenderError') }],
		});
		expect(receiver.received).toHaveLength(0);
	});
});

describe('what cannot be saved or entered', () => {
	it.each([
		['http://n8n.example/webhook/abc', true],
		['http://127.0.0.1.example/webhook', true],
		['http://127.0.0.1:5678/webhook', false],
		['ftp://n8n.example/webhook', true],
		['n8n.example/webhook', true],
	])('a webhook to %s with allowLoopbackHttp %s', async (url, allowLoopbackHttp) => {
		const klaviyo = kept(await startKlaviyo({ allowLoopbackHttp }));
		expect(() => klaviyo.createFlow(flowTo(url))).toThrow('URL');
	});

	it.each(['https://n8n.example/webhook', 'http://localhost:1/a', 'http://[::1]:1/a'])(
		'while %s can',
		async (url) => {
			const klaviyo = kept(await startKlaviyo());
			expect(klaviyo.createFlow(flowTo(url)).id).toMatch(/^[A-Za-z0-9]{6}$/);
		},
	);

	it('the same flow id twice, an odd id, a header with a line end', async () => {
		const klaviyo = kept(await startKlaviyo());
		const flow = klaviyo.createFlow(flowTo('https://a.example', { id: 'AbC123' }));
		expect(flow.id).toBe('AbC123');
		const again = (id: string) => () => klaviyo.createFlow(flowTo('https://a.example', { id }));
		expect(again('AbC123')).toThrow('exists');
		expect(again('AbC-12')).toThrow('not a flow id');
		const headers = { 'X-Secret': 'a\r\nX-Other: b' };
		const webhook = { url: 'https://a.example', headers, body: '' };
		expect(() => klaviyo.createFlow({ name: 'Odd', webhook })).toThrow('X-Secret');
	});

	it('a metric flow without its event, an unknown flow, an odd Klaviyo id', async () => {
		const klaviyo = kept(await startKlaviyo());
		const { id } = klaviyo.createFlow(flowTo('https://a.example', { status: 'draft' }));
		expect(() => klaviyo.enter(id, { profile: ANA.profile })).toThrow('starts on an event');
		expect(() => klaviyo.enter('NoFlow', ANA)).toThrow('no flow NoFlow');
		const odd = { ...ANA, profile: { ...ANA.profile, klaviyo_id: 'short' } };
		expect(() => klaviyo.enter(id, odd)).toThrow('klaviyo_id');
		expect(klaviyo.deliveries()).toHaveLength(0);
	});
});

describe('many at once', () => {
	it('never has more in flight than allowed, and sends every one once', async () => {
		const held: Array<() => void> = [];
		const got: string[] = [];
		let most = 0;
		const server = http.createServer((request, response) => {
			request.on('data', (chunk: Buffer) => got.push(chunk.toString()));
			request.on('end', () => {
				most = Math.max(
					most,
					held.push(() => response.end()),
				);
				// Time for a fifth one to come, if it is ever sent.
				if (held.length === 4) setTimeout(() => held.splice(0).forEach((end) => end()), 5);
			});
		});
		kept({ close: async () => void (await once(server.close(), 'close')) });
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
		const klaviyo = kept(await startKlaviyo({ concurrency: 4 }));
		const { id } = klaviyo.createFlow(flowTo(url, { webhook: { url, body: '{{ email }}' } }));
		for (let index = 0; index < 200; index++) {
			const profile = { ...ANA.profile, email: `person-${index}@shop.example` };
			klaviyo.enter(id, { ...ANA, profile });
		}
		expect(klaviyo.activity(id)).toEqual({ sent: 0, waiting: 200, failed: 0, skipped: 0 });
		await klaviyo.settled(id, 5000);
		expect(klaviyo.activity()).toEqual({ sent: 200, waiting: 0, failed: 0, skipped: 0 });
		expect(new Set(got).size).toBe(200);
		expect(got).toHaveLength(200);
		expect(most).toBe(4);
	});

	it('keeps a bounded log when asked to, and full counts', async () => {
		const options = { ...HURRY, maxDeliveries: 2, keepBodies: false };
		const { receiver, klaviyo } = await startPair([200], options);
		const { id } = klaviyo.createFlow(flowTo(receiver.url));
		for (let index = 0; index < 4; index++) {
			klaviyo.enter(id, ANA);
			await klaviyo.settled();
		}
		expect(klaviyo.deliveries(id).map(({ body }) => body)).toEqual(['', '']);
		expect(receiver.received[3]?.body.toString()).toBe('{"email":"ana@shop.example"}');
		expect(klaviyo.activity(id).sent).toBe(4);
	});
});

describe('waiting and closing', () => {
	it('tells every attempt and every end', async () => {
		const { receiver, klaviyo } = await startPair([500, 200]);
		const seen: string[] = [];
		const stop = klaviyo.onDelivery(({ status, attempts }) => {
			seen.push(`${status} ${attempts.length}`);
		});
		await delivered(klaviyo, receiver.url);
		stop();
		await delivered(klaviyo, receiver.url);
		expect(seen).toEqual(['waiting 1', 'sent 2']);
	});

	it('settles per flow, and says how many still wait', async () => {
		const { receiver, klaviyo } = await startPair(['hang']);
		const stuck = klaviyo.createFlow(flowTo(receiver.url));
		const idle = klaviyo.createFlow(flowTo(receiver.url));
		klaviyo.enter(stuck.id, ANA);
		await klaviyo.settled(idle.id, 1);
		await expect(klaviyo.settled(stuck.id, 20)).rejects.toThrow('1 deliveries still wait');
	});

	it('waits out the step before the webhook, in scaled time, with the clock moved on', async () => {
		const now = () => new Date('2031-02-03T04:05:06Z');
		const { receiver, klaviyo } = await startPair([200], { timeScale: 8_640_000, now });
		const webhook = { url: receiver.url, body: "{% today '%Y-%m-%d' as d %}{{ d }}" };
		const delayMs = 14 * 86_400_000;
		klaviyo.enter(klaviyo.createFlow({ name: 'Later', delayMs, webhook }).id, ANA);
		expect(receiver.received).toHaveLength(0);
		const started = performance.now();
		await klaviyo.settled();
		expect(performance.now() - started).toBeGreaterThan(100);
		expect(receiver.received[0]?.body.toString()).toBe('2031-02-17');
	});

	it('cuts what is in flight when it closes, and tells who waits', async () => {
		const { receiver, klaviyo } = await startPair(['hang', 200]);
		const delivery = klaviyo.enter(klaviyo.createFlow(flowTo(receiver.url)).id, ANA);
		await receiver.arrived(1);
		const waiting = expect(klaviyo.settled()).rejects.toThrow('closed');
		await klaviyo.close();
		await waiting;
		expect(delivery).toMatchObject({ status: 'waiting', attempts: [] });
	});

	it('sends nothing after it has closed, neither retries nor what was in the queue', async () => {
		const options = { timeScale: 6000, concurrency: 1 };
		const { receiver, klaviyo } = await startPair([503, 'hang', 200], options);
		const { id } = klaviyo.createFlow(flowTo(receiver.url));
		for (let index = 0; index < 3; index++) klaviyo.enter(id, ANA);
		await receiver.arrived(2);
		await klaviyo.close();
		// The retry was due 10 ms after the 503.
		await new Promise((resolve) => setTimeout(resolve, 60));
		expect(receiver.received).toHaveLength(2);
	});
});
