import { GzipFile } from './gzip';

export interface Row {
	/** The item that it came from. */
	index: number;
	bytes: Uint8Array;
}

/** One file to upload. */
export interface Part {
	file: Buffer;
	rows: number;
	/** Uncompressed. */
	csvBytes: number;
	/** The items that are in it. */
	indexes: number[];
}

/** The most that one file may hold, before compression. */
export interface PartSize {
	bytes: number;
	rows: number;
}

/** Packs rows into gzipped files of that size at most; a lone row may be larger. */
export async function* partsOf(
	rows: Iterable<Row> | AsyncIterable<Row>,
	most: PartSize,
): AsyncGenerator<Part> {
	let open = new OpenPart();
	for await (const row of rows) {
		const isFull = open.rows >= most.rows || open.file.bytes + row.bytes.length > most.bytes;
		if (open.rows > 0 && isFull) {
			yield await open.close();
			open = new OpenPart();
		}
		await open.add(row);
	}
	if (open.rows > 0) yield await open.close();
	else await open.file.end();
}

class OpenPart {
	readonly file = new GzipFile();

	rows = 0;

	private readonly indexes: number[] = [];

	async add({ index, bytes }: Row): Promise<void> {
		this.rows++;
		if (this.indexes.at(-1) !== index) this.indexes.push(index);
		await this.file.write(bytes);
	}

	async close(): Promise<Part> {
		const { rows, indexes } = this;
		return { file: await this.file.end(), rows, csvBytes: this.file.bytes, indexes };
	}
}
