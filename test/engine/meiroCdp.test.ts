import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import { startMeiro, type MeiroStandIn } from '../../sandbox/meiro';
import type { MeiroOptions } from '../../sandbox/meiro/types';
import { MemoryCredentials } from './support/engine';
import {
	executeMeiroCdp,
	RenewingCredentials,
	searchMeiroCdp,
	storeOnDisk,
} from './support/meiroCdp';

let meiro: MeiroStandIn;
let credentials: RenewingCredentials;

beforeEach(async () => {
	await start();
});
afterEach(async () => {
	await meiro.close();
});

/** Starts the stand-in anew, set up otherwise. */
async function start(options?: MeiroOptions): Promise<void> {
	await meiro?.close();
	meiro = await startMeiro(options);
	credentials = credentialWith();
}

function credentialWith(more: IDataObject = {}): RenewingCredentials {
	return new RenewingCredentials({
		baseUrl: meiro.cdp.url,
		authentication: 'password',
		email: 'n8n@shop.example',
		password: 'stand-in',
		audienceUrl: meiro.url,
		pipesUrl: meiro.url,
		allowPrivate: true,
		pipesToken: 'mppak_stand_in',
		timeoutSeconds: 2,
		...more,
	} as never);
}

/** An item as the Klaviyo Trigger emits it. */
function klaviyoEvent(number: number, more: IDataObject = {}): IDataObject {
	return {
		event_id: `id-${number}`,
		event_name: 'placed_order',
		event_version: 1,
		event_time: `2031-02-03T04:05:${String(number % 60).padStart(2, '0')}.000Z`,
		profile: { klaviyo_id: `01K${number}`, email: `Person-${number}@shop.example` },
		properties: { number, note: 'a "quoted",\nbroken line; žluťoučký' },
		is_test: false,
		...more,
	};
}

const events = (count: number) =>
	Array.from({ length: count }, (_, number) => klaviyoEvent(number));
const klaviyo = { __rl: true, mode: 'id', value: 'klaviyo' };

interface Run {
	items?: IDataObject[];
	binary?: Buffer[];
	onError?: INode['onError'];
	with?: RenewingCredentials;
	onStart?: (done: { cancel(): void }) => void;
	timeoutSeconds?: number;
}

async function run(resource: string, operation: string, parameters: IDataObject, more: Run = {}) {
	const items: INodeExecutionData[] = more.binary
		? more.binary.map((bytes) => ({
				json: {},
				binary: { data: { data: bytes.toString('base64'), mimeType: 'text/csv' } },
			}))
		: (more.items ?? [{}]).map((json) => ({ json }));
	return await executeMeiroCdp(items, {
		credentials: more.with ?? credentials,
		parameters: { resource, operation, ...parameters },
		onError: more.onError,
		onStart: more.onStart,
		timeoutSeconds: more.timeoutSeconds,
	});
}

const OF_COMPATIBILITY = new Set(['batchSize', 'payloadEncoding', 'timeFormat']);

/** What is chosen under 'Options' and under 'Compatibility'. */
const chosen = (all: IDataObject) => {
	const [compatibility, options] = [true, false].map((is) =>
		Object.fromEntries(Object.entries(all).filter(([key]) => OF_COMPATIBILITY.has(key) === is)),
	);
	return { compatibility, options };
};

const create = async (items: IDataObject[], options: IDataObject = {}, more: Run = {}) =>
	await run(
		'customerEvent',
		'create',
		{ dataSourceId: klaviyo, ...chosen(options) },
		{ items, ...more },
	);
const upload = async (parameters: IDataObject, more: Run) =>
	await run('customerEvent', 'upload', { dataSourceId: klaviyo, ...parameters }, more);

const sent = (path: string) => meiro.requests().filter((request) => request.path === path);

