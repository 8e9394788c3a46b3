// Many events through the real node on the real engine, to a Meiro that has a bad day.
import type { IDataObject } from 'n8n-workflow';

import { startMeiro, type Fault, type MeiroStandIn } from '../../../sandbox/meiro';
import { executeMeiroEvents, MemoryCredentials } from '../../engine/support/engine';

export type Product = 'meiroEvents' | 'meiroPipes';

/** One request in three goes wrong. A reset or a time-out may have stored the events all the same. */
export const BAD_DAY: Fault[] = [
	{ kind: 'status', status: 429, retryAfter: '1', rate: 0.1 },
	{ kind: 'status', status: 503, rate: 0.1 },
	{ kind: 'reset', rate: 0.025 },
	{ kind: 'reset', stored: true, rate: 0.025 },
	{ kind: 'slow', delayMs: 1_500, rate: 0.05 },
	{ kind: 'errors', message: 'Refused by the schema', rate: 0.02 },
];
const TIMEOUT_S = 1;
const EVENTS_PER_PERSON = 10;

export interface Weather {
	sent: number;
	delivered: number;
	rejected: number;
	failed: number;
	without_reason: number;
	/** Told as delivered, but not there. */
	lost: number;
	/** There, but told otherwise. */
	delivered_untold: number;
	/** Stored again because an answer got lost. */
	duplicates: number;
	duplicates_with_another_event_id: number;
	people_out_of_order: number;
	requests_ms: number;
}

/** Sends events and compares what the node tells of each with what Meiro has. */
export async function sendThrough(
	product: Product,
	count: number,
	faults: Fault[],
	{ options, ...parameters }: IDataObject & { options: IDataObject },
	seed: number,
): Promise<Weather> {
	const meiro = await startMeiro({ seed });
	try {
		meiro.misbehave(faults);
		const started = Date.now();
		const items = Array.from({ length: count }, (_, number) => eventOf(number));
		const { main } = await executeMeiroEvents(items, {
			credentials: credentialsFor(meiro, product),
			parameters: { ...parameters, options: { giveUpAfterSeconds: 600, ...options } },
			onError: 'continueRegularOutput',
		});
		return {
			...compare(
				meiro,
				main.map(({ json }) => json),
				count,
			),
			requests_ms: Date.now() - started,
		};
	} finally {
		await meiro.close();
	}
}

/** Requests that Meiro got for 1,000 events. */
export async function requestsPerThousand(product: Product): Promise<number> {
	const meiro = await startMeiro();
	try {
		const items = Array.from({ length: 1000 }, (_, number) => eventOf(number));
		await executeMeiroEvents(items, { credentials: credentialsFor(meiro, product) });
		if (meiro.count() !== 1000) throw new Error(`Only ${meiro.count()} of 1000 events arrived`);
		return meiro.requests().length;
	} finally {
		await meiro.close();
	}
}

export function credentialsFor(
	meiro: Pick<MeiroStandIn, 'url'>,
	product: Product,
): MemoryCredentials {
	return new MemoryCredentials({
		meiroEventsApi: {
			product,
			baseUrl: meiro.url,
			allowPrivate: true,
			authentication: 'none',
			timeoutSeconds: TIMEOUT_S,
		},
	});
}

/** An item of about 2 kB as the trigger emits it; every tenth is about the same person. */
export function eventOf(number: number): IDataObject {
	const person = Math.floor(number / EVENTS_PER_PERSON);
	return {
		event_id: `id-${number}`,
		event_name: 'placed_order',
		event_version: 1,
		event_time: new Date(Date.UTC(2031, 1, 3) + number * 1000).toISOString(),
		event_time_source: 'event',
		received_via: 'flow_webhook',
		account: 'shop',
		flow: { id: 'AbC123', step: '1', trigger_type: 'metric' },
		trigger_event: { metric: 'Placed Order', id: `order-${number}`, value: 41.5, currency: 'EUR' },
		list: null,
		segment: null,
		profile: {
			klaviyo_id: `01JZ${String(person).padStart(22, '0')}`,
			email: `person-${person}@shop.example`,
			first_name: 'Ana',
			last_name: 'Nováková',
		},
		properties: {
			number,
			items: Array.from({ length: 8 }, (_, item) => ({
				sku: `LAMP-${item}`,
				name: 'Desk Lamp with a long name',
				quantity: 2,
				price: 41.5,
				url: `https://shop.example/products/desk-lamp-${item}`,
				image: `https://shop.example/images/desk-lamp-${item}.png`,
			})),
		},
		from_meiro: false,
		is_test: false,
	};
}

function compare(
	meiro: MeiroStandIn,
	told: IDataObject[],
	count: number,
): Omit<Weather, 'requests_ms'> {
	const arrivals = new Map<string, number>();
	const lastNumber = new Map<string, number>();
	const outOfOrder = new Set<string>();
	let foreign = 0;
	for (const { body } of meiro.events()) {
		const { event_payload: inside } = body as { event_payload?: IDataObject };
		const event = inside ?? (body as IDataObject);
		const { number } = event.properties as { number: number };
		const { email } = event.profile as { email: string };
		if (event.event_id !== `id-${number}`) foreign++;
		if (!arrivals.has(`id-${number}`)) {
			if ((lastNumber.get(email) ?? -1) > number) outOfOrder.add(email);
			lastNumber.set(email, number);
		}
		arrivals.set(`id-${number}`, (arrivals.get(`id-${number}`) ?? 0) + 1);
	}
	const statusOf = (status: string) => told.filter((outcome) => outcome.status === status);
	const stored = (outcome: IDataObject) => arrivals.has(outcome.event_id as string);
	return {
		sent: count,
		delivered: statusOf('delivered').length,
		rejected: statusOf('rejected').length,
		failed: statusOf('failed').length,
		without_reason: told.filter(({ status, reason }) => status !== 'delivered' && !reason).length,
		lost:
			statusOf('delivered').filter((outcome) => !stored(outcome)).length + (count - told.length),
		delivered_untold: statusOf('failed').filter(stored).length,
		duplicates: [...arrivals.values()].reduce((sum, times) => sum + times - 1, 0),
		duplicates_with_another_event_id: foreign,
		people_out_of_order: outOfOrder.size,
	};
}
