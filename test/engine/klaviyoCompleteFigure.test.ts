import type { IDataObject } from 'n8n-workflow';

import { startKlaviyo, type KlaviyoStandIn } from '../../sandbox/klaviyo';
import { executeKlaviyo } from './support/klaviyo';

const EVENTS = 10_000;
const PEOPLE = 3_000;
const RECEIVED = Date.parse('2031-03-01T12:00:00.000Z');
/** All of them in the hour before the receipt, at equal seconds. */
const BETWEEN_MS = 300;

let klaviyo: KlaviyoStandIn;

beforeEach(async () => {
	klaviyo = await startKlaviyo({ now: () => new Date(RECEIVED), rateLimits: false });
});

afterEach(async () => {
	await klaviyo.close();
});

const order = (number: number) => ({
	metric: 'Viewed Product',
	profile: `person-${number % PEOPLE}@shop.example`,
	time: new Date(RECEIVED - (EVENTS - number) * BETWEEN_MS),
	unique_id: `view-${number}`,
	value: 41.5,
	properties: { Number: number, Item: 'Lamp' },
});

const delivery = (number: number): IDataObject => ({
	event_id: `sha-${number}`,
	event_name: 'viewed_product',
	event_time: new Date(RECEIVED).toISOString(),
	event_time_source: 'received',
	received_at: new Date(RECEIVED).toISOString(),
	received_via: 'flow_webhook',
	flow: { id: 'FlowA1', step: '1', trigger_type: 'metric' },
	trigger_event: { metric: 'Viewed Product', id: `view-${number}`, value: 41.5 },
	profile: { email: `person-${number % PEOPLE}@shop.example` },
	properties: { Item: 'Lamp' },
	is_test: false,
});

/** A reproducible order that is not the one in which they happened. */
const mixed = (count: number) =>
	Array.from({ length: count }, (_, index) => (index * 7_919) % count);

it('completes 10,000 events of one metric in one window with at most 20 requests, and takes none for another', async () => {
	const numbers = mixed(EVENTS);
	// One in twenty is not shown yet.
	klaviyo.seedEvents(numbers.filter((number) => number % 20 !== 0).map(order));
	const repeats = numbers.filter((number) => number % 100 === 1);
	const given = [...numbers, ...repeats];
	const { main, failure } = await executeKlaviyo({
		apiUrl: klaviyo.apiUrl,
		resource: 'event',
		operation: 'complete',
		items: given.map(delivery),
	});
	expect(failure).toBeUndefined();

	const told = main.map(({ json }) => {
		const { completed, properties } = json as { completed: boolean; properties: IDataObject };
		return completed ? properties.Number : 'not found';
	});
	expect(told).toEqual(given.map((number) => (number % 20 === 0 ? 'not found' : number)));
	const requests = klaviyo.apiCalls().filter(({ path }) => path !== '/api/metrics');
	expect(new Set(requests.map(({ path }) => path))).toEqual(new Set(['/api/events', '/api/flows']));
	expect(requests.filter(({ path }) => path === '/api/flows')).toHaveLength(1);
	expect(requests.length).toBeLessThanOrEqual(20);
	expect(klaviyo.contractViolations()).toEqual([]);
});
