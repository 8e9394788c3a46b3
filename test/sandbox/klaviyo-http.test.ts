import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { ANA, closeAll, flowTo, kept, startPair, startReceiver } from './klaviyo-receiver';

afterEach(closeAll);

async function call(url: string, body?: unknown): Promise<{ status: number; text: string }> {
	const response = await fetch(url, {
		method: body === undefined ? 'GET' : 'POST',
		headers: body === undefined ? {} : { 'content-type': 'application/json' },
		body: body === undefined ? null : JSON.stringify(body),
	});
	return { status: response.status, text: await response.text() };
}

describe('the control surface', () => {
	it('creates flows, enters one profile or many, tells what became of them', async () => {
		const { receiver, klaviyo } = await startPair([200]);
		const flow = { ...flowTo(receiver.url), id: 'AbC123' };
		const headers = { 'X-Webhook-Secret': 'do-not-tell' };
		const webhook = { ...flow.webhook, headers };
		const created = await call(`${klaviyo.url}/_sandbox/flows`, { ...flow, webhook });
		expect(created.status).toBe(201);
		expect(JSON.parse(created.text)).toMatchObject({ id: 'AbC123', status: 'live' });

		const listed = await call(`${klaviyo.url}/_sandbox/flows`);
		expect(JSON.parse(listed.text)).toHaveLength(1);
		expect(created.text + listed.text).not.toContain('do-not-tell');

		const one = await call(`${klaviyo.url}/_sandbox/flows/AbC123/entries`, ANA);
		expect(one.status).toBe(202);
		expect(JSON.parse(one.text)).toMatchObject({ flow_id: 'AbC123', event_unique_id: 'cart-1' });
		const many = await call(`${klaviyo.url}/_sandbox/flows/AbC123/entries`, [ANA, ANA]);
		expect(JSON.parse(many.text)).toHaveLength(2);
		await klaviyo.settled();
		expect(receiver.received[0]?.headers['x-webhook-secret']).toBe('do-not-tell');

		const activity = await call(`${klaviyo.urls.activity}?flow_id=AbC123`);
		expect(JSON.parse(activity.text)).toEqual({ sent: 3, waiting: 0, failed: 0, skipped: 0 });
		const deliveries = await call(`${klaviyo.url}/_sandbox/deliveries?flow_id=AbC123`);
		expect(JSON.parse(deliveries.text)).toMatchObject([
			{ status: 'sent', attempts: [{ http_status: 200 }] },
			{ status: 'sent' },
			{ status: 'sent' },
		]);
		const others = await call(`${klaviyo.url}/_sandbox/deliveries?flow_id=Other1`);
		expect(JSON.parse(others.text)).toEqual([]);
		const state = await call(`${klaviyo.url}/_sandbox/state`);
		expect(JSON.parse(state.text)).toMatchObject({ timeScale: 86_400 });
	});

	it('previews a body as text, and answers 400 when it cannot be rendered', async () => {
		const { receiver, klaviyo } = await startPair([200]);
		const { id } = klaviyo.createFlow(flowTo(receiver.url));
		const shown = await call(`${klaviyo.url}/_sandbox/flows/${id}/preview`, ANA);
		expect(shown).toEqual({ status: 200, text: '{"email":"ana@shop.example"}' });
		const webhook = { url: receiver.url, body: '{{ event.$value }}' };
		const broken = klaviyo.createFlow({ name: 'Broken', webhook });
		const refused = await call(`${klaviyo.url}/_sandbox/flows/${broken.id}/preview`, ANA);
		expect(refused.status).toBe(400);
		expect(refused.text).toContain('RenderError');
		expect(receiver.received).toHaveLength(0);
	});

	it('refuses what is not right, and enters nobody of an array with one wrong entry', async () => {
		const { receiver, klaviyo } = await startPair([200]);
		const flows = `${klaviyo.url}/_sandbox/flows`;
		const { id } = klaviyo.createFlow(flowTo(receiver.url));
		const without = { profile: ANA.profile };
		expect((await call(flows, flowTo('http://n8n.example/'))).status).toBe(400);
		expect((await call(flows, { ...flowTo(receiver.url), colour: 'red' })).status).toBe(400);
		expect((await call(flows, { ...flowTo(receiver.url), id })).status).toBe(409);
		expect((await call(`${flows}/NoFlow/entries`, ANA)).status).toBe(404);
		expect((await call(`${flows}/${id}/entries`, [ANA, without])).status).toBe(400);
		expect((await call(`${flows}/${id}/entries`, { profile: { email: 'a' } })).status).toBe(400);
		expect(klaviyo.deliveries()).toEqual([]);
	});

	it('listens on the loopback address only', async () => {
		const { klaviyo } = await startPair([200]);
		expect(new URL(klaviyo.url).hostname).toBe('127.0.0.1');
	});
});

describe('the command line', () => {
	const root = join(__dirname, '../..');

	function start(...args: string[]) {
		return fork('sandbox/klaviyo/main.ts', args, {
			cwd: root,
			execArgv: ['--import', 'tsx'],
			silent: true,
		});
	}

	it.each(['SIGINT', 'SIGTERM'] as const)(
		'ends on %s though a retry is due in a minute',
		async (signal) => {
			const receiver = kept(await startReceiver(503));
			const child = start('--port', '0', '--time-scale', '1');
			const lines: string[] = [];
			for await (const line of createInterface({ input: child.stdout as Readable })) {
				lines.push(line);
				if (!line.startsWith('time')) continue;
				const flows = /http:\S+\/_sandbox\/flows/.exec(lines.join('\n'))?.[0] ?? '';
				await call(flows, { ...flowTo(receiver.url), id: 'AbC123' });
				await call(`${flows}/AbC123/entries`, ANA);
				await receiver.arrived(1);
				await call(flows); // by now the 503 has been read
				child.kill(signal);
			}
			if (child.exitCode === null) await once(child, 'exit');
			expect(lines.join('\n')).toMatch(/1 times faster: 24 h of retries take 86400 s[^]*closed$/);
			expect(child.exitCode).toBe(0);
		},
	);

	it('refuses a port that is none', async () => {
		const child = start('--port', '4300x');
		await once(child, 'exit');
		expect(child.exitCode).toBe(1);
	});
});
