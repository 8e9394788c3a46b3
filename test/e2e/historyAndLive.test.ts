// One order is one event in Meiro, whichever way it comes, and two orders are two: on a real n8n.
import type { Entry } from '../../sandbox/klaviyo';
import { inventEntry } from '../../sandbox/klaviyo/profiles';
import { bodyOf, flowByHand } from '../../sandbox/demo/scenario';
import { importHistory } from '../../sandbox/demo/scenarios/import';
import { seedEntries } from '../../sandbox/demo/scenarios/people';
import { METRICS, publishTemplate, shownBodies, type World } from '../../sandbox/demo/world';
import { publishRow, type RowNode } from '../../sandbox/instance';
import type { ArrivedEvent } from '../../sandbox/meiro';
import { finishedExecutions } from '../../sandbox/n8n/executions';
import { until } from './support/workflows';
import { withWorld } from './support/world';

const HOUR_MS = 3_600_000;
/** To the second, as Klaviyo keeps it; the bodies of a flow tell a time up to three days back. */
const FROM = Math.floor(Date.now() / 1000) * 1000 - 30 * HOUR_MS;

let world: World;
withWorld((one) => void (world = one));

/** An order of a person; without `id` its sender gave it none. */
function order(person: number, key: string, atMs: number, id?: string): Entry {
	const { profile, event } = inventEntry(person, 'Placed Order');
	return {
		profile,
		event: {
			...event!,
			time: new Date(atMs).toISOString(),
			unique_id: id ?? null,
			properties: { ...event!.properties, OrderId: key },
		},
	};
}

function trigger(parameters: Record<string, unknown> = {}): RowNode {
	return {
		name: 'Klaviyo Trigger',
		type: `${world.packageName}.klaviyoTrigger`,
		typeVersion: 2,
		parameters: { setUp: 'manual', ...parameters },
		credentials: { klaviyoWebhookApi: world.credentials.klaviyoWebhookApi! },
	};
}

function meiro(
	source: string,
	product: 'meiroEventsApi' | 'meiroPipesApi',
	skipDelivered: boolean,
): RowNode {
	return {
		name: 'Meiro Events',
		type: `${world.packageName}.meiroEvents`,
		typeVersion: 1,
		parameters: { source, options: { skipDelivered } },
		credentials: { meiroEventsApi: world.credentials[product]! },
	};
}

async function publish(
	name: string,
	...nodes: RowNode[]
): Promise<{ url: string; workflowId: string }> {
	return await publishRow(world, name, nodes, '{id}/klaviyo');
}

/** Everybody goes through each of the flows, and Klaviyo is told that all is well. */
async function enter(entries: Entry[], ...flowIds: string[]): Promise<void> {
	const deliveries = flowIds.flatMap((flowId) =>
		entries.map((entry) => world.klaviyo.enter(flowId, entry)),
	);
	for (const flowId of flowIds) await world.klaviyo.settled(flowId);
	expect(deliveries.filter(({ status }) => status !== 'sent')).toEqual([]);
}

const idOf = (event: ArrivedEvent) => bodyOf(event).event_id as string;
const idsOf = (events: ArrivedEvent[]) => new Set(events.map(idOf));

it('history, then two live flows, then polling over the same days give one event per order', async () => {
	const hours = Array.from({ length: 24 }, (_, index) => index);
	const orders = [
		...hours.map((hour) =>
			order(91_000 + (hour % 6), `own-${hour}`, FROM + hour * HOUR_MS, `own-${hour}`),
		),
		...hours.map((hour) =>
			order(91_000 + (hour % 6), `none-${hour}`, FROM + hour * HOUR_MS + 1000),
		),
	];
	seedEntries(world, orders);
	const [imported, live, polled] = ['klaviyo', 'live', 'polled'];
	const before = world.meiro.count();
	const arrived = (source: string) =>
		world.meiro
			.events()
			.slice(before)
			.filter((event) => event.source === source);

	const asDemoed = importHistory.parameters!['Klaviyo Updates Trigger'];
	await publishTemplate(world, {
		...importHistory,
		parameters: {
			'Klaviyo Updates Trigger': {
				...asDemoed,
				events: ['otherMetrics'],
				options: { startFrom: new Date(FROM).toISOString() },
			},
		},
	});
	await until(() => arrived(imported!).length >= orders.length, 'the history is there');

	const bodies = await shownBodies(world);
	const { url } = await publish('Live', trigger(), meiro(live!, 'meiroEventsApi', false));
	const flows = [
		bodies.postPurchaseBody!,
		bodies.anyMetricBody!.replace('Viewed Product', 'Placed Order'),
	];
	await enter(
		orders,
		...flows.map((body, index) => flowByHand(world, { name: `Flow ${index}`, url, body })),
	);
	await until(() => arrived(live!).length >= 2 * orders.length, 'both flows are there');

	await publish(
		'Polled',
		{
			name: 'Klaviyo Updates Trigger',
			type: `${world.packageName}.klaviyoUpdatesTrigger`,
			typeVersion: 1,
			parameters: {
				events: ['otherMetrics'],
				metricIds: [METRICS['Placed Order']],
				options: { startFrom: new Date(FROM).toISOString() },
				pollTimes: {
					item: [
						{
							mode: 'custom',
							cronExpression: '={{ $now.plus({ seconds: 10 }).second }} * * * * *',
						},
					],
				},
			},
			credentials: { klaviyoPrivateKeyApi: world.credentials.klaviyoPrivateKeyApi! },
		},
		meiro(polled!, 'meiroEventsApi', false),
	);
	await until(() => arrived(polled!).length >= orders.length, 'the polled ones are there');

	for (const source of [imported, live, polled])
		expect([source, idsOf(arrived(source!)).size]).toEqual([source, orders.length]);
	// Every way gave the same ones.
	expect(idsOf(world.meiro.events().slice(before)).size).toBe(orders.length);
});

