import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject } from 'n8n-workflow';

import { startMeiro, type MeiroStandIn } from '../../sandbox/meiro';
import { executeMeiroEvents, MemoryCredentials } from './support/engine';

let meiro: MeiroStandIn;

beforeEach(async () => {
	meiro = await startMeiro();
});
afterEach(async () => {
	await meiro.close();
});

function credentialsFor(product: 'meiroEvents' | 'meiroPipes', more: IDataObject = {}) {
	return new MemoryCredentials({
		meiroEventsApi: {
			product,
			baseUrl: meiro.url,
			allowPrivate: true,
			authentication: 'none',
			timeoutSeconds: 2,
			...more,
		} as never,
	});
}

/** An item as the Klaviyo Trigger emits it. */
function klaviyoEvent(number: number, more: IDataObject = {}): IDataObject {
	return {
		event_id: `id-${number}`,
		event_name: 'placed_order',
		event_version: 1,
		event_time: `2031-02-03T04:05:${String(number % 60).padStart(2, '0')}.000Z`,
		profile: { email: `person-${number}@shop.example` },
		properties: { number },
		is_test: false,
		...more,
	};
}

const events = (count: number) =>
	Array.from({ length: count }, (_, number) => klaviyoEvent(number));

describe('items of the Klaviyo Trigger, without any mapping', () => {
	it('reach a Meiro Events source, each with its name in the query, and come back as outcomes in order', async () => {
		const { main, failure } = await executeMeiroEvents(events(3), {
			credentials: credentialsFor('meiroEvents'),
		});

		expect(failure).toBeUndefined();
		expect(main.map(({ json }) => json)).toEqual(
			[0, 1, 2].map((number) => ({
				event_id: `id-${number}`,
				event_name: 'placed_order',
				status: 'delivered',
				attempts: 1,
				http_status: 200,
				target: 'Meiro Events: klaviyo',
			})),
		);
		expect(main.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(meiro.events().map(({ source, event_name }) => ({ source, event_name }))).toEqual(
			Array(3).fill({ source: 'klaviyo', event_name: 'placed_order' }),
		);
		expect(meiro.events()[0]!.body).toEqual({ ...klaviyoEvent(0), account: null });
	});

	it('reach a Meiro Pipes source in batches of 200, as the envelope that Pipes documents', async () => {
		const { main } = await executeMeiroEvents(events(450), {
			credentials: credentialsFor('meiroPipes'),
		});

		expect(main).toHaveLength(450);
		expect(main.every(({ json }) => json.status === 'delivered')).toBe(true);
		expect(meiro.requests().map(({ event_count }) => event_count)).toEqual([200, 200, 50]);
		expect(meiro.events()[0]!.body).toEqual({
			event_type: 'placed_order',
			event_time: expect.stringMatching(/^2031-02-03T04:05:00\.\d{6}Z$/),
			identifiers: [{ typeId: 'email', value: 'person-0@shop.example' }],
			event_payload: { ...klaviyoEvent(0), account: null },
		});
	});

	it('leave the unread body behind', async () => {
		await executeMeiroEvents([klaviyoEvent(1, { raw: '{"a":1}' })], {
			credentials: credentialsFor('meiroEvents'),
		});
		expect(meiro.events()[0]!.body).not.toHaveProperty('raw');
	});

	it('are skipped when they are test events, or delivered when the user says so', async () => {
		const sample = klaviyoEvent(1, { is_test: true });
		const credentials = credentialsFor('meiroEvents');
		const skipped = await executeMeiroEvents([sample], { credentials });
		expect(skipped.main[0]!.json).toMatchObject({ status: 'skipped', attempts: 0 });
		expect(meiro.count()).toBe(0);

		await executeMeiroEvents([sample], {
			credentials,
			parameters: { options: { testEvents: 'deliver' } },
		});
		expect(meiro.count()).toBe(1);
	});
});

describe('items of another node, with mapped fields', () => {
	const parameters = {
		eventFields: 'map',
		eventName: '={{ $json.what }}',
		eventTime: '={{ $json.when }}',
		identifiers: { email: '={{ $json.mail }}' },
		properties: {
			assignments: [{ id: '1', name: 'points', value: '={{ $json.points }}', type: 'number' }],
		},
	};
	const item = {
		what: 'points_granted',
		when: '2031-02-03T04:05:06Z',
		mail: 'ana@shop.example',
		points: 50,
	};

	it('reach Meiro as events of the same shape', async () => {
		const { main } = await executeMeiroEvents([item], {
			credentials: credentialsFor('meiroEvents'),
			parameters,
		});
		expect(main[0]!.json.status).toBe('delivered');
		expect(meiro.events()[0]).toMatchObject({
			event_name: 'points_granted',
			body: {
				event_name: 'points_granted',
				event_version: 1,
				event_time: '2031-02-03T04:05:06Z',
				profile: { email: 'ana@shop.example' },
				properties: { points: 50 },
			},
		});
	});

	it('have the same event_id each time they are sent', async () => {
		const credentials = credentialsFor('meiroEvents');
		await executeMeiroEvents([item], { credentials, parameters });
		await executeMeiroEvents([item], { credentials, parameters });
		const ids = meiro.events().map(({ body }) => (body as IDataObject).event_id);
		expect(ids[0]).toMatch(/^[0-9a-f]{64}$/);
		expect(ids[1]).toBe(ids[0]);
	});
});

describe('an item that is no event', () => {
	it.each([
		['has no event_name', { profile: { email: 'a@shop.example' } }, /'event_name'/],
		[
			'has a time that is none',
			klaviyoEvent(1, { event_time: 'soon' }),
			/'Event Time' is not a date/,
		],
		['names nobody', klaviyoEvent(1, { profile: {} }), /No identity/],
		[
			'could not be read',
			{ ...klaviyoEvent(1), error: 'not JSON', raw: '{' },
			/could not be read: not JSON/,
		],
	])(
		'is rejected with the reason when it %s, and its neighbours are delivered',
		async (_, bad, reason) => {
			const { main } = await executeMeiroEvents(
				[klaviyoEvent(7), bad as IDataObject, klaviyoEvent(8)],
				{
					credentials: credentialsFor('meiroEvents'),
					onError: 'continueRegularOutput',
				},
			);
			expect(main.map(({ json }) => json.status)).toEqual(['delivered', 'rejected', 'delivered']);
			expect(main[1]!.json.reason).toMatch(reason);
			expect(meiro.count()).toBe(2);
		},
	);

	it('needs no identity when it is about a thing', async () => {
		const { main } = await executeMeiroEvents([klaviyoEvent(1, { profile: {} })], {
			credentials: credentialsFor('meiroEvents'),
			parameters: { options: { subjectId: 'c-1' } },
		});
		expect(main[0]!.json.status).toBe('delivered');
	});
});

describe('when Meiro has a bad moment', () => {
	it.each([
		[
			'429 with Retry-After',
			{ kind: 'status' as const, status: 429, retryAfter: '0', times: 2 },
			3,
		],
		['503', { kind: 'status' as const, status: 503, times: 1 }, 2],
		['408', { kind: 'status' as const, status: 408, times: 1 }, 2],
		['a reset connection', { kind: 'reset' as const, times: 1 }, 2],
	])('an event is sent again after %s', async (_, fault, attempts) => {
		meiro.misbehave([fault]);
		const { main } = await executeMeiroEvents(events(1), {
			credentials: credentialsFor('meiroEvents'),
		});
		expect(main[0]!.json).toMatchObject({ status: 'delivered', attempts });
		expect(meiro.count()).toBe(1);
	});

	it('an event is sent again after no answer in time', async () => {
		meiro.misbehave([{ kind: 'slow', delayMs: 3_000, times: 1 }]);
		const { main } = await executeMeiroEvents(events(1), {
			credentials: credentialsFor('meiroEvents', { timeoutSeconds: 1 }),
		});
		expect(main[0]!.json).toMatchObject({ status: 'delivered', attempts: 2 });
	});

	it('an event is told as failed, with the reason, when it does not end', async () => {
		meiro.misbehave([{ kind: 'status', status: 503, rate: 1 }]);
		const { main } = await executeMeiroEvents(events(1), {
			credentials: credentialsFor('meiroEvents'),
			parameters: { options: { giveUpAfterSeconds: 1 } },
			onError: 'continueRegularOutput',
		});
		expect(main[0]!.json).toMatchObject({
			status: 'failed',
			http_status: 503,
			reason: expect.stringMatching(/Meiro answered 503.*Given up after \d+ attempt/),
		});
		expect(Number(main[0]!.json.attempts)).toBeGreaterThan(0);
	});

	it.each([
		[400, 'rejected'],
		[401, 'failed'],
		[403, 'failed'],
		[404, 'failed'],
		[409, 'rejected'],
	])('an event is not sent again after %i: it is %s', async (status, told) => {
		meiro.misbehave([{ kind: 'status', status, times: 1 }]);
		const { main } = await executeMeiroEvents(events(1), {
			credentials: credentialsFor('meiroEvents'),
			onError: 'continueRegularOutput',
		});
		expect(main[0]!.json).toMatchObject({ status: told, attempts: 1, http_status: status });
	});

	it('one person’s events keep their order although requests run side by side and some fail first', async () => {
		const items = Array.from({ length: 40 }, (_, number) =>
			klaviyoEvent(number, { profile: { email: `person-${number % 4}@shop.example` } }),
		);
		// The first request of each person fails, two of them twice.
		meiro.misbehave([{ kind: 'status', status: 429, retryAfter: '0', times: 6 }]);
		const { failure } = await executeMeiroEvents(items, {
			credentials: credentialsFor('meiroEvents'),
		});
		expect(failure).toBeUndefined();

		for (let person = 0; person < 4; person++) {
			const numbers = meiro
				.events()
				.map(({ body }) => body as { profile: { email: string }; properties: { number: number } })
				.filter(({ profile }) => profile.email === `person-${person}@shop.example`)
				.map(({ properties }) => properties.number);
			expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
			expect(numbers).toHaveLength(10);
		}
	});
});

describe('a 2xx that is no yes', () => {
	it('rejects the events that Pipes objects to, and only those', async () => {
		meiro.misbehave([{ kind: 'errors', indexes: [1], message: 'Unknown event_type', times: 1 }]);
		const { main } = await executeMeiroEvents(events(3), {
			credentials: credentialsFor('meiroPipes'),
			onError: 'continueRegularOutput',
		});
		expect(main.map(({ json }) => json.status)).toEqual(['delivered', 'rejected', 'delivered']);
		expect(main[1]!.json).toMatchObject({
			http_status: 200,
			reason: 'Unknown event_type [item 1]',
		});
		expect(meiro.count()).toBe(2);
	});
});

describe('a batch that Pipes refuses as a whole', () => {
	it('is taken apart, so that all but the bad event are delivered', async () => {
		await meiro.close();
		meiro = await startMeiro({
			eventTypes: ['placed_order'],
			assumptions: { collectPartialStatus: 400 },
		});
		const items = events(9);
		items[4] = klaviyoEvent(4, { event_name: 'unheard_of' });
		const { main } = await executeMeiroEvents(items, {
			credentials: credentialsFor('meiroPipes'),
			onError: 'continueRegularOutput',
		});
		const statuses = main.map(({ json }) => json.status);
		expect(statuses[4]).toBe('rejected');
		expect(statuses.filter((status) => status === 'delivered')).toHaveLength(8);
		expect(new Set(meiro.events().map(({ body }) => JSON.stringify(body))).size).toBe(8);
	});
});

describe('the first columns of n8n’s table', () => {
	const firstTwo = ({ json }: { json: IDataObject }) => Object.keys(json).slice(0, 2);

	it.each(['fail', 'handOver'])(
		'are name and status, whatever became of the event (%s)',
		async (whenNotDelivered) => {
			meiro.misbehave([{ kind: 'status', status: 403, times: 1 }]);
			const ran = await executeMeiroEvents(
				[
					klaviyoEvent(1),
					klaviyoEvent(2),
					klaviyoEvent(3, { is_test: true }),
					klaviyoEvent(4, { profile: {} }),
				],
				{
					credentials: credentialsFor('meiroEvents'),
					parameters: { whenNotDelivered, options: { concurrency: 1 } },
					onError: 'continueRegularOutput',
				},
			);
			const all = [...ran.main, ...ran.second];
			expect(all).toHaveLength(4);
			expect(new Set(all.map(({ json }) => json.status)).size).toBe(4);
			expect(all.map(firstTwo)).toEqual(all.map(() => ['event_name', 'status']));
		},
	);

	it('are so when the node can not even begin, and when it only validates', async () => {
		const begun = await executeMeiroEvents(events(1), {
			credentials: new MemoryCredentials({}),
			onError: 'continueRegularOutput',
		});
		const validated = await executeMeiroEvents(events(1), {
			credentials: credentialsFor('meiroEvents'),
			parameters: { operation: 'validate' },
		});
		expect([...begun.main, ...validated.main].map(firstTwo)).toEqual([
			['event_name', 'status'],
			['event_name', 'status'],
		]);
	});
});

describe('undelivered events', () => {
	// n8n itself would hand the events on by the first output, as if they had been delivered.
	it('go to the error output when the node can not even begin', async () => {
		const { main, error, failure } = await executeMeiroEvents(events(2), {
			credentials: new MemoryCredentials({}),
			onError: 'continueErrorOutput',
		});
		expect(failure).toBeUndefined();
		expect(main).toEqual([]);
		expect(error.map(({ json }) => json)).toEqual(
			['id-0', 'id-1'].map((event_id) =>
				expect.objectContaining({
					event_id,
					error: expect.stringMatching(/can't be read/),
					details: expect.objectContaining({
						event_id,
						event_name: 'placed_order',
						status: 'failed',
						attempts: 0,
					}),
				}),
			),
		);
	});

	it('tell that they failed when the node can not even begin and goes on', async () => {
		const { main } = await executeMeiroEvents(events(1), {
			credentials: new MemoryCredentials({}),
			onError: 'continueRegularOutput',
		});
		expect(main.map(({ json }) => json)).toEqual([
			expect.objectContaining({
				event_id: 'id-0',
				status: 'failed',
				reason: expect.stringMatching(/can't be read/),
			}),
		]);
	});

	it('fail the execution with the reason when the node can not even begin', async () => {
		const { failure } = await executeMeiroEvents(events(1), {
			credentials: new MemoryCredentials({}),
		});
		expect(failure?.message).toMatch(/can't be read/);
	});

	it('go to the error output with everything needed to send them again', async () => {
		meiro.misbehave([{ kind: 'status', status: 403, times: 1 }]);
		const { main, error } = await executeMeiroEvents([klaviyoEvent(1), klaviyoEvent(2)], {
			credentials: credentialsFor('meiroEvents', {
				authentication: 'header',
				authName: 'X-Key',
				authSecret: 's3cret-value',
			}),
			parameters: { options: { concurrency: 1 } },
			onError: 'continueErrorOutput',
		});
		expect(main.map(({ json }) => json.event_id)).toEqual(['id-2']);
		expect(error).toHaveLength(1);
		const { json } = error[0]!;
		expect(json.error).toMatch(/forbids the request \(403\)/);
		expect(json.details).toMatchObject({
			event_id: 'id-1',
			status: 'failed',
			http_status: 403,
			request: {
				method: 'POST',
				url: `${meiro.url}/klaviyo?event_name=placed_order`,
				body: { ...klaviyoEvent(1), account: null },
			},
		});
		expect(JSON.stringify(json)).not.toContain('s3cret-value');
	});

	it('stop the workflow by default, after all others are delivered, naming how many and which', async () => {
		const { failure } = await executeMeiroEvents(
			[klaviyoEvent(1), klaviyoEvent(2, { profile: {} }), klaviyoEvent(3)],
			{ credentials: credentialsFor('meiroEvents') },
		);
		expect(failure?.message).toMatch(/1 of 3 events did not reach Meiro: placed_order \[item 1\]/);
		expect(meiro.count()).toBe(2);
	});
});

describe('the credential', () => {
	it.each([
		[
			'header',
			{ authentication: 'header', authName: 'X-App-Key', authSecret: 'k1' },
			'x-app-key',
			'k1',
		],
		['basic', { authentication: 'basic', user: 'u', password: 'p' }, 'authorization', 'Basic dTpw'],
	])('authenticates by %s', async (_, data, header, value) => {
		await executeMeiroEvents(events(1), { credentials: credentialsFor('meiroEvents', data) });
		expect(meiro.requests()[0]!.headers[header]).toBe(value);
	});

	it('authenticates by query', async () => {
		await executeMeiroEvents(events(1), {
			credentials: credentialsFor('meiroEvents', {
				authentication: 'query',
				authName: 'key',
				authSecret: 'k 1',
			}),
		});
		expect(meiro.requests()[0]!.query).toEqual({ event_name: 'placed_order', key: 'k 1' });
	});

	it('is read once per execution', async () => {
		const credentials = credentialsFor('meiroEvents');
		await executeMeiroEvents(events(25), { credentials });
		expect(credentials.reads).toBe(1);
	});

	it.each([
		['is no URL', { baseUrl: 'me.shop' }, /'Base URL' .* is not a URL/],
		[
			'has http where https is needed',
			{ baseUrl: 'http://me.shop.example' },
			/'Base URL' .* http:\/\/.* https:\/\//,
		],
		[
			'is private and nobody allowed it',
			{ allowPrivate: false },
			/'Base URL' .* private network.*'Allow Private Addresses'/,
		],
		['has a password in it', { baseUrl: 'https://u:p@me.shop.example' }, /'Base URL' .* password/],
	])(
		'fails the node with a sentence that names the field when its Base URL %s',
		async (_, data, message) => {
			const { failure } = await executeMeiroEvents(events(1), {
				credentials: credentialsFor('meiroEvents', data),
			});
			expect(failure?.message).toMatch(message);
		},
	);

	it('names the field and what to do when nothing listens at the Base URL', async () => {
		const { failure } = await executeMeiroEvents(events(1), {
			credentials: credentialsFor('meiroEvents', { baseUrl: await closedAddress() }),
			parameters: { options: { giveUpAfterSeconds: 1 } },
		});
		expect(failure?.message).toMatch(/Nothing listens at the address in 'Base URL': .* refused/);
	});
});

describe('a redirect', () => {
	it('is not followed, so that events and credentials stay with the address that was entered', async () => {
		const redirecting: Server = createServer((_, response) => {
			response.writeHead(307, { Location: `${meiro.url}/elsewhere?event_name=x` }).end();
		});
		await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.1', resolve));
		const { port } = redirecting.address() as AddressInfo;
		try {
			const { main } = await executeMeiroEvents(events(1), {
				credentials: credentialsFor('meiroEvents', { baseUrl: `http://127.0.0.1:${port}` }),
				onError: 'continueRegularOutput',
			});
			expect(main[0]!.json).toMatchObject({ status: 'failed', http_status: 307 });
			expect(meiro.requests()).toHaveLength(0);
		} finally {
			redirecting.close();
		}
	});
});

describe('a cancelled execution', () => {
	it('stops sending', async () => {
		meiro.misbehave([{ kind: 'status', status: 503, rate: 1 }]);
		const started = Date.now();
		await executeMeiroEvents(events(5), {
			credentials: credentialsFor('meiroEvents'),
			onStart: (done) => {
				void firstRequest().then(() => done.cancel());
			},
		}).catch(() => undefined);
		expect(Date.now() - started).toBeLessThan(30_000);
		const sent = meiro.requests().length;
		expect(sent).toBeLessThan(20);
	});

	async function firstRequest(): Promise<void> {
		while (meiro.requests().length === 0) await new Promise((resolve) => setImmediate(resolve));
	}
});

async function closedAddress(): Promise<string> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return `http://127.0.0.1:${port}`;
}

describe('a Base URL that ends in the node’s source', () => {
	it.each(['meiroEvents', 'meiroPipes'] as const)(
		'of %s stops the node before anything is sent, and says what to enter',
		async (product) => {
			const { failure } = await executeMeiroEvents(events(3), {
				credentials: credentialsFor(product, { baseUrl: `${meiro.url}/klaviyo` }),
			});
			expect(failure?.message).toContain(`Enter ${meiro.url} there, and the source in the node`);
			expect(meiro.requests()).toEqual([]);
		},
	);
});
