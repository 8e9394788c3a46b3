/** How many events may share an execution. */
export interface SharingSettings {
	maxEvents: number;
}

/** How long the first delivery waits for others, while another execution is being saved. */
export const WINDOW_MS = 50;

/** What may wait in this process, all workflows together. */
export interface WaitingLimits {
	events: number;
	bytes: number;
}

/** One delivery's place in an execution that is to be shared. The leader takes all items to n8n; followers wait for what came of it. */
export type Place<T> =
	| {
			role: 'leader';
			/** All items of the execution, once it is complete. */
			items: Promise<T[]>;
			/** To be called once, with whether n8n has taken the items. */
			settle(isSaved: boolean): void;
	  }
	| { role: 'follower'; isSaved: Promise<boolean> };

/** Deliveries that will be one execution. */
interface Shared<T> {
	items: T[];
	bytes: number;
	complete: Deferred<void>;
	saved: Deferred<boolean>;
}

/**
 * How many windows an execution waits at most for the one before it to be saved. n8n saves one after the other anyway,
 * so meanwhile it may as well fill; but a workflow that takes long must not hold up the next.
 */
const MOST_WINDOWS = 10;

/** What a workflow's trigger has going on. */
interface Queue<T> {
	/** Takes more items; none when nobody leads. */
	open: Shared<T> | null;
	/** Executions that fill or are being saved. */
	underWay: number;
	/** Settles when the execution that was begun last is saved. */
	lastSaved: Promise<unknown>;
}

/**
 * Lets deliveries that come at about the same time share one execution, as databases let transactions share
 * one write. While one execution is being saved the next one fills.
 */
export class Sharing<T> {
	private readonly queues = new Map<string, Queue<T>>();
	private events = 0;
	private bytes = 0;

	constructor(
		private readonly limits: WaitingLimits,
		private readonly sleep: (ms: number) => Promise<unknown>,
	) {}

	/** A place for one delivery, or null when too much waits already. */
	join(key: string, items: T[], bytes: number, settings: SharingSettings): Place<T> | null {
		const isFull =
			this.events + items.length > this.limits.events || this.bytes + bytes > this.limits.bytes;
		// A delivery larger than all that may wait is let in when nothing else does, else it would never be.
		if (isFull && this.events > 0) return null;
		this.events += items.length;
		this.bytes += bytes;

		const queue = this.queueOf(key);
		if (queue.open !== null && queue.open.items.length + items.length > settings.maxEvents) {
			this.close(queue);
		}
		const place = queue.open === null ? this.lead(key, queue) : follow(queue.open);
		const shared = queue.open!;
		// One by one: a delivery of very many items would not fit into an argument list.
		for (const item of items) shared.items.push(item);
		shared.bytes += bytes;
		if (shared.items.length >= settings.maxEvents) this.close(queue);
		return place;
	}

	/** For tests and watchers: what waits in this process. */
	get waiting(): { events: number; bytes: number; queues: number } {
		return { events: this.events, bytes: this.bytes, queues: this.queues.size };
	}

	private queueOf(key: string): Queue<T> {
		const known = this.queues.get(key);
		if (known !== undefined) return known;
		const queue: Queue<T> = { open: null, underWay: 0, lastSaved: Promise.resolve() };
		this.queues.set(key, queue);
		return queue;
	}

	private lead(key: string, queue: Queue<T>): Place<T> {
		const shared: Shared<T> = { items: [], bytes: 0, complete: defer(), saved: defer() };
		// When nothing else is going on, waiting would only cost time.
		const isAlone = queue.underWay === 0;
		const window = isAlone
			? Promise.resolve()
			: Promise.race([
					Promise.all([this.sleep(WINDOW_MS), queue.lastSaved]),
					this.sleep(WINDOW_MS * MOST_WINDOWS),
				]);
		queue.open = shared;
		queue.underWay++;
		queue.lastSaved = shared.saved.promise;
		return {
			role: 'leader',
			items: Promise.race([window, shared.complete.promise]).then(() => {
				if (queue.open === shared) queue.open = null;
				return shared.items;
			}),
			settle: (isSaved) => {
				this.events -= shared.items.length;
				this.bytes -= shared.bytes;
				queue.underWay--;
				if (queue.underWay === 0 && queue.open === null) this.queues.delete(key);
				shared.saved.resolve(isSaved);
			},
		};
	}

	private close(queue: Queue<T>): void {
		queue.open?.complete.resolve();
		queue.open = null;
	}
}

function follow<T>(shared: Shared<T>): Place<T> {
	return { role: 'follower', isSaved: shared.saved.promise };
}

interface Deferred<T> {
	promise: Promise<T>;
	resolve(value: T): void;
}

function defer<T>(): Deferred<T> {
	let resolve!: (value: T) => void;
	const promise = new Promise<T>((settle) => {
		resolve = settle;
	});
	return { promise, resolve };
}
