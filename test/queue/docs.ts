// What `npm run test:queue -- --docs` writes into docs/operating.md and CONTRIBUTING.md.
import { number, table } from '../../bench/docs';
import type { Machine } from '../../bench/report';
import { hasSection, runLine, writeSections } from '../../bench/section';
import { section } from '../faults/docs';
import type { Findings } from '../faults/support/report';
import type { CrashResult, Outcome } from './crash';
import type { Crashes } from './crashes';
import type { Load } from './load';
import { QUEUE, SINGLE } from './strikes';

export interface Measured {
	machine: Machine;
	/** As the user gave it. */
	command: string;
	load?: Load;
	crashes?: Crashes;
	skipping?: Findings;
}

export function writeDocs({ machine, command, load, crashes, skipping }: Measured): void {
	const by = runLine(command, machine);
	writeSections('docs/operating.md', {
		...(crashes ? { crashes: `${by}\n\n${crashSection(crashes)}` } : {}),
		...(load ? { sizing: `${by}\n\n${sizingSection(load)}` } : {}),
	});
	if (skipping && hasSection('CONTRIBUTING.md', 'Queue mode')) {
		writeSections('CONTRIBUTING.md', { 'Queue mode': `${by}\n\n${section(skipping)}` });
	}
}

export function crashSection(crashes: Crashes): string {
	return `${unplayed(crashes)}**One n8n, SQLite**

${outcomes(crashes.single)}

**Queue mode: main, 2 webhook processes, 2 workers, PostgreSQL, Redis**

${outcomes(crashes.queue)}

${watched([...crashes.single, ...crashes.queue])}

${stuck([...crashes.single, ...crashes.queue])}`;
}

function watched(results: CrashResult[]): string {
	const sum = (of: (result: CrashResult) => number) =>
		number(results.reduce((total, result) => total + of(result), 0));
	return `Before the retry, delivery-watch sent ${sum(({ delivery_watch }) => delivery_watch.before.sent)} of ${sum(({ saved }) => saved.sent)} events in all. Missing after it: ${sum(({ delivery_watch }) => delivery_watch.missing)}.`;
}

function stuck(results: CrashResult[]): string {
	const names = results
		.filter(({ main_restarted }) => main_restarted)
		.map(({ what }) => `“${what}”`);
	if (names.length === 0) return '';
	return `After ${names.join(' and ')} executions stayed *running* although nobody ran them. n8n marks them as crashed when main starts, and every
\`N8N_EXECUTIONS_QUEUE_RECOVERY_INTERVAL\` minutes (180 by default; 5 is better). Here main was started again.`;
}

/** So that nobody takes a part for the whole. */
function unplayed({ single, queue }: Crashes): string {
	const missing = [
		...SINGLE.filter(({ name }) => !single.some((one) => one.name === name)).map(
			({ what }) => `one n8n, ${what}`,
		),
		...QUEUE.filter(({ name }) => !queue.some((one) => one.name === name)).map(
			({ what }) => `queue mode, ${what}`,
		),
	];
	return missing.length === 0 ? '' : `**Not played in this run:** ${missing.join('; ')}.\n\n`;
}

/** What an engineer plans with: half of what was measured, and what each part needs for it. */
export function sizingSection({ rates, growth }: Load): string {
	const runs = growth.map(
		(row) => `${number(row.events)} events at ${number(row.cpu_ms_per_event)} ms`,
	);
	const lost = [...rates, ...growth].reduce((sum, row) => sum + row.lost, 0);
	return `${sizingTable(rates)}

Lost in all of them: ${number(lost)}. Cost of an event as runs grow, in queue mode with 2 of each: ${runs.join(', ')}.`;
}

function sizingTable(rates: Load['rates']): string {
	return table(
		['Set-up', 'Events/s', 'CPU ms per event, by part', 'Peak MB, all processes'],
		rates.map(({ what, events_per_second, cpu_ms_by_part, peak_rss_mb }) => [
			what,
			number(events_per_second),
			Object.entries(cpu_ms_by_part)
				.map(([part, ms]) => `${part} ${number(ms)}`)
				.join(', '),
			number(peak_rss_mb),
		]),
	);
}

/** A row for each strike that left something to do; the others in a sentence. */
function outcomes(results: CrashResult[]): string {
	const isQuiet = ({ saved, finished }: CrashResult) =>
		saved.lost + finished.lost === 0 && Object.keys(saved.kept).length === 0;
	const quiet = results.filter(isQuiet).map(({ what }) => what);
	const rows = table(
		['Strike', 'Saved: delivered', 'In the list', 'Lost after the retry', 'Finished: lost'],
		results
			.filter((result) => !isQuiet(result))
			.map(({ what, saved, finished }) => [
				what,
				`${number(saved.delivered)} of ${number(saved.sent)}`,
				Object.entries(saved.kept)
					.map(([status, count]) => `${number(count)} ${status}`)
					.join(', ') || 'nothing',
				lostOf(saved),
				lostOf(finished),
			]),
	);
	if (quiet.length === 0) return rows;
	return `${rows}\n\nNothing lost and nothing to retry by either reply: ${quiet.join('; ')}.`;
}

const lostOf = ({ lost }: Outcome) => (lost === 0 ? '0' : `**${number(lost)}**`);
