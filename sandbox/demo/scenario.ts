import { setTimeout as wait } from 'node:timers/promises';

import type { Delivery, Entry } from '../klaviyo';
import type { ArrivedEvent } from '../meiro';
import type { ExecutionSummary } from '../n8n/client';
import { executedByHand, finishedExecutions, runByHand, whyFailed } from '../n8n/executions';
import { tallyOf } from './tally';
import type { PublishedTemplate, World } from './world';

/** An event that Meiro must have when all is done. */
export interface ExpectedEvent {
	event_name: string;
	/** One of the person's ids, e.g. the email address; for an event about a thing the subject's id. */
	person: string;
	/** What must stand in the body: everything in here, and there may be more. */
	body?: Record<string, unknown>;
}

/** People who enter a Klaviyo flow, each to be delivered to the trigger once. */
export interface FlowEntries {
	/** The id of a Klaviyo flow, made by hand or by publishing. */
	flowId: string;
	entries: Entry[];
}

/** A template at work: what the user fills in, what happens in Klaviyo, and what must come of it. */
export interface Scenario {
	/** File name in templates/, without .json. */
	template: string;
	/** What its row is called where a template is played more than once; default the template's name. */
	name?: string;
	/** How many people or things pass through, for the display. */
	count: number;
	/** What the user fills in, by the node's name, over what the template says. */
	parameters?: Record<string, Record<string, unknown>>;
	/** Credentials of another name than usual, by the node's name, e.g. { 'Meiro Events': { meiroEventsApi: 'meiroPipesApi' } }. */
	credentials?: Record<string, Record<string, string>>;
	/** Nodes that are off in the template, and that the user wants. */
	activated?: string[];
	/** Settings of the workflow over those of the template. */
	settings?: Record<string, unknown>;
	/** Tables that the user makes in n8n before: columns with their types, by the table's name. */
	dataTables?: Record<string, Record<string, 'string' | 'number' | 'boolean' | 'date'>>;
	/** Puts into Klaviyo and Meiro what is there before the template is published. */
	prepare?(world: World): Promise<void> | void;
	/**
	 * Plays what happens once it is published: `stage.enter()` for people in flows, `stage.run()` for a workflow
	 * that starts by hand or by a schedule. Ends when nothing more is to be sent.
	 */
	play(stage: Stage): Promise<void>;
	expected: ExpectedEvent[] | ((world: World) => ExpectedEvent[]);
	/** Executions that fail for this reason are meant to. */
	failsFor?: RegExp;
	/** What else must hold, e.g. what was written to Klaviyo. @returns what does not, in words */
	check?(world: World, published: PublishedTemplate): Promise<string[]> | string[];
}

/** What a scenario acts with. */
export interface Stage {
	world: World;
	published: PublishedTemplate;
	/** Sends people through Klaviyo flows and waits until Klaviyo has settled every delivery. */
	enter(...flows: FlowEntries[]): Promise<void>;
	/**
	 * Runs the workflow from one of its triggers as the editor does, without pinned data, and waits for its end.
	 *
	 * @throws when the execution fails
	 */
	run(triggerName: string): Promise<void>;
	/** The same for a run that has to fail and to say why, which then is no problem. @throws when it does not */
	runInVain(triggerName: string, reason: RegExp): Promise<void>;
	/** Waits until Meiro has as many of the expected events, by default all; never throws. */
	arrived(count?: number): Promise<void>;
	/** Waits until no execution of the workflow is under way. */
	finished(): Promise<void>;
}

/** A row of the demo's report. */
export interface ScenarioResult {
	template: string;
	/** Deliveries of flows; where the workflow fetches by itself, the events expected of it. */
	sent: number;
	/** Deliveries that were answered 503 first, so that Klaviyo sent them again. */
	resent: number;
	acknowledged: number;
	/** Executions; deliveries that come at about the same time share one. */
	executed: number;
	/** Of those sent, the ones of which everything is in Meiro that is to be there. */
	delivered: number;
	/** Events about these people or things that Meiro has. */
	stored: number;
	/** Events that Meiro took with 2xx and did not store, because it had one with the same key. */
	skipped: number;
	/** Events in Meiro about the same people that are there twice, or should not be there. */
	duplicate: number;
	/** Expected events that Meiro does not have. */
	lost: number;
	median_ms: number | null;
}

/** What a scenario's own checks found amiss, beside the figures. */
export interface Played {
	result: ScenarioResult;
	problems: string[];
}

const SETTLED_WITHIN_MS = 120_000;
const ARRIVED_WITHIN_MS = 60_000;

