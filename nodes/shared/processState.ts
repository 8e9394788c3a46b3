const forgetting: Array<() => void> = [];

/**
 * What this process remembers from one execution or delivery to the next, gone with a restart. All of it is declared
 * here, keyed by credential and workflow where it is about them, so that a test can begin anew.
 */
export function processState<State>(begin: () => State): () => State {
	let state = begin();
	forgetting.push(() => {
		state = begin();
	});
	return () => state;
}

/** Brings what is remembered under a bound; what was put in first goes first. */
export function forgetOldest(remembered: Map<unknown, unknown> | Set<unknown>, most: number): void {
	for (const oldest of remembered.keys()) {
		if (remembered.size <= most) break;
		remembered.delete(oldest);
	}
}

/** For tests: as after a restart of n8n. */
export function resetProcessState(): void {
	for (const forget of forgetting) forget();
}
