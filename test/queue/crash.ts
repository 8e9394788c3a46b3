import { bodyOf, flowTarget } from '../../bench/cases';
import { pause, sendAll, type Acknowledgements } from '../../bench/load';
import type { ArrivedEvent } from '../../sandbox/meiro/types';
import { publishPair, until } from '../e2e/support/workflows';
import { Balancer } from './balance';
import { DeliveryWatch, type Finding } from './deliveryWatch';
import { retryAll, Watch, type KeptExecution } from './executions';
import type { Strike } from './strikes';
import type { CrashWorld } from './worlds';

export const MODES = ['saved', 'finished'] as const;
export type Mode = (typeof MODES)[number];

/** What came of the events of one reply mode. */
export interface Outcome {
	sent: number;
	/** Attempts by then; fewer than are sent in all, so that the strike falls in the middle. */
	sent_before_strike: number;
	acknowledged: number;
	/** Answered in a way after which Klaviyo never sends again, or not at all, 17 times. */
	dropped: number;
	/** Different events in Meiro when nothing more happened by itself. */
	delivered: number;
	/** What n8n's list of executions shows then, by status. */
	kept: Record<string, number>;
	retried: number;
	retries_refused: number;
	lost_before_retry: number;
	lost: number;
	duplicates: number;
	/** Events that came twice with different ids: must not be. */
	differing_ids: number;
	answers: Record<string, number>;
}

export interface CrashResult {
	name: string;
	what: string;
	saved: Outcome;
	finished: Outcome;
	/**
	 * What the template delivery-watch finds and sends of those of 'saved', before what the list shows was retried, and
	 * finds after; and what Meiro does not have in the end.
	 */
	delivery_watch: { before: Finding; after: Finding; missing: number };
	/** Whether main had to be started again for n8n to see what is left. */
	main_restarted: boolean;
	/** How often a process of n8n ended by itself, which Docker or systemd start again. */
	ended_by_themselves: number;
}

/** Deliveries a second: what two cores take beside everything else, so that there is a middle to strike in. */
const PER_SECOND: Record<Mode, number> = { saved: 50, finished: 20 };
/** One event at a time, each answered after so long: every execution is in mid-delivery for a while. */
const MEIRO_ANSWERS_AFTER_MS = 250;

/** As sandbox/compose.yaml has it: Klaviyo drops an event for good after a 404, which n8n gives at times while it comes back. */
const asBalanced = (status: number) => (status === 404 ? 503 : status);

/** A workflow under load. */
interface Loaded {
	mode: Mode;
	path: string;
	workflowId: string;
}

/** One strike and its deliveries, numbered from `first` on. */
export interface Turn {
	strike: Strike;
	/** Counted from 0 on. */
	turn: number;
	counts: Record<Mode, number>;
}

/** Publishes a workflow for each reply mode: the template delivery-watch, and the two nodes alone. @returns what plays a strike on both at once */
export async function prepareCrashes(
	world: CrashWorld,
): Promise<(turn: Turn) => Promise<CrashResult>> {
	const { instance, meiro } = world;
	const credential = await instance.client.createCredential(
		'meiroEventsApi',
		'Meiro that can be killed',
		{
			product: 'meiroEvents',
			baseUrl: meiro.url,
			allowPrivate: true,
			authentication: 'none',
			timeoutSeconds: 10,
		},
	);
	const oneAtATime = { options: { concurrency: 1 } };
	const deliveryWatch = await DeliveryWatch.publish(instance, credential, {
		source: 'saved',
		...oneAtATime,
	});
	const { url, workflowId } = await publishPair(instance, {
		trigger: { options: { reply: 'lastNode' } },
		meiro: oneAtATime,
		credential,
		source: 'finished',
	});
	const workflows: Loaded[] = [
		{ mode: 'saved', path: deliveryWatch.path, workflowId: deliveryWatch.workflowId },
		{ mode: 'finished', path: new URL(url).pathname, workflowId },
	];
	await warmUp(world, workflows);
	return async (turn) => await play(world, workflows, deliveryWatch, turn);
}

const WARM_UP = 20;

/** What n8n does for the first time takes seconds: a short load would be over before anything has arrived. */
async function warmUp({ instance, front, meiro }: CrashWorld, workflows: Loaded[]): Promise<void> {
	const since = new Date().toISOString();
	for (const { mode, path } of workflows) {
		let turn = 0;
		const target = flowTarget(instance, () => front[turn++ % front.length]!.url + path);
		await sendAll(target, 0, WARM_UP, { connections: WARM_UP });
		await until(
			async () => idsByOrder(await meiro.events(mode, since)).size === WARM_UP,
			`the first events of '${mode}' arrived`,
		);
	}
}

