import type { Delivery } from '../../sandbox/klaviyo';
import { startKlaviyo } from '../../sandbox/klaviyo';
import { retryAfterMs, retryWaits } from '../../sandbox/klaviyo/backoff';
import { ANA, closeAll, delivered, HURRY, kept, startPair } from './klaviyo-receiver';

afterEach(closeAll);

function statuses(delivery: Delivery): Array<number | null> {
	return delivery.attempts.map((attempt) => attempt.http_status);
}

describe('the request', () => {
	it('is a POST of the rendered text with the flow id and the flow’s own headers', async () => {
		const { receiver, klaviyo } = await startPair([200]);
		const flow = klaviyo.createFlow({
			name: 'Cart',
			webhook: {
				url: receiver.url,
				headers: { 'X-Webhook-Secret': 'abc', 'x-klaviyo-flow-id': 'forged', Host: 'forged' },
				body: 'žluť "{{ first_name }}" {',
			},
		});
		klaviyo.enter(flow.id, ANA);
		await klaviyo.settled();
		const [request] = receiver.received;
		expect(request).toMatchObject({ method: 'POST', path: '/webhook/abc?x=1' });
		expect(request?.headers).toMatchObject({
			'content-type': 'application/json',
			'x-webhook-secret': 'abc',
			'x-klaviyo-flow-id': flow.id,
			host: new URL(receiver.url).host,
			'content-length': String(Buffer.byteLength('žluť "Ana" {')),
		});
		expect(request?.headers).not.toHaveProperty('user-agent');
		expect(request?.body.toString('utf8')).toBe('žluť "Ana" {');
	});

	it.each([
		['honoured', 'text/plain; charset=utf-8'],
		['ignored', 'application/json'],
	] as const)('with its own content type %s has %s', async (contentTypeOverride, expected) => {
		const options = { ...HURRY, dialect: { contentTypeOverride } };
		const { receiver, klaviyo } = await startPair([200], options);
		const headers = { 'content-TYPE': 'text/plain; charset=utf-8' };
		const webhook = { url: receiver.url, headers, body: '' };
		klaviyo.enter(klaviyo.createFlow({ name: 'Cart', webhook }).id, ANA);
		await klaviyo.settled();
		expect(receiver.received[0]?.headers['content-type']).toBe(expected);
	});

	it('shows a list flow the profile only, a date flow no Klaviyo id either', async () => {
		const { receiver, klaviyo } = await startPair([200]);
		const body = "{{ email }} [{{ person.KlaviyoID }}] [{{ event|lookup:'$event_id' }}]";
		const webhook = { url: receiver.url, body };
		for (const trigger_type of ['list', 'date', 'price_drop'] as const) {
			const flow = klaviyo.createFlow({ name: trigger_type, trigger_type, webhook });
			const delivery = klaviyo.enter(flow.id, ANA);
			expect(delivery.event_unique_id).toBe(trigger_type === 'price_drop' ? 'cart-1' : null);
			await klaviyo.settled();
		}
		expect(receiver.received.map((request) => request.body.toString())).toEqual([
			'ana@shop.example [01JZ0000000000000000000001] []',
			'ana@shop.example [] []',
			'ana@shop.example [01JZ0000000000000000000001] [cart-1]',
		]);
	});
});