describe('200 orders of 20 people on one day, through n8n to Meiro Pipes', () => {
	const people = Array.from({ length: 20 }, (_, index) => 92_000 + index);
	/** Five of a person in one second. */
	const withIds = people.flatMap((person) =>
		Array.from({ length: 10 }, (_, index) => {
			const key = `${person}-${index}`;
			return order(person, key, FROM + Math.floor(index / 5) * 1000, key);
		}),
	);

	it('are 200 at Meiro, and still 200 when each was sent again', async () => {
		const source = 'orders';
		const { url, workflowId } = await publish(
			'Orders',
			trigger(),
			meiro(source, 'meiroPipesApi', true),
		);
		const { postPurchaseBody } = await shownBodies(world);
		const flow = flowByHand(world, { name: 'Orders', url, body: postPurchaseBody! });
		const stored = () => world.meiro.events({ source });
		await enter(withIds, flow);
		await until(
			() => stored().length + world.meiro.duplicatesSkipped({ source }) >= 200,
			'all came',
		);
		expect([stored().length, idsOf(stored()).size]).toEqual([200, 200]);
		await enter(withIds, flow);
		await finishedExecutions(world, workflowId);
		expect([stored().length, idsOf(stored()).size]).toEqual([200, 200]);
	});

	it('without ids of their own are as many as Klaviyo tells apart, with one event_id at each sending', async () => {
		const source = 'without-ids';
		const { url } = await publish('Without IDs', trigger(), meiro(source, 'meiroPipesApi', false));
		const { postPurchaseBody } = await shownBodies(world);
		const flow = flowByHand(world, { name: 'Without IDs', url, body: postPurchaseBody! });
		// Klaviyo keeps one a second of a person and metric.
		const orders = people.flatMap((person) =>
			Array.from({ length: 10 }, (_, index) =>
				order(person, `${person}-${index}`, FROM + index * 1000),
			),
		);
		const came = () =>
			world.meiro.events({ source }).length + world.meiro.duplicatesSkipped({ source });
		await enter(orders, flow);
		await until(() => came() >= 200, 'all came');
		await enter(orders, flow);
		await until(() => came() >= 400, 'all came again');
		// The second is known, so that Pipes knows each again.
		expect(idsOf(world.meiro.events({ source })).size).toBe(200);
		expect(world.meiro.events({ source })).toHaveLength(200);
	});

	it('of which the body says neither id nor time have one event_id at each sending', async () => {
		const source = 'receipt-only';
		const { url } = await publish('Receipt', trigger(), meiro(source, 'meiroPipesApi', false));
		const body = JSON.stringify({
			metric: 'Placed Order',
			profile: { klaviyo_id: '{{ person.KlaviyoID }}', email: '{{ person.email }}' },
			event: { OrderId: '{{ event.OrderId }}' },
		});
		const flow = flowByHand(world, { name: 'Receipt', url, body });
		const came = () =>
			world.meiro.events({ source }).length + world.meiro.duplicatesSkipped({ source });
		await enter(withIds, flow);
		await until(() => came() >= 200, 'all came');
		await enter(withIds, flow);
		await until(() => came() >= 400, 'all came again');
		expect(idsOf(world.meiro.events({ source })).size).toBe(200);
	});
});
