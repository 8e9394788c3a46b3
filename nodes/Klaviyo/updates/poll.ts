import { NodeOperationError, type IPollFunctions } from 'n8n-workflow';

import type { KlaviyoEvent } from '../../shared/event/contract';
import type { Runtime } from '../../shared/http/runtime';
import { klaviyoClient, PATIENT } from '../api/klaviyoClient';
import type { Batch, HandOver } from './handOver';
import { readSource, type Part } from './readSource';
import { incompleteChoice, readUpdateSettings, type UpdateSettings } from './updatesSettings';
import type { UpdateSource } from './record';
import type { SourceContext } from './sources/context';
import { departures, MOST_MEMBERS } from './sources/departures';
import type { Group } from './sources/members';
import {
	areNamesStale,
	choicesWithoutMetric,
	comparedGroups,
	doNamesFit,
	METRICS,
	readNames,
	sourcesOf,
	type Names,
} from './sourcesOf';
import { caughtUp, isResting, readState, stateOf, type NodeState } from './state';

/** What is left to hand on, in the order in which it happened; its state is to be kept only together with it. */
export interface Polled extends Batch {
	/** Of the sources that could not be read, and stay where they were. */
	failures: Error[];
}

/** Of all sources together: each id takes 12 characters of n8n's static data. */
const MOST_SEEN = 20_000;
const SHOWN_IN_TESTS = 5;
/** Of an execution that a poll hands over, as many as Klaviyo's largest page of events has. */
export const MOST_IN_BATCH = 1000;
/** Of an execution that holds a poll as a whole, so that a backlog does not fill n8n's memory. */
const MOST_AT_ONCE = 5000;
/** Of n8n's budget, so that the page in flight and the emitting fit in, too. */
const SHARE_OF_BUDGET = 0.6;
const DEFAULT_BUDGET_MS = 300_000;

/** Whether the time that a poll may take, from now on, is up. */
export function deadlineOf(context: IPollFunctions, clock: Pick<Runtime, 'now'>): () => boolean {
	const end = clock.now() + budgetOf(context);
	return () => clock.now() > end;
}

/**
 * Reads what is new since the state, which it leaves as it is.
 *
 * @param handOver takes what is too much for one execution; null where n8n holds a poll as a whole
 */
