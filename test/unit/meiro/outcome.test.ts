import type { Draft } from '../../../nodes/MeiroEvents/delivery/build';
import type { Outcome } from '../../../nodes/MeiroEvents/delivery/deliver';
import {
	isUndelivered,
	outcomesOf,
	summaryOf,
	toItems,
	type ItemOutcome,
} from '../../../nodes/MeiroEvents/delivery/outcome';
import { event, MEIRO_EVENTS, PIPES } from './support/events';

const drafts: Draft[] = [
	{ status: 'ready', event: event(0) },
	{ status: 'skipped', reason: 'A test event.', event_id: 'id-1', event_name: 'placed_order' },
	{ status: 'ready', event: event(2) },
	{ status: 'rejected', reason: 'No identity', event_id: null, event_name: null },
	{ status: 'ready', event: event(4) },
];

// In the order in which Meiro settled them, which is not that of the items.
const outcomes: Outcome[] = [
	{ index: 4, status: 'failed', attempts: 3, http_status: 503, reason: 'Meiro answered 503.' },
	{ index: 0, status: 'delivered', attempts: 1, http_status: 200 },
	{ index: 2, status: 'rejected', attempts: 1, http_status: 422, reason: 'Unknown event_type' },
];

const told = outcomesOf(drafts, outcomes, PIPES);

describe('outcomes', () => {
	it('come in the order of the items, whatever the order of the answers', () => {
		expect(told.map(({ event_id, status }) => [event_id, status])).toEqual([
			['id-0', 'delivered'],
			['id-1', 'skipped'],
			['id-2', 'rejected'],
			[null, 'rejected'],
			['id-4', 'failed'],
		]);
	});

	it('name product and source of what was sent, and no target for what was not', () => {
		expect(told.map(({ target }) => target)).toEqual([
			'Meiro Pipes: klaviyo',
			null,
			'Meiro Pipes: klaviyo',
			null,
			'Meiro Pipes: klaviyo',
		]);
		expect(outcomesOf(drafts, outcomes, MEIRO_EVENTS)[0]!.target).toBe('Meiro Events: klaviyo');
	});

	it('have a reason only where something went another way', () => {
		expect(told[0]).not.toHaveProperty('reason');
		expect(told.slice(1).every(({ reason }) => typeof reason === 'string')).toBe(true);
	});

	it('count what was never sent as no attempt', () => {
		expect(told.map(({ attempts }) => attempts)).toEqual([1, 0, 1, 0, 3]);
	});

	it('that are failed or rejected are undelivered; skipping was the user’s choice', () => {
		expect(told.map(isUndelivered)).toEqual([false, false, true, true, true]);
	});
});

describe('items', () => {
	it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
		'are the plain outcomes with %s, each paired with its input',
		(onError) => {
			expect(toItems(told, drafts, PIPES, onError)).toEqual(
				told.map((json, item) => ({ json, pairedItem: { item } })),
			);
		},
	);

	it('for the error output have exactly the two keys by which n8n knows them', () => {
		const items = toItems(told, drafts, PIPES, 'continueErrorOutput');
		expect(items.map(({ json }) => Object.keys(json).sort())).toEqual([
			Object.keys(told[0]!).sort(),
			Object.keys(told[1]!).sort(),
			['details', 'error'],
			['details', 'error'],
			['details', 'error'],
		]);
		expect(items.every((item) => !('error' in item))).toBe(true);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(drafts.map((_, item) => ({ item })));
	});

	it('for the error output carry the event alone, as it can be sent again', () => {
		const { json } = toItems(told, drafts, PIPES, 'continueErrorOutput')[2]!;
		expect(json).toEqual({
			error: 'Unknown event_type',
			details: {
				...told[2],
				request: {
					method: 'POST',
					url: 'https://pipes.example/collect/klaviyo',
					body: expect.objectContaining({
						event_type: 'placed_order',
						event_payload: event(2).payload,
					}),
				},
			},
		});
	});

	it('for the error output have no request where no event could be made', () => {
		const { json } = toItems(told, drafts, PIPES, 'continueErrorOutput')[3]!;
		expect(json).toMatchObject({ error: 'No identity', details: { request: null } });
	});
});

describe('the summary of an execution that stops', () => {
	it('tells how many of how many, which, and the first reason', () => {
		expect(summaryOf(told)).toBe(
			'3 of 5 events did not reach Meiro: placed_order [item 2], item [item 3], placed_order [item 4]. First reason: Unknown event_type',
		);
	});

	it('names no more than ten', () => {
		const many: ItemOutcome[] = Array.from({ length: 25 }, () => told[4]!);
		const text = summaryOf(many);
		expect(text).toMatch(/^25 of 25 events/);
		expect(text).toContain('[item 9] and 15 more.');
		expect(text).not.toContain('[item 10]');
	});
});
