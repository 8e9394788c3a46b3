import { gzipSync } from 'node:zlib';
import type { CdpOptions } from '../../sandbox/meiro';
import { readCsv } from '../../sandbox/meiro/cdp/csv';
import { cleanUp, logIn, start } from './meiro-client';

afterEach(cleanUp);

const row = 'klaviyo,placed_order,1-0-0,jana,2026-03-01 10:15:30';

async function upload(file: Buffer, cdp: CdpOptions = {}, reasonToFail?: string) {
	const meiro = await start({ cdp });
	if (reasonToFail !== undefined) meiro.cdp.failNextUpload(reasonToFail);
	const { api } = await logIn(meiro);
	const { status, data } = await api('POST', '/customer_events/async', { body: file });
	const look = async () => (await api('GET', `/customer_events/async/${data.id}`)).data;
	return { meiro, api, status, data, look };
}

describe('an asynchronous upload', () => {
	it('is answered 201 with an id, and its rows are stored', async () => {
		const csv = `${row},"{""note"":\n""a, b""}"\r\n${row}.5,{}\n`;
		const { meiro, status, data } = await upload(gzipSync(csv));
		expect([status, data]).toMatchObject([201, { status: 'processing' }]);
		expect(data.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
		const common = {
			source_id: 'klaviyo',
			type: 'placed_order',
			version: '1-0-0',
			user_identifier: 'jana',
			event_time: '2026-03-01 10:15:30',
		};
		expect(meiro.cdp.customerEvents()).toMatchObject([
			{ ...common, payload: '{"note":\n"a, b"}' },
			{ ...common, payload: '{}' },
		]);
		expect(meiro.requests().at(-1)).toMatchObject({ event_count: 2 });
	});

	it('stores a row once whose time, source, type and person another has', async () => {
		const { meiro } = await upload(gzipSync(`${row},{}\n${row},"{""other"":1}"\n`));
		expect(meiro.cdp.customerEvents()).toMatchObject([{ payload: '{}' }]);
		expect(meiro.duplicatesSkipped()).toBe(1);
	});

	it('moves its status on with each look, up to the last', async () => {
		const assumptions = { uploadStatuses: ['queued', 'running', 'done'] };
		const { meiro, data, look } = await upload(gzipSync(`${row},{}`), { assumptions });
		expect(data).toMatchObject({ status: 'queued', count: 0 });
		expect(await look()).toMatchObject({ id: data.id, status: 'running', count: 0 });
		expect(meiro.cdp.uploads()).toMatchObject([{ status: 'running' }]);
		expect(await look()).toMatchObject({ status: 'done', count: 1, message: null });
		expect(await look()).toMatchObject({ status: 'done' });
	});

	it('fails at the end when it is told to, and stores nothing', async () => {
		const assumptions = { uploadStatuses: ['running', 'done'], uploadFailedStatus: 'broken' };
		const file = gzipSync(`${row},{}`);
		const { meiro, api, status, data, look } = await upload(file, { assumptions }, 'No room');
		expect([status, data.status]).toEqual([201, 'running']);
		expect(await look()).toMatchObject({ status: 'broken', count: 0, message: 'No room' });
		expect(meiro.cdp.customerEvents()).toEqual([]);
		const next = await api('POST', '/customer_events/async', { body: file });
		expect((await api('GET', `/customer_events/async/${next.data.id}`)).data.status).toBe('done');
	});

	it.each([
		['is not compressed', Buffer.from(`${row},{}`), /header/],
		['is cut off', gzipSync(`${row},{}`).subarray(0, 25), /end of file/],
		['has a column too few', gzipSync(`${row},{}\n${row}`), /Row 2: 5 columns/],
		['has a column too many', gzipSync(`${row},{},x`), /Row 1: 7 columns/],
		['has a header', gzipSync(`source_id,type,version,user,time,payload\n${row},{}`), /Row 1/],
		['has an unknown event type', gzipSync(`${row.replace('placed', 'lost')},{}`), /lost_order/],
		['has a quote that never ends', gzipSync(`${row},"{}`), /never ends/],
		['is not UTF-8', gzipSync(Buffer.from(`${row},{"a":"\xff"}`, 'latin1')), /encoded data/],
		[
			'ends in half a character',
			gzipSync(Buffer.concat([Buffer.from(`${row},{}\n`), Buffer.from([0xc3])])),
			/encoded data/,
		],
	])('fails after its 201 when the file %s, and stores nothing', async (_what, file, reason) => {
		const { meiro, status, look } = await upload(file);
		expect(status).toBe(201);
		await look();
		expect(await look()).toMatchObject({
			status: 'failed',
			message: expect.stringMatching(reason),
		});
		expect(meiro.count()).toBe(0);
	});

	it('leaves invalid rows out when that is assumed', async () => {
		const assumptions = { invalidCustomerEvents: 'skip' } as const;
		const { meiro } = await upload(gzipSync(`${row},no JSON\n${row},{}`), { assumptions });
		expect(meiro.cdp.customerEvents()).toHaveLength(1);
	});

	it('has text as payload, whichever form JSON bodies must have', async () => {
		const assumptions = { payloadForm: 'object' } as const;
		const { meiro } = await upload(gzipSync(`${row},{}`), { assumptions });
		expect(meiro.cdp.customerEvents()).toMatchObject([{ payload: '{}' }]);
	});

	it('is refused with 413 when it unpacks to more than the limit', async () => {
		const assumptions = { uploadLimitBytes: 1000 };
		const { meiro, status } = await upload(gzipSync(`${row},{}\n`.repeat(100)), { assumptions });
		expect([status, meiro.count()]).toEqual([413, 0]);
	});

	it('takes 20,000 rows', async () => {
		const rows = Array.from(
			{ length: 20_000 },
			(_, index) => `${row}.${String(index).padStart(6, '0')},"{""a"":1}"\n`,
		);
		const { meiro } = await upload(gzipSync(rows.join('')));
		expect(meiro.count()).toBe(20_000);
	});

	it('is octet-stream only, and its status is known by its id only', async () => {
		const meiro = await start();
		const { api } = await logIn(meiro);
		expect((await api('POST', '/customer_events/async', { body: {} })).status).toBe(415);
		expect((await api('GET', '/customer_events/async/made-up')).status).toBe(404);
		expect(meiro.cdp.uploads()).toEqual([]);
	});
});

describe('the reader of CSV', () => {
	async function read(...chunks: string[]): Promise<string[][]> {
		const rows: string[][] = [];
		async function* source() {
			for (const chunk of chunks) yield await Promise.resolve(chunk);
		}
		for await (const fields of readCsv(source())) rows.push(fields);
		return rows;
	}

	it.each([
		[
			'a,b\nc,d\n',
			[
				['a', 'b'],
				['c', 'd'],
			],
		],
		[
			'a,b\r\nc,d',
			[
				['a', 'b'],
				['c', 'd'],
			],
		],
		['"a,b","c\r\nd"\n', [['a,b', 'c\r\nd']]],
		['"say ""hi""",""', [['say "hi"', '']]],
		['"""",""""""', [['"', '""']]],
		[',\n', [['', '']]],
		['""\n', [['']]],
		['a\n\n\r\nb\n', [['a'], ['b']]],
		[' a , b ', [[' a ', ' b ']]],
		['', []],
	])('reads %j wherever its chunks end', async (text, rows) => {
		expect(await read(text)).toEqual(rows);
		expect(await read(...text)).toEqual(rows);
	});

	it.each([
		['a"b"\n', 'Line 1: a quote inside'],
		['a\n"b"c\n', 'Line 2: text behind'],
		['"a\n\nb', 'Line 3: a quoted field never ends'],
		['a\rb\n', 'Line 1: a return without'],
	])('refuses %j', async (text, reason) => {
		await expect(read(text)).rejects.toThrow(reason);
		await expect(read(...text)).rejects.toThrow(reason);
	});
});
