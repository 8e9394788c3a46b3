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

/** For tests: as after a restart of n8n. */
export function resetProcessState(): void {
	for (const forget of forgetting) forget();
}
