import fc from 'fast-check';

import type { Answer } from '../../../nodes/shared/http/answer';
import type { Outcome } from '../../../nodes/shared/delivery/deliver';
import {
	deliver,
	entry,
	indexesOf,
	PIPES,
	requestOf,
	singles,
	type DeliverySettings,
	type OutgoingRequest,
	type Transport,
} from './support/events';
import { VirtualTime } from './support/virtualTime';

const HOUR = 3_600_000;

/** Meiro as one test needs it: the answer, or the error, to the nth attempt (from 1) of a request. */
type Script = (request: OutgoingRequest, attempt: number) => number | Partial<Answer> | Error;

interface Run {
	outcomes: Outcome[];
	/** Items of each request, in the order in which the requests were begun. */
	sent: number[][];
	waits: number[];
	elapsedMs: number;
	mostUnderWay: number;
	/** How many events each report of progress told of. */
	settled: number[];
}

interface Circumstances {
	policy?: Partial<DeliverySettings['policy']>;
	concurrency?: number;
	random?: () => number;
	/** How long Meiro takes for a request. */
	latencyMs?: (request: OutgoingRequest) => number;
	controller?: AbortController;
	/** When the execution is cancelled. */
	cancelAfterMs?: number;
}

async function run(
	requests: OutgoingRequest[],
	script: Script,
	circumstances: Circumstances = {},
): Promise<Run> {
	const { policy, concurrency = 1, random = () => 0.5, latencyMs = () => 0 } = circumstances;
	const { controller = new AbortController(), cancelAfterMs } = circumstances;
	const time = new VirtualTime();
	const started = time.now();
	if (cancelAfterMs !== undefined) void time.pass(cancelAfterMs).then(() => controller.abort());
	const sent: number[][] = [];
	const settled: number[] = [];
	const attempts = new Map<string, number>();
	let underWay = 0;
	let mostUnderWay = 0;
	const transport: Transport = async (request) => {
		const indexes = indexesOf(request);
		sent.push(indexes);
		const attempt = (attempts.get(indexes.join()) ?? 0) + 1;
		attempts.set(indexes.join(), attempt);
		mostUnderWay = Math.max(mostUnderWay, ++underWay);
		await time.pass(latencyMs(request));
		underWay--;
		const said = script(request, attempt);
		if (said instanceof Error) throw said;
		const answer = typeof said === 'number' ? { status: said } : said;
		return { status: 200, headers: {}, body: '', ...answer };
	};
	const outcomes = await time.until(
		deliver(requests, transport, {
			policy: { giveUpAfterMs: 60_000, baseDelayMs: 500, maxDelayMs: 30_000, ...policy },
			concurrency,
			signal: controller.signal,
			sleep: time.sleeper(controller.signal),
			now: time.now,
			wallTime: time.now,
			random,
			onSettled: (count) => settled.push(count),
		}),
	);
	return {
		outcomes,
		sent,
		waits: time.waits,
		elapsedMs: time.now() - started,
		mostUnderWay,
		settled,
	};
}

const failure = (code?: string) => Object.assign(new Error('no answer'), { code });

const statusesOf = ({ outcomes }: Run) => outcomes.map(({ status }) => status);

describe('an event is sent again', () => {
	it.each([408, 425, 429, 500, 501, 502, 503, 504, 599])('after %i', async (status) => {
		const { outcomes } = await run(singles(1), (_, attempt) => (attempt < 3 ? status : 200));
		expect(outcomes).toEqual([{ index: 0, status: 'delivered', attempts: 3, http_status: 200 }]);
	});

	it.each([
		'ECONNABORTED',
		'ECONNREFUSED',
		'ECONNRESET',
		'EAI_AGAIN',
		'EHOSTUNREACH',
		'ENETUNREACH',
		'EPIPE',
		'ETIMEDOUT',
		'UND_ERR_SOCKET',
	])('after the connection failed with %s', async (code) => {
		const { outcomes } = await run(singles(1), (_, attempt) => (attempt < 2 ? failure(code) : 200));
		expect(outcomes).toEqual([{ index: 0, status: 'delivered', attempts: 2, http_status: 200 }]);
	});

	it('after a reset that n8n has wrapped in an error of its own', async () => {
		const wrapped = new Error('The service refused', { cause: failure('ECONNRESET') });
		const { outcomes } = await run(singles(1), (_, attempt) => (attempt < 2 ? wrapped : 200));
		expect(outcomes[0]).toMatchObject({ status: 'delivered', attempts: 2 });
	});

	it('after the connection was cut in the middle of the answer, which n8n tells as ERR_BAD_RESPONSE', async () => {
		const cut = Object.assign(new Error('stream has been aborted'), { code: 'ERR_BAD_RESPONSE' });
		const { outcomes } = await run(singles(1), (_, attempt) => (attempt < 2 ? cut : 200));
		expect(outcomes[0]).toMatchObject({ status: 'delivered', attempts: 2 });
	});
});

