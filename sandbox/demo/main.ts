import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Listr, type ListrTaskWrapper, type DefaultRenderer, type SimpleRenderer } from 'listr2';

import { reportOf, tableOf, type Report } from './report';
import { play, type Played } from './scenario';
import { SCENARIOS } from './scenarios';
import { publishTemplate, WorldBuilder, type PublishedTemplate, type World } from './world';

type Task = ListrTaskWrapper<object, typeof DefaultRenderer, typeof SimpleRenderer>;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: { once: { type: 'boolean', default: false }, report: { type: 'string' } },
	});
	const builder = new WorldBuilder();
	const interrupted = new Promise<void>((resolve) => {
		process.once('SIGINT', resolve);
		process.once('SIGTERM', resolve);
	});
	let report: Report;
	try {
		report = await Promise.race([demonstrate(builder), interrupted.then(endEarly)]);
		if (values.report !== undefined) {
			await writeFile(values.report, `${JSON.stringify(report, null, '\t')}\n`);
		}
		tell(report);
		if (!values.once) {
			console.log('\nStays up for you to look around. Ctrl+C ends it.');
			await interrupted;
		}
	} finally {
		await builder.close();
	}
	process.exitCode = report.ok ? 0 : 1;
}

function endEarly(): never {
	throw new Error('Interrupted');
}

async function demonstrate(builder: WorldBuilder): Promise<Report> {
	const started = Date.now();
	const published: PublishedTemplate[] = [];
	const results: Played[] = [];
	let world: World | undefined;

	await new Listr(
		[
			{
				title: 'n8n 2.41.1 with Node.js 24 (first time: 3 to 7 minutes, then kept for all clones)',
				task: async (_, task) => {
					task.title = `n8n ${await builder.install(spaced(task))} is installed`;
				},
			},
			{
				title: 'Pack this package and install it as n8n does',
				task: async () => await builder.installPackage(),
			},
			{
				title: 'Start the Klaviyo and the Meiro stand-in',
				task: async () => await builder.startStandIns(),
			},
			{
				title: 'Start n8n on SQLite (about 10 seconds)',
				task: async (_, task) => {
					const url = await builder.startN8n();
					world = await builder.finish();
					task.title = `n8n runs at ${url}`;
				},
			},
			...SCENARIOS.map((scenario) => ({
				title: `Template ${scenario.template}: import, publish, play ${scenario.count} cases`,
				task: async (_: object, task: Task) => {
					await scenario.prepare?.(world!);
					const template = await publishTemplate(world!, scenario);
					published.push(template);
					results.push(await play(world!, scenario, template, spaced(task)));
				},
			})),
		],
		{ fallbackRenderer: 'simple', rendererOptions: { collapseSubtasks: false } },
	).run();
	return reportOf(world!, published, results, (Date.now() - started) / 1000);
}

/** Many lines a second on a screen, one in a while in a log. */
function spaced(task: Task): (line: string) => void {
	const everyMs = process.stdout.isTTY ? 100 : 10_000;
	let last = Date.now();
	return (line) => {
		if (Date.now() - last < everyMs) return;
		last = Date.now();
		task.output = line;
	};
}

function tell(report: Report): void {
	console.log(`\n${tableOf(report.scenarios)}`);
	console.log(
		report.ok
			? `Nothing lost: all that was to reach Meiro is there. ${report.seconds} s in all.`
			: 'Not everything is as it should be, see the table.',
	);
	for (const { template, problems } of report.problems) {
		for (const problem of problems.slice(0, 5)) console.log(`  ${template}: ${problem}`);
	}
	const { requests, checked, violations } = report.klaviyo_api;
	console.log(
		checked > 0
			? `Klaviyo's API was called ${requests} times; ${checked} requests were checked against its official specification, ${violations} violated it.`
			: `Klaviyo's API was called ${requests} times. Not checked against its specification, which is not at hand (KLAVIYO_OPENAPI).`,
	);
	const { editor, monitor, events } = report.urls;
	console.log(`\nn8n editor     ${editor}   ${report.login.email} / ${report.login.password}`);
	console.log(`Meiro monitor  ${monitor}`);
	console.log(`Meiro events   ${events}`);
	for (const { template, url, header, secret } of report.triggers) {
		console.log(`\nSend a delivery of your own to ${template}:`);
		console.log(
			`  curl -X POST '${url}' -H '${header}: ${secret}' -H 'Content-Type: application/json' -d '{"event_name":"my_first_event","email":"you@shop.example"}'`,
		);
	}
}

main().catch((error: Error) => {
	console.error(`\n${error.message}`);
	process.exitCode = 1;
});
