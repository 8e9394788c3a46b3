// One moment for all: what depends on the time is the same in each run.
export const NOW = Date.parse('2031-02-03T12:00:00.000Z');

const RealDate = Date;
let startedAt = 0;
let isTicking = false;

const now = () => (isTicking ? NOW + RealDate.now() - startedAt : NOW);

class StandingDate extends RealDate {
	constructor(...given: unknown[]) {
		if (given.length === 0) super(now());
		else super(...(given as [number]));
	}

	static override now(): number {
		return now();
	}
}

export function stopTheClock(): void {
	globalThis.Date = StandingDate as DateConstructor;
}

/** Lets it run while something waits for the time to pass. */
export async function whileTicking<T>(run: () => Promise<T>): Promise<T> {
	startedAt = RealDate.now();
	isTicking = true;
	return await run().finally(() => (isTicking = false));
}
