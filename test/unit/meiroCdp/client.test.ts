import type { ICredentialsDecrypted, IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { meiroClient } from '../../../nodes/MeiroCdp/api/cdpClient';

interface Step {
	status?: number;
	code?: string;
	retryAfter?: string;
}

/** A client whose Meiro answers as planned, the last step for good; its clock moves only while it waits. */
async function clientOf(...plan: Step[]) {
	const world = {
		ms: 0,
		waits: [] as number[],
		requests: [] as IHttpRequestOptions[],
		data: [] as unknown[],
	};
	const context = {
		getCredentials: async () => ({
			baseUrl: 'https://example.meiro.io/api',
			authentication: 'accessToken',
			accessToken: 'cdp-secret',
			audienceUrl: 'https://cdp.example.meiro.io',
			pipesUrl: 'https://example.eu.pipes.meiro.io',
			pipesToken: 'pipes-secret',
		}),
		getNode: () => ({ name: 'Meiro CDP', type: 'meiroCdp', parameters: {} }),
		helpers: {
			httpRequestWithAuthentication: async (
				_: string,
				request: IHttpRequestOptions,
				more: { credentialsDecrypted: ICredentialsDecrypted },
			) => {
				world.requests.push(request);
				world.data.push(more.credentialsDecrypted.data);
				const {
					status = 200,
					code,
					retryAfter,
				} = plan[Math.min(world.requests.length, plan.length) - 1] ?? {};
				if (code !== undefined) throw Object.assign(new Error('failed'), { code });
				return { statusCode: status, headers: { 'retry-after': retryAfter }, body: {} };
			},
		},
	} as unknown as IExecuteFunctions;
	const client = await meiroClient(context, {
		sleep: async (ms) => {
			world.ms += ms;
			world.waits.push(ms);
		},
		now: () => world.ms,
		wallTime: () => world.ms,
		random: () => 0.999,
	});
	return { client, world };
}

describe('repeating', () => {
	it.each([-1, 0, 'soon', null])(
		'sends at least once, whatever seconds it is to give up after: %j',
		async (seconds) => {
			const { client, world } = await clientOf({ status: 503 }, { status: 200 });
			client.giveUpAfter(seconds);
			await client.send({ path: '/x' });
			expect(world.requests.length).toBeGreaterThan(0);
		},
	);

	it('shares one time for giving up among all requests of an outage', async () => {
		const { client, world } = await clientOf({ status: 503 });
		for (let n = 0; n < 10; n++) await client.send({ path: '/x' });
		expect(world.ms).toBeLessThanOrEqual(60_000);
	});

	it('gives the next outage the whole time again once Meiro has settled something', async () => {
		const { client, world } = await clientOf(
			...Array(7).fill({ status: 503 }),
			{},
			{ status: 503 },
		);
		for (let n = 0; n < 2; n++) await client.send({ path: '/x' });
		expect(world.requests.length).toBe(8);
		const before = world.ms;
		await client.send({ path: '/x' });
		expect(world.ms - before).toBeGreaterThan(30_000);
	});

	it('waits as long as Meiro asks for', async () => {
		const { client, world } = await clientOf({ status: 429, retryAfter: '7' }, {});
		expect(await client.send({ path: '/x' })).toMatchObject({ attempts: 2 });
		expect(world.waits).toEqual([7_000]);
	});

	it('ends at once when trying again can’t help', async () => {
		const { client } = await clientOf({ code: 'CERT_HAS_EXPIRED' });
		expect(await client.send({ path: '/x' })).toMatchObject({
			attempts: 1,
			answer: null,
			reason: expect.stringMatching(/certificate of the host in 'Base URL'/),
		});
	});

	it.each([
		['never reached Meiro', { code: 'ECONNREFUSED' }, 2],
		['was turned away unread', { status: 429 }, 2],
		['was cut off', { code: 'ECONNRESET' }, 1],
		['got no answer in time', { code: 'ECONNABORTED' }, 1],
		['ended in a 502', { status: 502 }, 1],
	])('of a request that must not be sent twice: one that %s', async (_, step, attempts) => {
		const { client } = await clientOf(step, {});
		expect(await client.send({ path: '/x', repeatable: false })).toMatchObject({ attempts });
	});
});

describe('what n8n gets to authenticate with', () => {
	it.each([
		['audience', { sessionToken: 'none' }],
		['pipes', expect.not.objectContaining({ accessToken: 'cdp-secret' })],
		['cdp', expect.objectContaining({ accessToken: 'cdp-secret' })],
	] as const)('for the API %s is no more than belongs to it', async (api, data) => {
		const { client, world } = await clientOf({});
		await client.request({ api, path: '/x' });
		expect(world.data).toEqual([data]);
	});

	it('never goes where a redirect leads, nor is a 401 hidden from n8n', async () => {
		const { client, world } = await clientOf({});
		await client.request({ path: '/x' });
		expect(world.requests[0]).toMatchObject({
			url: 'https://example.meiro.io/api/x',
			disableFollowRedirect: true,
			ignoreHttpStatusErrors: { ignore: true, except: [401] },
		});
	});
});

describe('a path', () => {
	it.each([
		['cdp', '/customers/../attributes'],
		['cdp', '/customer_events/async/..'],
		['pipes', '/profile-api/..'],
		['pipes', '/profile-api/%2E.'],
		['audience', '/./wbs'],
	] as const)(
		'of the API %s that leads to another endpoint is not asked for: %s',
		async (api, path) => {
			const { client, world } = await clientOf({});
			await expect(client.request({ api, path })).rejects.toThrow(
				/would lead to another endpoint\. Enter/,
			);
			expect(await client.send({ api, path })).toMatchObject({
				attempts: 0,
				answer: null,
				status: null,
			});
			expect(world.requests).toEqual([]);
		},
	);
});
