import { createHash } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import type { Delay } from '../recipes';
import type { WantedFlow } from './flowDefinition';
import type { StoredDelay } from './flows';

/** What people change in Klaviyo: each is judged by itself. */
export const PARTS = ['delay', 'filter', 'trigger', 'body'] as const;
export type Part = (typeof PARTS)[number];
export type Marks = Record<Part, string>;

/**
 * What the webhook action's name remembers: the status that the flow had before it was set to draft, and a mark of each
 * part as n8n last wrote it. Kept in Klaviyo, it can't be out of step with the flow, whatever becomes of n8n's memory.
 */
export interface ActionMemory {
	formerStatus: 'live' | 'manual' | null;
	/** It was set live by the last publish: one that is not live any more was set so by a person. */
	setLive: boolean;
	/** Null when the name was changed. */
	marks: Marks | null;
}

const MARK_LENGTH = 6;

/** E.g. 'n8n (was live) 3fa9c1-77c102-0b2e7d-9d1c00'. */
export function actionNameOf({ formerStatus, setLive, marks }: ActionMemory): string {
	const was = formerStatus === null ? '' : ` (was ${formerStatus})`;
	return `n8n${was}${setLive ? ' (set live)' : ''}${marks === null ? '' : ` ${PARTS.map((part) => marks[part]).join('-')}`}`;
}

export function memoryOf(actionName: unknown): ActionMemory {
	const name = String(actionName ?? '');
	const formerStatus = /\(was (live|manual)\)/.exec(name)?.[1] as 'live' | 'manual' | undefined;
	const found = /(?:^| )([0-9a-f]{6}(?:-[0-9a-f]{6}){3})$/.exec(name)?.[1]?.split('-');
	const marks =
		found && (Object.fromEntries(PARTS.map((part, index) => [part, found[index]])) as Marks);
	return {
		formerStatus: formerStatus ?? null,
		setLive: name.includes('(set live)'),
		marks: marks ?? null,
	};
}

/** Marks of a flow as it is wanted; the body is that after the delay which the flow has. */
export function marksOf(wanted: WantedFlow, delay: Delay | null = wanted.delay): Marks {
	const { startsFrom, startId, triggerTime, exitMetricId } = wanted;
	return {
		delay: delayMark(wanted.delay),
		filter: filterMark(exitMetricId === null ? [] : [exitMetricId]),
		trigger: markOf(triggerText(startsFrom, startId, startsFrom === 'date' ? triggerTime : '')),
		body: bodyMark(wanted.bodyAfter(delay)),
	};
}

/** The same of a flow as Klaviyo has it. Only what the set-up chooses counts: Klaviyo may write the rest in its own way. */
export function storedMarks(flow: {
	trigger: IDataObject;
	profileFilter: IDataObject | null;
	delay: StoredDelay | null;
	body: string;
}): Marks {
	const { type, id, date_profile_property, trigger_time } = flow.trigger;
	return {
		delay: delayMark(flow.delay),
		filter: filterMark(conditionsOf(flow.profileFilter)),
		trigger: markOf(
			triggerText(type, id ?? date_profile_property, String(trigger_time ?? '').slice(0, 5)),
		),
		body: bodyMark(flow.body),
	};
}

function triggerText(type: unknown, start: unknown, time: string): string {
	return `${String(type)} ${String(start ?? '')} ${time}`;
}

/** A condition of ours by its metric, another one as it stands. */
function conditionsOf(filter: IDataObject | null): string[] {
	const groups = (filter?.condition_groups ?? []) as Array<{ conditions?: IDataObject[] }>;
	return groups.flatMap(({ conditions = [] }) => conditions).map(conditionText);
}

function conditionText(condition: IDataObject): string {
	const { type, metric_id, measurement_filter, timeframe_filter } = condition;
	const { operator, value } = (measurement_filter ?? {}) as IDataObject;
	const since = (timeframe_filter as IDataObject | undefined)?.operator;
	const isOurs =
		type === 'profile-metric' && operator === 'equals' && value === 0 && since === 'flow-start';
	return isOurs ? String(metric_id) : JSON.stringify(condition);
}

function filterMark(conditions: string[]): string {
	return markOf(conditions.join('\n'));
}

function delayMark(delay: StoredDelay | null): string {
	return markOf(delay === null ? '' : spanOf(delay));
}

/** E.g. '3 days and 6 until 09:00:00 on monday'. */
export function spanOf({ value, unit, more = '' }: StoredDelay): string {
	return `${value} ${unit}${more}`;
}

/** However Klaviyo lays out the text. */
function bodyMark(body: string): string {
	return markOf(body.replace(/\s+/g, ''));
}

function markOf(text: string): string {
	return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, MARK_LENGTH);
}