describe('an event is sent only once', () => {
	it.each([400, 409, 413, 414, 422])(
		'when Meiro answers %i: the event is refused',
		async (status) => {
			const { outcomes, sent, waits } = await run(singles(1), () => status);
			expect(outcomes).toEqual([
				{
					index: 0,
					status: 'rejected',
					attempts: 1,
					http_status: status,
					reason: `Meiro answered ${status}`,
				},
			]);
			expect(sent).toHaveLength(1);
			expect(waits).toEqual([]);
		},
	);

	it.each([402, 406, 423, 424, 431])(
		'when Meiro answers %i, which says nothing of the event: it may be sent again',
		async (status) => {
			const { outcomes, sent } = await run(singles(1), () => status);
			expect(outcomes).toEqual([
				{
					index: 0,
					status: 'failed',
					attempts: 1,
					http_status: status,
					reason: `Meiro answered ${status}`,
				},
			]);
			expect(sent).toHaveLength(1);
		},
	);

	it.each([
		[301, 'Base URL'],
		[304, 'Base URL'],
		[307, 'Base URL'],
		[401, 'Authentication'],
		[403, 'Authentication'],
		[404, 'Source'],
		[405, 'Source'],
		[407, 'Authentication'],
		[410, 'Source'],
		[415, 'Source'],
		[451, 'Authentication'],
	])(
		'when Meiro answers %i: a mistake of the set-up, told with the field %s',
		async (status, field) => {
			const { outcomes, sent, waits } = await run(singles(1), () => status);
			expect(outcomes).toEqual([
				{
					index: 0,
					status: 'failed',
					isSetUp: true,
					attempts: 1,
					http_status: status,
					reason: expect.stringContaining(`'${field}'`),
				},
			]);
			expect(outcomes[0]!.reason).toContain(`(${status})`);
			expect(sent).toHaveLength(1);
			expect(waits).toEqual([]);
		},
	);

	it.each([
		'ENOTFOUND',
		'CERT_HAS_EXPIRED',
		'ERR_TLS_CERT_ALTNAME_INVALID',
		'ERR_INVALID_URL',
		undefined,
	])('when the connection fails with %s, which sending again can not help', async (code) => {
		const { outcomes, waits } = await run(singles(1), () => failure(code));
		expect(outcomes[0]).toMatchObject({ status: 'failed', attempts: 1, http_status: null });
		expect(waits).toEqual([]);
	});

	it.each([200, 201, 202, 204])('when Meiro answers %i', async (status) => {
		const { outcomes } = await run(singles(1), () => status);
		expect(outcomes).toEqual([{ index: 0, status: 'delivered', attempts: 1, http_status: status }]);
	});
});

