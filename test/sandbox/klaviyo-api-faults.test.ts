import type { Fault, KlaviyoOptions } from '../../sandbox/klaviyo';
import { startKlaviyo } from '../../sandbox/klaviyo';
import { allOf, clientOf, errorOf } from '../../sandbox/klaviyo/api/example-client';
import { Pending } from '../../sandbox/klaviyo/api/pending';
import { Recent } from '../../sandbox/klaviyo/api/recent';
import { closeAll, HURRY, kept } from './klaviyo-receiver';

afterEach(closeAll);

async function startApi(options: KlaviyoOptions = {}) {
	const klaviyo = kept(await startKlaviyo({ ...HURRY, rateLimits: false, ...options }));
	return { klaviyo, api: clientOf(klaviyo.apiUrl) };
}

const ANA = { data: { type: 'profile', attributes: { email: 'ana@shop.example' } } };

describe('a planned fault', () => {
	it.each([
		[{ answer: 429, retryAfter: 7 }, 'throttled', '7'],
		[{ answer: 503, retryAfter: 30 }, 'error', '30'],
		[{ answer: 500 }, 'error', undefined],
	] as Array<[Fault, string, string | undefined]>)(
		'%j is answered as often as planned, then all is well',
		async (fault, code, retryAfter) => {
			const { klaviyo, api } = await startApi();
			klaviyo.misbehave({ ...fault, path: '/api/lists', times: 2 });
			for (let count = 0; count < 2; count++) {
				const answer = await api.get('/api/lists');
				expect([answer.status, errorOf(answer).code]).toEqual([fault.answer, code]);
				expect(answer.headers['retry-after']).toBe(retryAfter);
			}
			expect((await api.get('/api/lists')).status).toBe(200);
			const calls = klaviyo.apiCalls().map((call) => [call.status, call.fault]);
			expect(calls).toEqual([
				[fault.answer, true],
				[fault.answer, true],
				[200, false],
			]);
		},
	);

	it('hits its path and what lies below, its method, and nothing else', async () => {
		const { klaviyo, api } = await startApi({ lists: [{ id: 'OwnLis', name: 'Own' }] });
		klaviyo.misbehave({ path: '/api/lists', method: 'GET', answer: 503, times: 9 });
		const statuses = [
			(await api.get('/api/lists')).status,
			(await api.get('/api/lists/OwnLis/profiles')).status,
			(await api.get('/api/segments')).status,
			(await api.post('/api/lists', { data: { type: 'list', attributes: { name: 'x' } } })).status,
		];
		expect(statuses).toEqual([503, 503, 200, 201]);
		klaviyo.behave();
		expect((await api.get('/api/lists')).status).toBe(200);
	});

	it('lets the first ones pass: a second page that fails', async () => {
		const { klaviyo, api } = await startApi();
		klaviyo.misbehave({ path: /^\/api\/lists$/, after: 1, answer: 503 });
		await expect(allOf(api, '/api/lists')).rejects.toThrow('503');
		expect(klaviyo.apiCalls().map(({ status }) => status)).toEqual([200, 503]);
		expect(await allOf(api, '/api/lists')).toHaveLength(23);
	});

	it('cuts the connection, before or after the request was carried out', async () => {
		const { klaviyo, api } = await startApi();
		klaviyo.misbehave({ path: '/api/profiles', answer: 'reset' });
		await expect(api.post('/api/profiles', ANA)).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(klaviyo.profiles()).toEqual([]);
		klaviyo.misbehave({ path: '/api/profiles', answer: 'reset', carriedOut: true });
		await expect(api.post('/api/profiles', ANA)).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(klaviyo.profiles()).toHaveLength(1);
		expect((await api.post('/api/profiles', ANA)).status).toBe(409);
		expect(klaviyo.apiCalls().map(({ status }) => status)).toEqual([0, 0, 409]);
	});

	it('leaves the caller without an answer', async () => {
		const { klaviyo, api } = await startApi();
		klaviyo.misbehave({ answer: 'hang' });
		const asked = api.get('/api/lists', { timeout: 30 });
		await expect(asked).rejects.toMatchObject({ code: 'ECONNABORTED' });
		expect((await api.get('/api/lists')).status).toBe(200);
	});

	it('is an error', async () => {
		const { klaviyo } = await startApi();
		expect(() => klaviyo.misbehave({ answer: 200 })).toThrow(RangeError);
	});
});

