// A real n8n with this package and the stand-ins; what changes in nodes/ or credentials/ is in it a moment later.
// Run: npm run dev
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { LOGIN, WorldBuilder } from '../demo/world';
import { interruption } from '../interruption';

const ROOT = join(__dirname, '../..');
const SOURCES = ['nodes', 'credentials'];
/** Editors write a file in several steps. */
const SETTLED_AFTER_MS = 50;

/** As `gulp build`, without the start of a process each time. */
async function build(): Promise<void> {
	const gulpfile = (await import(join(ROOT, 'gulpfile.js'))) as { build(): Promise<void> };
	await gulpfile.build();
}

async function main(): Promise<void> {
	const builder = new WorldBuilder();
	const interrupted = interruption();
	try {
		await Promise.race([start(builder), interrupted]);
		const queue = new Queue(async (file) => await handOver(builder, file));
		for (const folder of SOURCES) {
			watch(join(ROOT, folder), { recursive: true }, (_, file) => queue.add(`${folder}/${file}`));
		}
		await interrupted;
	} finally {
		await builder.close();
	}
}

async function start(builder: WorldBuilder): Promise<void> {
	await builder.build();
	await builder.install((line) => console.log(line));
	await builder.installPackage();
	await builder.startStandIns();
	await builder.startN8n({ N8N_DEV_RELOAD: 'true', N8N_LOG_LEVEL: 'debug' });
	const { n8n, klaviyo, meiro, packageName } = await builder.finish();
	await looksFor(packageName, n8n.logFile);
	console.log(`n8n: ${n8n.url} (${LOGIN.email}, ${LOGIN.password})`);
	console.log(`Stand-ins: Klaviyo ${klaviyo.url}, Meiro ${meiro.url}/app/monitoring`);
	console.log(`Watching ${SOURCES.join(' and ')}. Ctrl+C ends it.`);
}

/** n8n begins to look for changes some seconds after it is ready, package after package, and says so in its log alone. */
async function looksFor(packageName: string, logFile: string): Promise<void> {
	const line = `Watching node folders for hot reload {"loader":"${packageName}"`;
	while (!(await readFile(logFile, 'utf8')).includes(line)) await wait(200);
}

async function handOver(builder: WorldBuilder, file: string): Promise<void> {
	const began = Date.now();
	try {
		await build();
		await builder.renewPackage();
		console.log(`${file}: in n8n after ${Date.now() - began} ms`);
	} catch (error) {
		console.error(`${file}: ${(error as Error).message}`);
	}
}

/** One build at a time; what changes meanwhile is in the next one. */
class Queue {
	private isBusy = false;
	private next?: string;
	private timer?: NodeJS.Timeout;

	constructor(private readonly work: (file: string) => Promise<void>) {}

	add(file: string): void {
		this.next = file;
		clearTimeout(this.timer);
		this.timer = setTimeout(() => void this.run(), SETTLED_AFTER_MS);
	}

	private async run(): Promise<void> {
		if (this.isBusy) return;
		this.isBusy = true;
		while (this.next !== undefined) {
			const file = this.next;
			this.next = undefined;
			await this.work(file);
		}
		this.isBusy = false;
	}
}

main()
	.catch((error: Error) => {
		console.error(`\n${error.message}`);
		process.exitCode = 1;
	})
	.finally(() => process.exit());
