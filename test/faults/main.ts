// Figures under faults, fuzzed and hostile input. Run: tsx test/faults/main.ts [--only PART] [--report FILE]
import '../support/environment';
import './support/resolve';

import { parseArgs } from 'node:util';

import { meiroFindings } from './meiro';
import { conclude, type Findings } from './support/report';
import { triggerFindings } from './trigger';

const SEED = 20310203;

const PARTS: Record<string, (seed: number) => Promise<Findings>> = {
	'Klaviyo Trigger': triggerFindings,
	'Meiro Events': meiroFindings,
};

async function main(): Promise<boolean> {
	const { values } = parseArgs({ options: { only: { type: 'string' }, report: { type: 'string' } } });
	const findings: Record<string, Findings> = {};
	for (const [name, find] of Object.entries(PARTS)) {
		if (values.only === undefined || values.only === name) findings[name] = await find(SEED);
	}
	if (Object.keys(findings).length === 0) throw new Error(`--only is one of: ${Object.keys(PARTS).join(', ')}`);
	return conclude(findings, values.report);
}

// n8n-core keeps timers running, so the end has to be said.
main().then(
	(ok) => process.exit(ok ? 0 : 1),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
