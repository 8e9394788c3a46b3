import { sleep as wait, type IExecuteFunctions } from 'n8n-workflow';

/** Clock and randomness, given from outside so that no test waits. */
export interface Runtime {
	/** Aborted when the execution is cancelled. */
	signal?: AbortSignal;
	/** Resolves after `ms`, or as soon as the execution is cancelled. */
	sleep(ms: number): Promise<void>;
	/** Milliseconds of a clock that nobody sets: for durations only. */
	now(): number;
	/** Milliseconds since 1970, as the clock on the wall says: for times that others name. */
	wallTime(): number;
	/** In [0, 1). */
	random(): number;
}

/** The runtime of a node; only an execution can be cancelled. */
export function runtimeOf(
	context: object & Partial<Pick<IExecuteFunctions, 'getExecutionCancelSignal'>>,
): Runtime {
	const signal = context.getExecutionCancelSignal?.();
	const cancelled = new Promise<void>((resolve) => {
		signal?.addEventListener('abort', () => resolve(), { once: true });
	});
	return {
		signal,
		sleep: async (ms) => await Promise.race([wait(ms), cancelled]),
		now: () => performance.now(),
		wallTime: () => Date.now(),
		random: Math.random,
	};
}
