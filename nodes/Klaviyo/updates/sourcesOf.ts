import { NodeApiError, type IDataObject } from 'n8n-workflow';

import type { KlaviyoClient } from '../api/klaviyoClient';
import { isByName, isMetricOf, METRIC_LABELS } from './choices';
import { attributesOf } from '../normalise/apiResource';
import type { UpdateSource } from './record';
import type { UpdateSettings } from './updatesSettings';
import type { SourceContext } from './sources/context';
import { joinedMembers, scopesOf, type Group, type GroupKind } from './sources/members';
import { metricEvents } from './sources/metricEvents';
import { profileChanges } from './sources/profileChanges';
import { suppressions } from './sources/suppressions';

/** Names of what the account has, remembered so that not every poll has to ask. Times are milliseconds. */
export interface Names {
	at: number;
	/** Metric id → name. */
	metrics: Record<string, string>;
	/** 'list:AbC123' → name. */
	groups: Record<string, string>;
}

const NAMES_LAST_MS = 3_600_000;

export function areNamesStale(names: Names | undefined, now: number): boolean {
	return names === undefined || now - names.at > NAMES_LAST_MS || names.at > now;
}

/**
 * Asks for the names that the chosen events need.
 *
 * @param onRefusal told what Klaviyo refuses, such as a list that is gone; all else is read
 */
export async function readNames(
	client: KlaviyoClient,
	settings: UpdateSettings,
	now: number,
	onRefusal: (what: string, error: Error) => void,
): Promise<Names> {
	const groups: Record<string, string> = {};
	for (const { kind, id } of groupIdsOf(settings)) {
		await unlessRefused(`${kind}:${id}`, onRefusal, async () => {
			groups[`${kind}:${id}`] = await groupName(client, kind, id);
		});
	}
	const isWanted = (id: string, name: string) =>
		settings.metricIds.includes(id) || settings.choices.some((choice) => isMetricOf(choice, name));
	const asksMetrics = settings.choices.some(
		(choice) => isByName(choice) || choice === 'otherMetrics',
	);
	const request = {
		path: '/api/metrics',
		query: { 'fields[metric]': 'name' },
		scopes: 'metrics:read',
	};
	let found: IDataObject[] = [];
	if (asksMetrics) {
		await unlessRefused(METRICS, onRefusal, async () => {
			found = await client.all(request);
		});
	}
	const metrics = found
		.map((metric): [string, string] => [String(metric.id), nameOf(metric)])
		.filter(([id, name]) => isWanted(id, name));
	return { at: now, metrics: Object.fromEntries(metrics), groups };
}

/** What the names of metrics are called where single names are. */
export const METRICS = 'metrics';

/** No answer stops the rest, too: it would take as long to have none. */
async function unlessRefused(
	what: string,
	onRefusal: (what: string, error: Error) => void,
	ask: () => Promise<void>,
): Promise<void> {
	await ask().catch((error: unknown) => {
		const isRefusal =
			error instanceof NodeApiError && ['400', '403', '404', '410'].includes(error.httpCode ?? '');
		if (!isRefusal) throw error;
		onRefusal(what, error);
	});
}

/** Whether the names were read for these settings: all that is chosen by its id is there. */
export function doNamesFit({ metrics, groups }: Names, settings: UpdateSettings): boolean {
	return (
		settings.choices.every(
			(choice) =>
				!isByName(choice) || Object.values(metrics).some((name) => isMetricOf(choice, name)),
		) &&
		metricIdsOf(settings).every((id) => metrics[id] !== undefined) &&
		groupIdsOf(settings).every(({ kind, id }) => groups[`${kind}:${id}`] !== undefined)
	);
}

/** Labels of chosen kinds that the account has no metric for: nobody has done it yet, or Klaviyo calls it otherwise. */
export function choicesWithoutMetric({ metrics }: Names, { choices }: UpdateSettings): string[] {
	const names = Object.values(metrics);
	return choices
		.filter((choice) => isByName(choice) && !names.some((name) => isMetricOf(choice, name)))
		.map((choice) => METRIC_LABELS[choice]!);
}

/** What a poll reads, in a fixed order. */
export function sourcesOf(
	context: SourceContext,
	{ metrics, groups }: Names,
	settings: UpdateSettings,
): UpdateSource[] {
	const sources = new Map<string, UpdateSource>();
	const add = (source: UpdateSource) => {
		// A metric may be chosen by its name and by its id.
		if (!sources.has(source.id)) sources.set(source.id, source);
	};
	for (const choice of settings.choices) {
		if (choice === 'profileUpdated') add(profileChanges(context, choice));
		else if (choice === 'profileSuppressed') add(suppressions(context, choice));
		else if (choice === 'listJoined' || choice === 'segmentJoined') {
			const kind = choice === 'listJoined' ? 'list' : 'segment';
			const ids = choice === 'listJoined' ? settings.listIds : settings.segmentIds;
			for (const id of ids) {
				const group = { kind, id, name: groups[`${kind}:${id}`] ?? id } as const;
				add(joinedMembers(context, group, `${kind}:${id}`));
			}
		}
		for (const [id, name] of Object.entries(metrics)) {
			if (isMetricOf(choice, name)) add(metricEvents(context, { id, name }, choice));
		}
	}
	for (const id of metricIdsOf(settings)) {
		add(metricEvents(context, { id, name: metrics[id] ?? id }, `metric:${id}`));
	}
	return [...sources.values()];
}

/** Lists and segments whose members are compared at each poll. */
export function comparedGroups({ groups }: Names, settings: UpdateSettings): Group[] {
	const wanted: Array<[GroupKind, string[]]> = [
		['list', settings.choices.includes('listLeft') ? settings.listIds : []],
		['segment', settings.choices.includes('segmentLeft') ? settings.segmentIds : []],
	];
	return wanted.flatMap(([kind, ids]) =>
		ids.map((id) => ({ kind, id, name: groups[`${kind}:${id}`] ?? id })),
	);
}

function metricIdsOf({ choices, metricIds }: UpdateSettings): string[] {
	return choices.includes('otherMetrics') ? metricIds : [];
}

function groupIdsOf({ choices, listIds, segmentIds }: UpdateSettings) {
	const needs = (kind: GroupKind) =>
		choices.includes(`${kind}Joined`) || choices.includes(`${kind}Left`);
	return [
		...(needs('list') ? listIds : []).map((id) => ({ kind: 'list' as const, id })),
		...(needs('segment') ? segmentIds : []).map((id) => ({ kind: 'segment' as const, id })),
	];
}

async function groupName(client: KlaviyoClient, kind: GroupKind, id: string): Promise<string> {
	const { body } = await client.request({
		path: `/api/${kind}s/${encodeURIComponent(id)}`,
		query: { [`fields[${kind}]`]: 'name' },
		scopes: scopesOf(kind),
	});
	return nameOf(body.data as IDataObject);
}

function nameOf(resource: IDataObject): string {
	return String(attributesOf(resource).name ?? resource.id);
}
