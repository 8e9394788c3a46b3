// What the nodes make of the same input, in files that two states of the code can be compared by.
// Run: npm run golden [-- --out FOLDER] [-- --against FOLDER], which writes reports/golden and prints what differs.
import '../support/environment';
import '../faults/support/resolve';

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { nodeTypes } from '../engine/support/engine';
import { stopTheClock } from './clock';
import { answers, flowWebhooks, polled, systemWebhooks, withKlaviyo, type Cases } from './comingIn';
import { differences } from './differences';
import { outcomes, requests, toKlaviyo } from './goingOut';
import { Recorder } from './recorder';

const NODES = ['klaviyo', 'klaviyoTrigger', 'klaviyoUpdatesTrigger', 'meiroCdp', 'meiroEvents'];

const GROUPS: Record<string, () => Promise<Cases>> = {
	'flow-webhooks': flowWebhooks,
	'system-webhooks': async () => await withKlaviyo(systemWebhooks),
	polling: async () => await withKlaviyo(polled),
	answers,
	requests: async () => await withRecorder(requests),
	outcomes: async () => await withRecorder(outcomes),
	'to-klaviyo': async () => await withRecorder(toKlaviyo),
	descriptions: async () =>
		await Promise.resolve(
			Object.fromEntries(
				NODES.map((name) => [name, nodeTypes.getByNameAndVersion(name).description]),
			),
		),
};

async function withRecorder(run: (recorder: Recorder) => Promise<Cases>): Promise<Cases> {
	const recorder = await new Recorder().start();
	return await run(recorder).finally(() => recorder.stop());
}

/** What is random by design: ids of tests, and what a server on a free port is called. */
function steady(cases: Cases): Cases {
	const text = JSON.stringify(cases, (_, value: unknown) => {
		const event = value as { is_test?: unknown; event_id?: unknown; received_via?: unknown };
		return event?.is_test === true && event.event_id !== undefined && event.received_via
			? { ...event, event_id: '(of a test)' }
			: value;
	});
	return JSON.parse(text.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:port')) as Cases;
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: { out: { type: 'string', default: 'reports/golden' }, against: { type: 'string' } },
	});
	const out = resolve(values.out);
	mkdirSync(out, { recursive: true });
	stopTheClock();
	let differing = 0;
	for (const [group, run] of Object.entries(GROUPS)) {
		const cases = steady(await run());
		const file = join(out, `${group}.json`);
		writeFileSync(file, `${JSON.stringify(cases, null, '\t')}\n`);
		const count = Object.keys(cases).length;
		if (values.against === undefined) {
			console.log(`${group}: ${count} cases`);
			continue;
		}
		const before = JSON.parse(
			readFileSync(join(resolve(values.against), `${group}.json`), 'utf8'),
		) as Cases;
		const { lines, cases: changed } = differences(before, cases);
		differing += changed;
		console.log(`\n${group}: ${changed} of ${count} cases differ`);
		for (const line of lines) console.log(`  ${line}`);
	}
	if (values.against !== undefined) console.log(`\n${differing} cases differ`);
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
