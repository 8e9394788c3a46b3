// Ours against stock n8n, side by side in one run. Run: npm run bench [-- --quick] [-- --report FILE] [-- --docs]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import Table from 'cli-table3';

import { runLine, typed, writeSections } from './section';
import { ensureN8n, type N8nInstallation } from '../sandbox/n8n/cache';
import { CASES, OURS, OURS_ALONE, POLLING } from './cases';
import { meterOf } from './meter';
import { chart, performanceSection } from './docs';
import { startInstance } from '../sandbox/instance';
import { reportOf, type Report } from './report';
import { measureWeight } from './weight';
import { runCases, type Bench, type CaseResult } from './run';
import { DEFAULT, RECOMMENDED, VARIANTS, type Settings } from './settings';
import {
	measureGrowth,
	measureMemory,
	measureOverload,
	measureThinTraffic,
	type Memory,
} from './special';

const DOCS = join(__dirname, '../docs');
/** Numbers of their own for what is not in the rounds: no event may be taken for another. */
const FIRST = { growth: 10_000_000, thin: 20_000_000, overload: 30_000_000 };

async function main(): Promise<boolean> {
	const { values } = parseArgs({
		options: {
			quick: { type: 'boolean', default: false },
			report: { type: 'string' },
			docs: { type: 'boolean', default: false },
		},
	});
	const rounds = values.quick ? 1 : 3;
	const scale = values.quick ? 0.25 : 1;
	const installation = await ensureN8n(console.log);

	const cases: CaseResult[] = [];
	const recommended = await withN8n(installation, RECOMMENDED, async (bench) => {
		cases.push(...(await runCases(bench, CASES, rounds, scale, console.log)));
		const growth = await measureGrowth(
			bench,
			values.quick ? [1000, 3000] : [1000, 10_000, 50_000],
			FIRST.growth,
		);
		const thin_traffic = await measureThinTraffic(bench, values.quick ? 10 : 30, FIRST.thin);
		const ours = cases.find(({ name }) => name === OURS.name)!.events_per_second;
		const overload = await measureOverload(bench, ours, values.quick ? 3 : 10, FIRST.overload);
		return { growth, thin_traffic, overload };
	});
	// Many open requests cost much memory there, and all is slower: a tenth in two rounds will do.
	await withN8n(installation, DEFAULT, async (bench) => {
		cases.push(...(await runCases(bench, CASES, Math.min(rounds, 2), scale * 0.1, console.log)));
	});
	const memory: Memory[] = [];
	for (const one of [OURS_ALONE, OURS]) {
		await withN8n(installation, DEFAULT, async (bench) => {
			memory.push(await measureMemory(bench, one, values.quick ? 64 : 192));
		});
	}
	for (const events of values.quick ? [2000, 10_000] : [5000, 50_000]) {
		await withN8n(installation, RECOMMENDED, async (bench) => {
			memory.push(await measureMemory(bench, POLLING, events));
		});
	}
	for (const settings of values.quick ? [] : VARIANTS) {
		await withN8n(installation, settings, async (bench) => {
			cases.push(...(await runCases(bench, [OURS], rounds, scale, console.log)));
		});
	}

	const weight = await measureWeight();
	const report = reportOf({
		n8n: installation.version,
		weight,
		reduced: values.quick,
		settings: Object.fromEntries(
			[DEFAULT, RECOMMENDED, ...VARIANTS].map(({ name, env, connections }) => [
				name,
				{ ...env, connections },
			]),
		),
		cases,
		memory,
		...recommended,
	});
	print(report);
	if (values.report) writeFileSync(values.report, `${JSON.stringify(report, null, '\t')}\n`);
	if (values.docs) {
		writeFileSync(join(DOCS, 'images/performance.svg'), chart(report));
		const by = runLine(typed('bench'), report.machine);
		writeSections('docs/operating.md', { performance: `${by} ${performanceSection(report)}` });
	}
	return report.ok;
}

async function withN8n<T>(
	installation: N8nInstallation,
	settings: Settings,
	work: (bench: Bench) => Promise<T>,
): Promise<T> {
	const instance = await startInstance(installation, settings.env);
	const meter = meterOf(instance, installation);
	try {
		return await work({ instance, settings, meter });
	} finally {
		await instance.close();
	}
}

function print({
	cases,
	checks,
	aims,
	growth,
	memory,
	thin_traffic,
	overload,
	weight,
}: Report): void {
	const table = new Table({
		head: [
			'case',
			'settings',
			'events/s',
			'spread',
			'ack p50',
			'ack p99',
			'CPU s/1,000',
			'DB B/event',
			'req/1,000',
			'MB',
			'lost',
		],
		style: { head: [], border: [] },
	});
	for (const one of cases) {
		table.push([
			one.name,
			one.settings,
			one.events_per_second,
			one.spread.join('–'),
			one.ack_p50_ms,
			one.ack_p99_ms,
			one.cpu_s_per_1000,
			one.db_bytes_per_event,
			one.requests_per_1000,
			one.peak_rss_mb,
			one.lost,
		]);
	}
	console.log(table.toString());
	console.log(JSON.stringify({ growth, memory, thin_traffic, overload, weight }, null, 2));
	const verdict = new Table({
		head: ['figure', 'value', 'wanted', ''],
		style: { head: [], border: [] },
	});
	for (const { name, value, wanted, ok } of [...checks, ...aims])
		verdict.push([name, value, wanted, ok ? 'ok' : 'MISSED']);
	console.log(verdict.toString());
}

main().then(
	(ok) => process.exit(ok ? 0 : 1),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
