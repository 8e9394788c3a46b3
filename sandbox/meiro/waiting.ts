import type { ArrivedEvent } from './types';
import type { Store } from './store';

/** Promises for a number of stored events. */
export interface Waiters {
	wait(count: number, timeoutMs: number): Promise<ArrivedEvent[]>;
	/** Rejects all who still wait. */
	close(): void;
}

/** Wakes whoever waits as soon as a commit brings the number stored up to theirs. */
export function createWaiters(store: Store, read: () => ArrivedEvent[]): Waiters {
	const waiting = new Set<{ count: number; resolve(): void; reject(reason: string): void }>();
	store.onStored(() => {
		for (const waiter of waiting) if (store.count() >= waiter.count) waiter.resolve();
	});
	return {
		async wait(count, timeoutMs) {
			if (store.count() < count) {
				await new Promise<void>((resolve, reject) => {
					const settle = (finish: () => void) => {
						clearTimeout(timer);
						waiting.delete(waiter);
						finish();
					};
					const waiter = {
						count,
						resolve: () => settle(resolve),
						reject: (reason: string) =>
							settle(() =>
								reject(new Error(`${store.count()} of ${count} events arrived ${reason}`)),
							),
					};
					const timer = setTimeout(() => waiter.reject(`within ${timeoutMs} ms`), timeoutMs);
					waiting.add(waiter);
				});
			}
			return read();
		},
		close() {
			for (const waiter of waiting) waiter.reject('before the stand-in was closed');
		},
	};
}
