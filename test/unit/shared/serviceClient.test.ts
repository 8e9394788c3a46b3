import { UserError } from 'n8n-workflow';

import {
	ServiceClient,
	type NoAnswer,
	type ServiceRequest,
} from '../../../nodes/shared/http/serviceClient';
import type { Answer } from '../../../nodes/shared/http/answer';
import type { Runtime } from '../../../nodes/shared/http/runtime';

const START = Date.parse('2031-02-03T04:05:06Z');
const REQUEST: ServiceRequest = { method: 'POST', url: 'https://service.example/x' };

type Step = number | Error | NoAnswer | Partial<Answer>;

/** A service that answers as planned, the last step for good, and a clock that moves only by waits. */
function worldOf(...plan: Step[]) {
	const cancel = new AbortController();
	const world = {
		ms: 7,
		/** How long each answer takes. */
		takesMs: 0,
		waits: [] as number[],
		requests: [] as ServiceRequest[],
		cancel,
	};
	const runtime: Runtime = {
		signal: cancel.signal,
		now: () => world.ms,
		wallTime: () => START + world.ms - 7,
		random: () => 0.5,
		sleep: async (ms) => {
			world.waits.push(ms);
			world.ms += ms;
			await Promise.resolve();
		},
	};
	const transport = async (request: ServiceRequest): Promise<Answer> => {
		world.requests.push(request);
		world.ms += world.takesMs;
		const step = plan[Math.min(world.requests.length, plan.length) - 1]!;
		if (step instanceof Error) throw step;
		if (typeof step !== 'number' && 'reason' in step) {
			throw Object.assign(new Error('thrown'), { noAnswer: step });
		}
		const answer = typeof step === 'number' ? { status: step } : step;
		return await Promise.resolve({ status: 200, headers: {}, body: null, ...answer });
	};
	return { world, runtime, transport };
}

function clientOf(...plan: Step[]) {
	const { world, runtime, transport } = worldOf(...plan);
	const policy: ConstructorParameters<typeof ServiceClient>[1] = {
		giveUpAfterMs: 60_000,
		baseDelayMs: 500,
		maxDelayMs: 30_000,
	};
	const readThrown = (thrown: unknown) => (thrown as { noAnswer?: NoAnswer }).noAnswer;
	const service = { name: 'Klaviyo', field: 'API URL', transport, readThrown };
	return { client: new ServiceClient(service, policy, runtime), world, policy };
}

const failureOf = (code: string) => Object.assign(new Error('failed'), { code });

describe('an answer', () => {
	it.each([200, 204, 302, 400, 401, 403, 404, 409, 410, 422, 499])(
		'of %i is final at the first attempt',
		async (status) => {
			const { client, world } = clientOf(status);
			expect(await client.send(REQUEST)).toMatchObject({
				answer: { status },
				status,
				attempts: 1,
				reason: '',
				isCancelled: false,
			});
			expect(world.waits).toEqual([]);
		},
	);

	it.each([408, 425, 429, 500, 502, 503, 504])(
		'of %i is followed by another attempt',
		async (status) => {
			const { client } = clientOf(status, 200);
			expect(await client.send(REQUEST)).toMatchObject({ status: 200, attempts: 2 });
		},
	);

	it('that settles nothing to the end is handed back as such, with what it asked for', async () => {
		const { client } = clientOf({
			status: 503,
			headers: { 'retry-after': '90' },
			body: 'busy',
		});
		expect(await client.send(REQUEST)).toMatchObject({
			answer: null,
			unsettled: { status: 503, body: 'busy' },
			status: 503,
			retryAfterMs: 90_000,
			reason: 'Klaviyo answered 503: busy. Given up after 1 attempt.',
		});
	});

	it('tells in the words of the caller why it settles nothing', async () => {
		const { client } = clientOf(503);
		const { reason } = await client.send({ ...REQUEST, explain: () => 'A web page came' });
		expect(reason).toMatch(/^A web page came\. Given up after \d+ attempts\.$/);
	});

	it('names a wait as a date by the clock on the wall, whatever the other clock shows', async () => {
		const { client, world } = clientOf(
			{ status: 429, headers: { 'retry-after': 'Mon, 03 Feb 2031 04:05:18 GMT' } },
			200,
		);
		await client.send(REQUEST);
		expect(world.waits).toEqual([12_000]);
	});
});

