// The template delivery-watch on a day of many orders: n8n ends an expression that takes longer than some seconds.
import { deliveryWatch } from '../../sandbox/demo/scenarios/deliveryWatch';
import { publishTemplate, type World } from '../../sandbox/demo/world';
import { executedByHand, outputsOf, whyFailed } from '../../sandbox/n8n/executions';
import { withWorld } from './support/world';

const ORDERS = 10_000;

let world: World;
withWorld((one) => void (world = one));

it(`delivery-watch finds the one order of ${ORDERS} that Meiro has not got, sends it, and says so`, async () => {
	await deliveryWatch.prepare!(world);
	const { workflowId } = await publishTemplate(world, deliveryWatch);
	const orders = Array.from({ length: ORDERS }, (_, index) => ({
		event_id: `order ${index}`,
		event_name: 'placed_order',
		event_time: '2031-02-03T04:05:06.000Z',
		trigger_event: { id: `A-${index}` },
		profile: { email: `ana${index}@example.com` },
		properties: { OrderId: `A-${index}`, Items: ['Cup', 'Pot'] },
	}));
	const noted = orders.slice(1).map(({ event_id }) => ({ event_id, status: 'delivered' }));
	const pinned = { Kept: [{}], Noted: noted, 'In Klaviyo': orders };
	const pinData = Object.fromEntries(
		Object.entries(pinned).map(([node, items]) => [node, items.map((json) => ({ json }))]),
	);
	await world.client.patch(`/rest/workflows/${workflowId}`, { pinData });

	const ended = await executedByHand(world, workflowId, 'Every Day', true);
	if (ended.status !== 'success') throw new Error(await whyFailed(world, ended));
	const { Receipt: receipt } = await outputsOf(world, ended.id);
	expect(String(receipt?.[0]?.json.reason)).toContain(
		'10,000 at Klaviyo, 9,999 in Meiro, 1 sent now, 0 refused or kept',
	);
	expect(world.meiro.count()).toBe(1);
});
