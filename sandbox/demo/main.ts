import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Listr, type ListrTask } from 'listr2';

import { interruption } from '../interruption';
import { firstEventSeconds, isWhole, placesIn, reportOf, workflowUrl, type Report } from './report';
import { headLine, rowLine } from './rows';
import { nameOfScenario, play, unplayed, type Played, type Scenario } from './scenario';
import { SCENARIOS } from './scenarios';
import { follow, speaking, stepsOf, type Step, type Task } from './show';
import { addressesOf, firstLookOf, placesOf, verdictOf } from './tell';
import { publishTemplate, WorldBuilder, type PublishedTemplate, type World } from './world';

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: { once: { type: 'boolean', default: false }, report: { type: 'string' } },
	});
	const builder = new WorldBuilder();
	const interrupted = interruption();
	const over = new AbortController();
	void interrupted.then(() => over.abort());
	try {
		const report = await Promise.race([
			demonstrate(builder, over.signal),
			interrupted.then(endEarly),
		]);
		if (values.report !== undefined) {
			await writeFile(values.report, `${JSON.stringify(report, null, '\t')}\n`);
		}
		console.log(`\n${verdictOf(report)}\n\n${addressesOf(report)}`);
		process.exitCode = report.ok ? 0 : 1;
		if (values.once) {
			console.log('\nEnds n8n and the stand-ins.');
		} else {
			console.log('\nStays up for you to look around. Ctrl+C ends it.');
			await interrupted;
		}
	} finally {
		await builder.close();
	}
}

function endEarly(): never {
	throw new Error('Interrupted');
}

async function demonstrate(builder: WorldBuilder, interrupted: AbortSignal): Promise<Report> {
	const started = Date.now();
	const published: PublishedTemplate[] = [];
	const results: Played[] = [];
	let world: World;

	const steps: Step[] = [
		['Build the package', async () => await builder.build()],
		[
			'n8n 2.41.1 with Node.js 24 (first time: 3 to 7 minutes, then kept for all clones)',
			async (progress) => `n8n ${await builder.install(progress)} is installed`,
		],
		['Pack the package and install it in n8n', async () => void (await builder.installPackage())],
		['Start the Klaviyo and the Meiro stand-in', async () => await builder.startStandIns()],
		[
			'Start n8n on SQLite',
			async () => {
				await builder.startN8n();
				world = await builder.finish();
				return `n8n runs at ${world.n8n.url}`;
			},
		],
	];
	await show({
		title: 'Set-up',
		task: (_, task) => task.newListr(stepsOf(task, 'Set-up', steps, interrupted)),
	});
	console.log(`\n${placesOf(placesIn(world!))}\n`);

	const playAll = async (scenarios: Scenario[]) => {
		const head = () => headLine(results.length, SCENARIOS.length, process.stdout.columns);
		const rowsOf = (parent: Task): ListrTask[] =>
			scenarios.map((scenario) => ({
				title: nameOfScenario(scenario),
				task: async (_: object, row: Task) => {
					const played = await speaking(
						row,
						async () => await playTemplate(world, scenario, row, published, interrupted),
						interrupted,
					);
					results.push(played);
					parent.title = head();
					// Only for the sign before the row: the figures are in the report.
					const [problem] = played.problems;
					if (problem !== undefined || !isWhole(played.result)) {
						throw new Error(problem ?? 'Not everything is where it should be');
					}
				},
			}));
		await show({
			title: head(),
			task: (_, task) => task.newListr(rowsOf(task), { exitOnError: false }),
		});
	};
	const [first, ...others] = SCENARIOS;
	await playAll([first!]);
	console.log(`\n${firstLookOf(firstEventSeconds(world!), placesIn(world!))}\n`);
	await playAll(others);
	return reportOf(world!, published, results, (Date.now() - started) / 1000);
}

/** Draws a list of tasks until they have ended. */
async function show(task: ListrTask): Promise<void> {
	await new Listr([task], {
		fallbackRenderer: 'simple',
		// It would leave n8n and the stand-ins running; `main` ends them.
		registerSignalListeners: false,
		rendererOptions: { collapseSubtasks: false, collapseErrors: false, formatOutput: 'truncate' },
	}).run();
}

/** Publishes a template and plays it, its figures in the row; a template that fails leaves the others alone. */
async function playTemplate(
	world: World,
	scenario: Scenario,
	row: Task,
	published: PublishedTemplate[],
	interrupted: AbortSignal,
): Promise<Played> {
	const over = new AbortController();
	const state = { expected: scenario.count, link: undefined as string | undefined };
	let played: Played;
	try {
		await scenario.prepare?.(world);
		const template = await publishTemplate(world, scenario);
		published.push({ ...template, template: nameOfScenario(scenario) });
		state.link = workflowUrl(world, template);
		played = await play(
			world,
			scenario,
			template,
			(soFar) => void follow(row, state, soFar, AbortSignal.any([over.signal, interrupted])),
		);
	} catch (error) {
		played = unplayed(scenario, error as Error);
	}
	over.abort();
	if (interrupted.aborted) return played;
	row.title = rowLine(played.result, { ...state, underWay: false }, process.stdout.columns);
	return played;
}

main()
	.catch((error: Error) => {
		console.error(`\n${error.message}`);
		process.exitCode = 1;
	})
	// An interrupted list goes on drawing otherwise.
	.finally(() => process.exit());
