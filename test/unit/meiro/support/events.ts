import {
	requestOf,
	type Entry,
	type OutgoingRequest,
} from '../../../../nodes/MeiroEvents/delivery/batch';
import type { BuildSettings, OutgoingEvent } from '../../../../nodes/MeiroEvents/build/buildEvent';
import { DEFAULT_IDENTIFIER_TYPES } from '../../../../nodes/MeiroEvents/build/identify';
import type { Target } from '../../../../nodes/MeiroEvents/delivery/target';

export const PIPES: Target = {
	product: 'meiroPipes',
	baseUrl: 'https://pipes.example',
	timeoutMs: 10_000,
	batchSize: 200,
	maxRequestBytes: 1_000_000,
};

export const MEIRO_EVENTS: Target = {
	product: 'meiroEvents',
	baseUrl: 'https://events.example',
	timeoutMs: 10_000,
	batchSize: 1,
	maxRequestBytes: 1_000_000,
};

export function event(number: number, more: Partial<OutgoingEvent> = {}): OutgoingEvent {
	return {
		source: 'klaviyo',
		event_id: `id-${number}`,
		event_name: 'placed_order',
		event_time: '2031-02-03T04:05:06Z',
		order_key: `email:person-${number}@shop.example`,
		identifiers: [{ typeId: 'email', value: `person-${number}@shop.example` }],
		payload: { event_id: `id-${number}`, number },
		...more,
	};
}

export function entry(index: number, more: Partial<OutgoingEvent> = {}): Entry {
	return { index, event: event(index, more), bytes: 100 };
}

/** One request for each index, each about a person of its own. */
export function singles(count: number): OutgoingRequest[] {
	return Array.from({ length: count }, (_, index) => requestOf([entry(index)], PIPES));
}

/** The items that a request carries. */
export function indexesOf(request: OutgoingRequest): number[] {
	return request.entries.map(({ index }) => index);
}

export const AUTOMATIC: BuildSettings = {
	source: 'klaviyo',
	what: 'event',
	subject: { kind: 'person' },
	testEvents: 'validate',
	mapped: null,
	account: '',
	rename: new Map(),
	redact: [],
	identity: { identifierTypes: DEFAULT_IDENTIFIER_TYPES, own: [], hash: false },
	shape: { layout: 'whole', dropNulls: false, defaultCurrency: '' },
	now: '2031-12-31T23:59:59.000Z',
};
