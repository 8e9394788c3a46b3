import type { IPollFunctions } from 'n8n-workflow';

import { dateOf } from '../../shared/operation/dates';
import type { Choice } from './choices';

interface Options {
	account?: string;
	lookBackHours?: number;
	restHours?: number;
	startFrom?: unknown;
}

export interface UpdateSettings {
	choices: Choice[];
	listIds: string[];
	segmentIds: string[];
	metricIds: string[];
	ignoreFromMeiro: boolean;
	account: string | null;
	lookBackMs: number;
	/** How long nothing is asked once everything was read. */
	restMs: number;
	/** Milliseconds; null is now. */
	startFrom: number | null;
}

const HOUR_MS = 3_600_000;
export const DEFAULT_LOOK_BACK_H = 24;

export function readUpdateSettings(context: IPollFunctions): UpdateSettings {
	const options = context.getNodeParameter('options', {}) as Options;
	const listed = (name: string) => context.getNodeParameter(name, []) as string[];
	return {
		choices: listed('events') as Choice[],
		listIds: listed('listIds'),
		segmentIds: listed('segmentIds'),
		metricIds: listed('metricIds'),
		ignoreFromMeiro: context.getNodeParameter('ignoreFromMeiro', true) as boolean,
		account: options.account?.trim() || null,
		lookBackMs: (options.lookBackHours ?? DEFAULT_LOOK_BACK_H) * HOUR_MS,
		restMs: (options.restHours ?? 0) * HOUR_MS,
		startFrom: dateOf(context, options.startFrom, 'Start From')?.getTime() ?? null,
	};
}

/** What is missing for a choice, in a sentence; null when it is complete. */
export function incompleteChoice({ choices, ...settings }: UpdateSettings): string | null {
	const needs: Array<[Choice[], string[], string]> = [
		[['listJoined', 'listLeft'], settings.listIds, 'List Names or IDs'],
		[['segmentJoined', 'segmentLeft'], settings.segmentIds, 'Segment Names or IDs'],
		[['otherMetrics'], settings.metricIds, 'Metric Names or IDs'],
	];
	if (choices.length === 0) return "'Events' is empty. Choose at least one.";
	for (const [needing, ids, label] of needs) {
		if (ids.length === 0 && choices.some((choice) => needing.includes(choice))) {
			return `'${label}' is empty. Choose at least one.`;
		}
	}
	return null;
}
