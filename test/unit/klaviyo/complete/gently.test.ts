import { Gently } from '../../../../nodes/Klaviyo/complete/gently';

function clock() {
	const slept: number[] = [];
	let now = 1000;
	return {
		slept,
		runtime: {
			now: () => now,
			wallTime: () => now,
			random: () => 0.5,
			sleep: async (ms: number) => {
				slept.push(ms);
				now += ms;
				await Promise.resolve();
			},
		},
	};
}

const headers = (remaining: number, reset = 1) => ({
	'ratelimit-limit': '3, 3;w=1, 60;w=60',
	'ratelimit-remaining': String(remaining),
	'ratelimit-reset': String(reset),
});

describe('asking Klaviyo gently', () => {
	it('waits for the next window when less than half of the rate is left', async () => {
		const { slept, runtime } = clock();
		const gently = new Gently(runtime);
		await gently.afterAnswer(headers(2));
		expect(slept).toEqual([]);
		await gently.afterAnswer(headers(1));
		expect(slept).toEqual([1000]);
	});

	it('ends when it has waited for long enough', async () => {
		const { runtime } = clock();
		const gently = new Gently(runtime);
		for (let second = 0; second < 5; second++) await gently.afterAnswer(headers(0));
		await expect(gently.afterAnswer(headers(0))).rejects.toThrow(/Half of what Klaviyo allows/);
		await expect(new Gently(runtime).afterAnswer(headers(0, 40))).rejects.toThrow(/used up/);
	});

	it('does not wait where the answer says nothing of a rate', async () => {
		const { slept, runtime } = clock();
		await new Gently(runtime).afterAnswer({});
		expect(slept).toEqual([]);
	});

	it('gives each request five seconds, less what was waited', async () => {
		const { runtime } = clock();
		const gently = new Gently(runtime);
		expect(gently.policy.endsAt).toBe(6000);
		await gently.afterAnswer(headers(1));
		expect(gently.policy.endsAt).toBe(2000 + 5000 - 1000);
	});
});
