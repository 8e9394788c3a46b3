import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axios from 'axios';

import { freePort } from '../../sandbox/n8n/ports';
import { Program, type Launch } from '../../sandbox/program';

const folder = mkdtempSync(join(tmpdir(), 'program-'));
const programs: Program[] = [];
let number = 0;

afterAll(async () => {
	await Promise.all(programs.map(async (program) => await program.kill()));
	rmSync(folder, { recursive: true, force: true });
});

/** A server that tells its process id, ends when asked for /end, and says so when it is ended. */
async function server(
	more: Partial<Launch> = {},
): Promise<{ program: Program; url: string; logFile: string }> {
	const port = await freePort(7300);
	const url = `http://127.0.0.1:${port}`;
	const logFile = join(folder, `${number++}.log`);
	const script = `
		process.on('SIGTERM', () => { console.log('asked to end'); process.exit(0); });
		require('node:http').createServer((request, response) => {
			response.end(String(process.pid), () => { if (request.url === '/end') process.exit(3); });
		}).listen(${port}, '127.0.0.1');`;
	const program = new Program({
		command: process.execPath,
		args: ['-e', script],
		cwd: folder,
		logFile,
		isReady: async () => (await pidAt(url)) !== null,
		readyWithinMs: 20_000,
		stopWithinMs: 10_000,
		...more,
	});
	programs.push(program);
	return { program, url, logFile };
}

async function pidAt(url: string): Promise<number | null> {
	const answer = await axios.get<number>(url).catch(() => null);
	return answer?.data ?? null;
}

it('is ready when start() resolves, and gone when stop() does, after it was asked', async () => {
	const { program, url, logFile } = await server();
	await program.start();
	expect(await pidAt(url)).toBe(program.pid);
	await program.stop();
	expect(await pidAt(url)).toBeNull();
	expect(readFileSync(logFile, 'utf8')).toContain('asked to end');
});

it('is killed without being asked, and starts again at the same place', async () => {
	const { program, url, logFile } = await server();
	await program.start();
	const before = program.pid;
	await program.kill();
	expect(await pidAt(url)).toBeNull();
	expect(readFileSync(logFile, 'utf8')).not.toContain('asked to end');
	await program.start();
	expect(await pidAt(url)).toBe(program.pid);
	expect(program.pid).not.toBe(before);
});

it('starts again by itself after an end of its own, when it is to be kept up, and not after one that was asked for', async () => {
	const { program, url } = await server({ keepUp: true });
	await program.start();
	const before = program.pid;
	await pidAt(`${url}/end`);
	while ((await pidAt(url)) === null) await new Promise((resolve) => setTimeout(resolve, 50));
	expect(await pidAt(url)).not.toBe(before);
	expect(program.ownEnds).toBe(1);
	await program.stop();
	expect(program.ownEnds).toBe(1);
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
	'ends with the process that started it, when that gets %s and listens to nothing',
	async (signal) => {
		const port = await freePort(7300);
		const url = `http://127.0.0.1:${port}`;
		const server = `require('node:http').createServer((_, response) => response.end(String(process.pid))).listen(${port})`;
		const starter = join(folder, `starter-${signal}.ts`);
		writeFileSync(
			starter,
			`import { Program } from ${JSON.stringify(join(__dirname, '../../sandbox/program'))};
			const isReady = async () => await fetch('${url}').then(() => true, () => false);
			void new Program({
				command: process.execPath,
				args: ['-e', ${JSON.stringify(server)}],
				cwd: ${JSON.stringify(folder)},
				logFile: ${JSON.stringify(join(folder, `starter-${signal}.log`))},
				isReady,
				readyWithinMs: 20_000,
				stopWithinMs: 10_000,
			}).start();
			setInterval(() => undefined, 1000);`,
		);
		const parent = spawn(process.execPath, ['--import', 'tsx', starter], {
			cwd: join(__dirname, '../..'),
		});
		while ((await pidAt(url)) === null) await new Promise((resolve) => setTimeout(resolve, 50));
		parent.kill(signal);
		await once(parent, 'exit');
		while ((await pidAt(url)) !== null) await new Promise((resolve) => setTimeout(resolve, 50));
	},
);

it('tells what it ended with, and where its log is, when it does not come up', async () => {
	const { program, logFile } = await server({ args: ['-e', 'process.exit(7)'] });
	await expect(program.start()).rejects.toThrow(`ended with 7; see ${logFile}`);
});

it('says so when the command does not exist', async () => {
	const { program } = await server({ command: join(folder, 'missing') });
	await expect(program.start()).rejects.toThrow('see ');
});
