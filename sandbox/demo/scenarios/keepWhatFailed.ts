import { inventEntry } from '../../klaviyo/profiles';
import { flowByHand, type Scenario } from '../scenario';
import { dataTableRows, type World } from '../world';

const CUSTOMERS = 40;
/** People that no other scenario has. */
const FIRST_PERSON = 30_000;

const entries = Array.from({ length: CUSTOMERS }, (_, index) =>
	inventEntry(FIRST_PERSON + index, 'Placed Order', { hostile: true }),
);

/** The user is in more of a hurry than the template. */
const impatient = { options: { giveUpAfterSeconds: 1, concurrency: 16 } };

async function attemptsOf(world: World): Promise<number[]> {
	const rows = await dataTableRows(world, 'klaviyo_meiro_failed_events');
	return rows.map(({ attempts }) => Number(attempts));
}

/**
 * Meiro is away when forty customers order, and still away when their events are sent again for the first time. Once it
 * is back, each arrives, and the table is empty.
 */
export const keepWhatFailed: Scenario = {
	template: 'keep-what-failed',
	count: CUSTOMERS,
	parameters: {
		'Meiro Events': impatient,
		'Meiro Events again': { options: { ...impatient.options, skipDelivered: true } },
	},
	async play({ world, published, enter, run, finished }) {
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
		if (kept.length !== CUSTOMERS) throw new Error(`The table has ${kept.length} rows, wanted ${CUSTOMERS}`);

		await run('Every 15 minutes');
		const tried = await attemptsOf(world);
		if (tried.some((attempts) => attempts !== 2)) throw new Error(`Attempts noted: ${tried.join(', ')}`);

		world.meiro.misbehave([]);
		await run('Every 15 minutes');
		await run('Every 15 minutes');
		await run('Every day');
	},
	expected: entries.map(({ profile }) => ({ event_name: 'winback_due', person: profile.email! })),
	async check(world) {
		const left = await attemptsOf(world);
		return left.length === 0 ? [] : [`${left.length} delivered events are still in the table`];
	},
};
