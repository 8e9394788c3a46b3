import { once } from 'node:events';
import { createServer } from 'node:net';
import axios from 'axios';
import type { Fault, MeiroStandIn } from '../../sandbox/meiro';
import { createFaultPlan, createRandom } from '../../sandbox/meiro/faults';
import { cleanUp, customerEvent, envelope, get, logIn, post, start } from './meiro-client';

afterEach(cleanUp);

const send = async (meiro: MeiroStandIn) => await post(meiro, '/s?event_name=a', { n: 1 });
const statuses = async (meiro: MeiroStandIn, requests: number) => {
	const seen: number[] = [];
	for (let sent = 0; sent < requests; sent += 1) seen.push((await send(meiro)).status);
	return seen;
};

describe('a plan of faults', () => {
	it('is consumed in order, each fault once unless it says how often', async () => {
		const meiro = await start();
		meiro.misbehave([
			{ kind: 'status', status: 503, times: 2 },
			{ kind: 'status', status: 429 },
		]);
		expect(await statuses(meiro, 5)).toEqual([503, 503, 429, 200, 200]);
		expect(meiro.count()).toBe(2);
	});

	it('hits by rate without end, the same requests in every run, others with another seed', () => {
		const draw = (seed: number) => {
			const faults = createFaultPlan(seed);
			faults.replace([{ kind: 'status', status: 500, rate: 0.3 }]);
			return Array.from({ length: 1000 }, () => faults.next() !== undefined);
		};
		expect(draw(1)).toEqual(draw(1));
		expect(draw(1)).not.toEqual(draw(2));
		const hits = draw(1).filter(Boolean).length;
		expect(hits).toBeGreaterThan(250);
		expect(hits).toBeLessThan(350);
	});

	it('falls through to the next fault when a draw is lost, and counts only hits', () => {
		const faults = createFaultPlan(1);
		const first: Fault = { kind: 'status', status: 500, rate: 0.5, times: 3 };
		faults.replace([first, { kind: 'status', status: 503, rate: 1 }]);
		const seen = Array.from({ length: 50 }, () => faults.next());
		expect(seen.filter((fault) => fault === first)).toHaveLength(3);
		expect(seen.slice(0, 3)).not.toEqual([first, first, first]);
		expect(seen.every((fault) => fault !== undefined)).toBe(true);
	});

	it('starts its random sequence again with every new plan', () => {
		const faults = createFaultPlan(7);
		const run = () => {
			faults.replace([{ kind: 'reset', rate: 0.5 }]);
			return Array.from({ length: 40 }, () => faults.next()?.kind);
		};
		expect(run()).toEqual(run());
	});

	it('draws numbers from 0 up to below 1', () => {
		const random = createRandom(3);
		const drawn = Array.from({ length: 10_000 }, random);
		expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
		expect(Math.max(...drawn)).toBeLessThan(1);
		expect(drawn.reduce((sum, number) => sum + number) / drawn.length).toBeCloseTo(0.5, 1);
	});

	it('ends when it is replaced by an empty one', async () => {
		const meiro = await start();
		meiro.misbehave([{ kind: 'status', status: 500, rate: 1 }]);
		expect(await statuses(meiro, 2)).toEqual([500, 500]);
		meiro.misbehave([]);
		expect(await statuses(meiro, 1)).toEqual([200]);
	});
});

