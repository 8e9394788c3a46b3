import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { freePort } from '../../sandbox/n8n/ports';

const FROM = 7400;

/** Other processes that each ask for three ports at once; they live until the test has seen them all. */
async function portsOfOthers(processes: number): Promise<number[]> {
	const children = Array.from({ length: processes }, () =>
		fork(join(__dirname, 'support/asksForPorts.ts'), [String(FROM)], {
			execArgv: ['--import', 'tsx'],
		}),
	);
	const answers = await Promise.all(
		children.map(async (child) => (await once(child, 'message')) as [number[]]),
	);
	await Promise.all(
		children.map(async (child) => {
			const ended = once(child, 'exit');
			child.disconnect();
			await ended;
		}),
	);
	return answers.flatMap(([ports]) => ports);
}

it('gives processes that ask at once a port each, before any of them listens', async () => {
	const own = await Promise.all([freePort(FROM), freePort(FROM)]);
	const ports = [...own, ...(await portsOfOthers(4))];
	expect(new Set(ports).size).toBe(14);
});

it('passes over a port at which something listens', async () => {
	const server = createServer().listen(await freePort(FROM), '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as { port: number };
	jest.resetModules();
	const again =
		jest.requireActual<typeof import('../../sandbox/n8n/ports')>('../../sandbox/n8n/ports');
	expect(await again.freePort(port)).toBeGreaterThan(port);
	server.close();
});

it('gives the port of a process that has ended to the next', async () => {
	const [first] = await portsOfOthers(1);
	expect(await freePort(first!)).toBe(first);
});

it('refuses 0, which a program would take for any port', async () => {
	await expect(freePort(0)).rejects.toThrow('A port to begin with is 1 or more');
});
