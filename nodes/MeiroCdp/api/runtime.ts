import { sleep as wait, type IExecuteFunctions, type ILoadOptionsFunctions } from 'n8n-workflow';

import type { Runtime } from './client';

/** Clock, randomness and a wait that ends when the execution is cancelled. */
export function runtimeOf(context: IExecuteFunctions | ILoadOptionsFunctions): Runtime {
	const signal = 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
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
