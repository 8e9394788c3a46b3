import { sleep as wait, type IExecuteFunctions } from 'n8n-workflow';

/** Clock and randomness, given from outside so that no test waits. */
export interface Runtime {
	/** Aborted when the execution is cancelled. */
	signal?: AbortSignal;
	/** Resolves after `ms`, or as soon as the execution is cancelled. */
	sleep(ms: number): Promise<void>;
	now(): number;
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
		now: Date.now,
		random: Math.random,
	};
}