describe('the wait before the next attempt', () => {
	const failing =
		(times: number): Script =>
		(_, attempt) =>
			attempt <= times ? 503 : 200;

	it('doubles its upper bound with each attempt, up to the longest', async () => {
		const { waits } = await run(singles(1), failing(9), {
			policy: { giveUpAfterMs: HOUR },
			random: () => 1 - Number.EPSILON,
		});
		const bounds = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000];
		expect(waits).toHaveLength(bounds.length);
		waits.forEach((wait, index) => {
			expect(wait).toBeLessThan(bounds[index]!);
			expect(wait).toBeCloseTo(bounds[index]!, 5);
		});
	});

	it('may be nothing at all, because the jitter is full', async () => {
		const { waits } = await run(singles(1), failing(5), { random: () => 0 });
		expect(waits).toEqual([0, 0, 0, 0, 0]);
	});

	it('is drawn anew for each attempt', async () => {
		const draws = [0.1, 0.9, 0.5];
		const { waits } = await run(singles(1), failing(3), { random: () => draws.shift()! });
		expect(waits).toEqual([50, 900, 1_000]);
	});

	it('stays within bounds after so many attempts that the doubling overflows', async () => {
		const { waits } = await run(singles(1), failing(1_100), {
			policy: { giveUpAfterMs: 100 * HOUR },
			random: () => 0.5,
		});
		expect(waits).toHaveLength(1_100);
		expect(Math.max(...waits)).toBe(15_000);
	});

	it.each([429, 503])('is what Retry-After says in seconds, after %i', async (status) => {
		const { waits, outcomes } = await run(singles(1), (_, attempt) =>
			attempt === 1 ? { status, headers: { 'retry-after': '7' } } : 200,
		);
		expect(waits).toEqual([7_000]);
		expect(outcomes[0]).toMatchObject({ status: 'delivered', attempts: 2 });
	});

	it('is what Retry-After says as an HTTP date', async () => {
		const { waits } = await run(singles(1), (_, attempt) =>
			attempt === 1
				? { status: 503, headers: { 'retry-after': 'Mon, 03 Feb 2031 04:05:18 GMT' } }
				: 200,
		);
		expect(waits).toEqual([12_000]);
	});

	it.each(['soon', '', '-1', '1.5', '5 apples', ['7']])(
		'is the usual one when Retry-After is not readable: %j',
		async (value) => {
			const { waits } = await run(singles(1), (_, attempt) =>
				attempt === 1 ? { status: 503, headers: { 'retry-after': value } } : 200,
			);
			expect(waits).toEqual([250]);
		},
	);

	it('does not let a Retry-After of 0 turn an outage into a storm of requests', async () => {
		const { sent } = await run(
			singles(1),
			() => ({ status: 503, headers: { 'retry-after': '0' } }),
			{ latencyMs: () => 5 },
		);
		expect(sent.length).toBeLessThan(200);
	});
});

describe('giving up', () => {
	it('happens at once when Retry-After lies beyond the deadline', async () => {
		const { outcomes, waits } = await run(singles(1), () => ({
			status: 429,
			headers: { 'retry-after': '61' },
		}));
		expect(waits).toEqual([]);
		expect(outcomes).toEqual([
			{
				index: 0,
				status: 'failed',
				attempts: 1,
				http_status: 429,
				reason: 'Meiro answered 429. Given up after 1 attempt.',
			},
		]);
	});

	it('does not happen while Retry-After still lies before the deadline', async () => {
		const { outcomes } = await run(singles(1), (_, attempt) =>
			attempt === 1 ? { status: 429, headers: { 'retry-after': '59' } } : 200,
		);
		expect(outcomes[0]).toMatchObject({ status: 'delivered', attempts: 2 });
	});

	it('happens within the give-up time, and says after how many attempts and why', async () => {
		const { outcomes, elapsedMs } = await run(singles(1), () => 503, { random: () => 0.99 });
		expect(elapsedMs).toBeLessThan(60_000);
		expect(outcomes[0]!.attempts).toBeGreaterThan(2);
		expect(outcomes[0]).toMatchObject({
			status: 'failed',
			http_status: 503,
			reason: `Meiro answered 503. Given up after ${outcomes[0]!.attempts} attempts.`,
		});
	});

	it('names the field to look at when no answer ever came', async () => {
		const { outcomes } = await run(singles(1), () => failure('ECONNREFUSED'));
		expect(outcomes[0]).toMatchObject({ status: 'failed', http_status: null });
		expect(outcomes[0]!.reason).toMatch(/'Base URL'.*refused.*Given up after \d+ attempts\./);
	});

	it('starts its clock again with everything that Meiro settles', async () => {
		const { outcomes, elapsedMs } = await run(
			singles(6),
			(_, attempt) => (attempt === 1 ? { status: 503, headers: { 'retry-after': '8' } } : 200),
			{ policy: { giveUpAfterMs: 10_000 } },
		);
		expect(elapsedMs).toBe(48_000);
		expect(outcomes.map(({ status }) => status)).toEqual(Array(6).fill('delivered'));
	});

	it('counts a refusal as settled, too', async () => {
		const result = await run(
			singles(3),
			({ entries }, attempt) =>
				attempt === 1
					? { status: 503, headers: { 'retry-after': '8' } }
					: entries[0]!.index === 0
						? 403
						: 200,
			{ policy: { giveUpAfterMs: 10_000 } },
		);
		expect(statusesOf(result)).toEqual(['failed', 'delivered', 'delivered']);
	});

	it('is put off for a request whose neighbour gets through meanwhile', async () => {
		const { outcomes, elapsedMs } = await run(
			singles(2),
			({ entries }) =>
				entries[0]!.index === 0 ? { status: 503, headers: { 'retry-after': '4' } } : 200,
			{
				policy: { giveUpAfterMs: 10_000 },
				concurrency: 2,
				latencyMs: ({ entries }) => (entries[0]!.index === 0 ? 0 : 7_000),
			},
		);
		expect(outcomes.map(({ status }) => status)).toEqual(['failed', 'delivered']);
		expect(outcomes[0]!.attempts).toBe(5);
		expect(elapsedMs).toBe(16_000);
	});

	it('leaves the requests that still wait unsent after an outage of the whole give-up time, and says so', async () => {
		const { outcomes, sent } = await run(singles(5), () => 503, {
			policy: { giveUpAfterMs: 10_000 },
			latencyMs: () => 2_500,
		});
		expect(new Set(sent.flat())).toEqual(new Set([0]));
		expect(outcomes[0]!.attempts).toBe(sent.length);
		expect(outcomes.slice(1)).toEqual(
			[1, 2, 3, 4].map((index) => ({
				index,
				status: 'failed',
				attempts: 0,
				http_status: null,
				reason: expect.stringMatching(/^Not sent: /),
			})),
		);
	});
});

