// Every template on a real n8n, as the demo plays it: imported, filled in, published, used.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { runByHand } from '../../sandbox/n8n/executions';
import { nameOfScenario, play } from '../../sandbox/demo/scenario';
import { SCENARIOS } from '../../sandbox/demo/scenarios';
import { surveyAnswers } from '../../sandbox/demo/scenarios/surveyAnswers';
import { erasure, formOf, giveOutPassword, submit } from '../../sandbox/demo/scenarios/erasure';
import {
	publishTemplate,
	WorldBuilder,
	type PublishedTemplate,
	type World,
} from '../../sandbox/demo/world';

const TEMPLATES = join(__dirname, '../../templates');

const builder = new WorldBuilder();
let world: World;

beforeAll(async () => {
	await builder.install(() => undefined);
	await builder.installPackage();
	await builder.startStandIns();
	await builder.startN8n();
	world = await builder.finish();
}, 900_000);

afterAll(async () => {
	await builder.close();
});

beforeEach(() => {
	world.meiro.misbehave([]);
});

describe.each(SCENARIOS.map((scenario) => ({ name: nameOfScenario(scenario), scenario })))(
	'$name',
	({ scenario }) => {
		let published: PublishedTemplate;

		it('loses nothing, sends nothing twice, and does what it says', async () => {
			await scenario.prepare?.(world);
			published = await publishTemplate(world, scenario);
			const { result, problems } = await play(world, scenario, published, () => undefined);
			expect(problems).toEqual([]);
			expect(result).toMatchObject({
				acknowledged: result.sent,
				delivered: result.sent,
				duplicate: 0,
				lost: 0,
			});
			expect(result.sent).toBeGreaterThan(0);
			expect(result.executed).toBeGreaterThan(0);
		});

		it('runs by hand with what is pinned, and Meiro gets nothing of the samples', async () => {
			const { pinData = {} } = JSON.parse(
				readFileSync(join(TEMPLATES, `${scenario.template}.json`), 'utf8'),
			) as {
				pinData?: Record<string, unknown>;
			};
			const before = world.meiro.count();
			const deletions = world.klaviyo.deletionJobs().length;
			const triggers = Object.keys(published.triggers);
			expect(Object.keys(pinData)).toEqual(expect.arrayContaining(triggers));
			for (const name of Object.keys(pinData))
				await runByHand(world, published.workflowId, name, { pinned: true });
			expect(world.meiro.count()).toBe(before);
			expect(world.klaviyo.deletionJobs()).toHaveLength(deletions);
		});
	},
);

it('publishes a template that was imported twice, each with an address of its own', async () => {
	const imported = [
		await publishTemplate(world, surveyAnswers),
		await publishTemplate(world, surveyAnswers),
	];
	const urls = imported.map(({ url }) => url);
	expect(new Set(urls).size).toBe(2);
	for (const url of urls) expect(url).toMatch(/\/webhook\/[0-9a-f-]{36}\/klaviyo$/);
});

it('keeps nothing in n8n of an erasure that succeeded', async () => {
	await giveOutPassword(world);
	const { template, credentials } = erasure;
	const published = await publishTemplate(world, { template, credentials: credentials! });
	expect(await submit(await formOf(world, published), 'ben@shop.example')).toBe(200);
	// The form is answered before n8n is done with the execution.
	const kept = async () => await world.client.executions(published.workflowId);
	for (const deadline = Date.now() + 10_000; (await kept()).length > 0 && Date.now() < deadline; );
	expect(await kept()).toEqual([]);
});

it('plays every template there is', () => {
	const files = readdirSync(TEMPLATES)
		.filter((name) => name.endsWith('.json'))
		.map((name) => name.replace('.json', ''));
	const played = new Set(SCENARIOS.map(({ template }) => template));
	expect([...played].sort()).toEqual(files.sort());
});

it('keeps to Klaviyo’s specification in every call', () => {
	expect(world.klaviyo.contractChecked()).toBeGreaterThan(0);
	expect(world.klaviyo.contractViolations()).toEqual([]);
});
