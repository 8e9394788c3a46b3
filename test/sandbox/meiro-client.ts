import axios, { type AxiosResponse } from 'axios';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startMeiro, type MeiroOptions, type MeiroStandIn } from '../../sandbox/meiro';

const cleanUps: Array<() => unknown> = [];

/** To be run after each test: whatever a test started or made is gone before the next one. */
export async function cleanUp(): Promise<void> {
	for (const undo of cleanUps.splice(0).reverse()) await undo();
}

export async function start(options?: MeiroOptions): Promise<MeiroStandIn> {
	const meiro = await startMeiro(options);
	cleanUps.push(() => meiro.close());
	return meiro;
}

export function databaseFile(): string {
	return join(temporaryFolder(), 'events.sqlite');
}

function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'meiro-test-'));
	cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

/** Posts a body as JSON; a string or bytes go out as they are. */
export async function post(
	meiro: Pick<MeiroStandIn, 'url'>,
	path: string,
	body: unknown,
	headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<AxiosResponse> {
	const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
	return await axios.post(`${meiro.url}${path}`, isRaw ? body : JSON.stringify(body), {
		headers,
		validateStatus: () => true,
		transformRequest: (data: unknown) => data,
		maxBodyLength: Infinity,
	});
}

export async function get(url: string): Promise<AxiosResponse> {
	return await axios.get(url, { validateStatus: () => true });
}

export interface Call {
	body?: unknown;
	headers?: Record<string, string>;
}

/** One call of an API: the body goes out as JSON unless it is bytes. */
export async function call(
	{ url }: { url: string },
	method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
	path: string,
	{ body, headers }: Call = {},
): Promise<AxiosResponse> {
	const isBytes = Buffer.isBuffer(body);
	return await axios.request({
		method,
		url: `${url}${path}`,
		data: isBytes || body === undefined ? body : JSON.stringify(body),
		headers: {
			'content-type': isBytes ? 'application/octet-stream' : 'application/json',
			...headers,
		},
		validateStatus: () => true,
		transformRequest: (data: unknown) => data,
		maxBodyLength: Infinity,
	});
}

/** The CDP API for a user who has logged in: paths are below `/api`. */
export async function logIn(
	meiro: MeiroStandIn,
	user: { email: string; password: string } = { email: 'n8n@shop.example', password: 'stand-in' },
) {
	const { data } = await call(meiro.cdp, 'POST', '/users/login', { body: user });
	const token = data.token as string;
	const api = async (method: 'GET' | 'POST', path: string, { body, headers }: Call = {}) =>
		await call(meiro.cdp, method, path, {
			body,
			headers: { 'X-Access-Token': token, ...headers },
		});
	return { token, api };
}

/** A customer event as the CDP API takes it; `change` replaces some of it. */
export function customerEvent(change: Record<string, unknown> = {}): Record<string, unknown> {
	return {
		source_id: 'klaviyo',
		type: 'placed_order',
		version: '1-0-0',
		user_identifier: 'jana@shop.example',
		event_time: '2026-03-01T10:15:30Z',
		payload: { order: 'A-1' },
		...change,
	};
}

export interface Cli {
	process: ChildProcess;
	/** Where this process makes its temporary files. */
	temporaryFolder: string;
	/** Resolves with the URL once it is printed; rejects with stderr when the process ends before. */
	ready: Promise<string>;
	ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Starts the command line in a process of its own. */
export function startCli(...args: string[]): Cli {
	const root = join(__dirname, '../..');
	const folder = temporaryFolder();
	const main = join(root, 'sandbox/meiro/main.ts');
	const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
		cwd: root,
		env: { ...process.env, TMPDIR: folder },
	});
	const ended = endOf(child);
	cleanUps.push(async () => {
		child.kill('SIGKILL');
		await ended;
	});
	const ready = new Promise<string>((resolve, reject) => {
		createInterface(child.stdout).on('line', (line) => {
			const url = /^Meiro stand-in\s+(\S+)$/.exec(line)?.[1];
			if (url) resolve(url);
		});
		void ended.then(({ stderr }) => reject(new Error(stderr)));
	});
	ready.catch(() => undefined);
	return { process: child, temporaryFolder: folder, ready, ended };
}

async function endOf(child: ChildProcess): Cli['ended'] {
	const output = { stdout: '', stderr: '' };
	child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
	child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
	const [code] = (await once(child, 'close')) as [number | null];
	return { code, ...output };
}

/** A well-formed Pipes event; `change` replaces some of it. */
export function envelope(change: Record<string, unknown> = {}): Record<string, unknown> {
	return {
		event_type: 'placed_order',
		event_time: '2026-03-01T10:15:30.250Z',
		identifiers: [{ typeId: 'email', value: 'jana@shop.example' }],
		event_payload: { order: 'A-1', value: 12.5 },
		...change,
	};
}
