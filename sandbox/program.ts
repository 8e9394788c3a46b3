import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, openSync } from 'node:fs';

/** How a program is started, and how one sees that it is there. */
export interface Launch {
	command: string;
	args: string[];
	cwd: string;
	env?: NodeJS.ProcessEnv;
	/** Other than of this process: some programs refuse to run as root. */
	user?: { uid: number; gid: number };
	logFile: string;
	isReady(): Promise<boolean>;
	readyWithinMs: number;
	/** After so long an asked end becomes a forced one. */
	stopWithinMs: number;
	/** Starts it again whenever it ends by itself, as Docker and systemd can. */
	keepUp?: boolean;
}

const ASK_EVERY_MS = 200;
const START_AGAIN_AFTER_MS = 1000;

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));
// A signal that nobody else listens to ends a process without its 'exit'.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(signal, () => {
		if (process.listenerCount(signal) === 1) process.exit(1);
	});
}

/** Nothing outlives the process that started it. */
export function endsWithUs(child: ChildProcess): void {
	running.add(child);
	child.once('close', () => running.delete(child));
}

/** A program that is started, waited for, ended, and started again. */
export class Program {
	private child?: ChildProcess;
	private ended: Promise<void> = Promise.resolve();
	private isWanted = false;
	private timesKeptUp = 0;

	constructor(private readonly launch: Launch) {}

	get pid(): number {
		return this.child!.pid!;
	}

	/** How often it ended by itself and was started again. */
	get ownEnds(): number {
		return this.timesKeptUp;
	}

	/** Resolves when it is ready. @throws when it ends or isn't ready in time; then it does not run */
	async start(): Promise<void> {
		this.isWanted = true;
		this.spawn();
		try {
			await this.ready();
		} catch (error) {
			await this.kill();
			throw error;
		}
	}

	/** Ends it as an operator would (SIGTERM), by force when it takes too long. */
	async stop(): Promise<void> {
		await this.end('SIGTERM');
	}

	/** Ends it as a power cut would (SIGKILL). */
	async kill(): Promise<void> {
		await this.end('SIGKILL');
	}

	private spawn(): void {
		const { command, args, cwd, env, user, logFile } = this.launch;
		const log = createWriteStream(logFile, { fd: openSync(logFile, 'a') });
		const child = spawn(command, args, { cwd, env, ...user, stdio: ['ignore', 'pipe', 'pipe'] });
		child.stdout.pipe(log);
		child.stderr.pipe(log, { end: false });
		child.once('error', (error) => log.write(`${error.message}\n`));
		endsWithUs(child);
		this.child = child;
		this.ended = new Promise((resolve) =>
			child.once('close', () => {
				resolve();
				if (this.isWanted && this.launch.keepUp)
					setTimeout(() => this.keepUp(), START_AGAIN_AFTER_MS);
			}),
		);
	}

	private keepUp(): void {
		if (!this.isWanted) return;
		this.timesKeptUp++;
		this.spawn();
	}

	/** No program tells another when it is ready, so it is asked. */
	private async ready(): Promise<void> {
		const { command, args, logFile, readyWithinMs, keepUp } = this.launch;
		const deadline = Date.now() + readyWithinMs;
		const what = [command, ...args].join(' ');
		while (Date.now() < deadline) {
			if (this.isOver() && !keepUp) {
				throw new Error(
					`'${what}' ended with ${this.child?.exitCode ?? this.child?.signalCode}; see ${logFile}`,
				);
			}
			if (await this.launch.isReady()) return;
			await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
		}
		throw new Error(`'${what}' was not ready after ${readyWithinMs / 1000} s; see ${logFile}`);
	}

	private isOver(): boolean {
		const { exitCode, signalCode, pid } = this.child!;
		return exitCode !== null || signalCode !== null || pid === undefined;
	}

	private async end(signal: NodeJS.Signals): Promise<void> {
		this.isWanted = false;
		const { child } = this;
		if (child === undefined) return;
		if (!this.isOver()) child.kill(signal);
		const timer = setTimeout(() => child.kill('SIGKILL'), this.launch.stopWithinMs);
		await this.ended;
		clearTimeout(timer);
	}
}
