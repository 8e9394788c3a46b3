import type { N8nInstallation } from '../../sandbox/n8n/cache';
import { none, type Findings } from '../faults/support/report';
import { prepareCrashes, type CrashResult, type Mode } from './crash';
import { QUEUE, SINGLE, type Strike } from './strikes';
import { startCrashQueue, startCrashSingle, type CrashWorld } from './worlds';

export interface Crashes {
	single: CrashResult[];
	queue: CrashResult[];
}

/** Plays every strike on one n8n and on n8n in queue mode. */
export async function playCrashes(
	installation: N8nInstallation,
	counts: Record<Mode, number>,
	/** By setup and name, as 'queue/worker_killed'. */
	isWanted: (name: string) => boolean,
	say: (line: string) => void,
): Promise<Crashes> {
	const wanted = (setup: keyof Crashes, strikes: Strike[]) => strikes.filter(({ name }) => isWanted(`${setup}/${name}`));
	return {
		single: await playAll(async () => await startCrashSingle(installation), wanted('single', SINGLE)),
		queue: await playAll(async () => await startCrashQueue(installation), wanted('queue', QUEUE)),
	};

	async function playAll(start: () => Promise<CrashWorld>, strikes: Strike[]): Promise<CrashResult[]> {
		if (strikes.length === 0) return [];
		const world = await start();
		try {
			const play = await prepareCrashes(world);
			const results: CrashResult[] = [];
			for (const [index, strike] of strikes.entries()) {
				const result = await play(strike, counts, (index + 1) * 100_000);
				say(JSON.stringify(result));
				results.push(result);
			}
			return results;
		} finally {
			await world.close();
		}
	}
}

/** What must be so, whatever is killed. */
export function judgeCrashes(crashes: Crashes): Findings {
	const checks = Object.entries(crashes).flatMap(([setup, results]: [string, CrashResult[]]) => {
		const strikes = setup === 'single' ? SINGLE : QUEUE;
		return results.flatMap(({ name, saved, finished }) => {
			const { isUnguarded, losesSaved } = strikes.find((strike) => strike.name === name)!;
			const of = (what: string) => `${setup}, ${name}: ${what}`;
			const ids = none(of('events with two ids'), saved.differing_ids + finished.differing_ids);
			if (isUnguarded) return [ids];
			const unseen = saved.lost > 0 && Object.keys(saved.kept).length === 0 ? saved.lost : 0;
			return [
				ids,
				none(of('finished: lost'), finished.lost_before_retry),
				losesSaved !== undefined
					? none(of('saved: lost without a trace in n8n'), unseen)
					: none(of('saved: lost after retrying'), saved.lost),
			];
		});
	});
	return { checks, figures: { ...crashes }, notes: [] };
}
