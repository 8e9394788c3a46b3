// n8n killed in the middle of a poll and started again, on a real n8n.
import { bodyOf } from '../../sandbox/demo/scenario';
import { publishRow, startInstance, type Instance } from '../../sandbox/instance';
import { ensureN8n } from '../../sandbox/n8n/cache';
import { until } from './support/workflows';

const METRIC = 'Viewed Product';
const EVENTS = 3500;
const PAGE = 1000;
/** Pages that Klaviyo shows before it falls silent. */
const SHOWN = 3;
const FROM = Math.floor(Date.now() / 1000) * 1000 - 2 * 3_600_000;

let instance: Instance;

beforeAll(async () => {
	instance = await startInstance(await ensureN8n(() => undefined));
}, 900_000);

afterAll(async () => await instance?.close());

function seed(first: number, count: number): void {
	instance.klaviyo.seedEvents(
		Array.from({ length: count }, (_, index) => ({
			metric: METRIC,
			profile: `person-${(first + index) % 500}@shop.example`,
			time: new Date(FROM + (first + index) * 1000),
			unique_id: `view-${first + index}`,
			properties: { Item: 'Desk Lamp' },
		})),
	);
}

it('loses no event to a kill between two pages of a poll, and what comes twice has the same event_id', async () => {
	const { klaviyo, meiro, n8n, packageName, credentials } = instance;
	// Before what is asked for: Klaviyo knows the metric from its first event on.
	seed(-1, 1);
	const asked = () => klaviyo.apiCalls().filter(({ path }) => path === '/api/events').length;
	await publishRow(
		instance,
		'polled',
		[
			{
				name: 'Klaviyo Updates Trigger',
				type: `${packageName}.klaviyoUpdatesTrigger`,
				typeVersion: 1,
				parameters: {
					events: ['otherMetrics'],
					metricIds: [klaviyo.events()[0]!.metric_id],
					options: { startFrom: new Date(FROM).toISOString() },
					// Once a minute, and the first time soon.
					pollTimes: {
						item: [
							{
								mode: 'custom',
								cronExpression: '={{ $now.plus({ seconds: 10 }).second }} * * * * *',
							},
						],
					},
				},
				credentials: { klaviyoPrivateKeyApi: credentials.klaviyo },
			},
			{
				name: 'Meiro Events',
				type: `${packageName}.meiroEvents`,
				typeVersion: 1,
				parameters: { source: 'klaviyo' },
				credentials: { meiroEventsApi: credentials.pipes },
			},
		],
		'{id}/poll',
	);
	await until(() => asked() > 0, 'n8n polled when it published');
	klaviyo.misbehave({ path: '/api/events', answer: 'hang', after: SHOWN, times: 1000 });
	seed(0, EVENTS);
	await until(() => meiro.count() >= PAGE, 'a page is at Meiro');
	await n8n.kill();
	expect(meiro.count()).toBeLessThan(EVENTS);

	klaviyo.behave();
	await n8n.restart();
	await until(() => meiro.count() >= EVENTS, 'all are at Meiro');
	// Pipes knows an event by type, person and time, whose microseconds come of the event_id: another one would be stored.
	const told = meiro.events().map((event) => bodyOf(event).trigger_event as { id: string });
	expect(told).toHaveLength(EVENTS);
	expect(new Set(told.map(({ id }) => id)).size).toBe(EVENTS);
	expect(meiro.duplicatesSkipped()).toBeGreaterThan(0);
	expect(klaviyo.contractViolations()).toEqual([]);
});
