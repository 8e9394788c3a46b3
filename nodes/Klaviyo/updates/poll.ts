import { NodeOperationError, type IPollFunctions } from 'n8n-workflow';

import type { KlaviyoEvent } from '../../shared/event/contract';
import { runtimeOf } from '../../shared/http/runtime';
import { klaviyoClient, PATIENT } from '../api/klaviyoClient';
import { readSource } from './readSource';
import { incompleteChoice, readUpdateSettings, type UpdateSettings } from './updatesSettings';
import type { SourceContext } from './sources/context';
import { departures, MOST_MEMBERS } from './sources/departures';
import {
	areNamesStale,
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
	const names = await namesFor(sourceContext, before.names, settings, now);

	const state: NodeState = { ...before, since: {}, sources: {}, members: {}, names };
	const events: KlaviyoEvent[] = [];
	for (const choice of settings.choices)
		state.since[choice] = before.since[choice] ?? settings.startFrom ?? now;

	for (const group of comparedGroups(names, settings)) {
		const id = `${group.kind}:${group.id}`;
		const found = await departures(sourceContext, group, before.members[id]);
		if (found === null) {
			throw new NodeOperationError(
				context.getNode(),
				`The ${group.kind} '${group.name}' has more than ${MOST_MEMBERS} members, so who leaves it can't be found. Take it out, or don't ask who left.`,
			);
		}
		state.members[id] = found.snapshot;
		events.push(...found.events);
	}

	const sources = turned(sourcesOf(sourceContext, names, settings), before.turn);
	const mostSeen = Math.floor(MOST_SEEN / Math.max(sources.length, 1));
	let left = settings.most;
	for (const source of sources) {
		const from = stateOf(before, source, settings, now);
		state.sources[source.id] = from;
		state.since[source.choice] = before.since[source.choice] ?? settings.startFrom ?? now;
		if (left <= 0 || isOver()) continue;
		const reading = await readSource(source, from, {
			most: left,
			lookBackMs: settings.lookBackMs,
			mostSeen,
			now,
			isOver,
		});
		left -= reading.fresh.length;
		state.sources[source.id] = reading.state;
		events.push(...reading.fresh.map((record) => record.event()));
		if (reading.hasMore) context.logger.info(`${source.id}: the rest waits for the next poll`);
		if (reading.isOverBound) {
			context.logger.warn(
				`${source.id}: more than ${mostSeen} events inside the look-back. What comes late may bring others of the same ten minutes once more, with the same event_id. Lower 'Look Back (Hours)'.`,
			);
		}
	}
	state.turn = sources.length === 0 ? 0 : (before.turn + 1) % sources.length;
	return { events: inOrder(events.filter(isWanted(settings))), state };
}

/** The newest events of each kind, for a test in the editor. */
export async function newestEvents(context: IPollFunctions): Promise<KlaviyoEvent[]> {
	const settings = settingsOf(context);
	const now = Date.now();
	const sourceContext = await connect(context, settings, now, budgetOf(context));
	const names = await readNames(sourceContext.client, settings, now);
	const events: KlaviyoEvent[] = [];
	for (const source of sourcesOf(sourceContext, names, settings)) {
		const newest = await source.newest(SHOWN_IN_TESTS);
		events.push(...newest.map((record) => record.event()));
	}
	return inOrder(events.filter(isWanted(settings)));
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
	{ client }: SourceContext,
	known: Names | undefined,
	settings: UpdateSettings,
	now: number,
): Promise<Names> {
	if (known !== undefined && !areNamesStale(known, now) && doNamesFit(known, settings))
		return known;
	return await readNames(client, settings, now);
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
