// n8n in queue mode under load, what kills of its parts cost, and what workers skip that know nothing of each other.
// Run: npm run test:queue [-- --full|--quick] [-- --only load|crashes|skipping] [-- --case queue/worker_killed] [-- --report FILE] [-- --docs]
// Reports of parts, played one after the other: npm run test:queue -- --from FILE --from FILE --docs
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { machineOf } from '../../bench/report';
import { ensureN8n, type N8nInstallation } from '../../sandbox/n8n/cache';
import { typed } from '../../bench/section';
import { conclude, type Findings } from '../faults/support/report';
import { judgeCrashes, playCrashes, type Crashes } from './crashes';
import { writeDocs } from './docs';
import { judgeLoad, measureLoad, type Load } from './load';
import { judgeSkipping, playQueueSkipping, type QueueSkipping } from './skipping';

const SIZES = {
	quick: {
		crash: { saved: 300, finished: 120 },
		load: { rounds: 1, events: 500, growth: [500, 2000], compares: false },
		skipping: 1,
	},
	reduced: {
		crash: { saved: 500, finished: 200 },
		load: { rounds: 1, events: 1000, growth: [1000, 5000], compares: true },
		skipping: 1,
	},
	full: {
		crash: { saved: 2000, finished: 2000 },
		load: { rounds: 3, events: 3000, growth: [1000, 10_000, 50_000], compares: true },
		/** How many outages of Meiro. */
		skipping: 10,
	},
};

interface Measured {
	load?: Load;
	crashes?: Crashes;
	skipping?: QueueSkipping;
}

/** What `--report` writes of them. */
interface Report {
	Load?: Load;
	Crashes?: Crashes;
	Skipping?: QueueSkipping;
}

async function main(): Promise<boolean> {
	const { values } = parseArgs({
		options: {
			full: { type: 'boolean', default: false },
			quick: { type: 'boolean', default: false },
			only: { type: 'string' },
			case: { type: 'string', multiple: true },
			from: { type: 'string', multiple: true },
			report: { type: 'string' },
			docs: { type: 'boolean', default: false },
		},
	});
	const installation = await ensureN8n(console.log);
	const { load, crashes, skipping } = values.from
		? together(values.from)
		: await measure(
				installation,
				SIZES[values.full ? 'full' : values.quick ? 'quick' : 'reduced'],
				values.only,
				values.case,
			);

	const findings: Record<string, Findings> = {};
	if (load) findings.Load = judgeLoad(load);
	if (crashes) findings.Crashes = judgeCrashes(crashes);
	if (skipping) findings.Skipping = judgeSkipping(skipping);
	if (values.docs)
		writeDocs({
			machine: machineOf(installation.version),
			command: typed('test:queue'),
			load,
			crashes,
			skipping: findings.Skipping,
		});
	return conclude(findings, values.report);
}

async function measure(
	installation: N8nInstallation,
	sizes: (typeof SIZES)['full'],
	only: string | undefined,
	cases: string[] | undefined,
): Promise<Measured> {
	const isWanted = (name: string) => cases?.includes(name) ?? true;
	const isPlayed = (part: string) => only === undefined || only === part;
	return {
		load: isPlayed('load') ? await measureLoad(installation, sizes.load, console.log) : undefined,
		crashes: isPlayed('crashes')
			? await playCrashes(installation, sizes.crash, isWanted, console.log)
			: undefined,
		skipping: isPlayed('skipping')
			? await playQueueSkipping(installation, sizes.skipping, console.log)
			: undefined,
	};
}

/** What earlier runs reported, each of a part. */
function together(files: string[]): Measured {
	const reports = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Report);
	const crashes = reports.flatMap(({ Crashes: own }) => own ?? []);
	return {
		load: reports.find(({ Load: own }) => own !== undefined)?.Load,
		skipping: reports.find(({ Skipping: own }) => own !== undefined)?.Skipping,
		crashes: {
			single: crashes.flatMap(({ single }) => single),
			queue: crashes.flatMap(({ queue }) => queue),
			broken: Object.assign({}, ...crashes.map(({ broken }) => broken)) as Crashes['broken'],
		},
	};
}

main().then(
	(ok) => process.exit(ok ? 0 : 1),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
