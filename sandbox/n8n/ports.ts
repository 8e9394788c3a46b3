import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { cacheRoot } from './cache';

/**
 * The first port from `preferred` on that is free on 127.0.0.1 and that no process of this user has got from here:
 * a program takes seconds until it listens. A port is its process's own as long as that lives.
 */
export async function freePort(preferred: number): Promise<number> {
	if (preferred < 1) throw new Error('A port to begin with is 1 or more');
	for (let port = preferred; port < 65_536; port++) {
		if (claim(port) && (await isFree(port))) return port;
	}
	throw new Error(`No port from ${preferred} on is free on 127.0.0.1`);
}

const given = new Set<number>();

/** One empty file a claim, `<port>.<process id>`. Who finds another's beside its own takes its own back. */
function claim(port: number): boolean {
	if (given.has(port)) return false;
	given.add(port);
	const folder = join(cacheRoot(), 'ports');
	mkdirSync(folder, { recursive: true });
	const own = `${port}.${process.pid}`;
	writeFileSync(join(folder, own), '');
	const others = readdirSync(folder).filter((name) => name.startsWith(`${port}.`) && name !== own);
	for (const name of others.filter((one) => !isAlive(one))) {
		rmSync(join(folder, name), { force: true });
	}
	if (!others.some(isAlive)) return true;
	rmSync(join(folder, own));
	return false;
}

function isAlive(claimName: string): boolean {
	const pid = Number(claimName.split('.')[1]);
	try {
		return process.kill(pid, 0);
	} catch (error) {
		// Another user's.
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

async function isFree(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});
}
