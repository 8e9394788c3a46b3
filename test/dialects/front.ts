import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What stands before n8n, and can lose its answers. */
export interface Front {
	url: string;
	/** From where requests are answered. */
	leadTo(url: string): void;
	/** Keeps the next answers. Resolves when so many have come. */
	holdAnswers(count: number): Promise<void>;
	/** Their senders get none of those that are kept. */
	loseAnswers(): void;
	close(): void;
}

export async function startFront(): Promise<Front> {
	let upstream = '';
	let held: ServerResponse[] | null = null;
	let hold: (outgoing: ServerResponse) => void = () => undefined;
	const server = createServer((incoming, outgoing) => {
		const { method, url, headers } = incoming;
		const passed = request(`${upstream}${url}`, { method, headers }, (answer) => {
			if (held === null) {
				outgoing.writeHead(answer.statusCode!, answer.headers);
				answer.pipe(outgoing);
			} else {
				answer.resume();
				hold(outgoing);
			}
		});
		passed.once('error', () => outgoing.destroy());
		incoming.pipe(passed);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		leadTo: (url) => {
			upstream = url;
		},
		holdAnswers: async (count) => {
			const kept: ServerResponse[] = (held = []);
			await new Promise<void>((resolve) => {
				hold = (outgoing) => {
					if (kept.push(outgoing) === count) resolve();
				};
			});
		},
		loseAnswers: () => {
			for (const outgoing of held ?? []) outgoing.destroy();
			held = null;
		},
		close: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}