export async function poll(
	context: IPollFunctions,
	stored: unknown,
	isTimeUp: () => boolean,
	handOver: HandOver | null,
): Promise<Polled> {
	const settings = settingsOf(context);
	const now = Date.now();
	const budget = budgetOf(context);
	const isOver = () => isTimeUp() || isStopped(handOver);
	const before = readState(stored);
	if (isResting(before, settings, now)) return { events: [], state: before, failures: [] };
	const sourceContext = await connect(context, settings, now, budget);
	const unread = new Map<string, Error>();
	const names = await namesFor(context, sourceContext, before.names, settings, now, unread);

	// What is asked ends a rest, also one that began under settings to which the user goes back.
	const state: NodeState = { turn: before.turn, since: {}, sources: {}, members: {}, names };
	let events: KlaviyoEvent[] = [];
	for (const choice of settings.choices)
		state.since[choice] = before.since[choice] ?? settings.startFrom ?? now;

	// Each by itself: one that can't be read stops no other, and goes on from where it was.
	const failures: Error[] = [];
	const alone = async (id: string, read: () => Promise<void>) =>
		await read().catch((error: Error) => {
			context.logger.error(`${id} could not be read: ${error.message}`);
			failures.push(error);
		});

	const mustBeRead = (id: string) => {
		const error = unread.get(id);
		if (error !== undefined) throw error;
	};
	if (unread.has(METRICS)) await alone(METRICS, async () => mustBeRead(METRICS));

	for (const group of comparedGroups(names, settings)) {
		const id = `${group.kind}:${group.id}`;
		const snapshot = before.members[id];
		if (snapshot !== undefined) state.members[id] = snapshot;
		await alone(id, async () => {
			mustBeRead(id);
			const found = await departures(sourceContext, group, snapshot);
			if (found === null) throw tooManyMembers(context, group);
			state.members[id] = found.snapshot;
			for (const event of found.events.filter(isWanted(settings))) events.push(event);
		});
	}

	const sources = turned(sourcesOf(sourceContext, names, settings), before.turn);
	const mostSeen = Math.floor(MOST_SEEN / Math.max(sources.length, 1));
	for (const source of sources) {
		state.sources[source.id] = stateOf(before, source, settings, now);
		state.since[source.choice] = before.since[source.choice] ?? settings.startFrom ?? now;
	}
	const isMeant = isWanted(settings);
	/** Up to the last part: what is full goes before the next one is added. */
	const add = async (source: UpdateSource, { fresh, state: upTo }: Part) => {
		const made = fresh.map((record) => record.event()).filter(isMeant);
		if (handOver !== null && events.length > 0 && events.length + made.length > MOST_IN_BATCH) {
			const sourcesSoFar = { ...state.sources };
			await handOver.give({ events: inOrder(events), state: { ...state, sources: sourcesSoFar } });
			if (handOver.hasStopped) return;
			events = [];
		}
		state.sources[source.id] = upTo;
		for (const event of made) events.push(event);
	};
	let left = MOST_AT_ONCE;
	let isCaughtUp = true;
	for (const source of sources) {
		if (left <= 0 || isOver()) {
			isCaughtUp = false;
			continue;
		}
		await alone(source.id, async () => {
			mustBeRead(source.id);
			const reading = await readSource(source, state.sources[source.id]!, {
				most: handOver === null ? left : Number.POSITIVE_INFINITY,
				lookBackMs: settings.lookBackMs,
				mostSeen,
				now,
				clock: () => Date.now(),
				isOver,
				...(handOver === null ? {} : { take: async (part: Part) => await add(source, part) }),
			});
			if (handOver === null) left -= reading.fresh.length;
			if (!isStopped(handOver)) await add(source, reading);
			if (reading.hasMore) {
				isCaughtUp = false;
				context.logger.info(`${source.id}: the rest waits for the next poll`);
			}
			if (reading.isOverBound) {
				const late = source.moves
					? 'What Klaviyo shows late may be missed.'
					: 'What comes late may bring others of the same ten minutes once more, with the same event_id.';
				context.logger.warn(
					`${source.id}: more than ${mostSeen} events inside the look-back. ${late} Lower 'Look Back (Hours)'.`,
				);
			}
		});
	}
	state.turn = sources.length === 0 ? 0 : (before.turn + 1) % sources.length;
	const isAll = isCaughtUp && failures.length === 0;
	return {
		events: inOrder(events),
		state: isAll ? caughtUp(state, settings, now) : state,
		failures,
	};
}

function isStopped(handOver: HandOver | null): boolean {
	return handOver?.hasStopped === true;
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
	const names = await readNames(sourceContext.client, settings, now, (_, error) => {
		throw error;
	});
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
	const whole =
		typeof context.getPollBudgetMs === 'function' ? context.getPollBudgetMs() : DEFAULT_BUDGET_MS;
	return whole * SHARE_OF_BUDGET;
}

async function namesFor(
	context: IPollFunctions,
	{ client }: SourceContext,
	known: Names | undefined,
	settings: UpdateSettings,
	now: number,
	unread: Map<string, Error>,
): Promise<Names> {
	if (known !== undefined && !areNamesStale(known, now) && doNamesFit(known, settings))
		return known;
	const read = await readNames(client, settings, now, (what, error) => unread.set(what, error));
	const names = unread.size === 0 ? read : withKnown(read, known, unread);
	const missing = unread.has(METRICS) ? [] : choicesWithoutMetric(names, settings);
	if (missing.length > 0) context.logger.warn(withoutMetric(missing));
	return names;
}

/** A name that was known stands in for one that Klaviyo refuses now; it is asked for again at the next poll. */
function withKnown(read: Names, known: Names | undefined, unread: Map<string, Error>): Names {
	const groups = { ...read.groups };
	for (const id of unread.keys()) {
		const name = known?.groups[id];
		if (name === undefined) continue;
		groups[id] = name;
		unread.delete(id);
	}
	const metrics = unread.has(METRICS) ? (known?.metrics ?? {}) : read.metrics;
	return { at: 0, metrics, groups };
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
