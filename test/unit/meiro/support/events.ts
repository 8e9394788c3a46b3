import type { BuildSettings, OutgoingEvent } from '../../../../nodes/MeiroEvents/build/buildEvent';
import { DEFAULT_IDENTIFIER_TYPES } from '../../../../nodes/MeiroEvents/build/identify';
import * as sending from '../../../../nodes/MeiroEvents/delivery/send';
import { requestUrl, type Target } from '../../../../nodes/MeiroEvents/delivery/target';
import {
	deliverRequests,
	pack,
	type Entry as EntryOf,
	type Outcome,
} from '../../../../nodes/shared/delivery/deliver';
import type { Answer } from '../../../../nodes/shared/http/answer';
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from '../../../../nodes/shared/http/retry';
import type { Runtime } from '../../../../nodes/shared/http/runtime';

export type Entry = EntryOf<OutgoingEvent>;

/** A request as tests speak of it. */
export interface OutgoingRequest {
	target: Target;
	url: string;
	entries: Entry[];
}

export type Transport = (request: OutgoingRequest) => Promise<Answer>;

export interface DeliverySettings extends Runtime {
	policy: RetryPolicy;
	concurrency: number;
	onSettled?(count: number): void;
	onThrow?(error: unknown): void;
}

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
		event_version: '1',
		event_time: '2031-02-03T04:05:06.000000Z',
		order_key: `email:person-${number}@shop.example`,
		identifiers: [{ typeId: 'email', value: `person-${number}@shop.example` }],
		user_identifier: `person-${number}@shop.example`,
		payload: { event_id: `id-${number}`, number },
		...more,
	};
}

export function entry(index: number, more: Partial<OutgoingEvent> = {}): Entry {
	return { index, value: event(index, more), bytes: 100 };
}

/** The request that carries these events; all go to the same address. */
export function requestOf(entries: Entry[], target: Target): OutgoingRequest {
	const { source, event_name } = entries[0]!.value;
	return { target, url: requestUrl(target, source, event_name), entries };
}

export function bodyOf({ entries, target }: OutgoingRequest) {
	return sending.bodyOf(
		entries.map(({ value }) => value),
		target,
	);
}

const NO_TIME: Runtime = {
	sleep: async () => undefined,
	now: () => 0,
	wallTime: () => 0,
	random: () => 0.5,
};

/** As the node packs them. */
export function batch(entries: Entry[], target: Target): OutgoingRequest[] {
	const settings = { policy: DEFAULT_RETRY_POLICY, concurrency: 1 };
	const transport = async () => await Promise.reject(new Error('Nothing is sent'));
	const door = sending.doorTo(target, transport, settings, NO_TIME);
	return pack(entries, door).map((request) => requestOf(request, target));
}

/** Sends through the node's own door; the transport is told which events a request carries. */
export async function deliver(
	requests: OutgoingRequest[],
	transport: Transport,
	settings: DeliverySettings,
): Promise<Outcome[]> {
	const target = requests[0]?.target ?? PIPES;
	const known = new Map(
		requests.flatMap((request) =>
			request.entries.map((one) => [one.value.payload, { one, request }] as const),
		),
	);
	const door = sending.doorTo(
		target,
		async ({ body }) => {
			const bodies = (Array.isArray(body) ? body : [body]) as Array<Record<string, object>>;
			const carried = bodies.map((each) => known.get((each.event_payload ?? each) as never)!);
			const [{ request }] = carried as [(typeof carried)[number]];
			return await transport(
				request.entries.length === carried.length
					? request
					: requestOf(
							carried.map(({ one }) => one),
							target,
						),
			);
		},
		settings,
		settings,
	);
	return await deliverRequests(
		requests.map(({ entries }) => entries),
		{ ...door, onThrow: () => undefined, ...settings },
	);
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
	redact: [],
	identity: { identifierTypes: DEFAULT_IDENTIFIER_TYPES, own: [], hash: false },
	shape: { layout: 'whole', defaultCurrency: '' },
	identityHint:
		"Map one of them under 'Profile Identifiers', or enter 'Subject ID' if the event is about a thing.",
	now: '2031-12-31T23:59:59.000Z',
	timezone: 'UTC',
};
