// What the package weighs: its tarball, and what its nodes cost when n8n loads them, beside packages of others.
// Run: npm run bench, or this part alone: npx tsx bench/weight.ts
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { extract } from 'tar';

import { cacheRoot } from '../sandbox/n8n/cache';
import { round2 } from './run';

const run = promisify(execFile);
const ROOT = join(__dirname, '..');
/** Community packages that many have; in these versions, so that figures can be compared. */
const PEERS = ['@mendable/n8n-nodes-firecrawl@2.1.2', 'n8n-nodes-evolution-api@1.0.4'];
const COLD_LOADS = 20;

export interface Weight {
	package: string;
	nodes: number;
	packed_kb: number;
	/** Median of fresh processes in which n8n-workflow is there already, as in n8n. */
	load_ms_per_node: number;
}

/** In a process of its own: loads what n8n would load of a package, and makes one of each. */
const LOAD = `
require('n8n-workflow');
const [folder] = process.argv.slice(1);
const { n8n } = require(folder + '/package.json');
const files = [...n8n.nodes, ...n8n.credentials];
const began = process.hrtime.bigint();
for (const file of files) {
	const loaded = require(folder + '/' + file);
	new loaded[file.split('/').at(-1).split('.')[0]]();
}
console.log(Number(process.hrtime.bigint() - began) / 1e6);
`;

/** This package first, then the others. dist/ must be built. */
export async function measureWeight(loads = COLD_LOADS): Promise<Weight[]> {
	const work = await mkdtemp(join(tmpdir(), 'klaviyo-meiro-weight-'));
	try {
		const weights = [await weigh(await unpacked(ROOT, work), loads)];
		for (const peer of PEERS) weights.push(await weigh(await installed(peer, work), loads));
		return weights;
	} finally {
		await rm(work, { recursive: true, force: true });
	}
}

interface Unpacked {
	folder: string;
	bytes: number;
}

async function packed(what: string, work: string): Promise<{ file: string; bytes: number }> {
	const { stdout } = await run(
		'npm',
		['pack', what, '--json', '--loglevel=error', '--pack-destination', work],
		{ shell: process.platform === 'win32' },
	);
	const [one] = Object.values(
		JSON.parse(stdout) as Record<string, { filename: string; size: number }>,
	);
	return { file: join(work, one!.filename), bytes: one!.size };
}

async function unpacked(what: string, work: string): Promise<Unpacked> {
	const { file, bytes } = await packed(what, work);
	const folder = join(work, 'own');
	await mkdir(folder);
	await extract({ file, cwd: folder, strip: 1 });
	return { folder, bytes };
}

/** A package of others with what it depends on, in the cache folder. n8n-workflow is ours. */
async function installed(peer: string, work: string): Promise<Unpacked> {
	const name = peer.slice(0, peer.lastIndexOf('@'));
	const home = join(cacheRoot(), 'peers', peer.replaceAll('/', '+'));
	const folder = join(home, 'node_modules', name);
	if (!existsSync(folder)) {
		await mkdir(home, { recursive: true });
		await run(
			'npm',
			['install', peer, '--prefix', home, '--ignore-scripts', '--legacy-peer-deps', '--no-audit'],
			{ cwd: home, shell: process.platform === 'win32' },
		);
	}
	return { folder, bytes: (await packed(peer, work)).bytes };
}

async function weigh({ folder, bytes }: Unpacked, loads: number): Promise<Weight> {
	const { name, n8n } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
		name: string;
		n8n: { nodes: string[] };
	};
	const times: number[] = [];
	for (let load = 0; load < loads; load++) {
		const { stdout } = await run(process.execPath, ['-e', LOAD, folder], {
			env: { ...process.env, NODE_PATH: join(ROOT, 'node_modules') },
		});
		times.push(Number(stdout) / n8n.nodes.length);
	}
	times.sort((a, b) => a - b);
	return {
		package: name,
		nodes: n8n.nodes.length,
		packed_kb: round2(bytes / 1000),
		load_ms_per_node: round2(times[Math.floor(times.length / 2)]!),
	};
}

if (require.main === module) {
	void measureWeight().then((weights) => console.table(weights));
}
