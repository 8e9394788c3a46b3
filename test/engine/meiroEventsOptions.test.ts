import { createHash } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject } from 'n8n-workflow';

import { startMeiro, type MeiroStandIn } from '../../sandbox/meiro';
import { executeMeiroEvents, MemoryCredentials } from './support/engine';
import { resetProcessState } from '../../nodes/shared/processState';

let meiro: MeiroStandIn;

beforeEach(async () => {
	meiro = await startMeiro();
	resetProcessState();
});
afterEach(async () => {
	await meiro.close();
});

function credentialsFor(product: 'meiroEvents' | 'meiroPipes') {
	return new MemoryCredentials({
		meiroEventsApi: {
			product,
			baseUrl: meiro.url,
			allowPrivate: true,
			authentication: 'none',
			timeoutSeconds: 2,
		},
	});
}

function klaviyoEvent(number: number, more: IDataObject = {}): IDataObject {
	return {
		event_id: `id-${number}`,
		event_name: 'placed_order',
		event_version: 1,
		event_time: `2031-02-03T04:05:${String(number % 60).padStart(2, '0')}.000Z`,
		account: 'shop',
		profile: { email: `Person-${number}@shop.example`, phone_number: '+420 600 000 001' },
		properties: { number },
		is_test: false,
		...more,
	};
}

async function send(
	items: IDataObject[],
	parameters: IDataObject = {},
	product: 'meiroEvents' | 'meiroPipes' = 'meiroEvents',
) {
	const { main } = await executeMeiroEvents(items, {
		credentials: credentialsFor(product),
		parameters,
		onError: 'continueRegularOutput',
	});
	return main.map(({ json }) => json);
}

