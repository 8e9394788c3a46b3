import type { Entry } from '../../klaviyo';
import { inventEntry } from '../../klaviyo/profiles';
import { dataTableRows, updateRow } from '../../n8n/dataTables';
import { finishedExecutions, whyFailed } from '../../n8n/executions';
import { createdFlow, type Scenario, type Stage } from '../scenario';
import { publishTemplate, type World } from '../world';
import { postPurchase } from './postPurchase';

const TABLE = 'klaviyo_meiro_failed_events';

const CUSTOMERS = 40;
/** People that no other scenario has. */
const FIRST_PERSON = 35_000;

const entries = Array.from({ length: CUSTOMERS }, (_, index) =>
	inventEntry(FIRST_PERSON + index, 'Placed Order', { hostile: true }),
);

/** Whose order Meiro refuses. */
const refused: Entry = inventEntry(FIRST_PERSON + CUSTOMERS, 'Placed Order', { hostile: true });

/** The user is in more of a hurry than the template. */
const impatient = { options: { giveUpAfterSeconds: 1, concurrency: 16 } };
/** What runs by itself must not run in the midst of what is played. */
const rarely = { rule: { interval: [{ field: 'months' }] } };

/** Those of this scenario: the table is one for all templates. */
async function rowsKept(world: World): Promise<Array<Record<string, unknown>>> {
	const emails = new Set([...entries, refused].map(({ profile }) => profile.email));
	return (await dataTableRows(world, TABLE)).filter(({ email }) => emails.has(String(email)));
}

/** @throws unless the table has one row, of this state and tried so often */
async function mustBe({ world }: Stage, when: string, status: string): Promise<void> {
	const there = (await rowsKept(world)).map((row) => row.status);
	if (there.join() !== status) throw new Error(`${when}: '${there.join()}', wanted '${status}'`);
}

/** Meiro refuses an event for good: someone is told and the row stays, until the user has it sent again. */
async function refuse(stage: Stage, flowId: string, finished: () => Promise<void>): Promise<void> {
	const { world, enter, run, runInVain } = stage;
	const no = { kind: 'status', status: 400, times: 1 } as const;
	const told = /1 failed and is kept/;
	world.meiro.misbehave([no]);
	await enter({ flowId, entries: [refused] });
	await finished();
	await mustBe(stage, 'After a refusal', 'rejected');
	// It is told by a red execution, which the user then deletes.
	const red = (await world.client.executions(stage.published.workflowId)).filter(
		({ status }) => status === 'error',
	);
	const said = await Promise.all(red.map(async (one) => await whyFailed(world, one)));
	if (said.length !== 1 || !told.test(said[0]!)) throw new Error(`Told: '${said.join()}'`);
	await world.client.post('/rest/executions/delete', { ids: red.map(({ id }) => id) });
	await run('Every 15 Minutes');
	await mustBe(stage, 'After a run', 'rejected');

	const [row] = await rowsKept(world);
	const wait = async () =>
		await updateRow(world, TABLE, ['event_id', String(row!.event_id)], { status: 'waiting' });
	world.meiro.misbehave([no]);
	await wait();
	await runInVain('Every 15 Minutes', told);
	await mustBe(stage, 'After a second refusal', 'rejected');
	await wait();
	await run('Every 15 Minutes');
}

/**
 * Meiro is away when forty customers order, and still away when their events are sent again for the first time. Once it
 * is back, each arrives, and the table is empty. Then it refuses one event for good, twice, and takes it after all.
 */
export const keepWhatFailed: Scenario = {
	template: 'keep-what-failed',
	count: CUSTOMERS + 1,
	parameters: {
		'Every 15 Minutes': rarely,
		'Every Day': rarely,
		'Send Again': { options: { ...impatient.options, skipDelivered: true } },
	},
	async play(stage) {
		const { world, published, enter, run } = stage;
		const orders = await publishTemplate(world, {
			...postPurchase,
			net: published.workflowId,
			parameters: {
				...postPurchase.parameters,
				'Order Placed': {
					...postPurchase.parameters!['Order Placed'],
					// Many runs hand over at once.
					options: { flowStatus: 'live', eventsPerExecution: 5 },
				},
				'Send to Meiro': impatient,
			},
		});
		const flowId = createdFlow(world, orders.triggers['Order Placed']!.url);
		const finished = async () => void (await finishedExecutions(world, orders.workflowId));
		world.meiro.misbehave([{ kind: 'status', status: 503, rate: 1 }]);
		await enter({ flowId, entries });
		await finished();
		const kept = await rowsKept(world);
		if (kept.length !== CUSTOMERS)
			throw new Error(`The table has ${kept.length} rows, wanted ${CUSTOMERS}`);

		await run('Every 15 Minutes');
		const tried = (await rowsKept(world)).map(({ attempts }) => Number(attempts));
		if (tried.some((attempts) => attempts < 2))
			throw new Error(`Attempts noted: ${tried.join(', ')}`);

		world.meiro.misbehave([]);
		await run('Every 15 Minutes');
		await refuse(stage, flowId, finished);
	},
	expected: [...entries, refused].map(({ profile }) => ({
		event_name: 'placed_order',
		person: profile.email!,
	})),
	async check(world) {
		const left = (await rowsKept(world)).length;
		return left === 0 ? [] : [`${left} delivered events are still in the table`];
	},
};