async function play(
	world: CrashWorld,
	workflows: Loaded[],
	deliveryWatch: DeliveryWatch,
	{ strike, turn, counts }: Turn,
): Promise<CrashResult> {
	const first = (turn + 1) * 100_000;
	const { meiro, instance, front, workers } = world;
	const ownEnds = () =>
		[instance.n8n, ...front, ...workers].reduce((sum, one) => sum + one.ownEnds, 0);
	const ownEndsBefore = ownEnds();
	const since = new Date().toISOString();
	const watch = await Watch.begin(
		instance.client,
		workflows.map(({ workflowId }) => workflowId),
	);
	const arrivedOf = async (mode: Mode) => await meiro.events(mode, since);
	const orders = deliveryWatch.orders(turn, first, counts.saved);
	await meiro.misbehave([{ kind: 'slow', delayMs: MEIRO_ANSWERS_AFTER_MS, rate: 1 }]);

	const balancer = new Balancer(front);
	const attempts: Record<Mode, number> = { saved: 0, finished: 0 };
	const sending = workflows.map(async ({ mode, path }) => {
		const next = () => {
			attempts[mode]++;
			return strike.isUnguarded ? front[0]!.url + path : balancer.next(path);
		};
		const target = flowTarget(instance, next);
		return await sendAll(target, first, counts[mode], {
			connections: 300,
			// In mode 'finished' n8n answers late what a killed worker had begun.
			timeoutMs: 90_000,
			waitMs: (attempt) => Math.min(10_000, 500 * 2 ** attempt),
			dueMs: (number) => (number / PER_SECOND[mode]) * 1000,
			...(strike.isUnguarded ? {} : { passedOn: asBalanced }),
		});
	});
	// The slower of the two need not be as far: both must have some on their way and some still to come.
	const isUnderWay = async (mode: Mode) => attempts[mode] > 0 && (await arrivedOf(mode)).length > 0;
	while (
		attempts.saved < counts.saved / 4 ||
		!(await isUnderWay('saved')) ||
		!(await isUnderWay('finished'))
	)
		await pause(50);
	const sentBefore = { ...attempts };
	await strike.happen(world);
	const sent = await Promise.all(sending);
	balancer.close();

	const amount = async () =>
		(await arrivedOf('saved')).length + (await arrivedOf('finished')).length;
	const isStuck = !(await watch.settled(amount));
	if (isStuck) {
		// What n8n takes for running although nobody runs it, it sees at the start of main.
		await instance.n8n.stop();
		await instance.n8n.restart();
		await watch.settled(amount);
	}
	const kept = await watch.kept();
	const before = { saved: await arrivedOf('saved'), finished: await arrivedOf('finished') };
	// The watch and a retry by hand come when all is well again.
	await meiro.misbehave([]);
	const watchBefore = await orders.judge();
	// What had no answer yet is sent again by the sender; retrying it as well would only repeat it.
	const { workflowId: savedId } = workflows.find(({ mode }) => mode === 'saved')!;
	const retries = await retryAll(
		instance.client,
		kept.filter(({ workflowId }) => workflowId === savedId),
	);
	await watch.settled(amount);
	const watchAfter = await orders.judge();
	const outcomes = await Promise.all(
		workflows.map(async ({ mode, workflowId }, index) => {
			const own = kept.filter((one) => one.workflowId === workflowId);
			const after = await arrivedOf(mode);
			return [
				mode,
				outcomeOf(
					{ first, count: counts[mode], sentBefore: sentBefore[mode] },
					sent[index]!,
					own,
					retries,
					before[mode].filter(isDelivery),
					after.filter(isDelivery),
				),
			] as const;
		}),
	);
	const { saved, finished } = Object.fromEntries(outcomes) as Record<Mode, Outcome>;
	return {
		name: strike.name,
		what: strike.what,
		...{ saved, finished },
		delivery_watch: {
			...{ before: watchBefore, after: watchAfter },
			missing: missingOf(first, counts.saved, idsByOrder(await arrivedOf('saved'))),
		},
		main_restarted: isStuck,
		ended_by_themselves: ownEnds() - ownEndsBefore,
	};
}

function outcomeOf(
	{ first, count, sentBefore }: { first: number; count: number; sentBefore: number },
	{ acks_ms, dropped, answers }: Acknowledgements,
	kept: KeptExecution[],
	retries: Map<string, boolean>,
	before: ArrivedEvent[],
	after: ArrivedEvent[],
): Outcome {
	const idsAfter = idsByOrder(after);
	const idsBefore = idsByOrder(before);
	const missing = (ids: Map<string, Set<string>>) => missingOf(first, count, ids);
	const tally: Record<string, number> = {};
	for (const { status } of kept) tally[status] = (tally[status] ?? 0) + 1;
	return {
		sent: count,
		sent_before_strike: sentBefore,
		acknowledged: acks_ms.length,
		dropped,
		delivered: count - missing(idsBefore),
		kept: tally,
		retried: kept.filter(({ id }) => retries.get(id) === true).length,
		retries_refused: kept.filter(({ id }) => retries.get(id) === false).length,
		lost_before_retry: missing(idsBefore),
		lost: missing(idsAfter),
		duplicates: after.length - idsAfter.size,
		differing_ids: [...idsAfter.values()].filter(({ size }) => size > 1).length,
		answers,
	};
}

/** What the watch sends is no delivery of the strike's, and no retry. */
function isDelivery({ body }: ArrivedEvent): boolean {
	return (body as { received_via: string }).received_via !== 'import';
}

/** How many of `count` orders from number `first` on are not there. */
function missingOf(first: number, count: number, ids: Map<string, Set<string>>): number {
	const wanted = Array.from({ length: count }, (_, index) => orderOf(first + index));
	return wanted.filter((order) => !ids.has(order)).length;
}

/** The ids of our events by the shop's own id of the order. */
function idsByOrder(arrived: ArrivedEvent[]): Map<string, Set<string>> {
	const ids = new Map<string, Set<string>>();
	for (const { body } of arrived) {
		const { event_id, trigger_event } = body as { event_id: string; trigger_event: { id: string } };
		ids.set(trigger_event.id, (ids.get(trigger_event.id) ?? new Set()).add(event_id));
	}
	return ids;
}

function orderOf(number: number): string {
	return (JSON.parse(bodyOf(number)) as { event: { $event_id: string } }).event.$event_id;
}
