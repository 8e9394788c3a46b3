// What `npm run test:queue -- --docs` writes into docs/reliability.md and docs/operating.md.
import { growthTable, number, table } from '../../bench/docs';
import type { Machine } from '../../bench/report';
import { runLine, writeSections } from '../../docs/build/section';
import type { CrashResult, Mode, Outcome } from './crash';
import type { Crashes } from './crashes';
import type { Finding } from './deliveryWatch';
import type { Load } from './load';
import { QUEUE, SINGLE } from './strikes';

export interface Measured {
	machine: Machine;
	/** As the user gave it. */
	command: string;
	load?: Load;
	crashes?: Crashes;
}

export function writeDocs({ machine, command, load, crashes }: Measured): void {
	const by = runLine(command, machine);
	writeSections('reliability.md', {
		...(crashes ? { crashes: `${by}\n\n${crashSection(crashes)}` } : {}),
		...(load ? { load: `${by}\n\n${loadSection(load, machine)}` } : {}),
	});
	if (load) writeSections('operating.md', { sizing: `${by}\n\n${sizingTable(load)}` });
}

function crashSection(crashes: Crashes): string {
	return `${unplayed(crashes)}### One n8n (SQLite), *When the Event Is Saved*

${outcomes(crashes.single, 'saved')}

### One n8n (SQLite), *When the Workflow Has Finished*

${outcomes(crashes.single, 'finished')}

### Queue mode (main, 2 webhook processes, 2 workers, PostgreSQL, Redis), *When the Event Is Saved*

${outcomes(crashes.queue, 'saved')}

### Queue mode, *When the Workflow Has Finished*

${outcomes(crashes.queue, 'finished')}

${stuck([...crashes.single, ...crashes.queue])}`;
}

function stuck(results: CrashResult[]): string {
	const names = results
		.filter(({ main_restarted }) => main_restarted)
		.map(({ what }) => `“${what}”`);
	if (names.length === 0) return '';
	return `After ${names.join(' and ')} executions stayed *running* although nobody ran them. n8n marks such executions as crashed when main starts, and every
\`N8N_EXECUTIONS_QUEUE_RECOVERY_INTERVAL\` minutes (180 by default; 5 is a better choice). Here main was started again.`;
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

function loadSection({ rates, growth, growth_cost_ratio }: Load, machine: Machine): string {
	return `${machine.cpus} cores for everything together.

${table(
	[
		'Set-up',
		'Events',
		'Events/s',
		'Slowest–fastest round',
		'CPU ms per event',
		'Events per core-second',
		'Lost',
	],
	rates.map((row) => [
		row.what,
		number(row.events),
		number(row.events_per_second),
		row.spread.map(number).join('–'),
		number(row.cpu_ms_per_event),
		number(row.events_per_core_second),
		number(row.lost),
	]),
)}

Cost as runs grow, in queue mode with 2 webhook processes and 2 workers:

${growthTable(growth)}

The last costs ${growth_cost_ratio} times the first per event; the aim is at most 1.2.`;
}

const SECONDS_A_DAY = 86_400;

/** What an engineer plans with: half of what was measured, and what each part needs for it. */
function sizingTable({ rates }: Load): string {
	return table(
		[
			'Set-up',
			'Events/s',
			'Half of it, as events a day',
			'CPU ms per event, by part',
			'Peak MB, all processes',
		],
		rates.map(({ what, events_per_second, cpu_ms_by_part, peak_rss_mb }) => [
			what,
			number(events_per_second),
			number(Math.round((events_per_second / 2) * SECONDS_A_DAY)),
			Object.entries(cpu_ms_by_part)
				.map(([part, ms]) => `${part} ${number(ms)}`)
				.join(', '),
			number(peak_rss_mb),
		]),
	);
}

function outcomes(results: CrashResult[], mode: Mode): string {
	return table(
		[
			...['Strike', 'Sent', 'Acknowledged', 'Delivered', 'In the list'],
			...(mode === 'saved' ? ['Delivery watch', 'Retried', 'Can’t be retried'] : []),
			...['Lost', 'Twice'],
			...(mode === 'saved' ? ['Delivery watch then'] : []),
		],
		results.map((result) => row(result, mode)),
	);
}

function row(result: CrashResult, mode: Mode): string[] {
	const {
		sent,
		acknowledged,
		delivered,
		kept,
		retried,
		retries_refused,
		lost,
		dropped,
		duplicates,
	}: Outcome = result[mode];
	const inList = Object.entries(kept).map(([status, count]) => `${number(count)} ${status}`);
	const { before, after } = result.delivery_watch;
	return [
		result.what,
		number(sent),
		number(acknowledged),
		number(delivered),
		inList.join(', ') || 'nothing',
		...(mode === 'saved' ? [found(before), number(retried), number(retries_refused)] : []),
		lost === 0
			? '0'
			: `**${number(lost)}**${dropped > 0 ? `, ${number(dropped)} of them dropped by the sender` : ''}`,
		number(duplicates),
		...(mode === 'saved' ? [found(after)] : []),
	];
}

const found = ({ state, delivered, in_klaviyo }: Finding) =>
	`${state}, ${number(delivered)} of ${number(in_klaviyo)}`;
