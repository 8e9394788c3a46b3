import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A database file that this process may use until it releases it. */
export interface ClaimedFile {
	path: string;
	release(): void;
}

const openHere = new Set<string>();

/**
 * Claims a database file, or makes a temporary one that is removed on release.
 * The driver locks with a directory beside the file, which a killed process leaves behind and every
 * later one would wait for; a note of the owner's process id tells such a left-over from a live lock.
 * Throws Error when a running process uses the file.
 */
export function claimDatabaseFile(databaseFile?: string): ClaimedFile {
	if (databaseFile === undefined) {
		const folder = mkdtempSync(join(tmpdir(), 'meiro-stand-in-'));
		const release = () => rmSync(folder, { recursive: true, force: true });
		return { path: join(folder, 'events.sqlite'), release };
	}
	const path = resolve(databaseFile);
	const note = `${path}.owner`;
	const owner = existsSync(note) ? Number(readFileSync(note, 'utf8')) : 0;
	if (openHere.has(path) || isOtherProcessAlive(owner)) {
		throw new Error(`The database ${path} is in use by process ${owner}`);
	}
	mkdirSync(dirname(path), { recursive: true });
	rmSync(`${path}.lock`, { recursive: true, force: true });
	writeFileSync(note, String(process.pid));
	openHere.add(path);
	return {
		path,
		release() {
			openHere.delete(path);
			rmSync(note, { force: true });
		},
	};
}

// The own id in a note is a left-over too: containers give the same id again and again.
function isOtherProcessAlive(pid: number): boolean {
	if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
