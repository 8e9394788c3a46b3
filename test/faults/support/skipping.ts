// An outage of Meiro with Skip Already Delivered on: what is skipped, and whether something is that Meiro never got.
import { flowTarget } from '../../../bench/cases';
import { pause, sendAll, type Target } from '../../../bench/load';
import type { Instance } from '../../../sandbox/instance';
import { finishedExecutions } from '../../../sandbox/n8n/executions';
import type { N8nServer } from '../../../sandbox/n8n/server';
import { publishPair } from '../../e2e/support/workflows';

/** An n8n that takes deliveries by one process or by several. */
export interface Outage {
	instance: Instance;
	front: N8nServer[];
}

/** What came of the events of one workflow. */
export interface Skipping {
	sent: number;
	/** Never at Meiro, although the sender sent again until it had a yes. */
	lost: number;
	/** Deliveries of events that Meiro had accepted before. */
	repeats: number;
	/** Those of them that Meiro did not get again. */
	skipped: number;
	/** Events that Meiro got under two ids. */
	differing_ids: number;
}

const SINGLES = 120;
/** 120 events within 1.3 s. */
const EVERY_MS = 11;
const OUTAGE_MS = 8000;
const SENT_AGAIN_AFTER_MS = 1000;
const SHARING = 300;
const OPTIONS = { skipDelivered: true, giveUpAfterSeconds: 1, concurrency: 50 };

/** One workflow with Skip Already Delivered, and what Meiro has of it. */
class Skipper {
	private readonly target: Target;
	private turn = 0;
	private repeats = 0;
	private knownAt = -1;
	private known = new Map<number, Set<string>>();

	private constructor(
		private readonly world: Outage,
		private readonly name: string,
		private readonly path: string,
		readonly workflowId: string,
	) {
		const { front, instance } = world;
		const url = () => front[this.turn++ % front.length]!.url + this.path;
		const target = flowTarget(instance, url);
		const body = (number: number) => {
			if (this.taken().has(number)) this.repeats++;
			return target.body(number);
		};
		this.target = { ...target, body };
	}

	/** Every second event goes to a source of its own, so that Meiro can refuse these alone. */
	static async publish(
		world: Outage,
		name: string,
		trigger: Record<string, unknown>,
	): Promise<Skipper> {
		const { url, workflowId } = await publishPair(world.instance, {
			source: `={{ '${name}-' + ($json.trigger_event.id.slice(-1) % 2 ? 'taken' : 'refused') }}`,
			trigger,
			meiro: { options: OPTIONS },
		});
		return new Skipper(world, name, new URL(url).pathname, workflowId);
	}

	refuse(): void {
		const path = `/${this.name}-refused`;
		this.world.instance.meiro.misbehave([{ kind: 'status', status: 503, rate: 1, path }]);
	}

	async send(first: number, count: number, everyMs = 0): Promise<void> {
		await sendAll(this.target, first, count, {
			connections: count,
			waitMs: () => SENT_AGAIN_AFTER_MS,
			dueMs: (number) => number * everyMs,
		});
	}

	/** The event ids by the number of the order, of all that Meiro has. */
	taken(): Map<number, Set<string>> {
		const { meiro } = this.world.instance;
		if (meiro.count() === this.knownAt) return this.known;
		this.knownAt = meiro.count();
		this.known = new Map();
		for (const { trigger_event, event_id } of this.arrived()) {
			const number = Number(trigger_event.id.replace('order-', ''));
			this.known.set(number, (this.known.get(number) ?? new Set()).add(event_id));
		}
		return this.known;
	}

	/** With those that came twice. */
	arrivals(): number {
		return this.arrived().length;
	}

	result(sent: number): Skipping {
		const taken = this.taken();
		const again = this.arrivals() - taken.size;
		return {
			sent,
			lost: sent - taken.size,
			repeats: this.repeats,
			skipped: this.repeats - again,
			differing_ids: [...taken.values()].filter(({ size }) => size > 1).length,
		};
	}

	private arrived(): Array<{ event_id: string; trigger_event: { id: string } }> {
		const { meiro } = this.world.instance;
		return ['taken', 'refused']
			.flatMap((half) => meiro.events({ source: `${this.name}-${half}` }))
			.map(({ body }) => body as { event_id: string; trigger_event: { id: string } });
	}
}

/** One outage after the other, and what can be asked of the workflow then. */
export interface Singles {
	result: Skipping;
	/** Sends events once more that Meiro has accepted. */
	sendAgain(): Promise<{ sent: number; skipped: number }>;
}

/**
 * 120 deliveries within 1.3 s, an execution each; Meiro refuses every second one for 8 s, and the sender sends again after
 * 500. Then all come once more.
 */
export async function playSingles(world: Outage, rounds: number): Promise<Singles> {
	const trigger = { options: { reply: 'lastNode' } };
	const skipper = await Skipper.publish(world, 'single', trigger);
	for (let round = 0; round < rounds; round++) {
		const first = round * SINGLES;
		skipper.refuse();
		const over = pause(OUTAGE_MS).then(() => world.instance.meiro.misbehave([]));
		await skipper.send(first, SINGLES, EVERY_MS);
		await over;
		await skipper.send(first, SINGLES);
	}
	return {
		result: skipper.result(rounds * SINGLES),
		async sendAgain() {
			const before = skipper.arrivals();
			await skipper.send(0, SINGLES);
			return { sent: SINGLES, skipped: SINGLES - (skipper.arrivals() - before) };
		},
	};
}

/** 300 deliveries that share executions and are acknowledged at once; Meiro refuses every second one. Then all come once more. */
export async function playSharing(world: Outage): Promise<Skipping> {
	const skipper = await Skipper.publish(world, 'sharing', {});
	const { instance } = world;
	skipper.refuse();
	await skipper.send(0, SHARING);
	await finishedExecutions(instance, skipper.workflowId);
	instance.meiro.misbehave([]);
	await skipper.send(0, SHARING);
	await finishedExecutions(instance, skipper.workflowId);
	return skipper.result(SHARING);
}
