import type { Entry } from '../../klaviyo';
import { inventEntry } from '../../klaviyo/profiles';
import { itemsOf } from '../../n8n/executions';
import { flowByHand, type Scenario, type Stage } from '../scenario';
import { dataTableRows, insertRows, updateRow } from '../../n8n/dataTables';
import type { World } from '../world';

const TABLE = 'klaviyo_meiro_failed_events';

const CUSTOMERS = 40;
/** People that no other scenario has. */
const FIRST_PERSON = 30_000;

const entries = Array.from({ length: CUSTOMERS }, (_, index) =>
	inventEntry(FIRST_PERSON + index, 'Placed Order', { hostile: true }),
);

/** Whose order Meiro refuses, and whose was refused more than two weeks ago. */
const [refused, forgotten] = [CUSTOMERS, CUSTOMERS + 1].map((index) =>
	inventEntry(FIRST_PERSON + index, 'Placed Order', { hostile: true }),
) as [Entry, Entry];

/** The user is in more of a hurry than the template. */
const impatient = { options: { giveUpAfterSeconds: 1, concurrency: 16 } };

async function attemptsOf(world: World): Promise<number[]> {
	const rows = await dataTableRows(world, TABLE);
	return rows.map(({ attempts }) => Number(attempts));
}

/** @throws unless the table has rows of these states, and so many people were told of rejected and of expired ones */
async function mustBe(
	{ world, published }: Stage,
	when: string,
	wanted: { states: string[]; rejected: number; expired: number },
): Promise<void> {
	const states = (await dataTableRows(world, TABLE)).map(({ status }) => String(status));
	const rejected = await itemsOf(world, published, 'Tell someone of the rejected');
	const expired = await itemsOf(world, published, 'Tell someone of the expired');
	const there = JSON.stringify({ states, rejected, expired });
	if (there !== JSON.stringify(wanted))
		throw new Error(`${when}: ${there}, wanted ${JSON.stringify(wanted)}`);
}

/** Meiro refuses an event for good: someone is told and the row stays, until the user has it sent again. */
async function refuse(stage: Stage, flowId: string): Promise<void> {
	const { world, enter, finished, run } = stage;
	const no = { kind: 'status', status: 400, times: 1 } as const;
	world.meiro.misbehave([no]);
	await enter({ flowId, entries: [refused] });
	await finished();
	await mustBe(stage, 'After a refusal', { states: ['rejected'], rejected: 1, expired: 0 });
	const [row] = await dataTableRows(world, TABLE);
	const twoWeeksAgo = new Date(Date.now() - 15 * 86_400_000).toISOString();
	const { email } = forgotten.profile;
	await insertRows(world, TABLE, [
		{
			...Object.fromEntries(
				Object.entries(row!).filter(
					([column]) => !['id', 'createdAt', 'updatedAt'].includes(column),
				),
			),
			...{ event_id: 'two weeks ago', email, failed_at: twoWeeksAgo },
			event: JSON.stringify({ event_name: 'placed_order', profile: { email } }),
		},
	]);

	await run('Every 15 minutes');
	await mustBe(stage, 'After a run', { states: ['rejected', 'rejected'], rejected: 1, expired: 0 });
	await run('Every day');
	await mustBe(stage, 'After two weeks', { states: ['rejected'], rejected: 1, expired: 1 });

	const wait = async () =>
		await updateRow(world, TABLE, ['event_id', String(row!.event_id)], { status: 'waiting' });
	world.meiro.misbehave([no]);
	await wait();
	await run('Every 15 minutes');
	await mustBe(stage, 'After a second refusal', { states: ['rejected'], rejected: 2, expired: 1 });
	await wait();
	await run('Every 15 minutes');
}

/**
 * Meiro is away when forty customers order, and still away when their events are sent again for the first time. Once it
 * is back, each arrives, and the table is empty. Then it refuses one event for good, twice, and takes it after all; and one
 * that was refused long ago expires.
 */
export const keepWhatFailed: Scenario = {
	template: 'keep-what-failed',
	count: CUSTOMERS + 1,
	parameters: {
		// Many runs make the table at once.
		'Klaviyo Trigger': { options: { eventsPerExecution: 5 } },
		'Meiro Events': impatient,
		'Meiro Events again': { options: { ...impatient.options, skipDelivered: true } },
	},
	async play(stage) {
		const { world, published, enter, run, finished } = stage;
		const flowId = flowByHand(world, {
			name: 'Placed Order, while Meiro is away',
			url: published.gatewayUrl,
			body: published.bodies.eventBody ?? published.bodies.winBackBody!,
		});
		const away = { kind: 'status', status: 503, rate: 1 } as const;
		world.meiro.misbehave([away]);
		await enter({ flowId, entries });
		await finished();
		const kept = await attemptsOf(world);
		if (kept.length !== CUSTOMERS)
			throw new Error(`The table has ${kept.length} rows, wanted ${CUSTOMERS}`);

		await run('Every 15 minutes');
		const tried = await attemptsOf(world);
		if (tried.some((attempts) => attempts !== 2))
			throw new Error(`Attempts noted: ${tried.join(', ')}`);

		world.meiro.misbehave([]);
		await run('Every 15 minutes');
		await run('Every 15 minutes');
		await run('Every day');
		await refuse(stage, flowId);
	},
	expected: [...entries, refused].map(({ profile }) => ({
		event_name: 'winback_due',
		person: profile.email!,
	})),
	async check(world) {
		const left = await attemptsOf(world);
		const sent = world.meiro
			.events()
			.filter(({ body }) => JSON.stringify(body).includes(forgotten.profile.email!));
		return [
			...(left.length === 0 ? [] : [`${left.length} delivered events are still in the table`]),
			...(sent.length === 0 ? [] : ['Meiro has the event that expired']),
		];
	},
};
