// Ours against stock n8n, side by side in one run. Run: npm run bench [-- --quick] [-- --report FILE] [-- --docs]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import Table from 'cli-table3';

import { ensureN8n } from '../sandbox/n8n/cache';
import { CASES } from './cases';
import { chart, page } from './docs';
import { startInstance, type Instance } from './instance';
import { reportOf, type Report } from './report';
import { runCases, type CaseResult } from './run';
import { DEFAULT, RECOMMENDED } from './settings';
import { measureGrowth, measureOverload, measureThinTraffic } from './special';

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
	const scale = values.quick ? 0.4 : 1;
	const installation = await ensureN8n(console.log);

	const cases: CaseResult[] = [];
	const recommended = await withInstance(startInstance(installation, RECOMMENDED), async (instance) => {
		cases.push(...(await runCases(instance, CASES, rounds, scale, console.log)));
		const growth = await measureGrowth(instance, values.quick ? [1000, 5000] : [1000, 10_000, 50_000], FIRST.growth);
		const thin_traffic = await measureThinTraffic(instance, values.quick ? 10 : 30, FIRST.thin);
		const ours = cases.find(({ name }) => name === 'ours')!.events_per_second;
		const overload = await measureOverload(instance, ours, values.quick ? 3 : 10, FIRST.overload);
		return { growth, thin_traffic, overload };
	});
	await withInstance(startInstance(installation, DEFAULT), async (instance) => {
		// Many open requests cost much memory here, and all is slower: a tenth will do.
		cases.push(...(await runCases(instance, CASES, rounds, scale * 0.1, console.log)));
	});

	const report = reportOf({
		n8n: installation.version,
		reduced: values.quick,
		settings: { [DEFAULT.name]: DEFAULT.env, [RECOMMENDED.name]: RECOMMENDED.env },
		cases,
		...recommended,
	});
	print(report);
	if (values.report) writeFileSync(values.report, `${JSON.stringify(report, null, '\t')}\n`);
	if (values.docs) {
		writeFileSync(join(DOCS, 'images/performance.svg'), chart(report));
		writeFileSync(join(DOCS, 'performance.md'), page(report));
	}
	return report.ok;
}

async function withInstance<T>(starting: Promise<Instance>, work: (instance: Instance) => Promise<T>): Promise<T> {
	const instance = await starting;
	try {
		return await work(instance);
	} finally {
		await instance.close();
	}
}

function print({ cases, checks, growth, thin_traffic, overload }: Report): void {
	const table = new Table({
		head: ['case', 'settings', 'events/s', 'spread', 'ack p50', 'ack p99', 'CPU s/1,000', 'DB B/event', 'req/1,000', 'MB', 'lost'],
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
	console.log(JSON.stringify({ growth, thin_traffic, overload }, null, 2));
	const verdict = new Table({ head: ['figure', 'value', 'wanted', ''], style: { head: [], border: [] } });
	for (const { name, value, wanted, ok } of checks) verdict.push([name, value, wanted, ok ? 'ok' : 'MISSED']);
	console.log(verdict.toString());
}

main().then(
	(ok) => process.exit(ok ? 0 : 1),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
