import { NodeOperationError, type IPollFunctions } from 'n8n-workflow';

import type { KlaviyoEvent } from '../../shared/event/contract';
import { runtimeOf } from '../../shared/http/runtime';
import { klaviyoClient, PATIENT } from '../api/klaviyoClient';
import { readSource } from './readSource';
import { incompleteChoice, readUpdateSettings, type UpdateSettings } from './updatesSettings';
import type { SourceContext } from './sources/context';
import { departures, MOST_MEMBERS } from './sources/departures';
import type { Group } from './sources/members';
import {
	areNamesStale,
	choicesWithoutMetric,
	comparedGroups,
	doNamesFit,
	readNames,
	sourcesOf,
	type Names,
} from './sourcesOf';
import { readState, stateOf, type NodeState } from './state';

export interface Polled {
	/** In the order in which they happened. */
	events: KlaviyoEvent[];
	/** Covers these events: to be kept only together with handing them on. */
	state: NodeState;
	/** Of the sources that could not be read, and stay where they were. */
	failures: Error[];
}

/** Of all sources together: each id takes 12 characters of n8n's static data. */
const MOST_SEEN = 20_000;
const SHOWN_IN_TESTS = 5;
/** Of n8n's budget, so that the page in flight and the emitting fit in, too. */
const SHARE_OF_BUDGET = 0.6;
const DEFAULT_BUDGET_MS = 300_000;

/** Reads what is new since the state. Changes nothing by itself. */
export async function poll(context: IPollFunctions, stored: unknown): Promise<Polled> {
	const settings = settingsOf(context);
	const now = Date.now();
	const budget = budgetOf(context);
	const clock = runtimeOf(context);
	const startedAt = clock.now();
	const isOver = () => clock.now() - startedAt > budget;
	const sourceContext = await connect(context, settings, now, budget);
	const before = readState(stored);
	const names = await namesFor(context, sourceContext, before.names, settings, now);

	const state: NodeState = { ...before, since: {}, sources: {}, members: {}, names };
	const events: KlaviyoEvent[] = [];
	for (const choice of settings.choices)
		state.since[choice] = before.since[choice] ?? settings.startFrom ?? now;

	// Each by itself: one that can't be read stops no other, and goes on from where it was.
	const failures: Error[] = [];
	const alone = async (id: string, read: () => Promise<void>) =>
		await read().catch((error: Error) => {
			context.logger.error(`${id} could not be read: ${error.message}`);
			failures.push(error);
		});

	for (const group of comparedGroups(names, settings)) {
		const id = `${group.kind}:${group.id}`;
		const snapshot = before.members[id];
		if (snapshot !== undefined) state.members[id] = snapshot;
		await alone(id, async () => {
			const found = await departures(sourceContext, group, snapshot);
			if (found === null) throw tooManyMembers(context, group);
			state.members[id] = found.snapshot;
			for (const event of found.events) events.push(event);
		});
	}

	const sources = turned(sourcesOf(sourceContext, names, settings), before.turn);
	const mostSeen = Math.floor(MOST_SEEN / Math.max(sources.length, 1));
	let left = settings.most;
	for (const source of sources) {
		const from = stateOf(before, source, settings, now);
		state.sources[source.id] = from;
		state.since[source.choice] = before.since[source.choice] ?? settings.startFrom ?? now;
		if (left <= 0 || isOver()) continue;
		await alone(source.id, async () => {
			const reading = await readSource(source, from, {
				most: left,
				lookBackMs: settings.lookBackMs,
				mostSeen,
				now,
				isOver,
			});
			const made = reading.fresh.map((record) => record.event());
			left -= made.length;
			state.sources[source.id] = reading.state;
			for (const event of made) events.push(event);
			if (reading.hasMore) context.logger.info(`${source.id}: the rest waits for the next poll`);
			if (reading.isOverBound) {
				context.logger.warn(
					`${source.id}: more than ${mostSeen} events inside the look-back. What comes late may bring others of the same ten minutes once more, with the same event_id. Lower 'Look Back (Hours)'.`,
				);
			}
		});
	}
	state.turn = sources.length === 0 ? 0 : (before.turn + 1) % sources.length;
	return { events: inOrder(events.filter(isWanted(settings))), state, failures };
}

function tooManyMembers(context: IPollFunctions, { kind, name }: Group): NodeOperationError {
	return new NodeOperationError(
		context.getNode(),
		`The ${kind} '${name}' has more than ${MOST_MEMBERS} members, so who leaves it can't be found. Take it out, or don't ask who left.`,
	);
}

/** The newest events of each kind, for a test in the editor. */
export async function newestEvents(context: IPollFunctions): Promise<KlaviyoEvent[]> {
	const settings = settingsOf(context);
	const now = Date.now();
	const sourceContext = await connect(context, settings, now, budgetOf(context));
	const names = await readNames(sourceContext.client, settings, now);
	const missing = choicesWithoutMetric(names, settings);
	const events: KlaviyoEvent[] = [];
	for (const source of sourcesOf(sourceContext, names, settings)) {
		const newest = await source.newest(SHOWN_IN_TESTS);
		events.push(...newest.map((record) => record.event()));
	}
	// Somebody looks on: what would never come is told, unless there is something to see.
	if (events.length === 0 && missing.length > 0) {
		throw new NodeOperationError(context.getNode(), withoutMetric(missing));
	}
	return inOrder(events.filter(isWanted(settings)));
}

function withoutMetric(labels: string[]): string {
	return `Klaviyo knows no metric for ${labels.map((label) => `'${label}'`).join(', ')} in this account: nothing comes of it until the first such event. If there are some, choose the metric by its name under 'Other Metrics'.`;
}

function settingsOf(context: IPollFunctions): UpdateSettings {
	const settings = readUpdateSettings(context);
	const missing = incompleteChoice(settings);
	if (missing !== null) throw new NodeOperationError(context.getNode(), missing);
	return settings;
}

async function connect(
	context: IPollFunctions,
	{ account }: UpdateSettings,
	now: number,
	budget: number,
): Promise<SourceContext> {
	const giveUpAfterMs = Math.min(PATIENT.giveUpAfterMs, budget / 2);
	const client = await klaviyoClient(context, { ...PATIENT, giveUpAfterMs });
	return { client, account, readAt: new Date(now).toISOString() };
}

/** n8n abandons a poll that takes longer than its budget; versions before 2.41 tell none. */
function budgetOf(context: Partial<Pick<IPollFunctions, 'getPollBudgetMs'>>): number {
	return (context.getPollBudgetMs?.() ?? DEFAULT_BUDGET_MS) * SHARE_OF_BUDGET;
}

async function namesFor(
	context: IPollFunctions,
	{ client }: SourceContext,
	known: Names | undefined,
	settings: UpdateSettings,
	now: number,
): Promise<Names> {
	if (known !== undefined && !areNamesStale(known, now) && doNamesFit(known, settings))
		return known;
	const names = await readNames(client, settings, now);
	const missing = choicesWithoutMetric(names, settings);
	if (missing.length > 0) context.logger.warn(withoutMetric(missing));
	return names;
}

function isWanted({ ignoreFromMeiro }: UpdateSettings) {
	return (event: KlaviyoEvent) => !(ignoreFromMeiro && event.from_meiro);
}

function inOrder(events: KlaviyoEvent[]): KlaviyoEvent[] {
	return events.sort((a, b) => Date.parse(a.event_time) - Date.parse(b.event_time));
}

function turned<T>(all: T[], turn: number): T[] {
	const first = all.length === 0 ? 0 : turn % all.length;
	return [...all.slice(first), ...all.slice(0, first)];
}
