import { inspect } from 'node:util';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import {
	klaviyoClient,
	type ApiRequest,
	type KlaviyoClient,
} from '../../../nodes/Klaviyo/api/klaviyoClient';
import type { Runtime } from '../../../nodes/shared/http/runtime';

interface Said {
	status?: number;
	headers?: Record<string, string>;
	body?: unknown;
}

interface Sent {
	url: string;
	qs?: Record<string, string>;
	headers: Record<string, string>;
	encoding?: string;
}

const POLICY = { giveUpAfterMs: 60_000, baseDelayMs: 500, maxDelayMs: 8_000 };
const REQUEST: ApiRequest = {
	path: '/api/lists',
	scopes: 'lists:read',
	query: { 'page[size]': '10' },
};

let now: number;
let waits: number[];
let sent: Sent[];
let cancel: AbortController;

/** As n8n does, which makes JSON of whatever looks like it. */
function readAs({ encoding }: Sent, text: string): unknown {
	return encoding === 'text' || text === '' ? text : JSON.parse(text);
}

/** A client whose clock stands still but for its waits. */
async function clientFor(
	answer: (number: number, request: Sent) => Said | Error,
): Promise<KlaviyoClient> {
	now = 0;
	waits = [];
	sent = [];
	cancel = new AbortController();
	const runtime: Runtime = {
		signal: cancel.signal,
		now: () => now,
		wallTime: () => now,
		random: () => 0.5,
		sleep: async (ms) => {
			waits.push(ms);
			now += ms;
			await Promise.resolve();
		},
	};
	const context = {
		getNode: () => ({ name: 'Klaviyo' }),
		getCredentials: async () =>
			await Promise.resolve({ apiKey: 'pk_x', baseUrl: ' https://k.example/ ' }),
		helpers: {
			httpRequestWithAuthentication: async (_: string, request: Sent) => {
				sent.push(request);
				const said = answer(sent.length, request);
				if (said instanceof Error) throw said;
				const { status = 200, headers = {}, body = { data: [] } } = said;
				const text = typeof body === 'string' ? body : JSON.stringify(body);
				return await Promise.resolve({ statusCode: status, headers, body: readAs(request, text) });
			},
		},
	} as unknown as IExecuteFunctions;
	return await klaviyoClient(context, POLICY, runtime);
}

/** A collection in pages of two; `before` is called with the number of the request. */
function pagesOf(count: number, before: (number: number) => Said | null = () => null) {
	return (number: number, { qs }: Sent): Said => {
		const instead = before(number);
		if (instead !== null) return instead;
		const first = Number(qs?.['page[cursor]'] ?? 0);
		const data = [first, first + 1]
			.filter((id) => id < count)
			.map((id) => ({ type: 'list', id: String(id) }));
		const next =
			first + 2 < count
				? `https://k.example/api/lists?page%5Bsize%5D=10&page%5Bcursor%5D=${first + 2}`
				: null;
		return { body: { data, links: { next, prev: 'garbage' } } };
	};
}

const idsOf = (resources: IDataObject[]) => resources.map(({ id }) => Number(id));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('waiting', () => {
	it('obeys Retry-After to the second', async () => {
		const client = await clientFor((number) =>
			number === 1 ? { status: 429, headers: { 'retry-after': '17' } } : {},
		);
		await client.request(REQUEST);
		expect(waits).toEqual([17_000]);
	});

	it('gives up when Klaviyo has settled nothing for too long', async () => {
		const client = await clientFor(() => ({ status: 429, headers: { 'retry-after': '25' } }));
		await expect(client.request(REQUEST)).rejects.toMatchObject({ httpCode: '429' });
		expect(sent).toHaveLength(3);
	});

	it('starts the clock anew with everything that Klaviyo settles', async () => {
		// 50 s of waiting for each of 50 pages: far more in all than the clock allows for nothing.
		const client = await clientFor(
			pagesOf(100, (number) =>
				number % 3 === 0 ? null : { status: 429, headers: { 'retry-after': '25' } },
			),
		);
		expect(idsOf(await client.all(REQUEST))).toEqual(upTo(100));
		expect(now).toBe(50 * 50_000);
	});

	it('is not begun anew when there was no time left for it', async () => {
		const client = await clientFor(() => ({ status: 503, headers: { 'retry-after': '59' } }));
		await expect(client.request(REQUEST)).rejects.toMatchObject({ httpCode: '503' });
		now += 60_000;
		await expect(client.request(REQUEST)).rejects.toThrow(/settled nothing for too long/);
		expect(sent).toHaveLength(2);
	});

	it('ends when the execution is cancelled', async () => {
		const client = await clientFor(() => {
			cancel.abort();
			return { status: 503 };
		});
		await expect(client.request(REQUEST)).rejects.toThrow(/cancelled/);
		expect(sent).toHaveLength(1);
	});

	it.each([400, 401, 403, 404, 409, 410])('does not follow a %i', async (status) => {
		const client = await clientFor(() => ({ status }));
		await expect(client.request(REQUEST)).rejects.toMatchObject({ httpCode: String(status) });
		expect(sent).toHaveLength(1);
	});

	it('does not follow a status that the caller takes for an answer', async () => {
		const client = await clientFor(() => ({ status: 404, body: { errors: [] } }));
		const answer = await client.request({ ...REQUEST, accept: [404] });
		expect(answer.status).toBe(404);
	});
});