/** Plays a published template and counts what came where; `watch` gets what asks for the figures so far. */
export async function play(
	world: World,
	scenario: Scenario,
	published: PublishedTemplate,
	watch: (soFar: () => Promise<ScenarioResult>) => void,
): Promise<Played> {
	const skippedBefore = world.meiro.duplicatesSkipped();
	const expected =
		typeof scenario.expected === 'function' ? scenario.expected(world) : scenario.expected;
	const arrivals = () => world.meiro.events().slice(published.eventsBefore);
	const deliveries: Delivery[] = [];
	const inVain = new Set<string>();
	let failedRuns = 0;
	const stage: Stage = {
		world,
		published,
		async enter(...flows) {
			for (const { flowId, entries } of flows) {
				deliveries.push(...entries.map((entry) => world.klaviyo.enter(flowId, entry)));
			}
			await Promise.all(
				[...new Set(flows.map(({ flowId }) => flowId))].map(
					async (flowId) => await world.klaviyo.settled(flowId, SETTLED_WITHIN_MS),
				),
			);
		},
		async run(triggerName) {
			try {
				await runByHand(world, published.workflowId, triggerName);
			} catch (error) {
				failedRuns++;
				throw error;
			}
		},
		async runInVain(triggerName, reason) {
			const ended = await executedByHand(world, published.workflowId, triggerName, false);
			const said = await whyFailed(world, ended);
			if (ended.status === 'success' || !reason.test(said))
				throw new Error(`Had to fail for ${reason}. ${said}`);
			inVain.add(ended.id);
		},
		async arrived(count = expected.length) {
			const deadline = Date.now() + ARRIVED_WITHIN_MS;
			while (compare(expected, arrivals()).found.length < count && Date.now() < deadline)
				await wait(50);
		},
		async finished() {
			await finishedExecutions(world, published.workflowId);
		},
	};
	const figures = (
		executions: ExecutionSummary[],
		{ found, missing, surplus }: Comparison,
	): ScenarioResult => {
		const fetched = {
			sent: expected.length,
			resent: 0,
			acknowledged: failedRuns === 0 ? expected.length : 0,
		};
		return {
			template: nameOfScenario(scenario),
			...(tallyOf(deliveries) ?? fetched),
			executed: executions.filter(({ status }) => status === 'success').length,
			delivered: deliveries.length > 0 ? countWhole(deliveries, missing) : found.length,
			stored: found.length + surplus.length,
			skipped: world.meiro.duplicatesSkipped() - skippedBefore,
			duplicate: surplus.length,
			lost: missing.length,
			median_ms: median(waitsOf(deliveries, found)),
		};
	};
	watch(async () => {
		return figures(
			await world.client.executions(published.workflowId),
			compare(expected, arrivals()),
		);
	});
	const problems: string[] = [];
	try {
		await scenario.play(stage);
	} catch (error) {
		problems.push((error as Error).message);
	}
	// Fewer arrivals are a result to report, not a reason to end.
	if (problems.length === 0) await stage.arrived();
	const executions = await finishedExecutions(world, published.workflowId);
	const comparison = compare(expected, arrivals());
	if (scenario.check) problems.push(...(await scenario.check(world, published)));
	problems.push(
		...comparison.missing.map(
			({ event_name, person }) => `Meiro has no ${event_name} of ${person}`,
		),
	);
	const failed = executions.filter(({ id, status }) => status !== 'success' && !inVain.has(id));
	const reasons = await Promise.all(failed.map(async (one) => await whyFailed(world, one)));
	problems.push(...reasons.filter((reason) => scenario.failsFor?.test(reason) !== true));
	return { result: figures(executions, comparison), problems };
}

/** What the row of a scenario is called. */
export function nameOfScenario({ name, template }: Scenario): string {
	return name ?? template;
}

/** The row of a template that could not be played to its end. */
export function unplayed(scenario: Scenario, { message }: Error): Played {
	const none = {
		sent: 0,
		resent: 0,
		acknowledged: 0,
		executed: 0,
		delivered: 0,
		stored: 0,
		skipped: 0,
		duplicate: 0,
		lost: 0,
	};
	return {
		result: { template: nameOfScenario(scenario), ...none, median_ms: null },
		problems: [message],
	};
}

/** Deliveries of people of whom Meiro lacks nothing. */
function countWhole(deliveries: Delivery[], missing: ExpectedEvent[]): number {
	const lacking = new Set(missing.map(({ person }) => person));
	return deliveries.filter(
		({ email, profile_id, acknowledged_at }) =>
			acknowledged_at !== null && !lacking.has(email ?? profile_id) && !lacking.has(profile_id),
	).length;
}

