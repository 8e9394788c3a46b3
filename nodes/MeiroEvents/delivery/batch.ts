import type { IDataObject } from 'n8n-workflow';

import type { OutgoingEvent, ReadyDraft, UnsentDraft } from '../build/buildEvent';
import { requestUrl, type Target } from './target';

/** An event with the number of the item it came from. */
export interface Entry {
	index: number;
	event: OutgoingEvent;
	/** Size of its body in a request. */
	bytes: number;
}

export interface OutgoingRequest {
	target: Target;
	url: string;
	entries: Entry[];
}

/** The event as an entry of a request, or the reason why no request can hold it. */
export function entryOf(index: number, { event }: ReadyDraft, target: Target): Entry | UnsentDraft {
	const rejected = (reason: string): UnsentDraft => ({
		status: 'rejected',
		reason,
		event_id: event.event_id,
		event_name: event.event_name,
	});
	let bytes: number;
	try {
		bytes = Buffer.byteLength(JSON.stringify(eventBody(event, target)), 'utf8');
	} catch (error) {
		// An object may say of itself what JSON can't carry.
		return rejected(
			`The event can't be written as JSON: ${error instanceof Error ? error.message : String(error)} ('Event Fields').`,
		);
	}
	if (bytes <= target.maxRequestBytes) return { index, event, bytes };
	return rejected(
		`The event is ${kilobytes(bytes)} kB large, more than the ${kilobytes(target.maxRequestBytes)} kB of 'Max Request Size (kB)'. Leave parts of it out by 'Redact Paths', or raise the limit if your Meiro takes more.`,
	);
}

/**
 * Packs events into requests, as many at once as the target takes. Where the addresses differ, a
 * person's earlier events still stand in an earlier request than the later ones.
 */
export function batch(entries: Entry[], target: Target): OutgoingRequest[] {
	const requests: OutgoingRequest[] = [];
	const open = new Map<string, { entries: Entry[]; bytes: number }>();
	const urlOfPerson = new Map<string, string>();
	const close = (url: string) => {
		const group = open.get(url);
		if (group) requests.push({ target, url, entries: group.entries });
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
		// A comma for each event, and the brackets.
		const added = entry.bytes + 1;
		if ((open.get(url)?.bytes ?? 0) + added + 1 > target.maxRequestBytes) close(url);
		const group = open.get(url) ?? { entries: [], bytes: 0 };
		group.entries.push(entry);
		group.bytes += added;
		open.set(url, group);
		if (group.entries.length >= target.batchSize) close(url);
	}
	for (const url of [...open.keys()]) close(url);
	return requests;
}

/** The request that carries these events; all go to the same address. */
export function requestOf(entries: Entry[], target: Target): OutgoingRequest {
	const { event } = entries[0]!;
	return { target, url: requestUrl(target, event.source, event.event_name), entries };
}

/**
 * What a request carries, made when it is sent: a run of many items would else hold all of it twice.
 * A lone event goes as an object: that is what both products are known to take.
 */
export function bodyOf({ entries, target }: OutgoingRequest): IDataObject | IDataObject[] {
	const bodies = entries.map(({ event }) => eventBody(event, target));
	return bodies.length === 1 ? bodies[0]! : bodies;
}

export function eventBody(event: OutgoingEvent, target: Target): IDataObject {
	if (target.product === 'meiroEvents') return event.payload;
	return {
		event_type: event.event_name,
		event_time: event.event_time,
		...(event.identifiers === null ? {} : { identifiers: event.identifiers }),
		event_payload: event.payload,
	};
}

function kilobytes(bytes: number): string {
	return Math.ceil(bytes / 1000).toLocaleString('en');
}