describe('a person’s events', () => {
	const people = ['ana', 'bob', 'cyd'];
	const of = (index: number, order_key: string | null) =>
		requestOf([entry(index, { order_key })], PIPES);

	it('arrive in their order although requests run side by side and some fail at first', async () => {
		const requests = Array.from({ length: 30 }, (_, index) => of(index, people[index % 3]!));
		const arrived: number[] = [];
		const { outcomes, mostUnderWay } = await run(
			requests,
			({ entries }, attempt) => {
				const { index } = entries[0]!;
				if (attempt <= index % 4) return index % 2 === 0 ? 429 : failure('ECONNRESET');
				arrived.push(index);
				return 200;
			},
			{ concurrency: 3, latencyMs: ({ entries }) => (entries[0]!.index * 37) % 50 },
		);
		expect(outcomes.map(({ index }) => index)).toEqual(requests.map((_, index) => index));
		expect(outcomes.every(({ status }) => status === 'delivered')).toBe(true);
		for (let person = 0; person < 3; person++) {
			const numbers = arrived.filter((index) => index % 3 === person);
			expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
			expect(numbers).toHaveLength(10);
		}
		expect(mostUnderWay).toBe(3);
	});

	it('hold back only that person’s later ones', async () => {
		const { sent } = await run(
			[of(0, 'ana'), of(1, 'ana'), of(2, 'bob'), of(3, null), of(4, null)],
			() => 200,
			{ concurrency: 5, latencyMs: () => 100 },
		);
		expect(sent.slice(0, 4).flat().sort()).toEqual([0, 2, 3, 4]);
		expect(sent.at(-1)).toEqual([1]);
	});

	it('wait for every earlier request that carries one of the people', async () => {
		const two = (first: number, a: string, b: string) =>
			requestOf([entry(first, { order_key: a }), entry(first + 1, { order_key: b })], PIPES);
		const { sent } = await run(
			[two(0, 'ana', 'bob'), two(2, 'bob', 'cyd'), of(4, 'cyd')],
			() => 200,
			{
				concurrency: 5,
				latencyMs: ({ entries }) => 100 - entries[0]!.index * 20,
			},
		);
		expect(sent).toEqual([[0, 1], [2, 3], [4]]);
	});

	it('go on after an earlier one was refused', async () => {
		const result = await run([of(0, 'ana'), of(1, 'ana')], ({ entries }) =>
			entries[0]!.index === 0 ? 403 : 200,
		);
		expect(statusesOf(result)).toEqual(['failed', 'delivered']);
	});

	it('go on after an earlier one was given up', async () => {
		const result = await run([of(0, 'ana'), of(1, 'ana'), of(2, 'ana')], ({ entries }) =>
			entries[0]!.index === 1 ? failure('CERT_HAS_EXPIRED') : 200,
		);
		expect(statusesOf(result)).toEqual(['delivered', 'failed', 'delivered']);
	});

	it('wait for all the requests that carry one of the people, not only for the first to end', async () => {
		const { sent } = await run(
			[of(0, 'ana'), of(1, 'bob'), several(2, 'ana', 'bob'), of(4, null)],
			() => 200,
			{ concurrency: 5, latencyMs: ({ entries }) => (entries[0]!.index === 1 ? 500 : 10) },
		);
		expect(sent).toEqual([[0], [1], [4], [2, 3]]);
	});

	it('wait once for a request that they share with the same people before', async () => {
		const { sent } = await run(
			[several(0, 'ana', 'bob'), several(2, 'bob', 'ana'), several(4, 'ana', 'ana')],
			() => 200,
			{ concurrency: 5, latencyMs: () => 10 },
		);
		expect(sent).toEqual([
			[0, 1],
			[2, 3],
			[4, 5],
		]);
	});

	it('set several people free at once', async () => {
		const { sent, elapsedMs } = await run(
			[several(0, 'ana', 'bob', 'cyd'), of(3, 'ana'), of(4, 'bob'), of(5, 'cyd')],
			() => 200,
			{ concurrency: 5, latencyMs: () => 100 },
		);
		expect(sent).toEqual([[0, 1, 2], [3], [4], [5]]);
		expect(elapsedMs).toBe(200);
	});

	it('do not take the place of others while they wait', async () => {
		const { sent, elapsedMs } = await run(
			[of(0, 'ana'), of(1, 'ana'), of(2, 'ana'), of(3, 'bob'), of(4, 'bob')],
			() => 200,
			{ concurrency: 2, latencyMs: () => 100 },
		);
		expect(sent.slice(0, 2)).toEqual([[0], [3]]);
		expect(elapsedMs).toBe(300);
	});

	it('may be 20,000, one a request, without an end of the stack', async () => {
		const count = 20_000;
		const sent: number[] = [];
		const outcomes = await deliver(
			Array.from({ length: count }, (_, index) => of(index, 'ana')),
			async (request) => {
				sent.push(...indexesOf(request));
				return { status: 200, headers: {}, body: '' };
			},
			{
				policy: { giveUpAfterMs: 60_000, baseDelayMs: 500, maxDelayMs: 30_000 },
				concurrency: 4,
				sleep: async () => {},
				now: () => 0,
				wallTime: () => 0,
				random: () => 0.5,
			},
		);
		const inOrder = Array.from({ length: count }, (_, index) => index);
		expect(sent).toEqual(inOrder);
		expect(outcomes.map(({ index }) => index)).toEqual(inOrder);
		expect(outcomes.every(({ status }) => status === 'delivered')).toBe(true);
	});

	it('keep their order in any mixture of requests, and all go out', async () => {
		const request = fc.record({
			people: fc.array(fc.option(fc.constantFrom(...people)), { minLength: 1, maxLength: 3 }),
			latencyMs: fc.integer({ min: 0, max: 50 }),
			failures: fc.integer({ min: 0, max: 2 }),
		});
		await fc.assert(
			fc.asyncProperty(
				fc.array(request, { maxLength: 12 }),
				fc.integer({ min: 1, max: 4 }),
				async (given, concurrency) => {
					let index = 0;
					const requests = given.map(({ people: who }) =>
						requestOf(
							who.map((order_key) => entry(index++, { order_key })),
							PIPES,
						),
					);
					const arrived: number[] = [];
					const { outcomes, mostUnderWay } = await run(
						requests,
						(sent, attempt) => {
							if (attempt <= given[requests.indexOf(sent)]!.failures) return 503;
							arrived.push(requests.indexOf(sent));
							return 200;
						},
						{ concurrency, latencyMs: (sent) => given[requests.indexOf(sent)]!.latencyMs },
					);
					expect(mostUnderWay).toBeLessThanOrEqual(concurrency);
					expect(outcomes).toHaveLength(index);
					expect(outcomes.every(({ status }) => status === 'delivered')).toBe(true);
					for (const person of people) {
						const own = arrived.filter((position) => given[position]!.people.includes(person));
						expect(own).toEqual([...own].sort((a, b) => a - b));
					}
				},
			),
			{ numRuns: 50 },
		);
	});

	/** One request with an event of each. */
	function several(first: number, ...who: string[]): OutgoingRequest {
		return requestOf(
			who.map((order_key, number) => entry(first + number, { order_key })),
			PIPES,
		);
	}
});

