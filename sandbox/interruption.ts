const LOOK_EVERY_MS = 500;

/**
 * Resolves when somebody wants this process to end: Ctrl+C, SIGTERM, a closed terminal, or the end of the process
 * that started it. The last, because `npm run` hands SIGTERM to its shell alone, which dies without telling anyone.
 */
export function interruption(): Promise<void> {
	const parent = process.ppid;
	return new Promise((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
			process.once(signal, () => resolve());
		}
		const timer = setInterval(() => {
			if (process.ppid === parent) return;
			clearInterval(timer);
			resolve();
		}, LOOK_EVERY_MS);
		timer.unref();
	});
}