describe('what is kept', () => {
	it('of the calls are the last ones', async () => {
		const { klaviyo, api } = await startApi({ maxApiCalls: 3 });
		for (const path of [
			'/api/lists',
			'/api/segments',
			'/api/metrics',
			'/api/flows',
			'/api/accounts',
		]) {
			await api.get(path);
		}
		const paths = klaviyo.apiCalls().map(({ path }) => path);
		expect(paths).toEqual(['/api/metrics', '/api/flows', '/api/accounts']);
	});

	it('never grows beyond twice its bound', () => {
		const recent = new Recent<number>(10);
		for (let count = 0; count < 1005; count++) recent.add(count);
		expect(recent.list()).toEqual([995, 996, 997, 998, 999, 1000, 1001, 1002, 1003, 1004]);
		expect((recent as unknown as { kept: number[] }).kept.length).toBeLessThan(20);
		expect(() => new Recent(0)).toThrow(RangeError);
	});
});

it('what happens later happens in the order of its times', () => {
	let now = 0;
	const done: string[] = [];
	const pending = new Pending(() => new Date(now));
	pending.at(new Date(20), () => done.push('second'));
	pending.at(new Date(10), () => done.push('first'));
	pending.at(new Date(30), () => done.push('not yet'));
	now = 25;
	pending.at(new Date(25), () => done.push('at once'));
	expect(done).toEqual(['first', 'second', 'at once']);
});

describe('the rate limit', () => {
	it('lets the burst of an operation through, then says how long to wait', async () => {
		let ms = 0;
		const clock = { rateTimeScale: 1, rateClock: () => ms };
		const { klaviyo, api } = await startApi({ rateLimits: true, ...clock });
		const ask = async () =>
			(await api.get("/api/campaigns?filter=equals(messages.channel,'email')")).status;
		for (let count = 0; count < 10; count++) expect(await ask()).toBe(200);
		expect(await ask()).toBe(429);
		expect((await api.get('/api/metrics')).status).toBe(200);
		ms = 1000;
		expect(await ask()).toBe(200);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('can be switched off', async () => {
		const { api } = await startApi({ rateTimeScale: 1 });
		for (let count = 0; count < 3; count++) {
			expect((await api.get('/api/accounts')).status).toBe(200);
		}
	});
});

it.each([
	['get', '/api/campaigns', 'campaigns:read'],
	['get', '/api/events', 'events:read'],
	['post', '/api/events', 'events:write'],
	['post', '/api/profile-import', 'profiles:write'],
	['post', '/api/data-privacy-deletion-jobs', 'data-privacy:write'],
	['delete', '/api/lists/OwnLis/relationships/profiles', 'lists:write, profiles:write'],
	['post', '/api/profile-subscription-bulk-create-jobs', 'subscriptions:write'],
] as const)('%s %s needs %s', async (method, path, missing) => {
	const scopes = path.includes('subscription') ? ['lists:write', 'profiles:write'] : ['tags:read'];
	const { klaviyo } = await startApi({ apiKeys: [{ key: 'pk_less', scopes }] });
	const api = clientOf(klaviyo.apiUrl, { Authorization: 'Klaviyo-API-Key pk_less' });
	const answer = await api.request({ method, url: path });
	expect(answer.status).toBe(403);
	expect(errorOf(answer)).toMatchObject({
		...{ code: 'permission_denied', detail: `The key lacks the required scope: ${missing}` },
	});
});

it('an ended revision is answered 410 everywhere', async () => {
	const { klaviyo } = await startApi();
	const api = clientOf(klaviyo.apiUrl, { revision: '2024-02-15' });
	for (const path of ['/api/campaigns', '/api/profiles', '/api/events', '/api/lists']) {
		expect((await api.get(path)).status).toBe(410);
	}
});

it('the account is answered by its id, and no other one is', async () => {
	const { klaviyo, api } = await startApi({ accountId: 'AbC123' });
	const { data } = await api.get('/api/accounts/AbC123');
	expect(data.data.attributes.public_api_key).toBe('AbC123');
	expect((await api.get('/api/accounts/XyZ789')).status).toBe(404);
	expect(klaviyo.contractViolations()).toEqual([]);
});