describe('a fault of the kind', () => {
	it('status answers with Retry-After and a body, and stores nothing', async () => {
		const meiro = await start();
		const body = { error: 'later' };
		meiro.misbehave([
			{ kind: 'status', status: 429, retryAfter: '7', body },
			{ kind: 'status', status: 200, body },
			{ kind: 'status', status: 204 },
		]);
		const [late, no, empty] = [await send(meiro), await send(meiro), await send(meiro)];
		expect([late.status, late.headers['retry-after'], late.data]).toEqual([429, '7', body]);
		expect([no.status, no.data, no.headers['retry-after']]).toEqual([200, body, undefined]);
		expect([empty.status, empty.data]).toEqual([204, '']);
		expect(meiro.count()).toBe(0);
	});

	it('reset cuts the connection and stores nothing', async () => {
		const meiro = await start();
		meiro.misbehave([{ kind: 'reset' }]);
		await expect(send(meiro)).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(meiro.count()).toBe(0);
		expect(meiro.requests()).toMatchObject([{ status: 'reset', event_count: 1 }]);
		expect((await send(meiro)).status).toBe(200);
	});

	it('reset with stored loses the answer only', async () => {
		const meiro = await start();
		meiro.misbehave([{ kind: 'reset', stored: true }]);
		await expect(send(meiro)).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(meiro.count()).toBe(1);
	});

	it('slow stores at once and answers as usual after the delay', async () => {
		const meiro = await start();
		meiro.misbehave([{ kind: 'slow', delayMs: 150 }]);
		const sentAt = performance.now();
		const answering = send(meiro);
		await meiro.waitForEvents(1, 2000);
		expect(meiro.requests()).toMatchObject([{ status: null }]);
		expect((await answering).status).toBe(200);
		expect(performance.now() - sentAt).toBeGreaterThanOrEqual(149);
	});

	it('slow does not hold up the closing of the stand-in', async () => {
		const meiro = await start();
		meiro.misbehave([{ kind: 'slow', delayMs: 60_000 }]);
		const answering = send(meiro);
		await meiro.waitForEvents(1, 2000);
		await meiro.close();
		expect((await answering).status).toBe(200);
	});

	it('errors answers 2xx, names events and stores the others', async () => {
		const meiro = await start();
		const events = ['a', 'b', 'c'].map((type) => envelope({ event_type: type }));
		meiro.misbehave([{ kind: 'errors', indexes: [1, 9], message: 'No room' }, { kind: 'errors' }]);
		const some = await post(meiro, '/collect/s', [...events, {}]);
		expect([some.status, some.data]).toEqual([
			200,
			{
				accepted: 2,
				errors: [
					{ index: 1, message: 'No room' },
					{ index: 3, message: expect.stringContaining('event_type') },
				],
			},
		]);
		expect(meiro.events().map((event) => event.event_name)).toEqual(['a', 'c']);
		const all = await post(meiro, '/collect/s', events);
		expect([all.status, all.data.accepted, all.data.errors.length]).toEqual([200, 0, 3]);
		expect(meiro.count()).toBe(2);
	});

	it('errors works for a webhook source as well', async () => {
		const meiro = await start();
		meiro.misbehave([{ kind: 'errors', message: 'No' }]);
		const answer = await send(meiro);
		expect([answer.status, answer.data]).toEqual([200, { errors: [{ index: 0, message: 'No' }] }]);
		expect(meiro.count()).toBe(0);
	});
});

