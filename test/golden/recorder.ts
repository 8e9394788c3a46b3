// A server that keeps what it was sent and answers as told.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface Kept {
	method: string;
	path: string;
	headers: Record<string, string>;
	body: unknown;
}

export interface Answering {
	status: number;
	headers?: Record<string, string>;
	body: string;
}

const NAMED = ['content-type', 'content-encoding', 'authorization', 'x-access-token', 'revision'];

export class Recorder {
	kept: Kept[] = [];
	answer: (request: Kept) => Answering = () => ({ status: 200, body: '' });
	url = '';
	private readonly server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const kept: Kept = {
				method: request.method ?? '',
				path: request.url ?? '',
				headers: Object.fromEntries(
					NAMED.flatMap((name) =>
						request.headers[name] === undefined ? [] : [[name, String(request.headers[name])]],
					),
				),
				body: read(Buffer.concat(chunks)),
			};
			this.kept.push(kept);
			const { status, headers = { 'content-type': 'application/json' }, body } = this.answer(kept);
			response.writeHead(status, headers).end(body);
		});
	});

	async start(): Promise<this> {
		await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
		this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
		return this;
	}

	stop(): void {
		this.server.closeAllConnections();
		this.server.close();
	}
}

function read(bytes: Buffer): unknown {
	const found = bytes.indexOf(Buffer.from([0x1f, 0x8b]));
	if (found >= 0 && found < 2000) {
		try {
			// A file in a form: what stands around it has a random boundary.
			const end = bytes.lastIndexOf('\r\n--');
			return { gzip: gunzipSync(bytes.subarray(found, end > found ? end : undefined)).toString() };
		} catch {
			return { gzip: 'unreadable' };
		}
	}
	const text = bytes.toString();
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text.replace(/[a-z0-9-]*(form-?data|boundary)[a-z0-9-]*-?[a-z0-9]{8,}/gi, '<boundary>');
	}
}
