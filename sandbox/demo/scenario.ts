import { setTimeout as wait } from 'node:timers/promises';

import type { Delivery, Entry } from '../klaviyo';
import type { ArrivedEvent } from '../meiro';
import type { PublishedTemplate, World } from './world';

/** A template at work: who enters the Klaviyo flow, and what goes wrong on the way. */
export interface Scenario {
	template: string;
	/** What the user enters in the trigger before publishing. */
	parameters?: Record<string, unknown>;
	/** The id of the Klaviyo flow that calls the trigger, made by hand or by publishing. */
	flow(world: World, published: PublishedTemplate): string;
	entries: Entry[];
	/** Called before the first delivery. */
	disturb(world: World): void;
}

/** A row of the demo's report. */
export interface ScenarioResult {
	template: string;
	sent: number;
	/** Deliveries that were answered 503 first, so that Klaviyo sent them again. */
	resent: number;
	acknowledged: number;
	/** Executions; deliveries that come at about the same time share one. */
	executed: number;
	delivered: number;
	duplicate: number;
	lost: number;
	median_ms: number | null;
}

const SETTLED_WITHIN_MS = 120_000;
const ARRIVED_WITHIN_MS = 60_000;

/** Sends every entry through Klaviyo, n8n and Meiro, and counts what came where. */
export async function play(
	world: World,
	scenario: Scenario,
	published: PublishedTemplate,
	progress: (line: string) => void,
): Promise<ScenarioResult> {
	const flowId = scenario.flow(world, published);
	scenario.disturb(world);
	const before = world.meiro.count();
	const stopListening = world.klaviyo.onDelivery(() => {
		const { sent, waiting, failed, skipped } = world.klaviyo.activity(flowId);
		progress(
			`Klaviyo: ${sent} sent, ${waiting} waiting, ${failed + skipped} lost · Meiro: ${world.meiro.count() - before} arrived`,
		);
	});
	for (const entry of scenario.entries) world.klaviyo.enter(flowId, entry);
	await world.klaviyo.settled(flowId, SETTLED_WITHIN_MS);
	stopListening();

	const deliveries = world.klaviyo.deliveries(flowId);
	const acknowledged = deliveries.filter(({ acknowledged_at }) => acknowledged_at !== null);
	// Fewer arrivals are a result to report, not a reason to end.
	await world.meiro
		.waitForEvents(before + acknowledged.length, ARRIVED_WITHIN_MS)
		.catch((error: Error) => progress(error.message));
	const executed = await finishedExecutions(world, published.workflowId);
	return {
		template: scenario.template,
		sent: deliveries.length,
		resent: deliveries.filter(wasAnswered503).length,
		acknowledged: acknowledged.length,
		executed,
		...countArrivals(deliveries, world.meiro.events().slice(before)),
	};
}

function wasAnswered503({ attempts }: Delivery): boolean {
	return attempts.some(({ http_status }) => http_status === 503);
}

/** Compares what Klaviyo sent with what Meiro has: by person, as each enters a flow once. */
export function countArrivals(
	deliveries: Delivery[],
	arrived: ArrivedEvent[],
): Pick<ScenarioResult, 'delivered' | 'duplicate' | 'lost' | 'median_ms'> {
	const arrivals = new Map<string, ArrivedEvent[]>();
	for (const event of arrived) {
		const { profile } = event.body as { profile?: { klaviyo_id?: string; email?: string } };
		const person = profile?.email ?? profile?.klaviyo_id ?? '';
		arrivals.set(person, [...(arrivals.get(person) ?? []), event]);
	}
	const waits: number[] = [];
	let duplicate = 0;
	for (const { email, profile_id, first_sent_at } of deliveries) {
		const [first, ...again] = arrivals.get(email ?? profile_id) ?? [];
		if (!first || first_sent_at === null) continue;
		duplicate += again.length;
		waits.push(Date.parse(first.received_at) - Date.parse(first_sent_at));
	}
	return {
		delivered: waits.length,
		duplicate,
		lost: deliveries.length - waits.length,
		median_ms: median(waits),
	};
}

/** Executions that ended well; waits for those still under way. All are there: n8n saves before it acknowledges. */
async function finishedExecutions(world: World, workflowId: string): Promise<number> {
	const deadline = Date.now() + ARRIVED_WITHIN_MS;
	for (;;) {
		const executions = await world.client.executions(workflowId);
		const underWay = executions.filter(({ status }) => status === 'running' || status === 'new');
		const done = executions.filter(({ status }) => status === 'success').length;
		if (underWay.length === 0 || Date.now() > deadline) return done;
		await wait(200);
	}
}

function median(values: number[]): number | null {
	if (values.length === 0) return null;
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	return sorted.length % 2 === 1
		? sorted[middle]!
		: Math.round((sorted[middle - 1]! + sorted[middle]!) / 2);
}
