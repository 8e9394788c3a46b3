import type { IDataObject } from 'n8n-workflow';

import type { Door, Entry } from '../../../shared/delivery/deliver';
import { readAnswer, type Wording } from '../../../shared/delivery/readAnswer';
import type { Kind } from '../../../shared/delivery/told';
import { settledAs, type Verdict } from '../../../shared/delivery/verdict';
import type { Answer } from '../../../shared/http/answer';
import type { MeiroClient } from '../../api/cdpClient';
import { explainAnswer } from '../../api/explainCdpAnswer';
import type { CustomerEvent } from './event';

export const FEATURE = 'customer_events/create';

export const EVENTS_TO_CDP: Kind = {
	many: 'events',
	service: 'Meiro',
	nameOf: ({ event_type }) => String(event_type ?? 'item'),
};

/**
 * POST /customer_events/, one request after the other: https://docs.meiro.dev/docs/api/meiro-cdp-api/create-customer-events
 *
 * @param count events in one request
 */
export function customerEventsDoor(
	client: MeiroClient,
	count: number,
): Omit<Door<CustomerEvent>, 'onThrow'> {
	return {
		limits: { count, bytes: Number.POSITIVE_INFINITY },
		concurrency: 1,
		addressOf: () => '',
		personOf: ({ user_identifier }) => user_identifier,
		send: async (events, before) => {
			const sent = await client.send({
				method: 'POST',
				path: '/customer_events/',
				body: bodyOf(events),
				feature: FEATURE,
			});
			const attempts = before + sent.attempts;
			if (sent.answer === null) {
				const { status, reason } = sent;
				return { verdict: settledAs({ status: 'failed', reason }), attempts, http_status: status };
			}
			const verdict = readCreated(sent.answer, events.length);
			return { verdict, attempts, http_status: sent.answer.status };
		},
	};
}

export function entryOf(index: number, value: CustomerEvent): Entry<CustomerEvent> {
	return { index, value, bytes: 0 };
}

export function bodyOf(events: CustomerEvent[]): IDataObject {
	return { customer_events: events as unknown as IDataObject[] };
}

export const CDP_WORDING: Wording = {
	findOut: "Set 'Batch Size' to 1 to find out; that sends events again that may have been taken.",
	setUp: (_, answer) => explainAnswer(answer, 'cdp', FEATURE).sentence,
};

/** A yes is `{ count, customer_events: [{ id, … }] }`. */
function readCreated(answer: Answer, sent: number): Verdict {
	const { status, body } = answer;
	const verdict = readAnswer(answer, { count: sent }, CDP_WORDING);
	if (status >= 300 || verdict.rest.status !== 'delivered') return verdict;
	if (typeof body !== 'object' || body === null) {
		return settledAs({
			status: 'failed',
			reason: CDP_WORDING.setUp('page', answer),
			isSetUp: true,
		});
	}
	const { count, customer_events: created } = body as {
		count?: unknown;
		customer_events?: unknown;
	};
	if (verdict.named.size === 0 && typeof count === 'number' && count < sent) {
		const reason = `Meiro took ${count} of the ${sent} events of this request and did not say which. ${CDP_WORDING.findOut}`;
		return settledAs({ status: 'failed', reason });
	}
	// That Meiro keeps the order is assumed, and only where the number fits.
	if (!Array.isArray(created) || created.length !== sent) return verdict;
	const named = new Map(verdict.named);
	for (const [position, { id }] of (created as Array<{ id?: unknown }>).entries()) {
		if (named.has(position) || typeof id !== 'string') continue;
		named.set(position, { status: 'delivered', answer: { id } });
	}
	return { ...verdict, named };
}
