import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { buildEvent, type BuildSettings } from '../../../nodes/MeiroEvents/build/buildEvent';
import { doorTo } from '../../../nodes/MeiroEvents/delivery/send';
import { DEFAULT_IDENTIFIER_TYPES } from '../../../nodes/MeiroEvents/build/identify';
import { deliver } from '../../../nodes/shared/delivery/deliver';
import { DEFAULT_RETRY_POLICY } from '../../../nodes/shared/http/retry';
import { executeMeiroEvents } from '../../engine/support/engine';
import { credentialsFor, eventOf } from './meiroStorm';
import { medianUs } from './speed';

export interface Memory {
	items: number;
	/** Live memory above that of the items, in megabytes, at its highest of several samples. */
	growth_mb: number;
	samples: number;
}

const MB = 1_000_000;
const SAMPLE_EVERY = 20_000;
const SAMPLE_EVERY_MS = 500;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function liveMb(): number {
	collectGarbage();
	const { heapUsed, external } = process.memoryUsage();
	return (heapUsed + external) / MB;
}

/** The whole node on the real engine, to a Meiro in a process of its own. */
export async function measureRun(count: number): Promise<Memory> {
	const meiro = await startMeiroApart();
	try {
		const items = Array.from({ length: count }, (_, number) => eventOf(number));
		const before = liveMb();
		const samples: number[] = [];
		const sampling = setInterval(() => samples.push(liveMb() - before), SAMPLE_EVERY_MS);
		const { main } = await executeMeiroEvents(items, {
			credentials: credentialsFor(meiro, 'meiroPipes'),
		}).finally(() => clearInterval(sampling));
		samples.push(liveMb() - before);
		const delivered = main.filter(({ json }) => json.status === 'delivered').length;
		if (delivered !== count) throw new Error(`Only ${delivered} of ${count} events were delivered`);
		return { items: count, growth_mb: Math.round(Math.max(...samples)), samples: samples.length };
	} finally {
		meiro.stop();
	}
}

/** Delivery alone with one event a request, which has the most requests to keep in mind. */
export async function measureSingles(count: number): Promise<Memory> {
	const target = {
		product: 'meiroEvents' as const,
		baseUrl: 'https://events.example',
		timeoutMs: 1000,
		batchSize: 1,
		maxRequestBytes: MB,
	};
	const items = Array.from({ length: count }, (_, number) => eventOf(number));
	const before = liveMb();
	const entries = items.map((json, index) => {
		const draft = buildEvent(json, SETTINGS);
		if (draft.status !== 'ready') throw new Error(draft.reason);
		return { index, value: draft.event, bytes: 2000 };
	});
	const samples: number[] = [];
	let settled = 0;
	const runtime = {
		sleep: async () => undefined,
		now: Date.now,
		wallTime: Date.now,
		random: Math.random,
	};
	const settings = { policy: DEFAULT_RETRY_POLICY, concurrency: 4 };
	const transport = async () => ({ status: 200, headers: {}, body: '' });
	const outcomes = await deliver(entries, {
		...doorTo(target, transport, settings, runtime),
		onThrow(error) {
			throw error;
		},
		onSettled(more) {
			settled += more;
			if (settled % SAMPLE_EVERY === 0) samples.push(liveMb() - before);
		},
	});
	samples.push(liveMb() - before);
	if (outcomes.length !== items.length) throw new Error(`Only ${outcomes.length} outcomes`);
	return { items: count, growth_mb: Math.round(Math.max(...samples)), samples: samples.length };
}

export interface BuildSpeed {
	event_bytes: number;
	build_us: number;
	build_hashed_and_flat_us: number;
}

/** Microseconds to build one event: the median of several rounds after warm-up. */
export function measureBuilding(loops: number): BuildSpeed {
	const json = eventOf(1);
	const shaped: BuildSettings = {
		...SETTINGS,
		redact: [['properties', 'items', '*', 'image']],
		identity: { ...SETTINGS.identity, hash: true },
		shape: { layout: 'flat', defaultCurrency: 'EUR' },
	};
	return {
		event_bytes: JSON.stringify(json).length,
		build_us: medianUs(loops, () => buildEvent(json, SETTINGS)),
		build_hashed_and_flat_us: medianUs(loops / 5, () => buildEvent(json, shaped)),
	};
}

const SETTINGS: BuildSettings = {
	what: 'event',
	source: 'klaviyo',
	subject: { kind: 'person' },
	testEvents: 'validate',
	mapped: null,
	account: '',
	redact: [],
	identity: { identifierTypes: DEFAULT_IDENTIFIER_TYPES, own: [], hash: false },
	shape: { layout: 'whole', defaultCurrency: '' },
	identityHint: '',
	now: '2031-02-03T04:05:06.000Z',
	timezone: 'UTC',
};

async function startMeiroApart(): Promise<{ url: string; stop(): void }> {
	const child = fork(join(__dirname, '../../../sandbox/meiro/main.ts'), ['--port', '0'], {
		execArgv: ['--import', 'tsx'],
		stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
	});
	const url = await new Promise<string>((resolve, reject) => {
		let said = '';
		child.stdout!.on('data', (chunk: Buffer) => {
			said += chunk.toString();
			const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
			if (found) resolve(found);
		});
		child.once('exit', (code) => reject(new Error(`The Meiro stand-in ended with ${code}`)));
	});
	return { url, stop: () => child.kill('SIGTERM') };
}
