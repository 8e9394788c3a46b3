import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';

import { csvRow, isHeaderRow, rowsOf } from '../../../nodes/MeiroCdp/actions/customerEvent/csv';
import { unpacked } from '../../../nodes/MeiroCdp/actions/customerEvent/gzip';
import { partsOf, type Part } from '../../../nodes/MeiroCdp/actions/customerEvent/parts';
import {
	progressIn,
	statusList,
	uploadIdIn,
} from '../../../nodes/MeiroCdp/actions/customerEvent/uploadStatus';
import { readCsv } from '../../../sandbox/meiro/cdp/csv';

async function* streamOf<T>(...chunks: T[]): AsyncGenerator<T> {
	yield* chunks;
}

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
	const found: T[] = [];
	for await (const one of stream) found.push(one);
	return found;
}

/** The same bytes in pieces of any size. */
const cut = (bytes: Buffer, size: number) =>
	Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
		bytes.subarray(n * size, (n + 1) * size),
	);

const event = (payload: string) => ({
	source_id: 'klaviyo',
	type: 't',
	version: '1-0-0',
	user_identifier: 'ana',
	event_time: '2031-02-03T04:05:06Z',
	payload,
});

describe('a CSV row', () => {
	it('is read back by another reader exactly as it was, whatever the payload holds', async () => {
		await fc.assert(
			fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
				const rows = await all(readCsv(streamOf(csvRow(event(text)))));
				expect(rows).toEqual([['klaviyo', 't', '1-0-0', 'ana', '2031-02-03T04:05:06Z', text]]);
			}),
		);
	});
});

describe('cutting a CSV into rows', () => {
	it('ends rows at line breaks outside quotes only, however the bytes arrive', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.stringMatching(/^[a"\n,č]{0,12}$/), { maxLength: 8 }),
				fc.integer({ min: 1, max: 40 }),
				async (payloads, size) => {
					const rows = payloads.map((payload) => csvRow(event(payload)));
					const found = await all(rowsOf(streamOf(...cut(Buffer.from(rows.join('')), size))));
					expect(found.map((row) => Buffer.from(row).toString())).toEqual(rows);
				},
			),
		);
	});

	it('keeps a last row without a line break', async () => {
		const found = await all(rowsOf(streamOf(Buffer.from('a,b\nc,d'))));
		expect(found.map((row) => Buffer.from(row).toString())).toEqual(['a,b\n', 'c,d']);
	});
});

describe('unpacking', () => {
	it.each([1, 2, 7, 100_000])(
		'gives the content of a gzipped file that arrives in pieces of %i bytes',
		async (size) => {
			const packed = gzipSync('some,csv\n'.repeat(50));
			const found = await all(unpacked(streamOf(...cut(packed, size))));
			expect(Buffer.concat(found).toString()).toBe('some,csv\n'.repeat(50));
		},
	);

	it('leaves other files as they are, and an empty one empty', async () => {
		expect(Buffer.concat(await all(unpacked(streamOf(Buffer.from('a,b\n'))))).toString()).toBe(
			'a,b\n',
		);
		expect(await all(unpacked(streamOf<Uint8Array>()))).toEqual([]);
	});

	it.each([
		['ends too early', gzipSync('x'.repeat(1_000)).subarray(0, 15)],
		['is damaged', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(50, 7)])],
	])('fails when the file %s', async (_, packed) => {
		await expect(all(unpacked(streamOf(packed)))).rejects.toThrow();
	});

	it('passes on what the source fails with', async () => {
		async function* failing() {
			yield gzipSync('x').subarray(0, 12);
			throw new Error('disk gone');
		}
		await expect(all(unpacked(failing()))).rejects.toThrow('disk gone');
	});
});

describe('the header of a CSV', () => {
	it.each([
		['source_id,type,version,user_identifier,event_time,payload\n', true],
		['\ufeff"source_id", "type","version","user_identifier","event_time","payload"\r\n', true],
		['source_id,type,1-0-0,ana,2031-02-03T04:05:06Z,{}\n', false],
		['', false],
	])('is known by the names of the columns: %j', (row, isHeader) => {
		expect(isHeaderRow(Buffer.from(row))).toBe(isHeader);
	});
});

describe('packing rows into uploads', () => {
	const SIZE = { bytes: 1_000_000, rows: 1_000 };

	it('begins another when one holds as many rows as it may', async () => {
		const parts = await all(partsOf(rowsOfSize([1, 1, 1]), { ...SIZE, rows: 2 }));
		expect(parts.map(({ rows }) => rows)).toEqual([2, 1]);
	});

	const rowsOfSize = (sizes: number[]) =>
		sizes.map((size, index) => ({ index, bytes: Buffer.alloc(size, 97 + (index % 26)) }));
	const content = (part: Part) => gunzipSync(part.file).toString();

	it('loses nothing, keeps the order and stays within the size, but for a row that is larger alone', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 30 }),
				fc.integer({ min: 1, max: 60 }),
				async (sizes, maxBytes) => {
					const rows = rowsOfSize(sizes);
					const parts = await all(
						partsOf(rows, { bytes: maxBytes, rows: Number.POSITIVE_INFINITY }),
					);
					expect(parts.map(content).join('')).toBe(
						Buffer.concat(rows.map(({ bytes }) => bytes)).toString(),
					);
					expect(parts.flatMap(({ indexes }) => indexes)).toEqual(rows.map(({ index }) => index));
					for (const { csvBytes, rows: count } of parts) {
						expect(csvBytes <= maxBytes || count === 1).toBe(true);
					}
				},
			),
			{ numRuns: 30 },
		);
	});

	it('makes no upload of no rows', async () => {
		expect(await all(partsOf([], { bytes: 10, rows: 10 }))).toEqual([]);
	});

	it('packs more than the compressor takes at once', async () => {
		const [part] = await all(partsOf(rowsOfSize([100_000, 100_000, 100_000]), SIZE));
		expect(part).toMatchObject({ rows: 3, csvBytes: 300_000 });
		expect(content(part!)).toHaveLength(300_000);
	});
});

describe('the status of an upload', () => {
	const settings = {
		timeLimitMs: 1,
		done: statusList('Done, finished '),
		failed: ['failed'],
	};

	it.each([
		[{ id: 'u', status: 'FINISHED' }, 'done', 'FINISHED'],
		[{ async_upload: { id: 'u', status: 'failed', message: 'disk full' } }, 'failed', 'failed'],
		[{ id: 'u', status: 'processing' }, 'uploaded', 'processing'],
		[{ id: 'u' }, 'uploaded', null],
	])('of %j is %s', (answer, status, meiroStatus) => {
		expect(progressIn(answer, settings)).toMatchObject({
			status,
			meiro_status: meiroStatus,
			answer,
		});
		expect(uploadIdIn(answer)).toBe('u');
	});

	it('tells Meiro’s reason when it failed', () => {
		expect(progressIn({ status: 'failed', message: 'disk full' }, settings).reason).toMatch(
			/disk full/,
		);
	});
});
