import type { Draft } from '../../../nodes/MeiroEvents/build/buildEvent';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { Outcome } from '../../../nodes/shared/delivery/deliver';
import { countsOf, summaryOf as summarise } from '../../../nodes/shared/delivery/told';
import { isUndelivered } from '../../../nodes/shared/delivery/verdict';
import {
	EVENTS_TO_MEIRO,
	outcomesOf,
	outputsOf,
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

const settled = {
	drafts,
	outcomes,
	deliveredBefore: new Set<number>(),
	repeated: new Map<number, number>(),
};

const told = outcomesOf(settled, PIPES);

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
		expect(outcomesOf(settled, MEIRO_EVENTS)[0]!.target).toBe('Meiro Events: klaviyo');
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

const originals = drafts.map((_, number) => ({ json: { number } as IDataObject }));

/** A node whose settings say this of On Error. */
const nodeWith = (onError: string) =>
	({
		getNode: () => ({ name: 'Meiro Events', onError }),
		continueOnFail: () => onError !== 'stopWorkflow',
		getInputData: () => originals,
	}) as unknown as IExecuteFunctions;

const toItems = (outcomes: ItemOutcome[], of: Draft[], target: typeof PIPES, onError: string) =>
	outputsOf(nodeWith(onError), outcomes, of, target, false)[0];

const summaryOf = (outcomes: IDataObject[]) => summarise(outcomes, EVENTS_TO_MEIRO);

describe('items', () => {
	it('are the outcomes when the node shall continue, each paired with its input', () => {
		expect(toItems(told, drafts, PIPES, 'continueRegularOutput')).toMatchObject(
			told.map((json, item) => ({ json, pairedItem: { item } })),
		);
	});

	it('are none when the execution shall fail: it is told what was not delivered', () => {
		expect(() => toItems(told, drafts, PIPES, 'stopWorkflow')).toThrow(
			/^3 of 5 events did not reach Meiro: /,
		);
	});

	it('have the request that sends the event again where it was not delivered, and only there', () => {
		const items = toItems(told, drafts, PIPES, 'continueRegularOutput');
		expect(items.map(({ json }) => 'request' in json)).toEqual([false, false, true, true, true]);
		expect(items[4]!.json.request).toMatchObject({
			method: 'POST',
			url: 'https://pipes.example/collect/klaviyo',
		});
	});

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
			error: 'Unknown event_type [item 2]',
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
		expect(json).toMatchObject({ error: 'No identity [item 3]', details: { request: null } });
	});
});

describe('what is handed over', () => {
	const outputs = outputsOf(nodeWith('stopWorkflow'), told, drafts, PIPES, true);

	it('goes out by the second output, all else by the first, in order and paired', () => {
		expect(outputs.map((items) => items.map(({ pairedItem }) => pairedItem))).toEqual([
			[{ item: 0 }, { item: 1 }],
			[{ item: 2 }, { item: 3 }, { item: 4 }],
		]);
		expect(outputs[0].map(({ json }) => json)).toEqual([told[0], told[1]]);
	});

	it('is the outcome, the request that sends it again and the whole item', () => {
		expect(outputs[1].map(({ json }) => json)).toEqual([
			{ ...told[2], request: expect.objectContaining({ method: 'POST' }), item: { number: 2 } },
			{ ...told[3], request: null, item: { number: 3 } },
			{ ...told[4], request: expect.objectContaining({ method: 'POST' }), item: { number: 4 } },
		]);
	});

	it('has no item that n8n could not keep', () => {
		const spoilt = {
			toJSON() {
				throw new Error('not now');
			},
		};
		originals[4]!.json = { spoilt } as never;
		const [, missed] = outputsOf(nodeWith('stopWorkflow'), told, drafts, PIPES, true);
		expect(missed[2]!.json).toMatchObject({ event_id: 'id-4', item: null });
	});
});

describe('the summary of an execution that stops', () => {
	it('tells how many of how many, which, and the first reason', () => {
		expect(summaryOf(told)).toBe(
			'3 of 5 events did not reach Meiro: placed_order [item 2], item [item 3], placed_order [item 4]. First reason: Unknown event_type [item 2]',
		);
	});

	it('tells of one item alone in one sentence', () => {
		expect(
			summaryOf([told[2]!].map((one) => ({ ...one, reason: 'Unknown event_type [item 0]' }))),
		).toBe('The event placed_order did not reach Meiro: Unknown event_type [item 0]');
	});

	it('names no more than ten', () => {
		const many: ItemOutcome[] = Array.from({ length: 25 }, () => told[4]!);
		const text = summaryOf(many)!;
		expect(text).toMatch(/^None of the 25 events reached Meiro: /);
		expect(text).toContain('[item 9] and 15 more.');
		expect(text).not.toContain('[item 10]');
	});
});

describe('an event that needed no sending', () => {
	const ready = (index: number): Draft => ({ status: 'ready', event: event(index) });

	it('because an earlier execution delivered it is skipped, and says so', () => {
		const result = outcomesOf(
			{ drafts: [ready(0)], outcomes: [], deliveredBefore: new Set([0]), repeated: new Map() },
			PIPES,
		);
		expect(result[0]).toMatchObject({
			status: 'skipped',
			attempts: 0,
			reason: 'Delivered in an earlier execution.',
		});
	});

	it.each([
		['skipped', { status: 'delivered' as const }],
		['failed', { status: 'failed' as const, reason: 'Meiro answered 503.' }],
		['rejected', { status: 'rejected' as const, reason: 'Unknown event_type' }],
	])('because it is the same as another item is %s when that one ends so', (status, first) => {
		const result = outcomesOf(
			{
				drafts: [ready(0), ready(0)],
				outcomes: [{ index: 0, attempts: 1, http_status: 200, ...first }],
				deliveredBefore: new Set(),
				repeated: new Map([[1, 0]]),
			},
			PIPES,
		);
		expect(result[1]).toMatchObject({
			status,
			attempts: 0,
			reason: expect.stringMatching(/same event as \[item 0\]/),
		});
	});
});

describe('the counts', () => {
	it('tell how many events came to which end', () => {
		expect(countsOf(told)).toBe('1 delivered, 1 skipped, 2 rejected, 1 failed');
	});
});