const bodies = () => meiro.events().map(({ body }) => body as IDataObject);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('Event: Validate', () => {
	const validate = async (items: IDataObject[], parameters: IDataObject = {}) =>
		await send(items, { operation: 'validate', ...parameters }, 'meiroPipes');

	it('shows the request of each event and sends none', async () => {
		const [shown] = await validate([klaviyoEvent(1)]);
		expect(shown).toEqual({
			event_id: 'id-1',
			event_name: 'placed_order',
			status: 'valid',
			in_words:
				'placed_order of email person-1@shop.example, phone +420600000001, at 2031-02-03 04:05:01 UTC, to Meiro Pipes: klaviyo.',
			source_says: expect.stringContaining('says that nothing is there (404)'),
			target: 'Meiro Pipes: klaviyo',
			bytes: expect.any(Number),
			request: {
				method: 'POST',
				url: `${meiro.url}/collect/klaviyo`,
				body: {
					event_type: 'placed_order',
					event_time: expect.stringMatching(/^2031-02-03T04:05:01\.\d{6}Z$/),
					identifiers: [
						{ typeId: 'email', value: 'person-1@shop.example' },
						{ typeId: 'phone', value: '+420600000001' },
					],
					event_payload: klaviyoEvent(1),
				},
			},
		});
		expect(meiro.count()).toBe(0);
	});

	it.each([
		[
			'a sample',
			{ is_test: true },
			{},
			/klaviyo\. It is a test event: Send goes by 'Test Events'\.$/,
		],
		[
			'a hash',
			{},
			{ hash: true },
			/of email [0-9a-f]{12}… \(hashed\), phone [0-9a-f]{12}… \(hashed\), at/,
		],
		[
			'somebody with Klaviyo’s ID alone',
			{ profile: { klaviyo_id: 'K1' } },
			{},
			/of klaviyo_id K1, at/,
		],
		['a thing', {}, { subjectType: 'campaign', subjectId: 'c1' }, /about campaign c1, at/],
		['a thing, flat', {}, { subjectId: 'c1', layout: 'flat' }, /about c1, at/],
	])('says %s in words', async (_, more, options, words) => {
		const [shown] = await validate([klaviyoEvent(1, more)], { options });
		expect(shown!.in_words).toMatch(words);
	});

	describe('asks each source once, without an event', () => {
		let server: Server;
		let asked: string[];
		let answer: (response: ServerResponse) => void;

		beforeEach(async () => {
			asked = [];
			server = createServer(({ method, url }, response) => {
				asked.push(`${method} ${url}`);
				answer(response);
			});
			await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		});
		afterEach(async () => {
			await new Promise((resolve) => server.close(resolve));
		});
		const addressOf = (of: Server) => `http://127.0.0.1:${(of.address() as AddressInfo).port}`;

		const sourceSays = async (baseUrl: string, more: IDataObject = {}) => {
			const credentials = new MemoryCredentials({
				meiroEventsApi: { product: 'meiroEvents', baseUrl, allowPrivate: true, ...more } as never,
			});
			const parameters = { operation: 'validate' };
			const items = [klaviyoEvent(1), klaviyoEvent(2)];
			const { main } = await executeMeiroEvents(items, { credentials, parameters });
			const said = main.map(({ json }) => json.source_says);
			expect(said[1]).toBe(said[0]);
			return said[0];
		};

		it.each([
			[200, {}, /^The address answers \(200\)\. A test event shows whether/],
			[400, {}, /^The address answers \(400\)/],
			[200, { 'content-type': 'text/html' }, /^A web page came back.*'Base URL'.*'Source'/],
			[302, { location: '/login' }, /^The address redirects elsewhere \(302\)/],
			[401, {}, /^Meiro does not accept the login \(401\)\. Check 'Authentication'/],
			[403, {}, /forbids the request \(403\)\. Check 'Authentication'/],
			[404, {}, /nothing is there \(404\).*Check 'Base URL'.*'Source', then send a test event/],
			[405, {}, /^Something there takes requests of another kind \(405\), as a source does/],
			[503, {}, /^Meiro answered 503\. Try again later/],
		])('and says what %i %j means', async (status, headers, words) => {
			answer = (response) => response.writeHead(status, headers).end();
			expect(await sourceSays(addressOf(server))).toMatch(words);
			expect(asked).toEqual(['HEAD /klaviyo']);
		});

		it('and asks no more sources at once than requests may be under way', async () => {
			let open = 0;
			let most = 0;
			answer = (response) => {
				most = Math.max(most, ++open);
				setImmediate(() => response.writeHead(200).end(() => open--));
			};
			const items = Array.from({ length: 30 }, (_, n) => klaviyoEvent(n));
			const credentials = new MemoryCredentials({
				meiroEventsApi: {
					product: 'meiroEvents',
					baseUrl: addressOf(server),
					allowPrivate: true,
				} as never,
			});
			const source = '={{ "klaviyo-" + $itemIndex }}';
			const parameters = { operation: 'validate', source, options: { concurrency: 3 } };
			const { main } = await executeMeiroEvents(items, { credentials, parameters });
			expect(new Set(asked).size).toBe(30);
			expect(main.every(({ json }) => /answers \(200\)/.test(String(json.source_says)))).toBe(true);
			expect(most).toBeLessThanOrEqual(3);
			expect(most).toBeGreaterThan(0);
		});

		it.each([
			['a name that nobody has', 'https://me.example.invalid', /host in 'Base URL' can't be found/],
			['a port where nothing listens', 'http://127.0.0.1:1', /Nothing listens.*'Base URL'/],
		])('and says what is wrong with %s', async (_, baseUrl, words) => {
			expect(await sourceSays(baseUrl)).toMatch(words);
		});

		it('and says that the other side does not speak TLS', async () => {
			const https = addressOf(server).replace('http:', 'https:');
			expect(await sourceSays(https)).toMatch(/'Base URL'.*does not speak HTTPS/);
		});

		it('and says that no answer came in time', async () => {
			answer = () => undefined;
			const said = sourceSays(addressOf(server), { timeoutSeconds: 1 });
			expect(await said).toMatch(/no answer in time.*'Timeout \(Seconds\)'/);
			server.closeAllConnections();
		});
	});

	it('tells why an event could not be sent', async () => {
		const [, shown] = await validate([klaviyoEvent(1), klaviyoEvent(2, { profile: {} })]);
		expect(shown).toMatchObject({
			status: 'rejected',
			reason: expect.stringMatching(/No identity.*\[item 1\]/),
		});
	});

	it('shows how each value is hashed, for comparison with other sources', async () => {
		const [shown] = await validate([klaviyoEvent(1)], { options: { hash: true } });
		expect(shown!.hashing).toEqual([
			{
				field: 'email',
				sanitised: 'person-1@shop.example',
				sha256: sha256('person-1@shop.example'),
			},
			{ field: 'phone_number', sanitised: '420600000001', sha256: sha256('420600000001') },
		]);
		expect(JSON.stringify(shown!.request)).not.toMatch(/Person-1|600 000/);
	});
});

describe('Send Profile Event', () => {
	const sendProfile = async (items: IDataObject[], parameters: IDataObject = {}) =>
		await send(items, { operation: 'sendProfileEvent', ...parameters });

	it('sends what an event knows of the person, with an id of its own', async () => {
		const [outcome] = await sendProfile([klaviyoEvent(1)]);
		expect(outcome).toMatchObject({ event_name: 'profile_updated', status: 'delivered' });
		expect(bodies()[0]).toMatchObject({
			event_name: 'profile_updated',
			event_version: 1,
			event_time: '2031-02-03T04:05:01.000Z',
			account: 'shop',
			profile: klaviyoEvent(1).profile,
			properties: {},
		});
		expect(bodies()[0]!.event_id).not.toBe('id-1');
	});

	it('takes an item that is a profile itself', async () => {
		await sendProfile([
			{ email: 'ana@shop.example', first_name: 'Ana', updated: '2031-02-03T04:05:06Z' },
		]);
		expect(bodies()[0]).toMatchObject({
			event_time: '2031-02-03T04:05:06Z',
			profile: { email: 'ana@shop.example', first_name: 'Ana' },
		});
	});

	it('takes mapped fields, with attributes beside the ids', async () => {
		await sendProfile([{ mail: 'ana@shop.example', points: 50 }], {
			eventFields: 'map',
			identifiers: { email: '={{ $json.mail }}' },
			properties: {
				assignments: [{ id: '1', name: 'points', value: '={{ $json.points }}', type: 'number' }],
			},
		});
		expect(bodies()[0]).toMatchObject({
			event_name: 'profile_updated',
			profile: { email: 'ana@shop.example', properties: { points: 50 } },
		});
	});

	it('rejects a profile without any identity', async () => {
		const [outcome] = await sendProfile([{ first_name: 'Ana' }]);
		expect(outcome).toMatchObject({
			status: 'rejected',
			reason: expect.stringMatching(/No identity/),
		});
	});
});

describe('an event about a thing', () => {
	const parameters = {
		eventFields: 'map',
		eventName: 'campaign_changed',
		eventTime: '={{ $json.updated_at }}',
		options: { subjectType: 'campaign', subjectId: '={{ $json.id }}' },
		properties: {
			assignments: [{ id: '1', name: 'name', value: '={{ $json.name }}', type: 'string' }],
		},
	};

	it('names the thing in place of a person, and gives Pipes no identifiers', async () => {
		await send(
			[{ id: 'c-1', name: 'Spring', updated_at: '2031-02-03T04:05:06Z' }],
			parameters,
			'meiroPipes',
		);
		expect(bodies()[0]).toEqual({
			event_type: 'campaign_changed',
			event_time: expect.stringMatching(/^2031-02-03T04:05:06\.\d{6}Z$/),
			event_payload: expect.objectContaining({
				subject: { type: 'campaign', id: 'c-1' },
				properties: { name: 'Spring' },
			}),
		});
	});

	it('has another id for another thing', async () => {
		const items = ['c-1', 'c-2'].map((id) => ({
			id,
			name: 'Spring',
			updated_at: '2031-02-03T04:05:06Z',
		}));
		const outcomes = await send(items, parameters);
		expect(new Set(outcomes.map(({ event_id }) => event_id)).size).toBe(2);
	});

	it('is rejected without the thing’s ID', async () => {
		const [outcome] = await send(
			[{ id: '', name: 'Spring', updated_at: '2031-02-03' }],
			parameters,
		);
		expect(outcome).toMatchObject({
			status: 'rejected',
			reason: expect.stringMatching(/'Subject ID'/),
		});
	});
});

describe('identity', () => {
	const profile = { klaviyo_id: '01H', email: 'a@shop.example', external_id: 'c-1' };

	it('of Meiro Pipes has the documented types, and types of their own for the shop’s and Klaviyo’s ID', async () => {
		const ownIdentifiers = {
			identifiers: [{ name: 'loyalty_id', value: '={{ "L-" + $json.properties.number }}' }],
		};
		await send([klaviyoEvent(1, { profile })], { options: { ownIdentifiers } }, 'meiroPipes');
		expect(bodies()[0]).toMatchObject({
			identifiers: [
				{ typeId: 'customer_id', value: 'c-1' },
				{ typeId: 'email', value: 'a@shop.example' },
				{ typeId: 'klaviyo_id', value: '01H' },
				{ typeId: 'loyalty_id', value: 'L-1' },
			],
			event_payload: { profile: { identifiers: { loyalty_id: 'L-1' } } },
		});
	});

	it.each([
		['shop_id', [{ typeId: 'shop_id', value: 'c-1' }]],
		['', []],
	])(
		'of Meiro Pipes has the shop’s ID under the type %p that the user gives',
		async (type, first) => {
			await send(
				[klaviyoEvent(1, { profile })],
				{ compatibility: { externalIdType: type } },
				'meiroPipes',
			);
			expect(bodies()[0]!.identifiers).toEqual([
				...first,
				{ typeId: 'email', value: 'a@shop.example' },
				{ typeId: 'klaviyo_id', value: '01H' },
			]);
		},
	);

	it('that is hashed leaves no such value anywhere in the event', async () => {
		await send(
			[klaviyoEvent(1, { properties: { Email: 'person-1@SHOP.example ', note: 'by Ana' } })],
			{ options: { hash: true } },
			'meiroPipes',
		);
		const hash = sha256('person-1@shop.example');
		expect(bodies()[0]).toMatchObject({
			identifiers: [
				{ typeId: 'email', value: hash },
				{ typeId: 'phone', value: sha256('420600000001') },
			],
			event_payload: {
				profile: { email: hash, hashed: ['email', 'phone_number'] },
				properties: { Email: hash, note: 'by Ana' },
			},
		});
	});
});

describe('the payload', () => {
	it('has the layout and the currency that the user chose, without what is redacted', async () => {
		await send(
			[
				klaviyoEvent(1, {
					trigger_event: { metric: 'Placed Order', value: 41.5 },
					properties: { Items: [{ sku: 'A', cost: 3 }] },
				}),
			],
			{
				options: {
					layout: 'payload',
					redactPaths: 'profile.phone_number, properties.Items.*.cost',
					defaultCurrency: 'EUR',
				},
			},
		);
		expect(bodies()[0]).toEqual({
			event_id: 'id-1',
			event_name: 'placed_order',
			event_version: 1,
			event_time: '2031-02-03T04:05:01.000Z',
			account: 'shop',
			is_test: false,
			payload: {
				trigger_event: { metric: 'Placed Order', value: 41.5, currency: 'EUR' },
				profile: { email: 'Person-1@shop.example' },
				properties: { Items: [{ sku: 'A' }] },
			},
		});
	});
});

describe('test events', () => {
	const sample = klaviyoEvent(1, { is_test: true });
	const wrong = klaviyoEvent(2, { is_test: true, profile: {} });

	it('are validated and not sent by default', async () => {
		expect((await send([sample, wrong])).map(({ status }) => status)).toEqual([
			'skipped',
			'rejected',
		]);
		expect(meiro.requests()).toHaveLength(0);
	});

	it('are dropped unseen, or delivered, when the user says so', async () => {
		const dropped = await send([sample, wrong], { options: { testEvents: 'drop' } });
		expect(dropped.map(({ status }) => status)).toEqual(['skipped', 'skipped']);
		const delivered = await send([sample, wrong], { options: { testEvents: 'deliver' } });
		expect(delivered.map(({ status }) => status)).toEqual(['delivered', 'rejected']);
		expect(meiro.count()).toBe(1);
	});
});

describe('a request that would become too large', () => {
	it('is split, and only the event that is too large by itself is rejected, with its size', async () => {
		const items = Array.from({ length: 10 }, (_, number) =>
			klaviyoEvent(number, { properties: { text: 'x'.repeat(300_000) } }),
		);
		items[4] = klaviyoEvent(4, { properties: { text: 'x'.repeat(2_000_000) } });
		const outcomes = await send(items, {}, 'meiroPipes');
		expect(outcomes.filter(({ status }) => status === 'delivered')).toHaveLength(9);
		expect(outcomes[4]).toMatchObject({
			status: 'rejected',
			attempts: 0,
			reason: expect.stringMatching(/2,001 kB large, more than the 1,000 kB.*\[item 4\]/),
		});
		expect(meiro.requests()).toHaveLength(3);
		for (const { headers } of meiro.requests())
			expect(Number(headers['content-length'])).toBeLessThanOrEqual(1_000_000);
	});
});

describe('what Pipes objects to', () => {
	it('is told for the one event, with the field, and the others are delivered', async () => {
		await meiro.close();
		meiro = await startMeiro({
			eventTypeSchemas: {
				placed_order: {
					type: 'object',
					properties: {
						properties: { type: 'object', properties: { number: { type: 'number' } } },
					},
				},
			},
		});
		const outcomes = await send(
			[klaviyoEvent(1), klaviyoEvent(2, { properties: { number: 'two' } }), klaviyoEvent(3)],
			{},
			'meiroPipes',
		);
		expect(outcomes.map(({ status }) => status)).toEqual(['delivered', 'rejected', 'delivered']);
		expect(outcomes[1]!.reason).toMatch(/number/);
	});
});

describe('Skip Already Delivered', () => {
	const options = { skipDelivered: true, giveUpAfterSeconds: 1 };
	const statuses = async (items: IDataObject[], more: IDataObject = {}) =>
		(await send(items, { options: { ...options, ...more } })).map(({ status }) => status);

	it('is off by default', async () => {
		await send([klaviyoEvent(1)]);
		await send([klaviyoEvent(1)]);
		expect(meiro.count()).toBe(2);
	});

	it('skips what an earlier execution delivered', async () => {
		expect(await statuses([klaviyoEvent(1), klaviyoEvent(2)])).toEqual(['delivered', 'delivered']);
		expect(await statuses([klaviyoEvent(2), klaviyoEvent(3)])).toEqual(['skipped', 'delivered']);
		expect(meiro.count()).toBe(3);
	});

	it('delivers again what failed before', async () => {
		meiro.misbehave([{ kind: 'status', status: 403, times: 1 }]);
		expect(await statuses([klaviyoEvent(1)])).toEqual(['failed']);
		expect(await statuses([klaviyoEvent(1)])).toEqual(['delivered']);
	});

	it('loses nothing of executions at the same moment, half of which fail at first', async () => {
		meiro.misbehave([{ kind: 'status', status: 400, rate: 0.5 }]);
		const all = Array.from({ length: 40 }, (_, number) => klaviyoEvent(number));
		await Promise.all(all.map(async (item) => await statuses([item])));
		meiro.misbehave([]);
		await Promise.all([...all, ...all].map(async (item) => await statuses([item])));
		const arrived = new Set(bodies().map(({ event_id }) => event_id));
		expect(arrived.size).toBe(40);
		expect(await statuses(all)).toEqual(Array(40).fill('skipped'));
	});

	it('sends an event once that stands twice in one call, and both share its end', async () => {
		expect(await statuses([klaviyoEvent(1), klaviyoEvent(1)])).toEqual(['delivered', 'skipped']);
		meiro.misbehave([{ kind: 'status', status: 403, times: 1 }]);
		expect(await statuses([klaviyoEvent(2), klaviyoEvent(2)])).toEqual(['failed', 'failed']);
		expect(meiro.count()).toBe(1);
	});

	it('takes the same event for another source as another', async () => {
		await send([klaviyoEvent(1)], { options });
		await send([klaviyoEvent(1)], { options, source: 'elsewhere' });
		expect(meiro.count()).toBe(2);
	});

	it('knows nothing after a restart: the event is delivered once more, under its event_id', async () => {
		await statuses([klaviyoEvent(1)]);
		resetProcessState();
		expect(await statuses([klaviyoEvent(1)])).toEqual(['delivered']);
		expect(bodies().map(({ event_id }) => event_id)).toEqual(['id-1', 'id-1']);
	});
});

describe('When Not Delivered: Hand Over', () => {
	const handOver = async (items: IDataObject[], more: object = {}) =>
		await executeMeiroEvents(items, {
			credentials: credentialsFor('meiroEvents'),
			parameters: { whenNotDelivered: 'handOver' },
			...more,
		});

	it('sends what is not delivered out by Not Delivered, whole, and ends well', async () => {
		const bad = klaviyoEvent(2, { profile: {} });
		const test = klaviyoEvent(3, { is_test: true });
		const { main, second, failure } = await handOver([klaviyoEvent(1), bad, test, klaviyoEvent(4)]);
		expect(failure).toBeUndefined();
		expect(main.map(({ json, pairedItem }) => [json.event_id, json.status, pairedItem])).toEqual([
			['id-1', 'delivered', { item: 0 }],
			['id-3', 'skipped', { item: 2 }],
			['id-4', 'delivered', { item: 3 }],
		]);
		expect(second).toEqual([
			expect.objectContaining({
				json: {
					event_id: 'id-2',
					event_name: 'placed_order',
					status: 'rejected',
					attempts: 0,
					http_status: null,
					target: null,
					reason: expect.stringMatching(/^No identity.*\[item 1\]$/),
					request: null,
					item: bad,
				},
				pairedItem: { item: 1 },
			}),
		]);
	});

	it('hands the request over that sends the event again', async () => {
		meiro.misbehave([{ kind: 'status', status: 403, times: 1 }]);
		const { main, second } = await handOver([klaviyoEvent(1)]);
		expect(main).toEqual([]);
		expect(second[0]!.json).toMatchObject({
			status: 'failed',
			http_status: 403,
			request: { method: 'POST', url: `${meiro.url}/klaviyo?event_name=placed_order` },
			item: klaviyoEvent(1),
		});
	});

	it('hands all over when the node can not even begin', async () => {
		const { main, second, failure } = await handOver([klaviyoEvent(1), klaviyoEvent(2)], {
			credentials: new MemoryCredentials({}),
		});
		expect(failure).toBeUndefined();
		expect(main).toEqual([]);
		expect(second.map(({ json }) => json)).toEqual(
			[1, 2].map((number) =>
				expect.objectContaining({
					event_id: `id-${number}`,
					status: 'failed',
					reason: expect.stringMatching(/can't be read/),
					item: klaviyoEvent(number),
				}),
			),
		);
	});

	it('leaves n8n’s own error output empty, when that is there as well', async () => {
		const { main, second, error } = await handOver(
			[klaviyoEvent(1), klaviyoEvent(2, { profile: {} })],
			{ onError: 'continueErrorOutput' },
		);
		expect([main.length, second.length, error.length]).toEqual([1, 1, 0]);
	});
});

describe('a mistake of the set-up', () => {
	it('is told once, with the field to look at', async () => {
		meiro.misbehave([{ kind: 'status', status: 401, rate: 1 }]);
		const { run } = await executeMeiroEvents([klaviyoEvent(1), klaviyoEvent(2)], {
			credentials: credentialsFor('meiroEvents'),
			onError: 'continueRegularOutput',
		});
		const hints = run.data.resultData.runData['Meiro Events']![0]!.hints ?? [];
		expect(hints.filter(({ message }) => message.includes("'Authentication'"))).toHaveLength(1);
	});
});

describe('the workflow’s own time-out', () => {
	it('ends the node’s attempts at 80 %, and each event is told as failed', async () => {
		meiro.misbehave([{ kind: 'status', status: 503, rate: 1 }]);
		const started = Date.now();
		const { main } = await executeMeiroEvents([klaviyoEvent(1), klaviyoEvent(2)], {
			credentials: credentialsFor('meiroEvents'),
			onError: 'continueRegularOutput',
			timeoutSeconds: 3,
		});
		// By its own option it would go on for a minute.
		expect(Date.now() - started).toBeLessThan(30_000);
		expect(main.map(({ json }) => json.status)).toEqual(['failed', 'failed']);
	});
});

describe('an item that throws', () => {
	const getter = Object.defineProperty({ ...klaviyoEvent(2) }, 'properties', {
		enumerable: true,
		get() {
			throw new TypeError('no such thing');
		},
	});
	const spoilt = klaviyoEvent(2, {
		properties: {
			toJSON() {
				throw new TypeError('no such thing');
			},
		} as never,
	});

	it.each([
		['by a getter', getter],
		['by its toJSON', spoilt],
	])('%s is not delivered, and its neighbours are', async (_, item) => {
		for (const product of ['meiroEvents', 'meiroPipes'] as const) {
			const outcomes = await send([klaviyoEvent(1), item, klaviyoEvent(3)], {}, product);
			expect(outcomes.map(({ status }) => status)).toEqual([
				'delivered',
				expect.stringMatching(/failed|rejected/),
				'delivered',
			]);
			expect(outcomes[1]!.reason).toMatch(/no such thing/);
		}
	});
});

describe('an item that no event can be made of', () => {
	const circular: IDataObject = { name: 'a' };
	circular.self = circular;
	const many = Object.fromEntries(
		Array.from({ length: 10_000 }, (_, number) => [`p${number}`, number]),
	);

	it.each([
		['that holds itself', { properties: circular }, /holds itself again in 'properties.self'/],
		[
			'with binary data',
			{ properties: { photo: Buffer.from('x') } },
			/binary data in 'properties.photo'/,
		],
		[
			'with a key named __proto__',
			{ properties: JSON.parse('{"__proto__":{"x":1}}') as IDataObject },
			/field named __proto__ in 'properties'/,
		],
		['of 5 MB', { properties: { text: 'x'.repeat(5_000_000) } }, /5,001 kB large/],
		['with 10,000 properties', { properties: many }, /more than 10,000 values/],
		[
			'with NaN',
			{ properties: { total: Number.NaN } },
			/NaN, which is no number, in 'properties.total'/,
		],
		[
			'with half an emoji',
			{ properties: { note: '🎉'.slice(0, 1) } },
			/half an emoji in 'properties.note'/,
		],
		['without a name', { event_name: '' }, /no 'event_name'/],
		['without an identity', { profile: {} }, /No identity/],
		['with a date that is none', { event_time: '31.12.2031' }, /'Event Time' is not a date/],
	])(
		'%s is rejected with its number and the parameter, and its neighbours are delivered',
		async (_, more, reason) => {
			const outcomes = await send(
				[klaviyoEvent(1), klaviyoEvent(2, more as IDataObject), klaviyoEvent(3)],
				{},
				'meiroPipes',
			);
			expect(outcomes.map(({ status }) => status)).toEqual(['delivered', 'rejected', 'delivered']);
			expect(outcomes[1]!.reason).toMatch(reason);
			expect(outcomes[1]!.reason).toMatch(/'[A-Z][^']+'.*\[item 1\]$/);
			expect(meiro.count()).toBe(2);
		},
	);
});