describe('requests side by side', () => {
	it.each([1, 2, 7])('are never more than allowed: %i', async (concurrency) => {
		const { mostUnderWay } = await run(singles(20), () => 200, {
			concurrency,
			latencyMs: () => 10,
		});
		expect(mostUnderWay).toBe(concurrency);
	});

	it('leave each other alone when one fails', async () => {
		const result = await run(
			singles(6),
			({ entries }) => {
				switch (entries[0]!.index) {
					case 1:
						return failure('CERT_HAS_EXPIRED');
					case 3:
						return 403;
					default:
						return 200;
				}
			},
			{ concurrency: 3 },
		);
		expect(statusesOf(result)).toEqual([
			'delivered',
			'failed',
			'delivered',
			'failed',
			'delivered',
			'delivered',
		]);
	});

	it.each([
		['a bare word', 'broken'],
		['null', null],
		['nothing', undefined],
		['an error that is its own cause', selfCaused()],
	])('leave each other alone when one throws %s', async (_, thrown) => {
		const time = new VirtualTime();
		const outcomes = await time.until(
			deliver(
				singles(3),
				async ({ entries }) => {
					if (entries[0]!.index === 1) throw thrown;
					return { status: 200, headers: {}, body: '' };
				},
				{
					policy: { giveUpAfterMs: 60_000, baseDelayMs: 500, maxDelayMs: 30_000 },
					concurrency: 2,
					sleep: time.sleeper(),
					now: time.now,
					wallTime: time.now,
					random: () => 0.5,
				},
			),
		);
		expect(outcomes.map(({ status }) => status)).toEqual(['delivered', 'failed', 'delivered']);
	});

	function selfCaused(): Error {
		const error = new Error('round and round');
		error.cause = error;
		return error;
	}
});

