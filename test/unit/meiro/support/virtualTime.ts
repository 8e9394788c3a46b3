/** More steps than any test needs: a sender that never stops is told, instead of hanging. */
const MAX_STEPS = 50_000;

/** A clock that only moves when everybody waits: no test sleeps for real. */
export class VirtualTime {
	/** What was waited for, in the order in which the waits began. */
	readonly waits: number[] = [];
	private time: number;
	private timers: Array<{ at: number; wake: () => void }> = [];

	constructor(start = Date.parse('2031-02-03T04:05:06Z')) {
		this.time = start;
	}

	readonly now = (): number => this.time;

	/** A wait of the sender's; ends early when the execution is cancelled. */
	sleeper(signal?: AbortSignal): (ms: number) => Promise<void> {
		const cancelled = new Promise<void>((resolve) => {
			signal?.addEventListener('abort', () => resolve(), { once: true });
		});
		return async (ms) => {
			this.waits.push(ms);
			await Promise.race([this.pass(ms), cancelled]);
		};
	}

	/** Resolves when `ms` have passed. */
	async pass(ms: number): Promise<void> {
		await new Promise<void>((wake) => this.timers.push({ at: this.time + ms, wake }));
	}

	/** Runs the clock until `work` has ended. */
	async until<T>(work: Promise<T>): Promise<T> {
		let ended = false;
		const end = () => {
			ended = true;
		};
		work.then(end, end);
		for (let step = 0; step < MAX_STEPS; step++) {
			await new Promise((resolve) => setImmediate(resolve));
			if (ended) return await work;
			this.timers.sort((a, b) => a.at - b.at);
			const next = this.timers.shift();
			if (next === undefined) throw new Error('Everybody waits for nothing');
			this.time = Math.max(this.time, next.at);
			next.wake();
		}
		throw new Error(`Not ended after ${MAX_STEPS} steps`);
	}
}
