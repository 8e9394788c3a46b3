import type { IDataObject } from 'n8n-workflow';

import type { KlaviyoClient } from '../api/klaviyoClient';
import { sendInBulk, type Bulk, type Entry, type Limits, type Outcome } from './bulk';

/**
 * Sends entries group by group: those of one group share a request, e.g. because they go to the same list.
 * The groups come in the order of their first entries.
 */
export async function sendByGroup<T>(
	client: KlaviyoClient,
	entries: Array<Entry<T>>,
	keyOf: (value: T) => string,
	bulkOf: (first: T) => Bulk<T>,
	limits: Limits,
): Promise<Map<number, Outcome>> {
	const groups = new Map<string, Array<Entry<T>>>();
	for (const entry of entries) {
		const key = keyOf(entry.value);
		const group = groups.get(key);
		if (group) group.push(entry);
		else groups.set(key, [entry]);
	}
	const outcomes = new Map<number, Outcome>();
	for (const group of groups.values()) {
		for (const outcome of await sendInBulk(client, group, bulkOf(group[0]!.value), limits)) {
			outcomes.set(outcome.index, outcome);
		}
	}
	return outcomes;
}

/** What an item's output says of its outcome, where `done` stands for Klaviyo's yes. */
export function told(outcome: Outcome | undefined, done: string): IDataObject {
	if (outcome === undefined) return {};
	if (outcome.status === 'accepted') return { status: done, http_status: outcome.http_status };
	const { status, http_status, reason, description } = outcome;
	return { status, http_status, reason, ...(description === undefined ? {} : { description }) };
}
