// n8n in queue mode under load, and what kills of its parts cost.
// Run: npm run test:queue [-- --full] [-- --only load|crashes] [-- --case queue/worker_killed] [-- --report FILE] [-- --docs]
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { ensureN8n } from '../../sandbox/n8n/cache';
import { conclude, type Findings } from '../faults/support/report';
import { judgeCrashes, playCrashes } from './crashes';
import { page } from './docs';
import { judgeLoad, measureLoad } from './load';

const SIZES = {
	reduced: { crash: { saved: 300, finished: 100 }, load: { rounds: 1, events: 1000, growth: [1000, 5000] } },
	full: { crash: { saved: 2000, finished: 600 }, load: { rounds: 3, events: 3000, growth: [1000, 10_000, 50_000] } },
};

async function main(): Promise<boolean> {
	const { values } = parseArgs({
		options: {
			full: { type: 'boolean', default: false },
			only: { type: 'string' },
			case: { type: 'string', multiple: true },
			report: { type: 'string' },
			docs: { type: 'boolean', default: false },
		},
	});
	if (values.docs && (values.only !== undefined || values.case !== undefined)) {
		throw new Error('--docs needs everything: leave --only and --case out');
	}
	const sizes = values.full ? SIZES.full : SIZES.reduced;
	const installation = await ensureN8n(console.log);
	const findings: Record<string, Findings> = {};

	const load = values.only === 'crashes' ? null : await measureLoad(installation, sizes.load, console.log);
	if (load) findings.Load = judgeLoad(load);

	const isWanted = (name: string) => values.case?.some((part) => name.startsWith(part)) ?? true;
	const crashes =
		values.only === 'load' ? null : await playCrashes(installation, sizes.crash, isWanted, console.log);
	if (crashes) findings.Crashes = judgeCrashes(crashes);

	const [first] = cpus();
	if (values.docs && load && crashes) {
		const machine = {
			cpus: cpus().length,
			model: first?.model ?? 'unknown',
			memory_gb: Math.round(totalmem() / 2 ** 30),
			n8n: installation.version,
		};
		const text = page({ machine, reduced: !values.full, load, crashes });
		writeFileSync(join(__dirname, '../../docs/reliability.md'), text);
	}
	return conclude(findings, values.report);
}

// Whatever was started ends with this process, at its 'exit'.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

main().then(
	(ok) => process.exit(ok ? 0 : 1),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
