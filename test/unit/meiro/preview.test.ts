import type { Draft } from '../../../nodes/MeiroEvents/build/buildEvent';
import { previewItems } from '../../../nodes/MeiroEvents/delivery/preview';
import { bodyOf, event, MEIRO_EVENTS, PIPES, requestOf } from './support/events';

const ready = (number: number): Draft => ({ status: 'ready', event: event(number) });

const NOTHING_ASKED = new Map<string, string>();

describe('the preview of an event', () => {
	it('is the very request that would be sent, with its size and target', () => {
		const [item] = previewItems([ready(7)], PIPES, NOTHING_ASKED);
		const request = requestOf([{ index: 0, value: event(7), bytes: 0 }], PIPES);
		const body = bodyOf(request);
		expect(item).toEqual({
			json: {
				event_id: 'id-7',
				event_name: 'placed_order',
				status: 'valid',
				in_words: expect.stringContaining('placed_order of'),
				source_says: null,
				target: 'Meiro Pipes: klaviyo',
				bytes: JSON.stringify(body).length,
				request: { method: 'POST', url: request.url, body },
			},
			pairedItem: { item: 0 },
		});
	});

	it('is another for another product', () => {
		const [item] = previewItems([ready(7)], MEIRO_EVENTS, NOTHING_ASKED);
		expect(item!.json).toMatchObject({
			target: 'Meiro Events: klaviyo',
			request: {
				url: 'https://events.example/klaviyo?event_name=placed_order',
				body: event(7).payload,
			},
		});
	});

	it('shows how values were hashed, when some were', () => {
		const hashings = [{ field: 'email', sanitised: 'ana@shop.example', sha256: 'abc' }];
		const [hashed, plain] = previewItems(
			[{ status: 'ready', event: event(0), hashings }, ready(1)],
			PIPES,
			NOTHING_ASKED,
		);
		expect(hashed!.json.hashing).toEqual(hashings);
		expect(plain!.json).not.toHaveProperty('hashing');
	});

	it('is a refusal with the reason when the event is too large to be sent', () => {
		const bytes = Buffer.byteLength(JSON.stringify(event(0).payload));
		const fits = { ...MEIRO_EVENTS, maxRequestBytes: bytes };
		const tooLarge = { ...MEIRO_EVENTS, maxRequestBytes: bytes - 1 };
		expect(previewItems([ready(0)], fits, NOTHING_ASKED)[0]!.json).toMatchObject({
			status: 'valid',
			bytes,
		});
		const { json } = previewItems([ready(0)], tooLarge, NOTHING_ASKED)[0]!;
		expect(json).toMatchObject({
			event_id: 'id-0',
			event_name: 'placed_order',
			status: 'rejected',
			attempts: 0,
			target: null,
			reason: expect.stringMatching(/kB large, more than .*'Redact Paths'.*\[item 0\]$/),
		});
		expect(json).not.toHaveProperty('request');
	});
});

describe('the previews of several items', () => {
	it('come in their order, each paired with its item, with the reason of those that would not be sent', () => {
		const about = { event_id: 'id-9', event_name: 'placed_order' };
		const items = previewItems(
			[
				{ status: 'skipped', reason: 'A test event.', ...about },
				ready(1),
				{ status: 'rejected', reason: 'No identity', event_id: null, event_name: null },
				ready(3),
			],
			PIPES,
			NOTHING_ASKED,
		);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2, 3].map((item) => ({ item })),
		);
		expect(items.map(({ json }) => [json.event_id, json.status, json.reason])).toEqual([
			['id-9', 'skipped', 'A test event.'],
			['id-1', 'valid', undefined],
			[null, 'rejected', 'No identity [item 2]'],
			['id-3', 'valid', undefined],
		]);
	});

	it('are none without items', () => {
		expect(previewItems([], PIPES, NOTHING_ASKED)).toEqual([]);
	});
});
