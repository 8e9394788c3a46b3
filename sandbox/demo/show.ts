import { setTimeout as wait } from 'node:timers/promises';
import {
	PRESET_TIMER,
	type DefaultRenderer,
	type ListrTask,
	type ListrTaskWrapper,
	type SimpleRenderer,
} from 'listr2';

import type { Progress } from '../n8n/cache';
import { bar, countLine, rowLine, type RowState } from './rows';
import type { ScenarioResult } from './scenario';

export type Task = ListrTaskWrapper<object, typeof DefaultRenderer, typeof SimpleRenderer>;

/** What is to be done, and how; gives back what to say when it is done, if that is something else. */
export type Step = [title: string, run: (progress: Progress) => Promise<string | void>];

/** The steps as tasks of their parent, whose title tells how many are done. */
export function stepsOf(
	parent: Task,
	title: string,
	steps: Step[],
	interrupted: AbortSignal,
): ListrTask[] {
	const tell = (done: number) => {
		parent.title = countLine(title, done, steps.length, process.stdout.columns);
	};
	tell(0);
	return steps.map(([name, run], index) => ({
		title: name,
		rendererOptions: { timer: PRESET_TIMER },
		fallbackRendererOptions: { timer: PRESET_TIMER },
		task: async (_: object, task: Task) => {
			task.title = (await speaking(task, run, interrupted)) ?? name;
			tell(index + 1);
		},
	}));
}

/** In a log, what says nothing for longer is taken for stuck; on a screen something always moves. */
const QUIET_AT_MOST_MS = 3_500;

/**
 * Hands on what the work tells, many lines a second on a screen, few in a log; when it tells nothing, a log gets the time.
 * Once it is interrupted it says nothing more, nor how the work ended: what it needs is being closed.
 */
export async function speaking<Result>(
	task: Task,
	work: (progress: Progress) => Promise<Result>,
	interrupted: AbortSignal,
): Promise<Result> {
	const everyMs = process.stdout.isTTY ? 100 : QUIET_AT_MOST_MS;
	const started = Date.now();
	let last = started;
	const say = (line: string) => {
		if (interrupted.aborted) return;
		last = Date.now();
		task.output = line;
	};
	const timer = setInterval(() => {
		const isQuiet = Date.now() - last >= QUIET_AT_MOST_MS;
		if (isQuiet && !process.stdout.isTTY) say(`${Math.round((Date.now() - started) / 1000)} s`);
	}, 250);
	try {
		return await work((line, share) => {
			if (Date.now() - last < everyMs) return;
			say(share === undefined ? line : `${bar(share, 24)} ${line}`);
		});
	} finally {
		clearInterval(timer);
		if (interrupted.aborted) await new Promise(() => undefined);
	}
}

/** Keeps a template's row up to date until the end: drawn anew on a screen, in a log a line for each change. */
export async function follow(
	row: Task,
	state: Omit<RowState, 'underWay'>,
	soFar: () => Promise<ScenarioResult>,
	over: AbortSignal,
): Promise<void> {
	const everyMs = process.stdout.isTTY ? 300 : 1000;
	let shown = '';
	while (!over.aborted) {
		// Figures that can't be had now are had the next time; those that count are asked for at the end.
		const figures = await soFar().catch(() => undefined);
		if (over.aborted) return;
		const line = figures && rowLine(figures, { ...state, underWay: true }, process.stdout.columns);
		if (line !== undefined && line !== shown) {
			shown = line;
			if (process.stdout.isTTY) row.title = line;
			else row.output = line;
		}
		await wait(everyMs, undefined, { signal: over }).catch(() => undefined);
	}
}
