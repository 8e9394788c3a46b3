// Whatever is sent here is kept; the answer is up to the attack.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Recorded {
	method: string;
	/** Path and query as they came. */
	path: string;
	headers: IncomingMessage['headers'];
	body: string;
}

export type Answering = (request: Recorded, response: ServerResponse) => void;

export interface Recorder {
	url: string;
	requests: Recorded[];
	answer(answering: Answering): void;
	close(): Promise<void>;
}

/** What an answer that names the wrong field would repeat: the part with the secret, so that it is not cut off. */
export function excerptsOf({ headers, path, body }: Recorded): string {
	const wrong = /"(?:headers|secret_key|password)":(?:\{[^}]*\}|"(?:\\.|[^"])*")/.exec(body)?.[0];
	return wrong ?? `${Object.values(headers).join(' ')} ${path}`;
}

const yes: Answering = (_, response) =>
	response.setHeader('content-type', 'application/json').end('{}');

/** A server that says yes unless told otherwise. */
export async function startRecorder(host = '127.0.0.1'): Promise<Recorder> {
	let answering = yes;
	const requests: Recorded[] = [];
	const server = createServer((message, response) => {
		const parts: Buffer[] = [];
		message
			.on('data', (part: Buffer) => parts.push(part))
			.on('end', () => {
				const request = {
					method: message.method ?? '',
					path: message.url ?? '',
					headers: message.headers,
					body: Buffer.concat(parts).toString('utf8'),
				};
				requests.push(request);
				answering(request, response);
			});
	});
	await new Promise<void>((resolve) => server.listen(0, host, resolve));
	return {
		url: `http://${host}:${(server.address() as AddressInfo).port}`,
		requests,
		answer: (next) => (answering = next),
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
