import type { IDataObject } from 'n8n-workflow';

import { objectionsIn, type Answer } from '../../../shared/http/answer';
import type { Sent } from '../../../shared/http/serviceClient';
import type { MeiroClient } from '../../api/cdpClient';
import { explainAnswer } from '../../api/explainCdpAnswer';
import type { CustomerEvent } from './event';

/** An event with the number of the item it came from. */
export interface Entry {
	index: number;
	event: CustomerEvent;
}

/** What became of one event. */
export interface Outcome {
	index: number;
	status: 'delivered' | 'rejected' | 'failed';
	attempts: number;
	http_status: number | null;
	/** The ID that Meiro gave the event. */
	meiro_id?: string;
	reason?: string;
}

type Send = (entries: Entry[]) => Promise<Sent>;

export const FEATURE = 'customer_events/create';

/** Statuses by which Meiro may mean one event of several, not the address or the user. */
const REJECTS_CONTENT = new Set([400, 413, 422]);

/** Sends events through POST /customer_events/, so many in a request. */
export function sender(client: MeiroClient, repeatable: boolean): Send {
	return async (entries) =>
		await client.send({
			method: 'POST',
			path: '/customer_events/',
			body: bodyOf(entries),
			feature: FEATURE,
			repeatable,
		});
}

export function bodyOf(entries: Entry[]): IDataObject {
	return { customer_events: entries.map(({ event }) => event) };
}

/** One request after the other, so that a person's events keep their order. Never rejects. */
export async function deliver(entries: Entry[], chunkSize: number, send: Send): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	for (let start = 0; start < entries.length; start += chunkSize) {
		outcomes.push(...(await deliverChunk(entries.slice(start, start + chunkSize), send)));
	}
	return outcomes;
}

async function deliverChunk(entries: Entry[], send: Send): Promise<Outcome[]> {
	const sent = await send(entries);
	if (sent.answer !== null && entries.length > 1 && REJECTS_CONTENT.has(sent.answer.status)) {
		// Finds the events that Meiro objects to, so that their neighbours are delivered.
		const middle = Math.ceil(entries.length / 2);
		const first = await deliverChunk(entries.slice(0, middle), send);
		return [...first, ...(await deliverChunk(entries.slice(middle), send))];
	}
	if (sent.answer === null) {
		const { attempts, status, reason } = sent;
		return entries.map(({ index }) => ({
			index,
			status: 'failed',
			attempts,
			http_status: status,
			reason,
		}));
	}
	return settle(entries, sent.answer, sent.attempts);
}

/** Reads a final answer. A 2xx is not always a yes: objections and a count that falls short are none. */
function settle(entries: Entry[], answer: Answer, attempts: number): Outcome[] {
	const { status, body } = answer;
	const { all, byPosition } = objectionsIn(body, entries.length);
	const settled = { attempts, http_status: status };
	if (status >= 300 || typeof body !== 'object' || body === null) {
		const reason = explainAnswer(answer, 'cdp', FEATURE).sentence;
		return entries.map(({ index }, position) => ({
			index,
			status: 'rejected',
			...settled,
			reason: byPosition.get(position) ?? reason,
		}));
	}
	const { count, customer_events: created } = body as {
		count?: unknown;
		customer_events?: unknown;
	};
	if (
		all === null &&
		byPosition.size === 0 &&
		typeof count === 'number' &&
		count < entries.length
	) {
		const reason = `Meiro took ${count} of the ${entries.length} events of this request and did not say which. Set 'Chunk Size' to 1 to find out; that sends events again that may have been taken.`;
		return entries.map(({ index }) => ({ index, status: 'failed', ...settled, reason }));
	}
	// That Meiro keeps the order is assumed, and only where the number fits.
	const ids = Array.isArray(created) && created.length === entries.length ? created : [];
	return entries.map(({ index }, position) => {
		const reason = byPosition.get(position) ?? all ?? undefined;
		if (reason !== undefined) return { index, status: 'rejected', ...settled, reason };
		const id = (ids[position] as { id?: unknown } | undefined)?.id;
		return {
			index,
			status: 'delivered',
			...settled,
			...(typeof id === 'string' ? { meiro_id: id } : {}),
		};
	});
}

/** One sentence on all that was not delivered, for an execution that stops. */
export function summaryOf(
	undelivered: Array<{ index: number; name: string; reason: string }>,
	of: number,
): string {
	const shown = undelivered
		.slice(0, 10)
		.map(({ index, name }) => `${name} [item ${index}]`)
		.join(', ');
	const more = undelivered.length > 10 ? ` and ${undelivered.length - 10} more` : '';
	return `${undelivered.length} of ${of} events did not reach Meiro: ${shown}${more}. First reason: ${undelivered[0]?.reason ?? ''}`;
}
