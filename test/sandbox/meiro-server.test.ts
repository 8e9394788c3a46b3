import { once } from 'node:events';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import axios from 'axios';
import { createRequestLog } from '../../sandbox/meiro/requestLog';
import { cleanUp, envelope, get, post, start, startCli } from './meiro-client';

afterEach(cleanUp);

describe('the request log', () => {
	it('has each request with headers, query, status and number of events', async () => {
		const meiro = await start();
		await post(meiro, '/s%20x?event_name=a&k=v', { n: 1 }, { 'X-Api-Key': 'abc' });
		await post(meiro, '/collect/p', [envelope(), {}]);
		await post(meiro, '/s?event_name=a', 'no JSON');
		expect(meiro.requests()).toMatchObject([
			{
				method: 'POST',
				path: '/s%20x',
				query: { event_name: 'a', k: 'v' },
				headers: { 'x-api-key': 'abc', host: new URL(meiro.url).host },
				status: 200,
				event_count: 1,
				received_at: expect.stringMatching(/\.\d{3}Z$/),
			},
			{ path: '/collect/p', status: 200, event_count: 2 },
			{ path: '/s', status: 400, event_count: 0 },
		]);
		expect((await get(`${meiro.url}/_sandbox/requests`)).data).toEqual(meiro.requests());
	});

	it('keeps repeated headers', async () => {
		const meiro = await start();
		// As a list of names and values, because Node's types know no repeated authorization.
		const headers = [
			'authorization',
			'Basic one',
			'authorization',
			'Basic two',
			'constructor',
			'x',
		];
		const sending = request(`${meiro.url}/s?event_name=a`, {
			method: 'POST',
			headers: ['host', 'x', ...headers, 'content-length', '2'],
		}).end('{}');
		const [answer] = await once(sending, 'response');
		answer.resume();
		await once(answer, 'end');
		expect(meiro.requests()[0]?.headers).toMatchObject({
			authorization: 'Basic one, Basic two',
			constructor: 'x',
		});
	});

	it('leaves the own pages out', async () => {
		const meiro = await start();
		await get(meiro.urls.monitor);
		await get(meiro.urls.events);
		expect(meiro.requests()).toEqual([]);
	});

	it('keeps the last requests only', () => {
		const log = createRequestLog(3);
		for (let n = 0; n < 10; n += 1) {
			log.add({ method: 'POST', url: `/${n}`, rawHeaders: [] } as never);
			expect(log.entries().length).toBeLessThanOrEqual(3);
		}
		expect(log.entries().map(({ path }) => path)).toEqual(['/7', '/8', '/9']);
	});
});

describe('the server', () => {
	it('says what it is and answers unknown paths with 404', async () => {
		const meiro = await start();
		expect((await get(meiro.url)).data).toMatchObject({ name: 'Meiro stand-in' });
		expect((await get(`${meiro.url}/klaviyo?event_name=a`)).status).toBe(404);
	});

	it('is not reachable from other machines', async () => {
		const meiro = await start();
		const outside = Object.values(networkInterfaces())
			.flat()
			.filter((address) => address && !address.internal && address.family === 'IPv4')
			.map((address) => `http://${address?.address}:${new URL(meiro.url).port}/`);
		for (const url of outside) {
			await expect(axios.get(url, { timeout: 1000, proxy: false })).rejects.toThrow();
		}
	});

	it('may be closed twice', async () => {
		const meiro = await start();
		await Promise.all([meiro.close(), meiro.close()]);
		await expect(get(meiro.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
	});
});

describe('the command line', () => {
	it.each(['SIGINT', 'SIGTERM'] as const)(
		'prints its URLs and ends cleanly on %s',
		async (signal) => {
			const cli = startCli('--port', '0', '--sources', 'a,b');
			const url = await cli.ready;
			expect((await post({ url }, '/b?event_name=x', {})).status).toBe(200);
			expect((await post({ url }, '/c?event_name=x', {})).status).toBe(404);
			cli.process.kill(signal);
			const { code, stdout } = await cli.ended;
			expect(code).toBe(0);
			expect(stdout).toContain(`${url}/app/monitoring`);
			expect(stdout).toContain(`${url}/_sandbox/events`);
			for (const path of ['/api', '/wbs?', '/profile-api/']) expect(stdout).toContain(url + path);
		},
	);

	it.each([
		[['--port', 'x'], '--port'],
		[['--port', '65536'], '--port'],
		[['--colour', 'red'], '--colour'],
	])('refuses %j with status 2 and says how it is used', async (args, reason) => {
		const { code, stderr } = await startCli(...args).ended;
		expect(code).toBe(2);
		expect(stderr).toContain(reason);
		expect(stderr).toContain('Usage:');
	});

	it('ends with status 1 when the port is taken', async () => {
		const { port } = new URL((await start()).url);
		const { code, stderr } = await startCli('--port', port).ended;
		expect(code).toBe(1);
		expect(stderr).toContain('EADDRINUSE');
	});
});