it('keeps the digits of numbers that JavaScript would round, in which two orders differ', async () => {
	const ids = ['7615917337495251231', '7615917337495251232'];
	const events = ids.map((id) => `{"id": "${id}", "attributes": {"$event_id": ${id}, "n": 41.5}}`);
	const client = await clientFor(() => ({ body: `{"data": [${events.join(', ')}]}` }));
	expect(await client.all(REQUEST)).toMatchObject(
		ids.map((id) => ({ attributes: { $event_id: id, n: 41.5 } })),
	);
});

describe('pages', () => {
	it('are read to the end, in order', async () => {
		const client = await clientFor(pagesOf(9));
		expect(idsOf(await client.all(REQUEST))).toEqual(upTo(9));
		expect(sent).toHaveLength(5);
	});

	it.each([
		[3, 2],
		[4, 2],
		[1, 1],
	])('end with the one that has the last of %i wanted', async (limit, requests) => {
		const client = await clientFor(pagesOf(9));
		expect(idsOf(await client.all(REQUEST, limit))).toEqual(upTo(limit));
		expect(sent).toHaveLength(requests);
	});

	it('are no larger than what is wanted', async () => {
		const client = await clientFor(pagesOf(9));
		await client.all(REQUEST, 4);
		expect(sent[0]!.qs).toEqual({ 'page[size]': '4' });
		await client.all(REQUEST, 40);
		expect(sent.find(({ qs }) => qs?.['page[size]'] === '10')).toBeDefined();
	});

	it.each([
		'https://evil.example/api/lists?page[cursor]=x',
		'http://k.example/elsewhere?page[cursor]=x',
		'//evil.example/api/lists?page[cursor]=x',
	])('are never read elsewhere, whatever a link says: %s', async (next) => {
		const client = await clientFor((number) => ({
			body: { data: [], links: number === 1 ? { next } : {} },
		}));
		await client.all(REQUEST);
		expect(sent.map(({ url }) => url)).toEqual(sent.map(() => 'https://k.example/api/lists'));
	});

	it('end with a link that has no cursor: it would be the first page again', async () => {
		const client = await clientFor(() => ({
			body: { data: [], links: { next: 'https://k.example/api/lists' } },
		}));
		await client.all(REQUEST);
		expect(sent).toHaveLength(1);
	});

	it('that come again and again are told, not read for ever', async () => {
		const next = 'https://k.example/api/lists?page[cursor]=x';
		const client = await clientFor(() => ({ body: { data: [{ id: '1' }], links: { next } } }));
		await expect(client.all(REQUEST)).rejects.toThrow(/same next page twice/);
		expect(sent).toHaveLength(2);
	});

	it('have with each resource what was included of it', async () => {
		const client = await clientFor(() => ({
			body: {
				data: [
					{ type: 'a', id: '1', relationships: { tags: { data: [{ type: 'tag', id: 'x' }] } } },
					{ type: 'a', id: '2', relationships: { tags: { data: [] }, none: {} } },
				],
				included: [
					{ type: 'tag', id: 'x', attributes: { name: 'X' } },
					{ type: 'other', id: 'x' },
				],
			},
		}));
		const [one, two] = await client.all(REQUEST);
		expect(one!.included).toEqual([{ type: 'tag', id: 'x', attributes: { name: 'X' } }]);
		expect(two!.included).toEqual([]);
	});
});

describe('an error', () => {
	it('keeps nothing of a huge answer but what it says of it', async () => {
		const huge = 'x'.repeat(2_000_000);
		const client = await clientFor(() => ({
			status: 400,
			body: { errors: [{ detail: huge, more: huge }], message: huge },
		}));
		const error: unknown = await client.request(REQUEST).catch((e: unknown) => e);
		expect(error).toMatchObject({
			httpCode: '400',
			message: expect.stringMatching(/^Klaviyo refused the request \(400\): xxx/),
		});
		expect(inspect(error, { depth: 9, maxStringLength: null }).length).toBeLessThan(10_000);
	});

	it('without words of Klaviyo’s has none that n8n finds elsewhere in the answer', async () => {
		const client = await clientFor(() => ({ status: 400, body: { message: 'Found elsewhere' } }));
		await expect(client.request(REQUEST)).rejects.toMatchObject({ description: undefined });
	});
});

describe('a path', () => {
	it.each([
		'/api/lists/..',
		'/api/lists/../profiles',
		'/api/lists/.',
		'/api/./lists',
		'/api/lists/%2e%2E/profiles',
		'/api/lists/.%2e?x=1',
	])('that leads to another endpoint is not asked for: %s', async (path) => {
		const client = await clientFor(() => ({}));
		await expect(client.request({ ...REQUEST, path })).rejects.toThrow(
			/would lead to another endpoint\. Enter/,
		);
		await expect(client.all({ ...REQUEST, path })).rejects.toThrow(
			/would lead to another endpoint/,
		);
		expect(sent).toEqual([]);
	});

	it.each([
		'/api/lists/...',
		'/api/lists/a..b',
		'/api/lists/.hidden',
		'/api/lists/..%2F',
		'/api/lists/%252e%252e',
	])('that only looks like it is asked for: %s', async (path) => {
		const client = await clientFor(() => ({}));
		await client.request({ ...REQUEST, path });
		expect(sent).toMatchObject([{ url: `https://k.example${path}` }]);
	});
});