describe('Customer Event: Create', () => {
	it('takes items of the Klaviyo Trigger without any mapping and tells the outcome of each', async () => {
		const { main, failure } = await create(events(2));

		expect(failure).toBeUndefined();
		expect(meiro.cdp.customerEvents()).toMatchObject([
			{
				source_id: 'klaviyo',
				type: 'placed_order',
				version: '1-0-0',
				user_identifier: 'person-0@shop.example',
				event_time: '2031-02-03 04:05:00',
			},
			{ user_identifier: 'person-1@shop.example' },
		]);
		expect(JSON.parse(meiro.cdp.customerEvents()[0]!.payload)).toEqual({
			...klaviyoEvent(0),
			account: null,
		});
		expect(main.map(({ json }) => json)).toEqual(
			meiro.cdp.customerEvents().map(({ id }, number) => ({
				event_id: `id-${number}`,
				event_type: 'placed_order',
				version: '1-0-0',
				user_identifier: `person-${number}@shop.example`,
				status: 'delivered',
				attempts: 1,
				http_status: 201,
				meiro_id: id,
			})),
		);
		expect(main.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
	});

	it('takes any other item through mapped fields', async () => {
		const { main } = await run(
			'customerEvent',
			'create',
			{
				dataSourceId: klaviyo,
				eventFields: 'map',
				eventTypeId: { __rl: true, mode: 'name', value: '={{ $json.what }}' },
				version: '1-0-0',
				userIdentifier: '={{ $json.who }}',
				eventTime: '2031-02-03T05:05:00+01:00',
				payload: '={{ { points: $json.points } }}',
			},
			{ items: [{ what: 'profile_updated', who: 'c-1', points: 5 }] },
		);
		expect(main[0]!.json.status).toBe('delivered');
		expect(meiro.cdp.customerEvents()).toMatchObject([
			{
				type: 'profile_updated',
				user_identifier: 'c-1',
				event_time: '2031-02-03 04:05:00',
				payload: '{"points":5}',
			},
		]);
	});

	it.each([
		['as text', 'string', 'string'],
		['as an object', 'object', 'object'],
	] as const)('sends the payload %s when told to', async (_, payloadEncoding, payloadForm) => {
		await start({ cdp: { assumptions: { payloadForm } } });
		const { main } = await create(events(1), { payloadEncoding });
		expect(main[0]!.json.status).toBe('delivered');
	});

	it.each([
		['ISO 8601', 'iso', 'iso'],
		['plain', 'plain', 'plain'],
		['plain, in whole seconds', 'seconds', 'plain'],
	] as const)('sends %s times when told to', async (_, timeFormat, eventTimeForm) => {
		await start({ cdp: { assumptions: { eventTimeForm } } });
		const { main } = await create(events(1), { timeFormat });
		expect(main[0]!.json.status).toBe('delivered');
	});

	it('sends so many events in a request as the batch size says', async () => {
		await create(events(5), { batchSize: 2 });
		expect(sent('/api/customer_events/').map(({ event_count }) => event_count)).toEqual([2, 2, 1]);
		expect(meiro.cdp.customerEvents()).toHaveLength(5);
	});

	it('skips test events, or delivers them when told to', async () => {
		const items = [klaviyoEvent(1, { is_test: true })];
		expect((await create(items)).main[0]!.json).toMatchObject({ status: 'skipped', attempts: 0 });
		expect(meiro.cdp.customerEvents()).toHaveLength(0);
		await create(items, { testEvents: 'deliver' });
		expect(meiro.cdp.customerEvents()).toHaveLength(1);
	});

	it('takes a refused chunk apart, so that all but the bad event are delivered', async () => {
		const items = events(9);
		items[4] = klaviyoEvent(4, { event_name: 'unheard_of' });
		const { main, error } = await create(items, {}, { onError: 'continueErrorOutput' });

		expect(main.map(({ json }) => json.event_id)).not.toContain('id-4');
		expect(main).toHaveLength(8);
		expect(new Set(meiro.cdp.customerEvents().map(({ payload }) => payload)).size).toBe(8);
		expect(meiro.cdp.customerEvents()).toHaveLength(8);
		expect(error).toHaveLength(1);
		expect(error[0]!.json).toMatchObject({
			error: expect.stringMatching(/Meiro answered 400: .*unheard_of/),
			details: {
				event_id: 'id-4',
				status: 'rejected',
				http_status: 400,
				request: { body: { customer_events: [{ type: 'unheard_of', source_id: 'klaviyo' }] } },
			},
		});
		expect(JSON.stringify(error)).not.toContain('stand-in');
	});

	it('takes a chunk apart that is too large for Meiro', async () => {
		await start({ cdp: { assumptions: { customerEventsLimit: 3 } } });
		const { main } = await create(events(10));
		expect(main.every(({ json }) => json.status === 'delivered')).toBe(true);
		expect(meiro.cdp.customerEvents()).toHaveLength(10);
	});

	it('takes a 2xx for no yes when fewer events were taken than sent', async () => {
		await start({ cdp: { assumptions: { invalidCustomerEvents: 'skip' } } });
		const items = [klaviyoEvent(1), klaviyoEvent(2, { event_name: 'unheard_of' })];
		const { main } = await create(items, {}, { onError: 'continueRegularOutput' });
		expect(main.map(({ json }) => json.status)).toEqual(['delivered', 'failed']);
		expect(main[1]!.json.reason).toMatch(/answer does not have it: .* under meiro_id/);

		const alone = await create(items, { batchSize: 1 }, { onError: 'continueRegularOutput' });
		expect(alone.main.map(({ json }) => json.status)).toEqual(['delivered', 'failed']);
	});

	it('tells the ID that Meiro gives to an event, delivered or not', async () => {
		const items = [klaviyoEvent(1), klaviyoEvent(2, { event_name: 'unheard_of' })];
		const { main } = await create(items, {}, { onError: 'continueRegularOutput' });
		expect(main[0]!.json.meiro_id).toBe(meiro.cdp.customerEvents()[0]!.id);
		expect(main[1]!.json.meiro_id).toMatch(/^[0-9a-f]{32}$/);
	});

	it('tells it, too, of a Meiro that makes IDs otherwise, where an event had a request of its own', async () => {
		await start({ dialect: { cdpTimeKey: 'second' } });
		const { main } = await create([klaviyoEvent(1), klaviyoEvent(2)], { batchSize: 1 });
		expect(main.map(({ json }) => json.meiro_id)).toEqual(
			meiro.cdp.customerEvents().map(({ id }) => id),
		);
	});

	it('sends an event that stands twice in a run once, and tells both', async () => {
		const { main } = await create([klaviyoEvent(1), klaviyoEvent(1)]);
		expect(main.map(({ json }) => json.status)).toEqual(['delivered', 'skipped']);
		expect(main[1]!.json.meiro_id).toBe(main[0]!.json.meiro_id);
		expect(sent('/api/customer_events/').map(({ event_count }) => event_count)).toEqual([1]);
	});

	it('refuses another event to which Meiro would give the same ID', async () => {
		const items = [klaviyoEvent(1), { ...klaviyoEvent(1), event_id: 'another' }];
		const { main } = await create(
			items,
			{ timeFormat: 'seconds' },
			{ onError: 'continueRegularOutput' },
		);
		expect(main.map(({ json }) => json.status)).toEqual(['delivered', 'rejected']);
		expect(main[1]!.json.reason).toMatch(/the ID of item 0 .*'Event Time Format' to Plain/);
	});

	it('tells an event that Meiro had already as skipped, where Meiro says so', async () => {
		await start({ cdp: { assumptions: { existingCustomerEventStatus: 409 } } });
		await create(events(3));
		const { main } = await create(events(5));
		expect(main.map(({ json }) => json.status)).toEqual([
			...Array.from({ length: 3 }, () => 'skipped'),
			...Array.from({ length: 2 }, () => 'delivered'),
		]);
		expect(meiro.cdp.customerEvents()).toHaveLength(5);
	});

	it('stops the workflow by default, after all others are delivered, naming which', async () => {
		const items = [klaviyoEvent(1), klaviyoEvent(2, { profile: {} }), klaviyoEvent(3)];
		const { failure } = await create(items);
		expect(failure?.message).toMatch(
			/1 of 3 events did not reach Meiro: placed_order \[item 1\].*No identity/,
		);
		expect(meiro.cdp.customerEvents()).toHaveLength(2);
	});

	it.each([
		[
			'429 with Retry-After',
			{ kind: 'status' as const, status: 429, retryAfter: '0', times: 2 },
			3,
		],
		['503', { kind: 'status' as const, status: 503, times: 1 }, 2],
		['a reset connection', { kind: 'reset' as const, times: 1 }, 2],
	])('sends again after %s', async (_, fault, attempts) => {
		meiro.misbehave([{ ...fault, path: '/api/customer_events' }]);
		const { main } = await create(events(1));
		expect(main[0]!.json).toMatchObject({ status: 'delivered', attempts });
		expect(meiro.cdp.customerEvents()).toHaveLength(1);
	});

	it('after a lost answer sends again, and Meiro keeps one', async () => {
		meiro.misbehave([{ kind: 'reset', stored: true, times: 1, path: '/api/customer_events' }]);
		const { main } = await create(events(1));
		expect(main[0]!.json).toMatchObject({ status: 'delivered', attempts: 2 });
		expect(meiro.cdp.customerEvents()).toHaveLength(1);
		expect(meiro.duplicatesSkipped()).toBe(1);
	});

	it('gives up on an outage after the time that the user set, for all chunks together', async () => {
		meiro.misbehave([{ kind: 'status', status: 503, rate: 1, path: '/api/customer_events' }]);
		const { main } = await create(
			events(3),
			{ giveUpAfterSeconds: 1, batchSize: 1 },
			{ onError: 'continueRegularOutput' },
		);
		expect(main.map(({ json }) => json.status)).toEqual(['failed', 'failed', 'failed']);
		expect(main[0]!.json.reason).toMatch(/Meiro answered 503.*Given up after \d+ attempt/);
		expect(meiro.cdp.customerEvents()).toHaveLength(0);
	});

	it('gives up at 80 % of the workflow’s own time-out, and tells each event as failed', async () => {
		meiro.misbehave([{ kind: 'status', status: 503, rate: 1, path: '/api/customer_events' }]);
		const started = Date.now();
		const { main } = await create(
			events(3),
			{ giveUpAfterSeconds: 60, batchSize: 1 },
			{ onError: 'continueRegularOutput', timeoutSeconds: 3 },
		);
		expect(Date.now() - started).toBeLessThan(30_000);
		expect(main.map(({ json }) => json.status)).toEqual(['failed', 'failed', 'failed']);
	});

	it('stops sending when the execution is cancelled', async () => {
		meiro.misbehave([{ kind: 'status', status: 503, rate: 1, path: '/api/customer_events' }]);
		const firstRequest = async () => {
			while (sent('/api/customer_events/').length === 0)
				await new Promise((resolve) => setImmediate(resolve));
		};
		await create(
			events(3),
			{ batchSize: 1 },
			{
				onStart: (done) => void firstRequest().then(() => done.cancel()),
			},
		).catch(() => undefined);
		const count = sent('/api/customer_events/').length;
		expect(count).toBeLessThan(10);
	});
});

describe('Customer Event: Upload', () => {
	it('uploads items as one gzipped CSV that Meiro can read, however odd the payload', async () => {
		const { main, failure } = await upload({}, { items: events(3) });

		expect(failure).toBeUndefined();
		expect(main).toHaveLength(1);
		expect(main[0]).toMatchObject({
			json: {
				upload_id: meiro.cdp.uploads()[0]!.id,
				status: 'uploaded',
				meiro_status: 'processing',
				rows: 3,
				http_status: 201,
				answer: { id: meiro.cdp.uploads()[0]!.id, status: 'processing' },
			},
			pairedItem: [{ item: 0 }, { item: 1 }, { item: 2 }],
		});
		expect(meiro.cdp.customerEvents().map(({ payload }) => JSON.parse(payload) as unknown)).toEqual(
			events(3).map((event) => ({ ...event, account: null })),
		);
		expect(sent('/api/customer_events/async')[0]!.headers['content-type']).toBe(
			'application/octet-stream',
		);
	});

	it('begins another upload where the CSV would hold more events than the batch size says', async () => {
		const { main } = await upload({ compatibility: { batchSize: 4 } }, { items: events(10) });
		expect(main.map(({ json }) => json.rows)).toEqual([4, 4, 2]);
		expect(main.flatMap(({ pairedItem }) => pairedItem)).toEqual(
			Array.from({ length: 10 }, (_, item) => ({ item })),
		);
		expect(meiro.cdp.customerEvents()).toHaveLength(10);
	});

	it('waits until Meiro is done when told to', async () => {
		const { main } = await upload({ options: { waitSeconds: 60 } }, { items: events(1) });
		expect(main[0]!.json).toMatchObject({
			status: 'done',
			meiro_status: 'finished',
			answer: { count: 1 },
		});
	});

	it('knows done and failed by the statuses that the user lists', async () => {
		await start({
			cdp: { assumptions: { uploadStatuses: ['queued', 'LOADED'], uploadFailedStatus: 'broken' } },
		});
		const parameters = {
			options: { waitSeconds: 60 },
			compatibility: { doneStatuses: 'loaded', failedStatuses: 'broken' },
		};
		expect((await upload(parameters, { items: events(1) })).main[0]!.json.status).toBe('done');

		meiro.cdp.failNextUpload('disk full');
		const { error } = await upload(parameters, {
			items: events(2),
			onError: 'continueErrorOutput',
		});
		expect(error.map(({ json }) => json.event_id)).toEqual(['id-0', 'id-1']);
		expect(error[0]!.json.error).toMatch(
			/could not process the upload: disk full \(status 'broken'\)/,
		);
	});

	it('tells what is not done in time as uploaded, with the last status', async () => {
		await start({ cdp: { assumptions: { uploadStatuses: ['processing'] } } });
		const { main } = await upload({ options: { waitSeconds: 1 } }, { items: events(1) });
		expect(main[0]!.json).toMatchObject({
			status: 'uploaded',
			reason: expect.stringMatching(/not done after 1 seconds; its last status is 'processing'/),
		});
	});

	it('leaves out and tells items that are no events', async () => {
		const items = [klaviyoEvent(1), klaviyoEvent(2, { profile: {} })];
		const { main, error } = await upload({}, { items, onError: 'continueErrorOutput' });
		expect(main[0]!.json.rows).toBe(1);
		expect(error[0]!.json.error).toMatch(/No identity/);
	});

	// n8n itself would hand the events on by the first output, as if they had been uploaded.
	it('sends every event to the error output when the credential can’t be read', async () => {
		const { main, error } = await executeMeiroCdp(
			events(2).map((json) => ({ json })),
			{
				credentials: new MemoryCredentials({}),
				parameters: { resource: 'customerEvent', operation: 'upload', dataSourceId: klaviyo },
				onError: 'continueErrorOutput',
			},
		);
		expect(main).toEqual([]);
		expect(error.map(({ json }) => [json.event_id, json.error])).toEqual([
			['id-0', expect.stringMatching(/can't be read/)],
			['id-1', expect.stringMatching(/can't be read/)],
		]);
	});

	it('sends every event to the error output when the upload is refused', async () => {
		await start({ cdp: { assumptions: { uploadLimitBytes: 100 } } });
		const { error } = await upload({}, { items: events(2), onError: 'continueErrorOutput' });
		expect(error.map(({ json }) => json.event_id)).toEqual(['id-0', 'id-1']);
		expect(error[0]!.json.error).toMatch(/413.*Set 'Batch Size' to fewer events/);
	});

	const row = (number: number, payload = '{}') =>
		`klaviyo,placed_order,1-0-0,person-${number},2031-02-03T04:05:06Z,"${payload.replaceAll('"', '""')}"\n`;

	it.each([
		['plain', (csv: string) => Buffer.from(csv)],
		['gzipped', (csv: string) => gzipSync(csv)],
	])('uploads a %s CSV file, in parts that end between rows', async (_, pack) => {
		const csv = Array.from({ length: 30 }, (_, n) =>
			row(n, '{"a":"line\\nbreak, \\"quote\\""}'),
		).join('');
		const { main, failure } = await upload(
			{ uploadFrom: 'file', compatibility: { batchSize: 7 } },
			{ binary: [pack(csv)] },
		);
		expect(failure).toBeUndefined();
		expect(main.length).toBeGreaterThan(1);
		expect(meiro.cdp.customerEvents().map(({ user_identifier }) => user_identifier)).toEqual(
			Array.from({ length: 30 }, (_, n) => `person-${n}`),
		);
	});

	it('reads a file that n8n keeps on disk as a stream', async () => {
		const stored = gzipSync(row(1) + row(2));
		const opened = storeOnDisk([stored.subarray(0, 20), stored.subarray(20)]);
		const { main } = await executeMeiroCdp(
			[
				{
					json: {},
					binary: { data: { id: 'filesystem-v2:f1', data: 'filesystem-v2', mimeType: 'text/csv' } },
				},
			],
			{
				credentials,
				parameters: { resource: 'customerEvent', operation: 'upload', uploadFrom: 'file' },
			},
		);
		expect(main[0]!.json).toMatchObject({ status: 'uploaded', rows: 2 });
		expect(opened).toEqual(['f1']);
		expect(meiro.cdp.customerEvents()).toHaveLength(2);
	});

	it('leaves out the header row when there is one', async () => {
		const csv = `source_id,type,version,user_identifier,event_time,payload\n${row(1)}`;
		const { main } = await upload({ uploadFrom: 'file' }, { binary: [Buffer.from(csv)] });
		expect(main[0]!.json.rows).toBe(1);
		expect(meiro.cdp.customerEvents()).toHaveLength(1);
	});

	it('says what is wrong with a file that can’t be read, and uploads the others', async () => {
		const damaged = gzipSync(row(1)).subarray(0, 15);
		const { main, error } = await upload(
			{ uploadFrom: 'file' },
			{ binary: [damaged, Buffer.from(row(2))], onError: 'continueErrorOutput' },
		);
		expect(error).toHaveLength(1);
		expect(error[0]!.json.error).toMatch(/'Input Binary Field' can't be read/);
		expect(main).toHaveLength(1);
		expect(meiro.cdp.customerEvents()).toHaveLength(1);
	});

	it('compresses', async () => {
		const { main } = await upload({}, { items: events(200) });
		const { csv_bytes, upload_bytes } = main[0]!.json as {
			csv_bytes: number;
			upload_bytes: number;
		};
		expect(upload_bytes).toBeLessThan(csv_bytes / 5);
	});
});

describe('Customer Event: Get Upload Status', () => {
	it('returns Meiro’s answer as it is', async () => {
		const { main } = await upload({}, { items: events(1) });
		const uploadId = main[0]!.json.upload_id;
		const status = await run('customerEvent', 'getUploadStatus', { uploadId });
		expect(status.main[0]!.json).toEqual({ ...meiro.cdp.uploads()[0] });
	});

	it('sends an unknown ID to the error output with Meiro’s words', async () => {
		const { error } = await run(
			'customerEvent',
			'getUploadStatus',
			{ uploadId: 'nope' },
			{ onError: 'continueErrorOutput' },
		);
		expect(error[0]!.json).toMatchObject({
			error: "Meiro answered 404: No upload 'nope'",
			details: { status: 'failed', http_status: 404 },
		});
	});
});

describe('Event Type', () => {
	const many = Array.from({ length: 230 }, (_, number) => ({
		source_id: 'klaviyo',
		type: `type_${number}`,
		version: '1-0-0',
	}));

	it('Get Many reads every page', async () => {
		await start({ cdp: { eventTypes: many } });
		const { main } = await run('eventType', 'getAll', { returnAll: true });
		expect(new Set(main.map(({ json }) => json.type)).size).toBe(230);
		expect(Object.keys(main[0]!.json)).toEqual([
			'id',
			'source_id',
			'type',
			'version',
			'name',
			'description',
			'is_hidden',
		]);
	});

	it('Get Many stops at the limit, and gives raw data when told to', async () => {
		await start({ cdp: { eventTypes: many } });
		const { main } = await run('eventType', 'getAll', { limit: 120, simplify: false });
		expect(main).toHaveLength(120);
		expect(main[0]!.json).toHaveProperty('ttl_mutable');
	});

	it('Create makes a type whose events are then taken', async () => {
		await start({ cdp: { assumptions: { eventTypeIdMustBeMd5: true } } });
		const { main } = await run('eventType', 'create', {
			dataSourceId: klaviyo,
			type: 'points_granted',
			version: '2-0-0',
			schema: '{"title":"Points"}',
			name: 'Points Granted',
		});
		expect(main[0]!.json).toMatchObject({
			type: 'points_granted',
			name: 'Points Granted',
			ttl: 0,
			is_hidden: 0,
			schema: { title: 'Points' },
		});
		const event = klaviyoEvent(1, { event_name: 'points_granted', event_version: 2 });
		expect((await create([event])).main[0]!.json.status).toBe('delivered');
	});

	it('Create shows events by the name of their type unless it is told otherwise', async () => {
		const { main } = await run('eventType', 'create', {
			...{ dataSourceId: klaviyo, type: 'points_granted', version: '1-0-0', name: 'Points' },
		});
		expect(main[0]!.json.schema).toEqual({ title: 'Points', display: [] });
	});

	it('Create names the parameter that is no JSON', async () => {
		const { failure } = await run('eventType', 'create', {
			dataSourceId: klaviyo,
			type: 't',
			schema: '{',
		});
		expect(failure?.message).toMatch(/'Schema' is not a JSON object.*\[item 0\]/);
	});
});

describe('Data Source', () => {
	it('Create makes one that Get Many lists', async () => {
		await run('dataSource', 'create', { id: 'shop', name: 'Shop', type: 'custom' });
		const { main } = await run('dataSource', 'getAll', { returnAll: true });
		expect(main.map(({ json }) => json.id).sort()).toEqual(['klaviyo', 'shop']);
	});

	it('Create tells that the ID exists already', async () => {
		const { failure } = await run('dataSource', 'create', {
			id: 'klaviyo',
			name: 'K',
			type: 'custom',
		});
		expect(failure?.message).toMatch(/Meiro answered 409: The id 'klaviyo' exists already/);
	});
});

describe('Customer Attribute: Get Many', () => {
	it('lists the attributes of one customer', async () => {
		const jana = meiro.cdp.customers()[0]!.customer_entity_id;
		const { main } = await run('customerAttribute', 'getAll', {
			customerEntityId: jana,
			returnAll: true,
			options: { valuesPerAttribute: 1 },
		});
		expect(main.map(({ json }) => json)).toContainEqual({
			customer_entity_id: jana,
			attribute_id: 'ps_email_address',
			value: ['jana@shop.example'],
		});
	});

	it('tells which item an unknown customer belongs to', async () => {
		const jana = meiro.cdp.customers()[0]!.customer_entity_id;
		const { main, error } = await run(
			'customerAttribute',
			'getAll',
			{ customerEntityId: '={{ $json.id }}', limit: 2 },
			{ items: [{ id: 'nobody' }, { id: jana }], onError: 'continueErrorOutput' },
		);
		expect(error.map(({ pairedItem }) => pairedItem)).toEqual([[{ item: 0 }]]);
		expect(error[0]!.json.error).toMatch(/404: No customer 'nobody'/);
		expect(main).toHaveLength(2);
		expect(main[0]!.pairedItem).toEqual({ item: 1 });
	});
});

describe('an ID that would lead to another endpoint', () => {
	it('is not asked for, and the next item is', async () => {
		const jana = meiro.cdp.customers()[0]!.customer_entity_id;
		const { main, error } = await run(
			'customerAttribute',
			'getAll',
			{ customerEntityId: '={{ $json.id }}', limit: 1 },
			{ items: [{ id: '..' }, { id: jana }], onError: 'continueErrorOutput' },
		);
		expect(error.map(({ json }) => json.error)).toEqual([
			expect.stringMatching(/would lead to another endpoint/),
		]);
		expect(main.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }]);
		expect(meiro.requests().map(({ path }) => path)).toEqual(
			['/users/login', `/customers/${jana}/attributes`].map((path) =>
				expect.stringContaining(path),
			),
		);
	});
});

describe('Audience: Check Membership', () => {
	const check = async (value: string, segment: string, more: Run = {}, also: IDataObject = {}) =>
		await run(
			'audience',
			'checkMembership',
			{
				attributeId: 'ps_email_address',
				identifierValue: value,
				segmentId: { __rl: true, mode: 'id', value: segment },
				...also,
			},
			more,
		);

	it('says yes with everything that Meiro says of the person', async () => {
		const { main } = await check('jana@shop.example', '42');
		expect(main[0]!.json).toMatchObject({
			is_member: true,
			segment: 42,
			status: 'ok',
			client_ip: '127.0.0.1',
			data: null,
			customer_entity_id: meiro.cdp.customers()[0]!.customer_entity_id,
			returned_attributes: { first_name: ['Jana'] },
		});
	});

	it.each([
		['not in the segment', 'petr@shop.example', 'customer not in segment'],
		['unknown', 'nobody@shop.example', 'customer not found'],
	])('says no, in Meiro’s words, about a person who is %s', async (_, value, message) => {
		const { main, failure } = await check(value, '42');
		expect(failure).toBeUndefined();
		expect(main[0]!.json).toMatchObject({ is_member: false, status: 'error', message });
	});

	it('tells without a segment whether Meiro knows the person', async () => {
		const known = (await check('petr@shop.example', '')).main[0]!.json;
		expect(known).toMatchObject({ found: true, returned_attributes: { first_name: ['Petr'] } });
		expect(known).not.toHaveProperty('is_member');
		expect((await check('nobody@shop.example', '')).main[0]!.json).toMatchObject({ found: false });
	});

	it('sends both values of a parameter that stands there twice', async () => {
		const parameter = [
			{ name: 'city', value: 'Brno & Co' },
			{ name: 'city', value: 'Praha' },
		];
		await check('jana@shop.example', '42', {}, { customParameters: { parameter } });
		expect(meiro.requests()[0]!.query).toMatchObject({ city: 'Brno & Co, Praha' });
	});

	it('needs no login and sends no secret', async () => {
		await check('jana@shop.example', '42');
		const [request] = meiro.requests();
		expect(meiro.requests()).toHaveLength(1);
		expect(request!.headers).not.toHaveProperty('x-access-token');
		expect(request!.headers).not.toHaveProperty('x-api-token');
	});

	it('does not take the 404 of another server for a no', async () => {
		await withServer(404, '<html>Not Found</html>', async (url) => {
			const { failure } = await check('a', '1', { with: credentialWith({ audienceUrl: url }) });
			expect(failure?.message).toMatch(/web page instead of data .*'Audience API URL'/);
		});
		await withServer(404, '{"message":"no Route matched"}', async (url) => {
			const { failure } = await check('a', '1', { with: credentialWith({ audienceUrl: url }) });
			expect(failure?.message).toMatch(/no Audience API at the address in 'Audience API URL'/);
		});
	});

	it('names a parameter that is wrong', async () => {
		const { failure } = await check('a', 'VIP');
		expect(failure?.message).toMatch(/'Segment' is not a number: 'VIP'.*\[item 0\]/);
	});
});

describe('Audience: Get Segments', () => {
	const segmentsOf = async (identifierValue: string, segmentTags: string) =>
		await run('audience', 'getSegments', {
			...{ attributeId: 'ps_email_address', identifierValue, segmentTags },
		});

	it('tells in which segments with one of the tags a person is', async () => {
		expect((await segmentsOf('jana@shop.example', 'n8n, win-back')).main[0]!.json).toEqual({
			attribute: 'ps_email_address',
			value: 'jana@shop.example',
			tags: ['n8n', 'win-back'],
			found: true,
			status: 'ok',
			client_ip: '127.0.0.1',
			segment_ids: [1, 42],
		});
		expect((await segmentsOf('petr@shop.example', 'offers')).main[0]!.json).toMatchObject({
			found: true,
			segment_ids: [],
		});
	});

	it('says in Meiro’s words that it does not know the person', async () => {
		const { main } = await segmentsOf('nobody@shop.example', 'n8n');
		expect(main[0]!.json).toMatchObject({ found: false, message: 'customer not found' });
	});

	it('names the tags when there are none: without them Meiro answers another question', async () => {
		const { failure } = await segmentsOf('jana@shop.example', ' ,');
		expect(failure?.message).toMatch(/'Segment Tags' has no tag/);
	});
});

describe('Profile: Get', () => {
	const get = async (identifierValue: string, parameters: IDataObject = {}, more: Run = {}) =>
		await run(
			'profile',
			'get',
			{ slug: 'web', identifierType: 'email', identifierValue, ...parameters },
			more,
		);

	it('returns the profile, with the token for Pipes and without a login', async () => {
		const { main } = await get('jana@shop.example');
		expect(main[0]!.json).toEqual({
			found: true,
			profile_id: 'prof_jana',
			attributes: { first_name: 'Jana', orders_count: 3 },
			audiences: ['vip'],
		});
		expect(meiro.requests()).toHaveLength(1);
		expect(meiro.requests()[0]!.headers).toMatchObject({ 'x-api-token': 'mppak_stand_in' });
		expect(meiro.requests()[0]!.headers).not.toHaveProperty('x-access-token');
	});

	it('says that there is none', async () => {
		const { main } = await get('nobody@shop.example');
		expect(main[0]!.json).toMatchObject({
			found: false,
			message: 'Profile not found',
			code: 'PROFILE_NOT_FOUND',
		});
	});

	it('names the field of a wrong token', async () => {
		const { failure } = await get(
			'jana@shop.example',
			{},
			{ with: credentialWith({ pipesToken: 'wrong' }) },
		);
		expect(failure?.message).toMatch(/\(401\)\. Check 'Pipes API Token'/);
		expect(meiro.cdp.logins()).toBe(0);
	});
});

describe('the login', () => {
	it('happens once for many requests, and the token is kept for the next execution', async () => {
		await create(events(5), { batchSize: 1 });
		await create(events(5), { batchSize: 1 });
		expect(meiro.cdp.logins()).toBe(1);
		expect(credentials.reads).toBe(2);
	});

	it('is done again once when the token has expired, in the middle of an execution', async () => {
		await create(events(1));
		meiro.cdp.expireTokens();
		const { main } = await create(events(3), { batchSize: 1 });
		expect(main.map(({ json }) => json.status)).toEqual(['delivered', 'delivered', 'delivered']);
		expect(meiro.cdp.logins()).toBe(2);
		// One of the three is that of the first execution.
		expect(meiro.cdp.customerEvents()).toHaveLength(3);
	});

	it('is not the former one after the address was changed: the old token stays at home', async () => {
		await create(events(1));
		const other = await startMeiro();
		try {
			credentials.stored = { ...credentials.stored, baseUrl: other.cdp.url };
			await create(events(1));
			const token = meiro
				.requests()
				.map(({ headers }) => headers['x-access-token'])
				.find(Boolean);
			expect(token).toBeTruthy();
			expect(other.cdp.customerEvents()).toHaveLength(1);
			expect(other.requests().map(({ headers }) => headers['x-access-token'])).not.toContain(token);
		} finally {
			await other.close();
		}
	});

	it('is tried once when Meiro refuses it, whatever there is to send', async () => {
		const { main } = await create(
			events(3),
			{ batchSize: 1 },
			{
				with: credentialWith({ password: 'wrong-secret' }),
				onError: 'continueRegularOutput',
			},
		);
		expect(main[2]!.json).toMatchObject({
			status: 'failed',
			http_status: 401,
			reason: expect.stringMatching(
				/refused the login \(401\)\. Check 'Email' and 'Password'.*Invalid credentials have been provided/,
			),
		});
		expect(sent('/api/users/login')).toHaveLength(1);
		expect(JSON.stringify(main)).not.toContain('wrong-secret');
	});

	it('is tried again after a 503', async () => {
		meiro.misbehave([{ kind: 'status', status: 503, times: 1, path: '/api/users/login' }]);
		const { main } = await create(events(1));
		expect(main[0]!.json).toMatchObject({ status: 'delivered', attempts: 2 });
	});

	it('does not go where a redirect leads', async () => {
		await withServer(307, '', async (url) => {
			const { failure } = await create(
				events(1),
				{},
				{ with: credentialWith({ baseUrl: `${url}/api` }) },
			);
			expect(failure?.message).toMatch(/'Base URL' redirects elsewhere \(307\)/);
			expect(meiro.requests()).toHaveLength(0);
		});
	});

	it('is not needed with a pasted token', async () => {
		await create(events(1));
		const accessToken = meiro
			.requests()
			.map(({ headers }) => headers['x-access-token'])
			.find(Boolean)!;
		const pasted = credentialWith({ authentication: 'accessToken', accessToken });
		expect((await create(events(1), {}, { with: pasted })).main[0]!.json.status).toBe('delivered');
		expect(meiro.cdp.logins()).toBe(1);

		meiro.cdp.expireTokens();
		const { failure } = await create(events(1), {}, { with: pasted });
		expect(failure?.message).toMatch(/pasted 'Access Token' ends after 8 hours/);
		expect(JSON.stringify(failure)).not.toContain(accessToken);
	});
});

describe('what Meiro refuses', () => {
	it.each([
		['customerEvent', 'create', 'customer_events/create'],
		['customerEvent', 'upload', 'customer_events/create'],
		['eventType', 'create', 'settings/cdp_entities'],
		['dataSource', 'create', 'settings/cdp_entities'],
		['customerAttribute', 'getAll', 'customers/detail'],
		['dataSource', 'getAll', 'settings/cdp_entities'],
	])(
		'is explained by the feature that the role lacks: %s, %s',
		async (resource, operation, feature) => {
			await start({ cdp: { features: ['none'] } });
			const parameters = {
				dataSourceId: klaviyo,
				id: 'x',
				name: 'x',
				type: 'x',
				version: '1-0-0',
				customerEntityId: 'x',
			};
			const { failure } = await run(resource, operation, parameters, { items: events(1) });
			expect(failure?.message).toContain(`lacks the feature '${feature}`);
			expect(sent('/api/users/login')).toHaveLength(1);
		},
	);

	it('is explained by the address when a web page answers', async () => {
		await withServer(200, '<!doctype html><title>Meiro</title>', async (url) => {
			const pasted = { authentication: 'accessToken', accessToken: 't', baseUrl: url };
			const { failure } = await run('dataSource', 'getAll', {}, { with: credentialWith(pasted) });
			expect(failure?.message).toMatch(/web page instead of data .*'Base URL'/);
		});
	});

	it('is told when the address redirects, which is not followed', async () => {
		await withServer(307, '', async (url) => {
			const pasted = { authentication: 'accessToken', accessToken: 't', baseUrl: `${url}/api` };
			const { failure } = await run('dataSource', 'getAll', {}, { with: credentialWith(pasted) });
			expect(failure?.message).toMatch(/'Base URL' redirects elsewhere \(307\)/);
			expect(meiro.requests()).toHaveLength(0);
		});
	});

	it.each([
		['is no URL', { baseUrl: 'meiro' }, /'Base URL' .* is not a URL/],
		[
			'has http where https is needed',
			{ baseUrl: 'http://shop.example/api' },
			/'Base URL' .* http:\/\/.* https:\/\//,
		],
		[
			'is private and nobody allowed it',
			{ allowPrivate: false },
			/'Base URL' .* private network.*'Allow Private Addresses'/,
		],
		['is empty', { baseUrl: '' }, /'Base URL' .* is empty/],
	])('never leaves n8n when the Base URL %s', async (_, data, message) => {
		const { failure } = await run('dataSource', 'getAll', {}, { with: credentialWith(data) });
		expect(failure?.message).toMatch(message);
	});
});

describe('the dropdown', () => {
	it('of data sources has every page and filters by name and ID', async () => {
		const sources = Array.from({ length: 130 }, (_, n) => ({
			id: `source_${n}`,
			name: `Source ${n}`,
		}));
		await start({ cdp: { sources, eventTypes: [] } });
		expect(await searchMeiroCdp(credentials, 'searchDataSources')).toHaveLength(130);
		expect(await searchMeiroCdp(credentials, 'searchDataSources', 'source_129')).toEqual([
			{ name: 'Source 129 (source_129)', value: 'source_129' },
		]);
	});

	it('of segments tells name and number', async () => {
		expect(await searchMeiroCdp(credentials, 'searchSegments', 'vip')).toEqual([
			{ name: 'VIP (42)', value: '42' },
		]);
	});

	it('of event types shows those of the chosen data source', async () => {
		const eventTypes = [
			{ source_id: 'klaviyo', type: 'b', version: '1-0-0' },
			{ source_id: 'klaviyo', type: 'b', version: '2-0-0' },
			{ source_id: 'klaviyo', type: 'a', version: '1-0-0' },
			{ source_id: 'shop', type: 'c', version: '1-0-0' },
		];
		await start({ cdp: { eventTypes } });
		const parameters = { resource: 'customerEvent', operation: 'create', dataSourceId: klaviyo };
		const found = await searchMeiroCdp(credentials, 'searchEventTypes', '', parameters);
		expect(found.map(({ name }) => name)).toEqual(['a', 'b']);
	});
});

/** A server that answers everything alike; a redirect leads to the stand-in. */
async function withServer(
	status: number,
	body: string,
	action: (url: string) => Promise<void>,
): Promise<void> {
	const server = createServer((_, response) => {
		const type = body.startsWith('<') ? 'text/html' : 'application/json';
		response
			.writeHead(status, { 'content-type': type, location: `${meiro.cdp.url}/users/login` })
			.end(body);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	try {
		await action(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
	} finally {
		server.close();
	}
}
