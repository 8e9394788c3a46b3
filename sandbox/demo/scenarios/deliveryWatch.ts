import type { Entry } from '../../klaviyo';
import { inventEntry } from '../../klaviyo/profiles';
import { dataTableRows, updateRow } from '../../n8n/dataTables';
import { askForm, formAddress } from '../../n8n/forms';
import { createdFlow, type Scenario, type Stage } from '../scenario';
import { chosenMetric, METRICS, type World } from '../world';
import { giveOutPassword, SUPPORT } from './erasure';
import { people, seedEntries } from './people';

const HOUR_MS = 3_600_000;
const METRIC = 'Placed Order';
const TABLE = 'Delivered to Meiro';
const NOW = Date.now();

/** Orders of two to four hours ago, to the second, as Klaviyo keeps them. */
const orders: Entry[] = people(110_000, 12).map((number, index) => {
	const { profile, event } = inventEntry(number, METRIC, { hostile: true });
	const at = Math.floor((NOW - 4 * HOUR_MS + index * 600_000) / 1000) * 1000;
	return { profile, event: { ...event!, time: new Date(at).toISOString() } };
});
/** The first two Klaviyo never delivers, and Meiro is away when it delivers the third. */
const kept = orders[2]!;
const delivered = orders.slice(3);

/** What the workflow has said of its last run. */
async function lastReceipt(world: World): Promise<string> {
	const rows = await dataTableRows(world, TABLE);
	return String(rows.filter(({ status }) => status === 'watched').at(-1)?.reason);
}

/** As if the last run of the watch had been five hours ago. */
async function turnBack(world: World): Promise<void> {
	const noted_at = new Date(NOW - 5 * HOUR_MS).toISOString();
	await updateRow(world, TABLE, ['status', 'watched'], { noted_at });
}

/** Runs the watch and sees what it says. */
async function watch({ world, run }: Stage, wanted: string): Promise<void> {
	await turnBack(world);
	await run('Every Day');
	const receipt = await lastReceipt(world);
	if (!receipt.includes(wanted)) throw new Error(`The watch says '${receipt}', wanted '${wanted}'`);
}

/** Asks the form for an order. @throws unless its page says what is wanted */
async function ask(
	{ world, published }: Stage,
	order: string,
	action: 'Look' | 'Send Again',
	...wanted: string[]
): Promise<void> {
	const { workflowId } = published;
	const url = await formAddress(world, world.n8n.url, workflowId, 'Where Is the Order');
	const page = await askForm(url, [order, action], SUPPORT);
	for (const words of wanted)
		if (!page.includes(words)) throw new Error(`Of ${order} the form says: ${page}, not ${words}`);
}

/**
 * Of twelve orders at Klaviyo two are never delivered, and one finds Meiro away. The watch sends the two and leaves the
 * one to keep-what-failed; then the form is asked for each kind, and sends the one again.
 */
export const deliveryWatch: Scenario = {
	template: 'delivery-watch',
	count: orders.length,
	credentials: { 'Where Is the Order': { httpBasicAuth: 'erasureForm' } },
	parameters: {
		'Order Placed': { metricId: METRICS[METRIC], options: { flowStatus: 'live' } },
		'In Klaviyo': { metricId: chosenMetric(METRIC) },
		'Meiro Events': { options: { giveUpAfterSeconds: 1 } },
	},
	async prepare(world) {
		await giveOutPassword(world);
		seedEntries(world, orders);
	},
	async play(stage) {
		const { world, enter, finished, run, published } = stage;
		await run('Every Day');
		const flowId = createdFlow(world, published.url);
		await enter({ flowId, entries: delivered });
		await finished();
		world.meiro.misbehave([{ kind: 'status', status: 503, rate: 1 }]);
		await enter({ flowId, entries: [kept] });
		await finished();
		world.meiro.misbehave([]);

		await watch(stage, '12 at Klaviyo, 9 in Meiro, 2 sent now, 1 refused or kept');
		await watch(stage, '12 at Klaviyo, 11 in Meiro, 0 sent now, 1 refused or kept');
		const idOf = ({ event }: Entry) => event!.unique_id!;
		await ask(stage, 'no-such-order', 'Look', 'no such order');
		await ask(stage, idOf(delivered[0]!), 'Look', 'Klaviyo: ', 'n8n: execution', 'Meiro: taken');
		await ask(stage, idOf(kept), 'Look', 'Meiro: not taken', 'It is kept: waiting');
		await ask(stage, idOf(kept), 'Send Again', 'Sent again: delivered');
		await watch(stage, '12 at Klaviyo, 12 in Meiro, 0 sent now, 0 refused or kept');
	},
	expected: orders.map(({ profile }) => ({
		event_name: 'placed_order',
		person: profile.email!,
	})),
};