interface Comparison {
	found: Array<{ expected: ExpectedEvent; event: ArrivedEvent }>;
	missing: ExpectedEvent[];
	/** About the same people or things, and expected by nobody. */
	surplus: ArrivedEvent[];
}

/** Holds what is expected against what came: each arrival answers one expectation. */
export function compare(expected: ExpectedEvent[], arrived: ArrivedEvent[]): Comparison {
	const left = new Map<string, ArrivedEvent[]>();
	for (const event of arrived) {
		for (const id of whomOf(event)) left.set(id, [...(left.get(id) ?? []), event]);
	}
	const taken = new Set<ArrivedEvent>();
	const found: Comparison['found'] = [];
	const missing: ExpectedEvent[] = [];
	for (const wish of expected) {
		const event = (left.get(wish.person) ?? []).find(
			(one) =>
				!taken.has(one) &&
				one.event_name === wish.event_name &&
				holds(bodyOf(one), wish.body ?? {}),
		);
		if (!event) {
			missing.push(wish);
			continue;
		}
		taken.add(event);
		found.push({ expected: wish, event });
	}
	const about = new Set(expected.flatMap(({ person }) => left.get(person) ?? []));
	return { found, missing, surplus: [...about].filter((event) => !taken.has(event)) };
}

/** The event as the nodes sent it, out of the envelopes of Meiro Pipes and of the CDP. */
export function bodyOf({ body }: ArrivedEvent): Record<string, unknown> {
	const { event_payload, payload } = body as { event_payload?: unknown; payload?: unknown };
	if (typeof payload === 'string') return JSON.parse(payload) as Record<string, unknown>;
	return (event_payload ?? body) as Record<string, unknown>;
}

function whomOf(event: ArrivedEvent): string[] {
	const { profile = {}, subject } = bodyOf(event) as {
		profile?: Record<string, unknown>;
		subject?: { id?: string };
	};
	const { email, klaviyo_id, external_id, phone_number } = profile;
	const { user_identifier } = event.body as { user_identifier?: string };
	const ids = [email, klaviyo_id, external_id, phone_number, subject?.id, user_identifier];
	return [...new Set(ids.filter((id): id is string => typeof id === 'string' && id !== ''))];
}

/** Whether all that is wanted stands in what is there. */
function holds(there: unknown, wanted: unknown): boolean {
	if (typeof wanted !== 'object' || wanted === null) return there === wanted;
	if (typeof there !== 'object' || there === null) return false;
	if (Array.isArray(wanted)) return JSON.stringify(there) === JSON.stringify(wanted);
	return Object.entries(wanted).every(([key, value]) =>
		holds((there as Record<string, unknown>)[key], value),
	);
}

/** For each event, from the first sending of that delivery of the person that came last before its arrival. */
function waitsOf(deliveries: Delivery[], found: Comparison['found']): number[] {
	const sentAt = new Map<string, number[]>();
	for (const { email, profile_id, first_sent_at } of deliveries) {
		const person = email ?? profile_id;
		if (first_sent_at !== null)
			sentAt.set(person, [...(sentAt.get(person) ?? []), Date.parse(first_sent_at)]);
	}
	return found.flatMap(({ expected, event }) => {
		const arrivedAt = Date.parse(event.received_at);
		const before = (sentAt.get(expected.person) ?? []).filter((sent) => sent <= arrivedAt);
		return before.length === 0 ? [] : [arrivedAt - Math.max(...before)];
	});
}

function median(values: number[]): number | null {
	if (values.length === 0) return null;
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	return sorted.length % 2 === 1
		? sorted[middle]!
		: Math.round((sorted[middle - 1]! + sorted[middle]!) / 2);
}

/** The flow that publishing created for a trigger. @throws unless there is exactly one */
export function createdFlow({ klaviyo }: World, url: string): string {
	const own = klaviyo.flows().filter(({ definition }) => JSON.stringify(definition).includes(url));
	if (own.length !== 1) throw new Error(`Klaviyo has ${own.length} flows for ${url}, wanted 1`);
	return own[0]!.id;
}

/** A flow that a user builds by hand, with the body that a trigger's panel shows or one of their own. */
export function flowByHand(
	{ klaviyo, webhook }: World,
	flow: {
		name: string;
		url: string;
		body: string;
		trigger_type?: 'metric' | 'list' | 'segment' | 'date';
	},
): string {
	return klaviyo.createFlow({
		name: flow.name,
		trigger_type: flow.trigger_type ?? 'metric',
		webhook: { url: flow.url, headers: { [webhook.header]: webhook.secret }, body: flow.body },
	}).id;
}
