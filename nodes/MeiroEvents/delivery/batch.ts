import type { IDataObject } from 'n8n-workflow';

import type { OutgoingEvent } from './build';
import { requestUrl, type Target } from './target';

/** An event with the number of the item it came from. */
export interface Entry {
	index: number;
	event: OutgoingEvent;
}

export interface OutgoingRequest {
	target: Target;
	url: string;
	body: IDataObject | IDataObject[];
	entries: Entry[];
}

/**
 * Packs events into requests, as many at once as the target takes. Where the addresses differ, a
 * person's earlier events still stand in an earlier request than the later ones.
 */
export function batch(entries: Entry[], target: Target): OutgoingRequest[] {
	const requests: OutgoingRequest[] = [];
	const open = new Map<string, Entry[]>();
	const urlOfPerson = new Map<string, string>();
	const close = (url: string) => {
		const group = open.get(url);
		if (group) requests.push(requestOf(group, target));
		open.delete(url);
	};

	for (const entry of entries) {
		const url = requestUrl(target, entry.event.source, entry.event.event_name);
		const person = entry.event.order_key;
		if (person !== null) {
			const earlier = urlOfPerson.get(person);
			if (earlier !== undefined && earlier !== url) close(earlier);
			urlOfPerson.set(person, url);
		}
		const group = open.get(url) ?? [];
		group.push(entry);
		open.set(url, group);
		if (group.length >= target.batchSize) close(url);
	}
	for (const url of [...open.keys()]) close(url);
	return requests;
}

/** The request that carries these events; all go to the same address. */
export function requestOf(entries: Entry[], target: Target): OutgoingRequest {
	const { event } = entries[0]!;
	const bodies = entries.map((entry) => bodyOf(entry.event, target));
	return {
		target,
		url: requestUrl(target, event.source, event.event_name),
		// A lone event goes as an object: that is what both products are known to take.
		body: bodies.length === 1 ? bodies[0]! : bodies,
		entries,
	};
}

function bodyOf(event: OutgoingEvent, target: Target): IDataObject {
	if (target.product === 'meiroEvents') return event.payload;
	return {
		event_type: event.event_name,
		event_time: event.event_time,
		identifiers: event.identifiers,
		event_payload: event.payload,
	};
}
