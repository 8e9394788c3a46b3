import type { N8nInstallation } from '../../sandbox/n8n/cache';
import { below, none, type Check, type Findings } from '../faults/support/report';
import { prepareCrashes, type CrashResult, type Mode } from './crash';
import { QUEUE, SINGLE, type Strike } from './strikes';
import { startCrashQueue, startCrashSingle, type CrashWorld } from './worlds';

export interface Crashes {
	single: CrashResult[];
	queue: CrashResult[];
	/** Why those after it were not played, by the name of the first. */
	broken: Record<string, string>;
}

type Setup = 'single' | 'queue';

/** Plays every strike on one n8n and on n8n in queue mode. */
export async function playCrashes(
	installation: N8nInstallation,
	counts: Record<Mode, number>,
	/** By setup and name, as 'queue/worker_killed'. */
	isWanted: (name: string) => boolean,
	say: (line: string) => void,
): Promise<Crashes> {
	const broken: Record<string, string> = {};
	const single = await playAll('single', async () => await startCrashSingle(installation), SINGLE);
	const queue = await playAll('queue', async () => await startCrashQueue(installation), QUEUE);
	return { single, queue, broken };

	async function playAll(
		setup: Setup,
		start: () => Promise<CrashWorld>,
		all: Strike[],
	): Promise<CrashResult[]> {
		const strikes = all.filter(({ name }) => isWanted(`${setup}/${name}`));
		if (strikes.length === 0) return [];
		const world = await start();
		try {
			const play = await prepareCrashes(world);
			const results: CrashResult[] = [];
			for (const [turn, strike] of strikes.entries()) {
				try {
					results.push(await play({ strike, turn, counts }));
					say(JSON.stringify(results.at(-1)));
				} catch (error) {
					// What was measured before is worth telling all the same.
					broken[`${setup}/${strike.name}`] = String(error);
					say(`${setup}/${strike.name} could not be played to its end: ${String(error)}`);
					break;
				}
			}
			return results;
		} finally {
			await world.close();
		}
	}
}

/** What must be so, whatever is killed. */
export function judgeCrashes({ single, queue, broken }: Crashes): Findings {
	const checks = [
		...judgeAll('single', single, SINGLE),
		...judgeAll('queue', queue, QUEUE),
		...Object.entries(broken).map(([name, why]) =>
			none(`${name}: could not be played to its end (${why})`, 1),
		),
	];
	return { checks, figures: { single, queue, broken }, notes: [] };
}

function judgeAll(setup: Setup, results: CrashResult[], strikes: Strike[]): Check[] {
	return results.flatMap(({ name, saved, finished, delivery_watch }) => {
		const { isUnguarded, losesSaved } = strikes.find((strike) => strike.name === name)!;
		const of = (what: string) => `${setup}, ${name}: ${what}`;
		const always = [
			...Object.entries({ saved, finished }).map(([mode, one]) =>
				below(of(`${mode}: sent before the strike`), one.sent_before_strike, one.sent),
			),
			none(of('events with two ids'), saved.differing_ids + finished.differing_ids),
			none(
				of('events that the delivery watch does not find in Klaviyo'),
				saved.sent - delivery_watch.before.in_klaviyo,
			),
			none(of('missing after the delivery watch'), delivery_watch.missing, saved.sent),
			none(of('sent again by a second run of the watch'), delivery_watch.after.sent, saved.sent),
		];
		if (isUnguarded) return always;
		const unseen = saved.lost > 0 && Object.keys(saved.kept).length === 0 ? saved.lost : 0;
		return [
			...always,
			none(of('finished: lost'), finished.lost_before_retry, finished.sent),
			losesSaved !== undefined
				? none(of('saved: lost without a trace in n8n'), unseen, saved.sent)
				: none(of('saved: lost after retrying'), saved.lost, saved.sent),
		];
	});
}
