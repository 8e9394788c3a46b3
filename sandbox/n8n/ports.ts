import { createServer } from 'node:net';

/** `preferred` when it is free on 127.0.0.1, else any free port. */
export async function freePort(preferred: number): Promise<number> {
	return (await tryPort(preferred)) ?? (await tryPort(0)) ?? preferred;
}

async function tryPort(port: number): Promise<number | undefined> {
	return await new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(undefined));
		server.listen(port, '127.0.0.1', () => {
			const address = server.address();
			const found = typeof address === 'object' && address !== null ? address.port : undefined;
			server.close(() => resolve(found));
		});
	});
}
