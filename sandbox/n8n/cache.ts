import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, delimiter, join } from 'node:path';

import { endsWithUs } from '../program';
import { chosenVersion, type N8nVersion } from './versions';

const MANIFESTS = ['package.json', 'package-lock.json'];
/** Written last: a folder without it is half finished and is not used. */
const MARKER = 'complete.json';

/** A real n8n with the Node.js that it needs. */
export interface N8nInstallation {
	directory: string;
	version: string;
	/** Folder with the `node` that n8n runs on. */
	binDirectory: string;
	n8nScript: string;
}

/** Tells what is being done, in one line, and which share of it is done where that can be told. */
export type Progress = (line: string, share?: number) => void;

/**
 * An n8n of versions.json, installed once per user and lock file into a cache folder outside the checkout, so that
 * every clone shares it. Takes minutes the first time.
 *
 * @throws when a step of the installation fails, with the end of what it printed
 */
export async function ensureN8n(
	progress: Progress,
	wanted: N8nVersion = chosenVersion(),
): Promise<N8nInstallation> {
	const root = cacheRoot();
	const manifests = MANIFESTS.map((name) => join(wanted.manifests, name));
	const directory = join(root, `n8n-${await hashOf(manifests)}`);
	if (!existsSync(join(directory, MARKER))) await install(root, directory, manifests, progress);
	return await describe(directory);
}

/** Where downloads that outlive a checkout go: XDG_CACHE_HOME, else ~/.cache. */
export function cacheRoot(): string {
	const base = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
	return join(base, 'n8n-nodes-klaviyo-meiro');
}

async function hashOf(files: string[]): Promise<string> {
	const hash = createHash('sha256');
	for (const file of files) hash.update(await readFile(file));
	return hash.digest('hex').slice(0, 12);
}

async function describe(directory: string): Promise<N8nInstallation> {
	const manifest = JSON.parse(
		await readFile(join(directory, 'node_modules/n8n/package.json'), 'utf8'),
	) as { version: string };
	return {
		directory,
		version: manifest.version,
		binDirectory: join(directory, 'node_modules/.bin'),
		n8nScript: join(directory, 'node_modules/n8n/bin/n8n'),
	};
}

/** Installs beside the final place and moves it there when it is whole, so that others never see a half. */
async function install(
	root: string,
	directory: string,
	manifests: string[],
	progress: Progress,
): Promise<void> {
	await mkdir(root, { recursive: true });
	await removeAbandoned(root);
	await rm(directory, { recursive: true, force: true });
	const partial = `${directory}.partial-${process.pid}`;
	await mkdir(partial);
	for (const file of manifests) await copyFile(file, join(partial, basename(file)));

	const bin = join(partial, 'node_modules/.bin');
	const npm = async (what: string, args: string[], path: string[] = []) =>
		await run('npm', args, partial, path, (seconds) => progress(`${what} (${seconds} s)`));

	const packages = await wantedPackages(join(partial, 'package-lock.json'));
	const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
	// No install scripts: some download binaries from elsewhere, and n8n starts without them.
	await run('npm', install, partial, [], (seconds) => {
		const there = packages.filter((path) => existsSync(join(partial, path, 'package.json'))).length;
		progress(
			`Downloading n8n and Node.js 24, about 2.8 GB: ${there} of ${packages.length} packages (${seconds} s)`,
			there / packages.length,
		);
	});
	await npm('Unpacking Node.js 24', ['rebuild', 'node', '--loglevel=error']);
	await npm(
		'Compiling SQLite for Node.js 24, about 1 minute',
		['rebuild', 'sqlite3', '--loglevel=error'],
		[bin],
	);
	await run(join(bin, 'node'), ['-e', "require('sqlite3')"], partial, [bin]);
	await writeFile(
		join(partial, MARKER),
		JSON.stringify({ completed_at: new Date().toISOString() }),
	);

	try {
		await rename(partial, directory);
	} catch (error) {
		// Another process was faster; its installation is as good as this one.
		await rm(partial, { recursive: true, force: true });
		if (!existsSync(join(directory, MARKER))) throw error;
	}
}

/** Where npm puts packages on every machine, by the lock file. */
async function wantedPackages(lockFile: string): Promise<string[]> {
	const { packages } = JSON.parse(await readFile(lockFile, 'utf8')) as {
		packages: Record<string, { optional?: boolean; extraneous?: boolean }>;
	};
	return Object.entries(packages)
		.filter(([path, { optional, extraneous }]) => path !== '' && !optional && !extraneous)
		.map(([path]) => path);
}

/** Removes what killed installations left behind. */
async function removeAbandoned(root: string): Promise<void> {
	for (const name of await readdir(root)) {
		const pid = /\.partial-(\d+)$/.exec(name)?.[1];
		if (pid !== undefined && !isRunning(Number(pid))) {
			await rm(join(root, name), { recursive: true, force: true });
		}
	}
}

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

async function run(
	command: string,
	args: string[],
	cwd: string,
	path: string[],
	tick?: (seconds: number) => void,
): Promise<void> {
	const started = Date.now();
	const timer = setInterval(() => tick?.(Math.round((Date.now() - started) / 1000)), 1000);
	try {
		await new Promise<void>((resolve, reject) => {
			const child = spawn(command, args, {
				cwd,
				env: { ...process.env, PATH: [...path, process.env.PATH].join(delimiter) },
				stdio: ['ignore', 'pipe', 'pipe'],
				// npm is a script that only a shell can start on Windows.
				shell: process.platform === 'win32',
			});
			endsWithUs(child);
			let output = '';
			const keep = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000));
			child.stdout.on('data', keep);
			child.stderr.on('data', keep);
			child.on('error', reject);
			child.on('close', (code) =>
				code === 0
					? resolve()
					: reject(new Error(`'${command} ${args.join(' ')}' ended with ${code}:\n${output}`)),
			);
		});
	} finally {
		clearInterval(timer);
	}
}
