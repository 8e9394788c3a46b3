/** The web's streams stand in for node:zlib, which n8n's rules for community nodes don't allow. */

/** What is collected before it goes to the compressor: many small writes would be slow. */
const WRITE_BYTES = 64 * 1024;

/** A gzip file that is written bit by bit; only the compressed bytes are kept. */
export class GzipFile {
	private readonly stream = new CompressionStream('gzip');

	private readonly writer = this.stream.writable.getWriter();

	private readonly compressed = collect(this.stream.readable);

	private waiting: Uint8Array[] = [];

	private waitingBytes = 0;

	/** Uncompressed. */
	bytes = 0;

	async write(bytes: Uint8Array): Promise<void> {
		this.bytes += bytes.length;
		this.waitingBytes += bytes.length;
		this.waiting.push(bytes);
		if (this.waitingBytes >= WRITE_BYTES) await this.flush();
	}

	async end(): Promise<Buffer> {
		await this.flush();
		await this.writer.close();
		return await this.compressed;
	}

	private async flush(): Promise<void> {
		const bytes = Buffer.concat(this.waiting);
		this.waiting = [];
		this.waitingBytes = 0;
		if (bytes.length > 0) await this.writer.write(bytes);
	}
}

/** The content of a file that may be gzipped, told by its first two bytes (RFC 1952). */
export async function* unpacked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	const source = chunks[Symbol.asyncIterator]();
	let start = Buffer.alloc(0);
	while (start.length < 2) {
		const next = await source.next();
		if (next.done) break;
		start = Buffer.concat([start, next.value]);
	}
	const whole = startWith(start, source);
	if (start[0] !== 0x1f || start[1] !== 0x8b) {
		yield* whole;
		return;
	}
	const { readable, writable } = new DecompressionStream('gzip');
	const feeding = feed(writable.getWriter(), whole);
	// Awaited below; until then it must not count as unhandled.
	feeding.catch(() => undefined);
	for await (const chunk of readable as AsyncIterable<Uint8Array>) yield chunk;
	await feeding;
}

async function* startWith(
	first: Uint8Array,
	rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	if (first.length > 0) yield first;
	for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

interface Writer {
	write(bytes: Uint8Array): Promise<void>;
	close(): Promise<void>;
	abort(reason: unknown): Promise<void>;
}

async function feed(writer: Writer, chunks: AsyncIterable<Uint8Array>): Promise<void> {
	try {
		for await (const chunk of chunks) await writer.write(chunk);
		await writer.close();
	} catch (error) {
		// Ends the reading side as well; the error reaches it there.
		await writer.abort(error).catch(() => undefined);
	}
}

async function collect(readable: unknown): Promise<Buffer> {
	const parts: Uint8Array[] = [];
	for await (const part of readable as AsyncIterable<Uint8Array>) parts.push(part);
	return Buffer.concat(parts);
}
