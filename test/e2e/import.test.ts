// The figure of the template import: every profile once, through Klaviyo's rate limits and a kill, in bounded memory.
// IMPORT_PROFILES=100000 npm run test:e2e -- test/e2e/import.test.ts
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

import { bodyOf } from '../../sandbox/demo/scenario';
import { SUBSCRIBED } from '../../sandbox/demo/scenarios/people';
import { startInstance, type Instance } from '../../sandbox/instance';
import { ensureN8n } from '../../sandbox/n8n/cache';
import type { WorkflowNode } from '../../sandbox/n8n/client';
import { publishFilledIn } from './support/filledIn';
import { until } from './support/workflows';

/** The first 5,000 are one execution; what comes then is handed over 1,000 at a time. */
const PROFILES = Number(process.env.IMPORT_PROFILES ?? 7_000);
/** Klaviyo's seconds pass so many times faster. */
const RATE_TIME_SCALE = 20;
const MEMORY_MB = 300;
const MINUTE_MS = 60_000;
const METRIC = 'METORD';
const START = Date.parse('2025-01-01T00:00:00Z');
/** A minute for the poll after the kill, and as long as a slow machine takes for a page. */
const WITHIN_MS = 5 * MINUTE_MS + PROFILES * 20;

let instance: Instance;

beforeAll(async () => {
	instance = await startInstance(await ensureN8n(() => undefined), {}, undefined, undefined, {
		rateTimeScale: RATE_TIME_SCALE,
		maxApiCalls: 100_000,
		metrics: [{ id: METRIC, name: 'Placed Order', integration: { name: 'Lamp Shop' } }],
	});
}, 900_000);

afterAll(async () => {
	await instance.close();
});

const rssMb = () => {
	const status = readFileSync(`/proc/${instance.n8n.pid}/status`, 'utf8');
	return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
};
const told = () => instance.meiro.events({ source: 'klaviyo' }).map((event) => bodyOf(event));
const count = () => instance.meiro.count();

/** What n8n shows as crashed, run again as its list of executions offers it. */
async function retryCrashed(workflowId: string): Promise<number> {
	const crashed = (await instance.client.executions(workflowId)).filter(
		({ status }) => status === 'crashed',
	);
	for (const { id } of crashed)
		await instance.client.post(`/rest/executions/${id}/retry`, { loadWorkflow: false });
	return crashed.length;
}

it(
	`imports ${PROFILES} profiles, each once, though n8n is killed in the middle`,
	async () => {
		const ids = instance.klaviyo.seedProfiles(
			Array.from({ length: PROFILES }, (_, index) => ({
				attributes: { email: `person-${index}@shop.example`, external_id: `c-${index}` },
				subscriptions: SUBSCRIBED,
				// Seven of a second, every half an hour.
				updated: new Date(START + Math.floor(index / 7) * 30 * MINUTE_MS),
			})),
		);
		const idle = rssMb();
		const workflowId = await publishFilledIn(instance, {
			template: 'import',
			parameters: {
				'Klaviyo Updates Trigger': {
					events: ['profileUpdated'],
					options: { lookBackHours: 1, startFrom: '2024-12-31T00:00:00.000Z' },
					pollTimes: {
						item: [
							{
								mode: 'custom',
								cronExpression: '={{ $now.plus({ seconds: 5 }).second }} * * * * *',
							},
						],
					},
				},
			},
		});
		const since = Date.now();
		let peak = idle;
		const reached = async (wanted: number) => {
			while (count() < wanted && Date.now() - since < WITHIN_MS) {
				peak = Math.max(peak, rssMb());
				await wait(200);
			}
		};
		await reached(PROFILES * 0.8);
		const atTheKill = count();
		await instance.n8n.kill();
		await instance.n8n.restart();
		const retried = await retryCrashed(workflowId);
		await reached(PROFILES);

		const people = told().map(({ profile }) => (profile as { klaviyo_id: string }).klaviyo_id);
		const figure = {
			profiles: PROFILES,
			told: people.length,
			different: new Set(people).size,
			at_the_kill: atTheKill,
			retried,
			requests: instance.klaviyo.apiCalls().length,
			throttled: instance.klaviyo.apiCalls().filter(({ status }) => status === 429).length,
			sent_again: instance.meiro.duplicatesSkipped(),
			memory_above_idle_mb: Math.round(peak - idle),
			seconds: Math.round((Date.now() - since) / 1000),
		};
		process.stdout.write(`Import: ${JSON.stringify(figure)}\n`);
		expect(new Set(people)).toEqual(new Set(ids));
		expect(people).toHaveLength(PROFILES);
		expect(atTheKill).toBeLessThan(PROFILES);
		expect(figure.requests).toBeLessThanOrEqual(PROFILES / 100 + 100);
		expect(figure.memory_above_idle_mb).toBeLessThan(MEMORY_MB);
	},
	2 * WITHIN_MS,
);

it('asks Klaviyo once a day once it has caught up, and at once when the user wants it', async () => {
	const { client, klaviyo } = instance;
	const orderPlaced = (...ids: string[]) =>
		klaviyo.seedEvents(
			ids.map((unique_id) => ({
				...{ metric: 'Placed Order', service: 'Lamp Shop', profile: 'person-0@shop.example' },
				...{ time: new Date(Date.now() - MINUTE_MS), unique_id },
			})),
		);
	const orders = () =>
		told()
			.filter(({ event_name }) => event_name === 'placed_order')
			.map(({ trigger_event }) => (trigger_event as { id: string }).id);
	const asked = () => klaviyo.apiCalls().filter(({ path }) => path === '/api/events').length;

	orderPlaced('history-1', 'history-2');
	const workflowId = await publishFilledIn(instance, {
		template: 'import',
		parameters: {
			'Klaviyo Updates Trigger': {
				...{ events: ['otherMetrics'], metricIds: [METRIC] },
				options: { startFrom: new Date(START).toISOString() },
			},
		},
	});
	await until(() => orders().length === 2, 'the history is there');

	/** Publishing polls at once. */
	const publishAnew = async (change: (options: object) => object = (options) => options) => {
		await client.unpublish(workflowId);
		const path = `/rest/workflows/${workflowId}`;
		const { nodes } = await client.get<{ nodes: WorkflowNode[] }>(path);
		const { parameters } = nodes.find(({ name }) => name === 'Klaviyo Updates Trigger')!;
		parameters.options = change(parameters.options as object);
		const { versionId } = await client.patch<{ versionId: string }>(path, { nodes });
		await client.publish({ id: workflowId, versionId });
	};
	orderPlaced('the-same-day');
	const before = asked();
	await publishAnew();
	expect(asked()).toBe(before);
	await publishAnew((options) => ({ ...options, restHours: 0 }));
	await until(() => orders().length === 3, 'the last order is there');
	expect(orders().sort()).toEqual(['history-1', 'history-2', 'the-same-day']);
});
