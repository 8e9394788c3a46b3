// Figures under faults, fuzzed and hostile input, attacks and long load, in one table.
// Run: npm run test:faults [-- --only PART] [-- --quick] [-- --soak [MINUTES]] [-- --report FILE] [-- --docs]
import '../support/environment';
import './support/resolve';

import { parseArgs } from 'node:util';

import { machineOf } from '../../bench/report';
import { ensureN8n } from '../../sandbox/n8n/cache';
import { attackFindings } from './attacks';
import { writeDocs } from './docs';
import { meiroFindings } from './meiro';
import { n8nFindings } from './n8n';
import { outageFindings } from './outages';
import { soakFindings } from './soak';
import { conclude, type Findings } from './support/report';
import { triggerFindings } from './trigger';
import { volumeFindings } from './volume';

const SEED = 20310203;
/** In the run of all parts; `npm run test:soak` takes the full time. */
const REDUCED_SOAK_MINUTES = 2;
const FULL_SOAK_MINUTES = 10;
/** What `--quick` leaves of deliveries and events. */
const QUICK_SCALE = 0.2;

interface Settings {
	soakMinutes: number;
	scale: number;
}

const PARTS: Record<string, (settings: Settings) => Promise<Findings>> = {
	'Klaviyo Trigger': async ({ scale }) => await triggerFindings(SEED, scale),
	'Meiro Events': async ({ scale }) => await meiroFindings(SEED, scale),
	Attacks: attackFindings,
	Volume: async () => await Promise.resolve(volumeFindings()),
	'Real n8n': n8nFindings,
	Outages: async ({ scale }) => await outageFindings(scale),
	Soak: async ({ soakMinutes }) => await soakFindings(soakMinutes),
};

async function main(): Promise<boolean> {
	const { values } = parseArgs({
		args: withMinutes(process.argv.slice(2)),
		options: {
			only: { type: 'string' },
			quick: { type: 'boolean', default: false },
			soak: { type: 'string', default: String(REDUCED_SOAK_MINUTES) },
			report: { type: 'string' },
			docs: { type: 'boolean', default: false },
		},
	});
	const soakMinutes = Number(values.soak);
	if (!(soakMinutes > 0)) throw new Error('--soak is a number of minutes');
	const findings: Record<string, Findings> = {};
	for (const [name, find] of Object.entries(PARTS)) {
		if (values.only !== undefined && values.only !== name) continue;
		const started = Date.now();
		findings[name] = await find({ soakMinutes, scale: values.quick ? QUICK_SCALE : 1 });
		console.log(`${name}: ${Math.round((Date.now() - started) / 1000)} s`);
	}
	if (Object.keys(findings).length === 0)
		throw new Error(`--only is one of: ${Object.keys(PARTS).join(', ')}`);
	if (values.docs) writeDocs(findings, machineOf((await ensureN8n(console.log)).version));
	return conclude(findings, values.report);
}

/** `--soak` alone stands for the full time. */
function withMinutes(args: string[]): string[] {
	return args.flatMap((arg, index) =>
		arg === '--soak' && !/^[\d.]+$/.test(args[index + 1] ?? '')
			? [arg, String(FULL_SOAK_MINUTES)]
			: [arg],
	);
}

// n8n-core keeps timers running, so the end has to be said.
main().then(
	(ok) => process.exit(ok ? 0 : 1),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