describe('faults of the APIs', () => {
	type Api = Awaited<ReturnType<typeof logIn>>['api'];
	const create = async (api: Api) =>
		await api('POST', '/customer_events/', { body: { customer_events: [customerEvent()] } });

	it('hit only requests whose path begins as they say', async () => {
		const meiro = await start();
		meiro.misbehave([{ kind: 'status', status: 503, rate: 1, path: '/api/customer_events' }]);
		const { api } = await logIn(meiro);
		expect((await api('GET', '/events')).status).toBe(200);
		expect((await create(api)).status).toBe(503);
		expect((await post(meiro, '/collect/s', envelope())).status).toBe(200);
		meiro.misbehave([{ kind: 'status', status: 503, path: '/collect/s' }]);
		expect((await create(api)).status).toBe(201);
		expect((await send(meiro)).status).toBe(200);
		expect((await post(meiro, '/collect/s', envelope())).status).toBe(503);
	});

	it('answer a status before anything is read or stored', async () => {
		const meiro = await start();
		const { api } = await logIn(meiro);
		const body = { message: 'Token has expired' };
		meiro.misbehave([{ kind: 'status', status: 401, body, retryAfter: '3' }]);
		const { status, data, headers } = await create(api);
		expect([status, data, headers['retry-after']]).toEqual([401, body, '3']);
		expect(meiro.count()).toBe(0);
	});

	it('reset the connection with or without storing', async () => {
		const meiro = await start();
		const { api } = await logIn(meiro);
		meiro.misbehave([{ kind: 'reset' }, { kind: 'reset', stored: true }]);
		await expect(create(api)).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(meiro.count()).toBe(0);
		await expect(create(api)).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(meiro.count()).toBe(1);
		expect(meiro.requests().at(-1)).toMatchObject({ status: 'reset' });
	});

	it('let the caller wait for the answer, refusals as well', async () => {
		const meiro = await start();
		const { api } = await logIn(meiro);
		meiro.misbehave([{ kind: 'slow', delayMs: 150, times: 2 }]);
		const sentAt = performance.now();
		expect((await create(api)).status).toBe(201);
		expect(performance.now() - sentAt).toBeGreaterThanOrEqual(149);
		const refusedAt = performance.now();
		expect((await api('GET', '/events?limit=x')).status).toBe(400);
		expect(performance.now() - refusedAt).toBeGreaterThanOrEqual(149);
	});

	it('leave errors to the ways in that have such an answer', async () => {
		const meiro = await start();
		const { api } = await logIn(meiro);
		meiro.misbehave([{ kind: 'errors' }, { kind: 'status', status: 500 }]);
		expect((await create(api)).status).toBe(500);
		expect((await create(api)).status).toBe(201);
		expect((await post(meiro, '/collect/s', envelope())).data.errors).toHaveLength(1);
	});

	it('hit the Audience API and the Profile API', async () => {
		const meiro = await start();
		meiro.misbehave([{ kind: 'status', status: 502, times: 2 }]);
		expect((await get(`${meiro.url}/wbs?attribute=a&value=b`)).status).toBe(502);
		expect((await get(`${meiro.url}/profile-api/s`)).status).toBe(502);
	});
});

describe('faults over HTTP', () => {
	const put = async (meiro: MeiroStandIn, plan: unknown) =>
		await axios.put(`${meiro.url}/_sandbox/faults`, plan, { validateStatus: () => true });

	it('are set by PUT, ended by DELETE, and never hit the own pages', async () => {
		const meiro = await start();
		expect((await put(meiro, [{ kind: 'status', status: 502, rate: 1 }])).status).toBe(204);
		expect((await get(meiro.urls.events)).status).toBe(200);
		expect(await statuses(meiro, 2)).toEqual([502, 502]);
		expect((await axios.delete(`${meiro.url}/_sandbox/faults`)).status).toBe(204);
		expect(await statuses(meiro, 1)).toEqual([200]);
	});

	it.each([
		[{ kind: 'reset' }, 'array'],
		[['reset'], 'Fault 0'],
		[[{ kind: 'explode' }], 'kind'],
		[[{ kind: 'constructor' }], 'kind'],
		[[{ kind: 'reset' }, { kind: 'status' }], "Fault 1: 'status'"],
		[[{ kind: 'status', status: 99 }], "'status'"],
		[[{ kind: 'reset', rate: 2 }], "'rate'"],
		[[{ kind: 'reset', times: -1 }], "'times'"],
		[[{ kind: 'slow', delay: 10, delayMs: 10 }], "'delay'"],
		[[{ kind: 'errors', indexes: ['1'] }], "'indexes'"],
		[[{ kind: 'reset', path: 7 }], "'path'"],
	])('refuse the plan %j and keep the one in place', async (plan, reason) => {
		const meiro = await start();
		meiro.misbehave([{ kind: 'status', status: 418 }]);
		const answer = await put(meiro, plan);
		expect([answer.status, answer.data.message]).toEqual([400, expect.stringContaining(reason)]);
		expect(await statuses(meiro, 1)).toEqual([418]);
		expect(() => meiro.misbehave(plan as Fault[])).toThrow(reason);
	});
});

it('refuses to start on a port that is taken', async () => {
	const other = createServer().listen(0, '127.0.0.1');
	await once(other, 'listening');
	const { port } = other.address() as { port: number };
	await expect(start({ port })).rejects.toThrow('EADDRINUSE');
	other.close();
	await once(other, 'close');
});
