// The figure of win-back's second start: who lapsed already gets one offer, so many a day, over days and restarts.
// LAPSED=1000 npm run test:e2e -- test/e2e/lapsed.test.ts
import { SUBSCRIBED } from '../../sandbox/demo/scenarios/people';
import { startInstance, type Instance } from '../../sandbox/instance';
import { ensureN8n } from '../../sandbox/n8n/cache';
import { updateRow } from '../../sandbox/n8n/dataTables';
import { runByHand } from '../../sandbox/n8n/executions';
import { publishFilledIn } from './support/filledIn';

const LAPSED = Number(process.env.LAPSED ?? 50);
const PER_DAY = LAPSED / 5;
const DAYS = 6;
const SEGMENT = 'LAPSED';
const METRIC = 'METORD';
const TABLE = 'Klaviyo win-backs';
const DAY_MS = 86_400_000;

let instance: Instance;

beforeAll(async () => {
	instance = await startInstance(await ensureN8n(() => undefined), {}, undefined, undefined, {
		rateLimits: false,
		metrics: [{ id: METRIC, name: 'Placed Order', integration: { name: 'Lamp Shop' } }],
		segments: [{ id: SEGMENT, name: 'Lapsed' }],
	});
}, 900_000);

afterAll(async () => {
	await instance.close();
});

/** What was noted today is from the day before yesterday, which is no today in any time zone. */
async function nextDay(noted: string[]): Promise<void> {
	const offered_at = new Date(Date.now() - 2 * DAY_MS).toISOString();
	for (const person of noted) await updateRow(instance, TABLE, ['person', person], { offered_at });
}

const offered = () =>
	instance.klaviyo
		.writtenEvents()
		.filter(({ properties }) => String(properties.$event_id).startsWith('winback-offer '))
		.map(({ profile_id }) => profile_id);

it(`offers ${LAPSED} lapsed people something once each, ${PER_DAY} a day, though n8n is started anew each night`, async () => {
	const ids = instance.klaviyo.seedProfiles(
		Array.from({ length: LAPSED }, (_, index) => ({
			attributes: { email: `lapsed-${index}@shop.example` },
			subscriptions: SUBSCRIBED,
		})),
	);
	instance.klaviyo.seedMembers(SEGMENT, ids);
	const workflowId = await publishFilledIn(instance, {
		template: 'win-back',
		parameters: {
			'Klaviyo Trigger': { metricId: METRIC },
			'How Many': {
				assignments: {
					assignments: Object.entries({ per_day: PER_DAY, days_between: 180 }).map(
						([name, value]) => ({ id: name, name, value, type: 'number' }),
					),
				},
			},
			'Who Lapsed Already': { segmentId: { __rl: true, mode: 'id', value: SEGMENT } },
		},
	});
	const days: number[] = [];
	for (let day = 1; day <= DAYS; day++) {
		const before = offered().length;
		await runByHand(instance, workflowId, 'Every Day');
		// Twice a day is not twice as many.
		if (day === 2) await runByHand(instance, workflowId, 'Every Day');
		days.push(offered().length - before);
		await nextDay(offered().slice(before));
		await instance.n8n.stop();
		await instance.n8n.restart();
	}
	process.stdout.write(`Win-back: ${JSON.stringify({ lapsed: LAPSED, offers_by_day: days })}\n`);
	expect(days).toEqual([...Array<number>(5).fill(PER_DAY), 0]);
	expect(new Set(offered())).toEqual(new Set(ids));
	expect(offered()).toHaveLength(LAPSED);
}, 900_000);
