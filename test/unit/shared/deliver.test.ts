import fc from 'fast-check';

import {
	deliver,
	type Door,
	type Outcome,
	type Reply,
} from '../../../nodes/shared/delivery/deliver';
import { settledAs } from '../../../nodes/shared/delivery/verdict';

/** What a service answers to some values: nothing for a yes, or the sentence it refuses all of them with. */
type Service = (values: number[]) => string | null;

interface Run {
	outcomes: Outcome[];
	requests: number[][];
	/** Values in the order in which they were taken. */
	taken: number[];
	thrown: unknown[];
}

interface Circumstances {
	personOf?: (value: number) => string | null;
	limit?: number;
	bad?: 'rejected' | 'failed';
}

async function run(count: number, service: Service, given: Circumstances = {}): Promise<Run> {
	const { personOf = () => null, limit = 200, bad = 'rejected' } = given;
	const requests: number[][] = [];
	const taken: number[] = [];
	const thrown: unknown[] = [];
	const door: Door<number> = {
		limits: { count: limit, bytes: Number.POSITIVE_INFINITY },
		concurrency: 1,
		addressOf: () => '',
		personOf,
		send: async (values, before): Promise<Reply> => {
			requests.push(values);
			const reason = service(values);
			if (reason === null) taken.push(...values);
			const verdict =
				reason === null
					? settledAs({ status: 'delivered' })
					: { ...settledAs({ status: bad, reason }), others: 'apart' as const };
			return { verdict, attempts: before + 1, http_status: reason === null ? 200 : 400 };
		},
		onThrow: (error) => thrown.push(error),
	};
	const entries = Array.from({ length: count }, (_, value) => ({ index: value, value, bytes: 0 }));
	const outcomes = await deliver(entries, door);
	outcomes.sort((one, other) => one.index - other.index);
	return { outcomes, requests, taken, thrown };
}

const refuses =
	(...bad: number[]): Service =>
	(values) =>
		values.some((value) => bad.includes(value)) ? 'Bad Request' : null;

const statuses = ({ outcomes }: Run) => outcomes.map(({ status }) => status);

const with200 = (...bad: number[]) =>
	Array.from({ length: 200 }, (_, value) => (bad.includes(value) ? 'rejected' : 'delivered'));

describe('among 200 that are refused together with one text', () => {
	it.each([
		[[77]],
		[[0, 199]],
		[[3, 120]],
		[[10, 11, 12]],
		[[0, 66, 199]],
		[[1, 50, 99, 150, 198]],
		[[0, 66, 132, 199]],
		[[0, 66, 132, 199, 100]],
		[[20, 21, 22, 23, 24]],
	])('the bad ones cost themselves alone: %j', async (bad) => {
		const result = await run(200, refuses(...bad));
		expect(statuses(result)).toEqual(with200(...bad));
		expect(result.requests.length).toBeLessThan(100);
	});

	it('any few bad ones cost themselves alone', async () => {
		const bad = fc.uniqueArray(fc.integer({ min: 0, max: 199 }), { minLength: 1, maxLength: 7 });
		await fc.assert(
			fc.asyncProperty(bad, async (some) => {
				expect(statuses(await run(200, refuses(...some)))).toEqual(with200(...some));
			}),
			{ numRuns: 50 },
		);
	});

	it('a reason of the whole ends the search soon: what was not refused alone is failed, not rejected', async () => {
		const result = await run(200, () => 'The stream is paused');
		expect(result.requests.length).toBeLessThanOrEqual(10);
		const alone = result.requests.filter(({ length }) => length === 1).flat();
		expect(alone).toEqual(expect.arrayContaining([0, 66, 132, 199]));
		for (const { index, status, reason } of result.outcomes) {
			expect(status).toBe(alone.includes(index) ? 'rejected' : 'failed');
			expect(reason).toContain('The stream is paused');
		}
		expect(result.outcomes.find(({ status }) => status === 'failed')!.reason).toContain(
			'was not tried alone',
		);
	});

	it('a reason of the whole is known again though its words hold an ID of the request', async () => {
		let number = 0;
		const result = await run(200, () => `Paused (request 8f3a-${4711 + number++})`);
		expect(result.requests.length).toBeLessThanOrEqual(10);
	});

	it('reasons that differ are followed to the last one', async () => {
		const result = await run(20, (values) =>
			values.length > 1 ? 'some' : `no ${'x'.repeat(values[0]!)}`,
		);
		expect(statuses(result)).toEqual(Array(20).fill('rejected'));
	});
});

describe('a person’s entries', () => {
	it('are taken in their order, whatever is tried alone', async () => {
		const person = fc.array(fc.constantFrom('ana', 'bob', 'cyd', 'dan', 'eva', null), {
			minLength: 9,
			maxLength: 60,
		});
		const bad = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { maxLength: 5 });
		await fc.assert(
			fc.asyncProperty(person, bad, async (people, some) => {
				const { taken } = await run(people.length, refuses(...some), {
					personOf: (value) => people[value]!,
				});
				for (const one of ['ana', 'bob', 'cyd', 'dan', 'eva']) {
					const own = taken.filter((value) => people[value] === one);
					expect(own).toEqual([...own].sort((a, b) => a - b));
				}
			}),
		);
	});
});

describe('what one entry throws', () => {
	it('costs that entry alone, and is logged', async () => {
		const result = await run(30, (values) => {
			if (values.includes(17)) throw new TypeError('not a function');
			return null;
		});
		expect(statuses(result)).toEqual(
			Array.from({ length: 30 }, (_, value) => (value === 17 ? 'failed' : 'delivered')),
		);
		expect(result.outcomes[17]!.reason).toMatch(/not a function.*n8n's log/);
		expect(result.thrown).toEqual([new TypeError('not a function')]);
	});
});
