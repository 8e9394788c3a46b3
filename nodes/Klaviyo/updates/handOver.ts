import type { INodeExecutionData, IPollFunctions, IRun } from 'n8n-workflow';

import type { Runtime } from '../../shared/http/runtime';
import { jsonOfItem, type KlaviyoEvent } from '../../shared/event/contract';
import type { NodeState } from './state';

/** Events with the state that covers them and all before. */
export interface Batch {
	events: KlaviyoEvent[];
	state: NodeState;
}

interface Given extends Pick<Batch, 'state'> {
	outcome: 'running' | 'done' | 'refused';
	/** Resolves in any case. */
	settled: Promise<void>;
}

/** Executions of one node that run at the same time, at most. */
const MOST_RUNNING = 2;
const LOOK_AGAIN_MS = 500;

/** n8n's own way to start an execution in the middle of a poll; versions that don't have it hold a poll as a whole. */
export function canHandOver(context: Partial<Pick<IPollFunctions, '__emit'>>): boolean {
	return typeof context.__emit === 'function';
}

/**
 * Gives batches to n8n as executions of their own. n8n begins to save the static data before it stores the
 * execution that comes with it, so what stands there covers only executions that are done: a kill brings back the ones
 * that were running, with the same event_id, and loses none.
 */
export class HandOver {
	/** In the order in which they were given, without those that the saved state covers. */
	private given: Given[] = [];
	/** Why n8n did not take a batch. */
	private refusal: Error | null = null;
	/** A batch found no room in time. */
	private isFull = false;

	constructor(
		private readonly context: Pick<IPollFunctions, '__emit' | 'helpers'>,
		private readonly clock: Pick<Runtime, 'sleep'>,
		/** Whether the time of this poll is up. */
		private readonly isOver: () => boolean,
		/** Puts a state where n8n saves it. */
		private readonly keep: (state: NodeState) => void,
	) {}

	/** Nothing more can be given in this poll. */
	get hasStopped(): boolean {
		return this.isFull || this.refusal !== null;
	}

	/** Waits for room first; a batch that finds none is left to the next poll. */
	async give({ events, state }: Batch): Promise<void> {
		await this.until(() => this.hasStopped || this.running().length < MOST_RUNNING);
		if (this.running().length >= MOST_RUNNING) this.isFull = true;
		if (this.hasStopped) return;
		const done = this.context.helpers.createDeferredPromise<IRun | undefined>();
		const given: Given = {
			state,
			outcome: 'running',
			settled: this.follow(done.promise, () => given),
		};
		this.given.push(given);
		this.context.__emit(itemsOf(events), undefined, done);
	}

	/**
	 * Waits for what is running, as long as there is time.
	 *
	 * @returns whether all is done, so that the rest of the poll can be handed on
	 * @throws what n8n said when it did not take a batch
	 */
	async close(): Promise<boolean> {
		await this.until(() => this.running().length === 0);
		if (this.refusal !== null) throw this.refusal;
		const last = this.given.at(-1);
		if (last === undefined) return !this.isFull;
		// They run longer than a poll may take: n8n has them, and would get them again and again.
		this.keep(last.state);
		return false;
	}

	get isIdle(): boolean {
		return this.running().length === 0;
	}

	/** Resolves when none runs any more. */
	async idle(): Promise<void> {
		await Promise.all(this.running().map(({ settled }) => settled));
	}

	private running(): Given[] {
		return this.given.filter(({ outcome }) => outcome === 'running');
	}

	private async until(isReached: () => boolean): Promise<void> {
		while (!isReached() && !this.isOver()) {
			const settled = this.running().map((each) => each.settled);
			await Promise.race([...settled, this.clock.sleep(LOOK_AGAIN_MS)]);
		}
	}

	private async follow(done: Promise<IRun | undefined>, given: () => Given): Promise<void> {
		try {
			// Without a run n8n has not stored the execution.
			if ((await done) === undefined) throw new Error('n8n did not take over a page of events.');
			given().outcome = 'done';
			this.keepDone();
		} catch (error) {
			given().outcome = 'refused';
			this.refusal ??= error as Error;
		}
	}

	/** What is done out of order waits for those before. */
	private keepDone(): void {
		let last: Given | undefined;
		while (this.given[0]?.outcome === 'done') last = this.given.shift();
		if (last !== undefined) this.keep(last.state);
	}
}

/** One output. */
export function itemsOf(events: KlaviyoEvent[]): INodeExecutionData[][] {
	return [events.map((event) => ({ json: jsonOfItem(event) }))];
}
