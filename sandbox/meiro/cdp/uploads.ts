import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { HttpError, refuse } from '../json';
import type { Store } from '../store';
import { readCsv } from './csv';
import {
	readCustomerEvent,
	toNewEvent,
	uploadColumns,
	type CustomerEventRules,
} from './customerEvents';
import { toPlainTime } from './times';
import type { AsyncUpload, CustomerEvent } from './types';

/** Uploads that are remembered; older ones are forgotten. */
const keptUploads = 1_000;

/** Asynchronous uploads of customer events. */
export interface Uploads {
	/** Takes a gzipped CSV; `rows` were stored. Throws HttpError 413 when it is too large. */
	add(file: Readable): Promise<{ upload: AsyncUpload; rows: number }>;
	/** Its status moves on with each look. Throws HttpError 404. */
	look(id: string): AsyncUpload;
	list(): AsyncUpload[];
	failNext(message: string): void;
}

interface Upload extends Omit<AsyncUpload, 'status'> {
	statuses: string[];
	looks: number;
}

/**
 * Assumed: the events are stored at once, all of a file or none, and only the status takes its time;
 * a file that cannot be read fails after its 201.
 */
export function createUploads(store: Store, rules: CustomerEventRules): Uploads {
	const { assumptions, now } = rules;
	const uploads = new Map<string, Upload>();
	const failures: string[] = [];

	async function storeAll(file: Readable): Promise<number> {
		const events = await readFile(file, rules);
		await store.append(events.map((event) => toNewEvent(event, assumptions)));
		return events.length;
	}

	return {
		async add(file) {
			const planned = failures.shift();
			const upload: Upload = {
				id: randomUUID(),
				count: 0,
				message: planned ?? null,
				created: toPlainTime(now()),
				statuses: assumptions.uploadStatuses,
				looks: 0,
			};
			if (planned === undefined) {
				try {
					upload.count = await storeAll(file);
				} catch (error) {
					if (error instanceof HttpError) throw error;
					upload.message = error instanceof Error ? error.message : String(error);
				}
			} else {
				file.resume();
			}
			if (upload.message !== null) {
				upload.statuses = [
					...assumptions.uploadStatuses.slice(0, -1),
					assumptions.uploadFailedStatus,
				];
			}
			uploads.set(upload.id, upload);
			const [oldest] = uploads.keys();
			if (uploads.size > keptUploads && oldest !== undefined) uploads.delete(oldest);
			return { upload: toAnswer(upload), rows: upload.count };
		},
		look(id) {
			const upload = uploads.get(id);
			if (!upload) return refuse(404, `No upload '${id}'`);
			upload.looks += 1;
			return toAnswer(upload);
		},
		list: () => [...uploads.values()].map(toAnswer),
		failNext: (message) => void failures.push(message),
	};
}

function toAnswer({ id, count, message, created, statuses, looks }: Upload): AsyncUpload {
	const at = Math.min(looks, statuses.length - 1);
	// Before the end nothing is known of it.
	const isOver = at === statuses.length - 1;
	return {
		id,
		status: statuses[at] ?? '',
		count: isOver ? count : 0,
		message: isOver ? message : null,
		created,
	};
}

/** Throws SyntaxError or a zlib error when the file cannot be read, HttpError when it is too large. */
async function readFile(file: Readable, rules: CustomerEventRules): Promise<CustomerEvent[]> {
	const events: CustomerEvent[] = [];
	let row = 0;
	for await (const fields of readCsv(unpack(file, rules.assumptions.uploadLimitBytes))) {
		row += 1;
		if (fields.length !== uploadColumns.length) {
			throw new SyntaxError(`Row ${row}: ${fields.length} columns instead of 6`);
		}
		const value = Object.fromEntries(uploadColumns.map((name, at) => [name, fields[at]]));
		const event = readCustomerEvent(value, {
			...rules,
			// A column is text, whatever a JSON body may have.
			assumptions: { ...rules.assumptions, payloadForm: 'string' },
		});
		if (!('status' in event)) events.push(event);
		else if (rules.assumptions.invalidCustomerEvents === 'refuseAll') {
			throw new SyntaxError(`Row ${row}: ${event.message}`);
		}
	}
	return events;
}

async function* unpack(file: Readable, limitBytes: number): AsyncGenerator<string> {
	const utf8 = new TextDecoder('utf-8', { fatal: true });
	const gunzip = createGunzip();
	file.once('error', (error) => gunzip.destroy(error));
	let size = 0;
	for await (const chunk of file.pipe(gunzip) as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > limitBytes) refuse(413, `The file is larger than ${limitBytes} bytes`);
		yield utf8.decode(chunk, { stream: true });
	}
	yield utf8.decode();
}
