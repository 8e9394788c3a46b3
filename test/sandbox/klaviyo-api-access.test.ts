import type { KlaviyoOptions } from '../../sandbox/klaviyo';
import { startKlaviyo } from '../../sandbox/klaviyo';
import { clientOf, errorOf } from '../../sandbox/klaviyo/api/example-client';
import { REVISION } from '../../sandbox/klaviyo/api/keys';
import { RateLimiter } from '../../sandbox/klaviyo/api/rate';
import { closeAll, HURRY, kept } from './klaviyo-receiver';

afterEach(closeAll);

async function startApi(options: KlaviyoOptions = {}) {
	const klaviyo = kept(await startKlaviyo({ ...HURRY, ...options }));
	return { klaviyo, api: clientOf(klaviyo.apiUrl) };
}

describe('the key', () => {
	it.each([
		['missing', null],
		['wrong', 'Klaviyo-API-Key pk_wrong'],
		['a bare key', 'pk_sandbox'],
		['a private key sent as a token', 'Bearer pk_sandbox'],
	])('%s is answered 401 without rate headers', async (_name, Authorization) => {
		const { klaviyo } = await startApi();
		const answer = await clientOf(klaviyo.apiUrl, { Authorization }).get('/api/accounts');
		expect(answer.status).toBe(401);
		expect(answer.headers['content-type']).toContain('application/vnd.api+json');
		expect(errorOf(answer)).toMatchObject({
			code: 'authentication_failed',
			source: { pointer: '/data/' },
		});
		expect(Object.keys(answer.headers).join()).not.toMatch(/ratelimit|retry-after/);
	});

	it('without the scope is answered 403, and works where it has it', async () => {
		const apiKeys = [{ key: 'pk_lists', scopes: ['lists:read'] }];
		const { klaviyo } = await startApi({ apiKeys });
		const api = clientOf(klaviyo.apiUrl, { Authorization: 'Klaviyo-API-Key pk_lists' });
		const answer = await api.get('/api/accounts');
		expect(answer.status).toBe(403);
		expect(errorOf(answer).code).toBe('permission_denied');
		expect(answer.headers['ratelimit-limit']).toBe('1, 1;w=1, 15;w=60');
		expect((await api.get('/api/lists')).status).toBe(200);
	});

	it.each([
		[{ kdp: false }, 'Klaviyo-API-Key', 403],
		[{ kdp: true }, 'Klaviyo-API-Key', 200],
		[{ oauth: true }, 'Bearer', 200],
	])('%j opens system webhooks with %s: %i', async (rights, scheme, status) => {
		const { klaviyo } = await startApi({ apiKeys: [{ key: 'k1', scopes: '*', ...rights }] });
		const api = clientOf(klaviyo.apiUrl, { Authorization: `${scheme} k1` });
		const answer = await api.get('/api/webhook-topics');
		expect(answer.status).toBe(status);
		if (status === 200) return;
		const detail = 'You must have Advanced KDP enabled to use this endpoint.';
		expect(errorOf(answer)).toMatchObject({ code: 'permission_denied', detail });
	});
});

describe('the revision', () => {
	it.each([
		[null, 400],
		['2024-02-15', 410],
		['next week', 410],
		[REVISION, 200],
	])('%s is answered %i', async (revision, status) => {
		const { klaviyo } = await startApi();
		expect((await clientOf(klaviyo.apiUrl, { revision }).get('/api/accounts')).status).toBe(status);
	});
});

describe('the rate limit', () => {
	it('lets one request a second through to /api/accounts, then says how long to wait', async () => {
		const { api } = await startApi({ rateTimeScale: 1 });
		const first = await api.get('/api/accounts');
		expect(first.headers).toMatchObject({
			'ratelimit-limit': '1, 1;w=1, 15;w=60',
			'ratelimit-remaining': '0',
			'ratelimit-reset': '1',
		});
		const second = await api.get('/api/accounts');
		expect(second.status).toBe(429);
		expect(second.headers['retry-after']).toBe('1');
		expect(second.headers).not.toHaveProperty('ratelimit-limit');
		expect(errorOf(second)).toMatchObject({ code: 'throttled', source: { pointer: '/data' } });
		expect((await api.get('/api/lists')).status).toBe(200);
	});

	it('counts each window, and gives an app a quota of its own', () => {
		let now = 0;
		const limiter = new RateLimiter(1, () => now);
		const limits = { burst: '1/s', steady: '2/m' };
		const take = (owner = 'account') => limiter.take(owner, limits).retryAfter;
		expect([take(), take()]).toEqual([null, 1]);
		now = 1000;
		expect([take(), take('app')]).toEqual([null, null]);
		now = 2000;
		expect(take()).toBe(58);
		now = 60_000;
		expect(take()).toBeNull();
	});
});

describe('the IP allow list', () => {
	it('is open to everyone, and has this one id', async () => {
		const { klaviyo } = await startApi({ allowlistLoopback: true });
		const api = clientOf(klaviyo.apiUrl, { Authorization: null, revision: null });
		const { status, data } = await api.get('/client/ip-allowlists/integration-egress');
		expect(status).toBe(200);
		expect(data.data.attributes.prefixes).toContain('127.0.0.1/32');
		expect(data.data.attributes.sync_token).toMatch(/^[0-9a-f]{16}$/);
		expect((await api.get('/client/ip-allowlists/other')).status).toBe(404);
		expect(klaviyo.contractViolations()).toEqual([]);
	});
});
