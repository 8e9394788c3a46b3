import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extract } from 'tar';

const ROOT = join(__dirname, '../..');
/** Where n8n keeps community packages, in its home. */
const NODES = '.n8n/nodes';

/** The packages for one service each, as they are built. */
export const SINGLE_PACKAGES = ['n8n-nodes-klaviyo', 'n8n-nodes-meiro'].map((name) =>
	join(ROOT, 'dist-packages', name),
);

/** Makes dist/, or dist-packages/, from the sources; whether their types are right is for `npm run build` to say. */
export async function buildPackage(task: 'build' | 'packages' = 'build'): Promise<void> {
	const gulp = join(ROOT, 'node_modules/gulp/bin/gulp.js');
	await promisify(execFile)(process.execPath, [gulp, task], { cwd: ROOT });
}

/**
 * Packs a package and unpacks it where n8n keeps community packages, as n8n's own installer does, so that node types
 * carry the package's name. It must be built.
 *
 * @param source its folder; this package where it is not given
 * @returns the package's name
 */
export async function installPackage(userFolder: string, source = ROOT): Promise<string> {
	const work = await mkdtemp(join(tmpdir(), 'klaviyo-meiro-pack-'));
	try {
		const { stdout } = await promisify(execFile)(
			'npm',
			['pack', '--json', '--loglevel=error', '--pack-destination', work],
			{ cwd: source, shell: process.platform === 'win32' },
		);
		const [packed] = Object.values(
			JSON.parse(stdout) as Record<string, { filename: string; name: string }>,
		);
		const { filename, name } = packed!;
		const nodesFolder = join(userFolder, NODES);
		const target = join(nodesFolder, 'node_modules', name);
		await mkdir(target, { recursive: true });
		await extract({ file: join(work, filename), cwd: target, strip: 1 });

		const manifestFile = join(target, 'package.json');
		const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as Record<string, unknown>;
		const { version } = manifest;
		delete manifest.devDependencies;
		delete manifest.peerDependencies;
		await writeFile(manifestFile, JSON.stringify(manifest, null, 2));
		const listFile = join(nodesFolder, 'package.json');
		const list = await readFile(listFile, 'utf8').then(
			(text) => JSON.parse(text) as { dependencies: Record<string, unknown> },
			() => ({ name: 'installed-nodes', private: true, dependencies: {} }),
		);
		const dependencies = { ...list.dependencies, [name]: version };
		await writeFile(listFile, JSON.stringify({ ...list, dependencies }));
		return name;
	} finally {
		await rm(work, { recursive: true, force: true });
	}
}

/** Puts this package's dist/ in place of the one that is installed. */
export async function renewPackage(userFolder: string, name: string): Promise<void> {
	const target = join(userFolder, NODES, 'node_modules', name, 'dist');
	await cp(join(ROOT, 'dist'), target, { recursive: true });
}
