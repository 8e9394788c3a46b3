import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Instance } from '../sandbox/instance';
import type { N8nInstallation } from '../sandbox/n8n/cache';

/** Clock ticks of /proc a second: fixed by Linux for what it shows to programs. */
const TICKS_PER_S = 100;
const SAMPLE_EVERY_MS = 200;

/** What a process used between two points in time. */
export interface Usage {
	cpu_s: number;
	db_bytes: number;
	/** Highest resident memory of n8n and its children. */
	peak_rss_mb: number;
}

/** Measures n8n from outside: the processor time of its processes with that of their children, memory, and database. */
export class ProcessMeter {
	constructor(
		/** Processes of n8n that were started as such; a restart gives one another id. */
		private readonly pids: () => number[],
		private readonly databaseBytes: () => Promise<number>,
	) {}

	async around<T>(work: () => Promise<T>): Promise<{ result: T; usage: Usage }> {
		const cpu = this.cpuSeconds();
		const bytes = await this.databaseBytes();
		let peak = this.residentMb();
		const sampling = setInterval(() => {
			peak = Math.max(peak, this.residentMb());
		}, SAMPLE_EVERY_MS);
		try {
			const result = await work();
			const usage = {
				cpu_s: this.cpuSeconds() - cpu,
				db_bytes: (await this.databaseBytes()) - bytes,
				peak_rss_mb: Math.round(peak),
			};
			return { result, usage };
		} finally {
			clearInterval(sampling);
		}
	}

	residentMb(): number {
		return this.tree().reduce((sum, pid) => sum + residentOf(pid), 0) / 1024;
	}

	/** Used since n8n was started. */
	cpuSeconds(): number {
		return this.tree().reduce((sum, pid) => sum + ticksOf(pid), 0) / TICKS_PER_S;
	}

	/** n8n and the processes that it started, as its runner for code. */
	private tree(): number[] {
		const parents = new Map<number, number>();
		for (const name of readdirSync('/proc')) {
			if (!/^\d+$/.test(name)) continue;
			const fields = statOf(Number(name));
			if (fields) parents.set(Number(name), Number(fields[1]));
		}
		const tree = this.pids();
		for (let i = 0; i < tree.length; i++) {
			for (const [pid, parent] of parents) if (parent === tree[i]) tree.push(pid);
		}
		return tree;
	}
}

/** Of one n8n on SQLite. */
export function meterOf(
	{ n8n, folder }: Instance,
	{ binDirectory }: N8nInstallation,
): ProcessMeter {
	const database = join(folder, '.n8n/database.sqlite');
	return new ProcessMeter(
		() => [n8n.pid],
		async () => await sqliteBytes(database, join(binDirectory, 'node')),
	);
}

/**
 * Pages that an SQLite database has in use, those in its write-ahead log included.
 *
 * @param node24 Node.js 24, which reads SQLite by itself
 */
async function sqliteBytes(databaseFile: string, node24: string): Promise<number> {
	const script = `
		const { DatabaseSync } = require('node:sqlite');
		const database = new DatabaseSync(process.argv[1], { readOnly: true });
		const one = (name) => Object.values(database.prepare('PRAGMA ' + name).get())[0];
		console.log((one('page_count') - one('freelist_count')) * one('page_size'));`;
	const { stdout } = await promisify(execFile)(node24, ['-e', script, databaseFile]);
	return Number(stdout);
}

/** Fields of /proc/<pid>/stat from the state on (proc(5)); undefined when the process is gone. */
function statOf(pid: number): string[] | undefined {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
		return text.slice(text.lastIndexOf(')') + 2).split(' ');
	} catch {
		return undefined;
	}
}

/** User and system time, that of ended children included. */
function ticksOf(pid: number): number {
	const fields = statOf(pid);
	return fields === undefined
		? 0
		: [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
}

function residentOf(pid: number): number {
	try {
		return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
	} catch {
		return 0;
	}
}