describe('answers', () => {
	it.each([200, 201, 202, 204])('%i: sent at the first attempt', async (status) => {
		const { receiver, klaviyo } = await startPair([status]);
		const delivery = await delivered(klaviyo, receiver.url);
		expect(delivery).toMatchObject({ status: 'sent', attempts: [{ http_status: status }] });
		expect(delivery.first_sent_at).toBe(delivery.attempts[0]?.at);
		expect(delivery.acknowledged_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
	});

	it.each([400, 401, 403, 404, 408, 410, 413, 422, 501, 504])(
		'%i: skipped at once and for good',
		async (status) => {
			const { receiver, klaviyo } = await startPair([status, 200]);
			const delivery = await delivered(klaviyo, receiver.url);
			expect(delivery).toMatchObject({ status: 'skipped', acknowledged_at: null });
			expect(statuses(delivery)).toEqual([status]);
			expect(klaviyo.activity()).toEqual({ sent: 0, waiting: 0, failed: 0, skipped: 1 });
			expect(receiver.received).toHaveLength(1);
		},
	);

	it.each([301, 302, 307, 308])('%i: skipped, the redirect is not followed', async (status) => {
		const { receiver, klaviyo } = await startPair([{ status, headers: { location: '/b' } }]);
		const delivery = await delivered(klaviyo, receiver.url);
		expect(delivery.status).toBe('skipped');
		expect(receiver.received).toHaveLength(1);
	});

	it.each([429, 500, 502, 503])('%i: retried with the same bytes until taken', async (status) => {
		const { receiver, klaviyo } = await startPair([status, status, 202]);
		const delivery = await delivered(klaviyo, receiver.url);
		expect(delivery.status).toBe('sent');
		expect(statuses(delivery)).toEqual([status, status, 202]);
		const [first, ...again] = receiver.received;
		for (const request of again) expect(request).toEqual(first);
	});

	it('gives up after 17 retries', async () => {
		const { receiver, klaviyo } = await startPair([503]);
		const delivery = await delivered(klaviyo, receiver.url);
		expect(delivery).toMatchObject({ status: 'failed', acknowledged_at: null });
		expect(receiver.received).toHaveLength(18);
		expect(statuses(delivery)).toEqual(Array(18).fill(503));
		expect(klaviyo.activity()).toEqual({ sent: 0, waiting: 0, failed: 1, skipped: 0 });
	});

	it('comes back after a reset', async () => {
		const { receiver, klaviyo } = await startPair(['reset', 200]);
		const delivery = await delivered(klaviyo, receiver.url);
		expect(statuses(delivery)).toEqual([null, 200]);
		expect(delivery.attempts[0]?.error).toBeTruthy();
	});

	it('comes back after a timeout', async () => {
		const { receiver, klaviyo } = await startPair(['hang', 200], { ...HURRY, timeoutMs: 50 });
		const delivery = await delivered(klaviyo, receiver.url);
		expect(delivery.attempts).toMatchObject([
			{ http_status: null, error: 'no answer within 50 ms' },
			{ http_status: 200, error: null },
		]);
	});

	it('fails when nobody ever listens', async () => {
		const { receiver, klaviyo } = await startPair([200], { timeScale: 864_000 });
		await receiver.close();
		const delivery = await delivered(klaviyo, receiver.url);
		expect(delivery.status).toBe('failed');
		expect(delivery.attempts.at(-1)?.error).toContain('ECONNREFUSED');
	});
});

describe('the waits', () => {
	it('are 17, grow by one factor, and add up to 24 hours', () => {
		const waits = retryWaits(1);
		expect(waits).toHaveLength(17);
		expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeCloseTo(86_400_000, 0);
		const factors = waits.slice(1).map((wait, index) => wait / (waits[index] ?? 0));
		for (const factor of factors) expect(factor).toBeCloseTo(factors[0] ?? 0, 6);
		expect(factors[0]).toBeGreaterThan(1);
	});

	it('begin with about 200 ms by default, which the state tells', async () => {
		const klaviyo = kept(await startKlaviyo());
		expect(klaviyo.state()).toMatchObject({ timeScale: 300, concurrency: 16 });
		expect(klaviyo.state().retry_waits_ms[0]).toBe(200);
	});

	it('pass before a retry', async () => {
		const { receiver, klaviyo } = await startPair([503, 200], { timeScale: 600 });
		const { attempts } = await delivered(klaviyo, receiver.url);
		const [first, second] = attempts.map((attempt) => Date.parse(attempt.at));
		expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(98);
	});

	it.each([
		['ignored', 0, 900],
		['honoured', 998, 5000],
	] as const)('with Retry-After %s', async (retryAfter, least, most) => {
		const replies = [{ status: 429, headers: { 'retry-after': '1' } }, 200];
		const { receiver, klaviyo } = await startPair(replies, {
			...HURRY,
			dialect: { retryAfter },
		});
		const { attempts } = await delivered(klaviyo, receiver.url);
		const [first, second] = attempts.map((attempt) => Date.parse(attempt.at));
		const waited = (second ?? 0) - (first ?? 0);
		expect(waited).toBeGreaterThanOrEqual(least);
		expect(waited).toBeLessThan(most);
	});

	it('read Retry-After as seconds or as a date', () => {
		const now = new Date('2031-02-03T04:05:06Z');
		expect(retryAfterMs('3', now)).toBe(3000);
		expect(retryAfterMs('Mon, 03 Feb 2031 04:05:16 GMT', now)).toBe(10_000);
		expect(retryAfterMs('Mon, 03 Feb 2031 04:05:00 GMT', now)).toBe(0);
		expect(retryAfterMs('soon', now)).toBe(0);
		expect(retryAfterMs(null, now)).toBe(0);
	});

	it('are told from a time scale above 0 only', async () => {
		await expect(startKlaviyo({ timeScale: 0 })).rejects.toThrow(RangeError);
	});
});
