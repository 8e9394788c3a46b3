import type { Activity, Attempt, Delivery, DeliveryStatus } from './types';

export type DeliveryListener = (delivery: Delivery) => void;

interface Waiter {
	flowId: string | undefined;
	resolve: () => void;
	reject: (error: Error) => void;
}

/**
 * Every delivery and what became of it. Bounded: beyond `maxDeliveries` the oldest settled ones are
 * forgotten, the counts are not.
 */
export class DeliveryLog {
	private readonly records = new Map<string, Delivery>();
	private readonly counts = new Map<string, Activity>();
	private readonly listeners = new Set<DeliveryListener>();
	private readonly waiters = new Set<Waiter>();
	private nextId = 1;

	constructor(private readonly maxDeliveries: number) {}

	add(fields: Omit<Delivery, 'id' | 'status' | 'attempts' | 'first_sent_at' | 'acknowledged_at'>) {
		const delivery: Delivery = {
			id: `D${String(this.nextId++).padStart(8, '0')}`,
			...fields,
			status: 'waiting',
			attempts: [],
			first_sent_at: null,
			acknowledged_at: null,
		};
		this.records.set(delivery.id, delivery);
		this.countsOf(delivery.flow_id).waiting++;
		this.forgetOldest();
		return delivery;
	}

	/** Notes an attempt and, unless the delivery goes on waiting, how it ended. */
	attempted(delivery: Delivery, attempt: Attempt, status: DeliveryStatus): void {
		delivery.attempts.push(attempt);
		this.settle(delivery, status);
	}

	/** Ends a delivery, or tells the listeners that it waits on. */
	settle(delivery: Delivery, status: DeliveryStatus): void {
		delivery.status = status;
		if (status !== 'waiting') {
			const counts = this.countsOf(delivery.flow_id);
			counts.waiting--;
			counts[status]++;
		}
		for (const listener of this.listeners) listener(delivery);
		if (status !== 'waiting') this.releaseWaiters();
	}

	list(flowId?: string): Delivery[] {
		const all = [...this.records.values()];
		return flowId === undefined ? all : all.filter((delivery) => delivery.flow_id === flowId);
	}

	activity(flowId?: string): Activity {
		if (flowId !== undefined) return { ...this.countsOf(flowId) };
		const total: Activity = { sent: 0, waiting: 0, failed: 0, skipped: 0 };
		for (const counts of this.counts.values()) {
			total.sent += counts.sent;
			total.waiting += counts.waiting;
			total.failed += counts.failed;
			total.skipped += counts.skipped;
		}
		return total;
	}

	/** Calls back after every attempt and every end. A listener must not throw. */
	listen(listener: DeliveryListener): () => void {
		this.listeners.add(listener);
		return () => {
			this.listeners.delete(listener);
		};
	}

	/** @throws Error after `timeoutMs`, saying how many still wait, or when everything is closed. */
	async settled(flowId: string | undefined, timeoutMs: number): Promise<void> {
		if (this.activity(flowId).waiting === 0) return;
		await new Promise<void>((resolve, reject) => {
			const waiter: Waiter = { flowId, resolve, reject };
			const timer = setTimeout(() => {
				const { waiting } = this.activity(flowId);
				waiter.reject(new Error(`${waiting} deliveries still wait after ${timeoutMs} ms`));
			}, timeoutMs);
			waiter.resolve = () => {
				clearTimeout(timer);
				this.waiters.delete(waiter);
				resolve();
			};
			waiter.reject = (error) => {
				clearTimeout(timer);
				this.waiters.delete(waiter);
				reject(error);
			};
			this.waiters.add(waiter);
		});
	}

	/** Tells everyone who waits that nothing will come any more. */
	close(): void {
		for (const waiter of this.waiters) waiter.reject(new Error('the Klaviyo stand-in was closed'));
	}

	private countsOf(flowId: string): Activity {
		let counts = this.counts.get(flowId);
		if (!counts) {
			counts = { sent: 0, waiting: 0, failed: 0, skipped: 0 };
			this.counts.set(flowId, counts);
		}
		return counts;
	}

	private releaseWaiters(): void {
		for (const waiter of this.waiters) {
			if (this.activity(waiter.flowId).waiting === 0) waiter.resolve();
		}
	}

	// Stops at the first that still waits: the log then outgrows its bound until that one is settled.
	private forgetOldest(): void {
		for (const oldest of this.records.values()) {
			if (this.records.size <= this.maxDeliveries || oldest.status === 'waiting') return;
			this.records.delete(oldest.id);
		}
	}
}