describe('a batch', () => {
	const batchOf = (indexes: number[]) =>
		requestOf(
			indexes.map((index) => entry(index)),
			PIPES,
		);
	const carries = (bad: number[]) => (request: OutgoingRequest) =>
		indexesOf(request).some((index) => bad.includes(index));

	it.each([400, 413, 422])(
		'that is refused with %i is sent in halves until the bad event stands alone',
		async (status) => {
			const isBad = carries([3]);
			const { outcomes, sent } = await run([batchOf([0, 1, 2, 3, 4])], (request) =>
				isBad(request) ? status : 200,
			);
			expect(sent).toEqual([[0, 1, 2, 3, 4], [0, 1, 2], [3, 4], [3], [4]]);
			expect(outcomes.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
			expect(outcomes.map((outcome) => outcome.status)).toEqual([
				'delivered',
				'delivered',
				'delivered',
				'rejected',
				'delivered',
			]);
			expect(outcomes[3]).toMatchObject({ http_status: status });
		},
	);

	it('whose events are all bad tells so of each, and ends', async () => {
		const { outcomes, sent } = await run([batchOf([0, 1, 2, 3, 4, 5, 6])], () => 422);
		expect(outcomes.map(({ status }) => status)).toEqual(Array(7).fill('rejected'));
		expect(sent).toHaveLength(13);
	});

	it.each([301, 401, 404, 405, 410])(
		'that is refused with %i, which means the caller and no event, is not taken apart',
		async (status) => {
			const { outcomes, sent } = await run([batchOf([0, 1, 2])], () => status);
			expect(sent).toHaveLength(1);
			expect(outcomes.map((outcome) => outcome.status)).toEqual(Array(3).fill('failed'));
		},
	);

	it('of which a firewall forbids one event (403) loses that event alone', async () => {
		const isBad = carries([1]);
		const { outcomes } = await run([batchOf([0, 1, 2])], (request) => (isBad(request) ? 403 : 200));
		expect(outcomes.map((outcome) => outcome.status)).toEqual(['delivered', 'failed', 'delivered']);
	});

	it('goes out whole again after an answer that asks for it', async () => {
		const { outcomes, sent } = await run([batchOf([0, 1, 2])], (_, attempt) =>
			attempt === 1 ? 503 : 200,
		);
		expect(sent).toEqual([
			[0, 1, 2],
			[0, 1, 2],
		]);
		expect(outcomes.map(({ attempts }) => attempts)).toEqual([2, 2, 2]);
	});

	it('has a half sent again by itself', async () => {
		const isBad = carries([0]);
		const { outcomes } = await run([batchOf([0, 1, 2, 3])], (request, attempt) =>
			isBad(request) ? 400 : indexesOf(request).length === 2 && attempt === 1 ? 503 : 200,
		);
		expect(outcomes.map(({ status }) => status)).toEqual([
			'rejected',
			'delivered',
			'delivered',
			'delivered',
		]);
	});

	it('goes on counting its attempts in its halves', async () => {
		const isBad = carries([3]);
		const { outcomes } = await run([batchOf([0, 1, 2, 3])], (request, attempt) =>
			isBad(request) ? (attempt === 1 && indexesOf(request).length === 4 ? 503 : 422) : 200,
		);
		// All were sent twice together; then 0 and 1 once more, and 2 and 3 together and alone.
		expect(outcomes.map(({ attempts }) => attempts)).toEqual([3, 3, 4, 4]);
	});

	it('counts what a half was sent again, for that half alone', async () => {
		const { outcomes, waits } = await run([batchOf([0, 1, 2])], (request, attempt) =>
			indexesOf(request).length === 3
				? 413
				: indexesOf(request)[0] === 0 && attempt < 3
					? 503
					: 200,
		);
		expect(outcomes.map(({ attempts }) => attempts)).toEqual([4, 4, 2]);
		// A half waits as a request does that was never sent before.
		expect(waits).toEqual([250, 500]);
	});

	it('tells of a half that is given up how often its events were sent', async () => {
		const { outcomes } = await run([batchOf([0, 1])], (request) =>
			indexesOf(request).length === 2
				? 400
				: indexesOf(request)[0] === 0
					? { status: 503, headers: { 'retry-after': '3600' } }
					: 200,
		);
		expect(outcomes).toEqual([
			{
				index: 0,
				status: 'failed',
				attempts: 2,
				http_status: 503,
				reason: 'Meiro answered 503. Given up after 2 attempts.',
			},
			{ index: 1, status: 'delivered', attempts: 2, http_status: 200 },
		]);
	});

	it('is ended with its last half before a later request of the same people goes out', async () => {
		const later = requestOf([entry(9, { order_key: entry(1).value.order_key })], PIPES);
		const isBad = carries([0]);
		const { sent } = await run(
			[batchOf([0, 1, 2]), later],
			(request) => (isBad(request) ? 400 : 200),
			{
				concurrency: 4,
				latencyMs: () => 10,
			},
		);
		expect(sent.at(-1)).toEqual([9]);
	});

	it('that is taken with objections loses only the events objected to', async () => {
		const { outcomes, sent } = await run([batchOf([5, 6, 7])], () => ({
			status: 200,
			body: { errors: [{ index: 1, message: 'Unknown event_type' }] },
		}));
		expect(sent).toHaveLength(1);
		expect(outcomes).toEqual([
			{ index: 5, status: 'delivered', attempts: 1, http_status: 200 },
			{ index: 6, status: 'rejected', attempts: 1, http_status: 200, reason: 'Unknown event_type' },
			{ index: 7, status: 'delivered', attempts: 1, http_status: 200 },
		]);
	});

	it('that is taken with an objection to no event in particular may have been taken in part', async () => {
		const { outcomes } = await run([batchOf([0, 1])], () => ({
			status: 200,
			body: { error: 'Event stream is paused' },
		}));
		expect(outcomes).toEqual(
			[0, 1].map((index) => ({
				index,
				status: 'failed',
				attempts: 1,
				http_status: 200,
				reason: expect.stringMatching(
					/did not say which .*Event stream is paused.*'Batch Size' to 1/,
				),
			})),
		);
	});
});

describe('progress', () => {
	const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
	const batchOf = (first: number, count: number) =>
		requestOf(
			Array.from({ length: count }, (_, number) => entry(first + number)),
			PIPES,
		);

	it('is told with each request that comes to its end', async () => {
		const { settled } = await run([batchOf(0, 3), batchOf(3, 2)], () => 200);
		expect(settled).toEqual([3, 2]);
	});

	it('is not told while a request is sent again', async () => {
		const { settled } = await run([batchOf(0, 3)], (_, attempt) => (attempt < 4 ? 503 : 200));
		expect(settled).toEqual([3]);
	});

	it('is told of the halves, not once more of the whole', async () => {
		const { settled } = await run([batchOf(0, 5)], ({ entries }) =>
			entries.some(({ index }) => index === 4) ? 422 : 200,
		);
		expect(settled).toEqual([3, 1, 1]);
	});

	it.each<[string, Script]>([
		['delivered', () => 200],
		['refused', () => 403],
		['refused one by one', () => 422],
		['given up', () => 503],
		['never answered', () => failure('ENOTFOUND')],
		[
			'taken with objections',
			() => ({ status: 200, body: { errors: [{ index: 0, message: 'no' }] } }),
		],
	])('comes to all events when they are %s', async (_, script) => {
		const { settled } = await run([batchOf(0, 7), batchOf(7, 1), batchOf(8, 4)], script);
		expect(sum(settled)).toBe(12);
	});

	it('comes to all events when the execution is cancelled', async () => {
		const { settled } = await run([batchOf(0, 7), batchOf(7, 5)], () => 503, {
			cancelAfterMs: 100,
		});
		expect(sum(settled)).toBe(12);
	});
});

describe('a cancelled execution', () => {
	it('sends nothing when it was cancelled before', async () => {
		const controller = new AbortController();
		controller.abort();
		const { outcomes, sent } = await run(singles(3), () => 200, { controller });
		expect(sent).toEqual([]);
		expect(outcomes).toEqual(
			[0, 1, 2].map((index) => ({
				index,
				status: 'failed',
				attempts: 0,
				http_status: null,
				reason: 'Not delivered: the execution was cancelled',
			})),
		);
	});

	it('ends a wait at once and sends neither that event nor the ones behind it', async () => {
		const { outcomes, sent, waits, elapsedMs } = await run(
			singles(3),
			() => ({ status: 503, headers: { 'retry-after': '50' } }),
			{ cancelAfterMs: 10_000 },
		);
		expect(sent).toEqual([[0]]);
		expect(waits).toEqual([50_000]);
		expect(elapsedMs).toBe(10_000);
		expect(outcomes.map(({ reason }) => reason)).toEqual(
			Array(3).fill('Not delivered: the execution was cancelled'),
		);
		expect(outcomes.map(({ attempts }) => attempts)).toEqual([1, 0, 0]);
	});

	it('still tells what Meiro said to a request that was under way', async () => {
		const controller = new AbortController();
		const result = await run(
			singles(2),
			() => {
				controller.abort();
				return 200;
			},
			{ controller },
		);
		expect(statusesOf(result)).toEqual(['delivered', 'failed']);
		expect(result.sent).toEqual([[0]]);
	});

	it('does not take a refused batch apart any further', async () => {
		const controller = new AbortController();
		const { outcomes, sent } = await run(
			[requestOf([entry(0), entry(1)], PIPES)],
			() => {
				controller.abort();
				return 422;
			},
			{ controller },
		);
		expect(sent).toEqual([[0, 1]]);
		expect(outcomes.map(({ status }) => status)).toEqual(['failed', 'failed']);
	});
});

it('has nothing to tell when there is nothing to send', async () => {
	const { outcomes, sent } = await run([], () => 200);
	expect(outcomes).toEqual([]);
	expect(sent).toEqual([]);
});
