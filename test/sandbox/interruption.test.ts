import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const HOME = join(__dirname, '../..');
const STAYS_UP = join(__dirname, 'support/staysUp.ts');

/** How `npm run demo` starts its program. */
const START = / && (node --import tsx) sandbox\/demo\/main\.ts$/;
const { scripts } = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')) as {
	scripts: Record<string, string>;
};

let folder: string;
let npm: ChildProcess | undefined;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'interruption-'));
});
afterEach(() => {
	try {
		process.kill(-npm!.pid!, 'SIGKILL');
	} catch {
		// All of it has ended.
	}
	rmSync(folder, { recursive: true, force: true });
});

/** Runs a program by npm as the demo is run. @returns the process ids of the program and of what it started */
async function runByNpm(): Promise<number[]> {
	const [, command] = START.exec(scripts.demo!)!;
	// From a folder of its own npm would look for tsx there.
	const start = command!.replace('tsx', pathToFileURL(require.resolve('tsx')).href);
	const demo = `npm --version && ${start} ${STAYS_UP} ${join(folder, 'log')}`;
	writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'x', scripts: { demo } }));
	npm = spawn('npm', ['run', 'demo', '--prefix', folder], {
		cwd: HOME,
		// A process group of its own, as a terminal gives it.
		detached: true,
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let printed = '';
	for await (const chunk of npm.stdout!) {
		printed += String(chunk);
		const found = /running (\d+) (\d+)/.exec(printed);
		if (found) return [Number(found[1]), Number(found[2])];
	}
	throw new Error(`It did not come up: ${printed}`);
}

function isThere(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

it('the demo is started without a program in between that keeps a signal to itself', () => {
	expect(scripts.demo).toMatch(START);
});

/** Resolves when none is there any more; the test's own time is over otherwise. */
async function gone(pids: number[]): Promise<void> {
	for (let looks = 0; pids.some(isThere) && looks < 400; looks++) {
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	expect(pids.filter(isThere)).toEqual([]);
}

it('SIGTERM to npm ends the program and all that it started', async () => {
	const pids = await runByNpm();
	expect(pids.map(isThere)).toEqual([true, true]);
	npm!.kill('SIGTERM');
	await gone(pids);
});

it('Ctrl+C, which a terminal sends to all of them, does so, too', async () => {
	const pids = await runByNpm();
	expect(pids.map(isThere)).toEqual([true, true]);
	process.kill(-npm!.pid!, 'SIGINT');
	await gone(pids);
});