describe('no answer', () => {
	it.each(['ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'EAI_AGAIN'])(
		'by %s is followed by another attempt',
		async (code) => {
			const { client } = clientOf(failureOf(code), 200);
			expect(await client.send(REQUEST)).toMatchObject({ status: 200, attempts: 2 });
		},
	);

	it.each(['ENOTFOUND', 'CERT_HAS_EXPIRED'])('by %s is final', async (code) => {
		const { client } = clientOf(failureOf(code));
		const sent = await client.send(REQUEST);
		expect(sent).toMatchObject({ answer: null, status: null, attempts: 1 });
		expect(sent.reason).toContain("'API URL'");
	});

	it('because of a mistake in the credential tells the mistake, once', async () => {
		const { client } = clientOf(
			Object.assign(new Error('wrapped'), { cause: new UserError("'API URL' is empty.") }),
		);
		expect(await client.send(REQUEST)).toMatchObject({
			attempts: 1,
			reason: "'API URL' is empty.",
		});
	});

	it('is read as the service reads what its transport threw', async () => {
		const { client, world } = clientOf(
			{ reason: 'No login.', status: 429, final: false, untaken: true, retryAfter: '3' },
			{ reason: 'Login refused.', status: 401, final: true, untaken: true },
		);
		expect(await client.send(REQUEST)).toMatchObject({
			answer: null,
			status: 401,
			attempts: 2,
			reason: 'Login refused.',
		});
		expect(world.waits).toEqual([3_000]);
	});
});

describe('a request that must not be sent twice', () => {
	const once = { ...REQUEST, repeatable: false };

	it.each([
		['never reached the service', failureOf('ECONNREFUSED')],
		['was turned away unread', 429],
		['met a service that was closed', 503],
	])('is sent again when it %s', async (_, step) => {
		const { client } = clientOf(step, 200);
		expect(await client.send(once)).toMatchObject({ status: 200, attempts: 2 });
	});

	it.each([
		['was cut off', failureOf('ECONNRESET')],
		['got no answer in time', failureOf('ECONNABORTED')],
		['ended in a 502', 502],
	])('is not sent again when it %s', async (_, step) => {
		const { client } = clientOf(step, 200);
		const sent = await client.send(once);
		expect(sent).toMatchObject({ answer: null, attempts: 1 });
		expect(sent.reason).toMatch(/not known whether Klaviyo took it, so it was not sent again/);
	});
});

describe('a path', () => {
	it('that leads to another endpoint is not sent', async () => {
		const { client, world } = clientOf(200);
		const sent = await client.send({ ...REQUEST, url: 'https://service.example/lists/..' });
		expect(sent).toMatchObject({ answer: null, status: null, attempts: 0 });
		expect(sent.reason).toMatch(/would lead to another endpoint/);
		expect(world.requests).toEqual([]);
	});
});

describe('the clock for giving up', () => {
	it('is one for all requests of an outage', async () => {
		const { client, world } = clientOf(503);
		const all = [];
		for (let n = 0; n < 10; n++) all.push(await client.send(REQUEST));
		expect(world.ms).toBeLessThanOrEqual(60_007);
		expect(all.every(({ status }) => status === 503)).toBe(true);
	});

	it('lets nothing be sent once it has run out', async () => {
		const { client, world } = clientOf(503);
		await client.send(REQUEST);
		world.ms += 60_000;
		expect(await client.send(REQUEST)).toMatchObject({
			answer: null,
			status: null,
			attempts: 0,
			reason: 'Not sent: Klaviyo has settled nothing for too long before.',
		});
	});

	it('counts the time that the first answer took', async () => {
		const { client, world } = clientOf(failureOf('ETIMEDOUT'));
		world.takesMs = 25_000;
		await client.send(REQUEST);
		expect(world.requests).toHaveLength(3);
	});

	it.each([200, 404])('stops at any final answer, such as a %i', async (status) => {
		const { client, world } = clientOf(...Array<Step>(7).fill(503), status, 503);
		await client.send(REQUEST);
		const before = world.ms;
		await client.send(REQUEST);
		expect(world.ms - before).toBeGreaterThan(30_000);
	});

	it('does not stop at what is no answer', async () => {
		const { client, world } = clientOf(
			{ status: 503, headers: { 'retry-after': '59' } },
			failureOf('ENOTFOUND'),
			200,
		);
		await client.send(REQUEST);
		world.ms += 1_000;
		expect(await client.send(REQUEST)).toMatchObject({ attempts: 0 });
	});

	it('is not started by what was no time-out of the service', async () => {
		const { client, world } = clientOf(failureOf('ENOTFOUND'), 200);
		await client.send(REQUEST);
		world.ms += 3_600_000;
		expect(await client.send(REQUEST)).toMatchObject({ status: 200 });
	});

	it('of one client is none of another’s, of another workflow or credential', async () => {
		const { world, runtime } = worldOf(200);
		const policy = { giveUpAfterMs: 60_000, baseDelayMs: 500, maxDelayMs: 30_000 };
		const serviceOf = (status: number) => ({
			name: 'Meiro',
			field: 'Base URL',
			transport: async () => await Promise.resolve({ status, headers: {}, body: null }),
		});
		const down = new ServiceClient(serviceOf(503), policy, runtime);
		const up = new ServiceClient(serviceOf(200), policy, runtime);
		await down.send(REQUEST);
		world.ms += 60_000;
		expect(await up.send(REQUEST)).toMatchObject({ status: 200 });
		// Nor does the other's yes give this one more time.
		expect(await down.send(REQUEST)).toMatchObject({ attempts: 0 });
	});

	it('ends for good at the end of the run, though all is settled', async () => {
		const { client, world, policy } = clientOf(200);
		policy.endsAt = 1_007;
		await client.send({ ...REQUEST, timeoutMs: 10_000 });
		expect(world.requests[0]!.timeoutMs).toBe(1_000);
		world.ms = 1_007;
		expect(await client.send(REQUEST)).toMatchObject({
			answer: null,
			attempts: 0,
			reason: 'Not sent: the time that this run may take is over.',
		});
	});
});

describe('attempts', () => {
	it('count on from those that are behind the same content, the waits do not', async () => {
		const { client, world } = clientOf(503, 200);
		expect(await client.send(REQUEST, 3)).toMatchObject({ attempts: 5 });
		expect(world.waits).toEqual([250]);
	});

	it('end as cancelled when the cancelling breaks the one under way', async () => {
		const { client, world } = clientOf(failureOf('ERR_CANCELED'));
		const sending = client.send(REQUEST);
		world.cancel.abort();
		expect(await sending).toMatchObject({ answer: null, attempts: 1, isCancelled: true });
	});

	it('end when the execution is cancelled', async () => {
		const { client, world } = clientOf(503);
		world.takesMs = 1;
		world.cancel.abort();
		expect(await client.send(REQUEST)).toMatchObject({
			answer: null,
			attempts: 0,
			isCancelled: true,
			reason: 'Not sent: the execution was cancelled.',
		});
	});
});
