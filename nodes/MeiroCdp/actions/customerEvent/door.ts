import type { IDataObject } from 'n8n-workflow';

import type { Door, Entry } from '../../../shared/delivery/deliver';
import { readAnswer, type Wording } from '../../../shared/delivery/readAnswer';
import type { Kind } from '../../../shared/delivery/told';
import { settledAs, type Judgement, type Verdict } from '../../../shared/delivery/verdict';
import type { Answer } from '../../../shared/http/answer';
import type { MeiroClient } from '../../api/cdpClient';
import { explainAnswer } from '../../api/explainCdpAnswer';
import type { CustomerEvent } from './event';
import { meiroIdOf } from './meiroId';

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
			const verdict = readCreated(sent.answer, events);
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

/** A yes is `{ count, customer_events: [{ id, … }] }`. What Meiro answers about an event that it has is not documented. */
function readCreated(answer: Answer, events: CustomerEvent[]): Verdict {
	const { status, body } = answer;
	const sent = events.length;
	const names = () => events.map(({ type }) => type);
	if (status === 409 && sent === 1) return settledAs(hadAlready(events[0]!));
	const verdict = readAnswer(answer, { count: sent, names }, CDP_WORDING);
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
	const named = new Map([...toldById(created, events), ...verdict.named]);
	if (named.size === 0 && typeof count === 'number' && count < sent) {
		const reason = `Meiro took ${count} of the ${sent} events of this request and did not say which. ${CDP_WORDING.findOut}`;
		return settledAs({ status: 'failed', reason });
	}
	return { ...verdict, named };
}

function hadAlready(event: CustomerEvent): Judgement {
	const reason = 'Meiro has an event with this ID already (409).';
	return { status: 'delivered', reason, answer: { id: meiroIdOf(event), isRepeat: true } };
}

/**
 * What the IDs in an answer say of the events that were sent. Those that are not in it were not taken, or were there
 * before. Where no ID is one of ours, Meiro makes them otherwise: then only that of a single event is known to be its own.
 */
function toldById(created: unknown, events: CustomerEvent[]): Map<number, Judgement> {
	const told = (Array.isArray(created) ? (created as Array<{ id?: unknown } | null>) : []).map(
		(one) => one?.id,
	);
	const ids = new Set(told);
	const ours = events.map(meiroIdOf);
	if (!ours.some((id) => ids.has(id))) {
		const isItsOwn = ours.length === 1 && told.length === 1 && typeof told[0] === 'string';
		return new Map(isItsOwn ? [[0, { status: 'delivered', answer: { id: told[0] } }]] : []);
	}
	const reason =
		"Meiro's answer does not have it: Meiro refused it, or had it before. Its ID in Meiro is under meiro_id.";
	return new Map(
		ours.map((id, position): [number, Judgement] => [
			position,
			ids.has(id) ? { status: 'delivered', answer: { id } } : { status: 'failed', reason },
		]),
	);
}
