// `npm run demo` as somebody sees it who runs it for the second time, up to the first look, and its end by SIGTERM to npm.
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import axios from 'axios';

const HOME = join(__dirname, '../..');
/** In starts of n8n, which tell how fast the machine is: a quiet one with two cores starts it in 15 s, looks first after 20 s, and is never silent for 5 s. */
const FIRST_LOOK_WITHIN_STARTS = 4;
const QUIET_AT_MOST_STARTS = 1 / 2;

let npm: ChildProcess | undefined;

afterEach(() => {
	try {
		process.kill(-npm!.pid!, 'SIGKILL');
	} catch {
		// All of it has ended.
	}
});

interface Shown {
	text: string;
	/** The longest time without a word. */
	quietMs: number;
	tookMs: number;
}

/** Reads what is printed until these words come. @throws when it ends before */
async function shownUntil(words: RegExp): Promise<Shown> {
	const started = Date.now();
	npm = spawn('npm', ['run', 'demo'], {
		cwd: HOME,
		// A process group of its own, as a terminal gives it.
		detached: true,
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let text = '';
	let last = started;
	let quietMs = 0;
	for await (const chunk of npm.stdout!.iterator({ destroyOnReturn: false })) {
		quietMs = Math.max(quietMs, Date.now() - last);
		last = Date.now();
		text += String(chunk);
		if (words.test(text)) return { text, quietMs, tookMs: last - started };
	}
	throw new Error(`It ended: ${text}`);
}

const answers = async (url: string) =>
	await axios.get(url, { timeout: 2_000, validateStatus: () => true }).then(
		() => true,
		() => false,
	);

it('the demo tells where to look before it plays, is never silent for long, and ends with npm', async () => {
	const { text, quietMs, tookMs } = await shownUntil(/First look .*\n/);
	const [, editor = ''] = /n8n editor +(http:\S+) +\S+@\S+ \/ \S+/.exec(text) ?? [];
	const [, monitor = ''] = /Meiro monitor +(http:\S+)/.exec(text) ?? [];
	expect(text.indexOf(editor)).toBeLessThan(text.indexOf('Templates 0/'));
	expect(text.indexOf(monitor)).toBeLessThan(text.indexOf('Templates 0/'));
	expect(text).not.toContain('Templates 2/');
	const [, minutes = '0', seconds] = /n8n runs at \S+ \[(?:(\d+)m)?(\d+)s\]/.exec(text) ?? [];
	const startMs = (Number(minutes) * 60 + Number(seconds)) * 1000;
	console.log(
		`First look after ${tookMs} ms, longest silence ${quietMs} ms; n8n started in ${startMs} ms`,
	);
	expect(quietMs).toBeLessThanOrEqual(Math.max(5_000, startMs * QUIET_AT_MOST_STARTS));
	expect(tookMs).toBeLessThanOrEqual(startMs * FIRST_LOOK_WITHIN_STARTS);

	const { data } = await axios.get<{ groups: unknown; events: unknown[] }>(`${monitor}/data`);
	expect(data.groups).toContainEqual(
		expect.objectContaining({ source: 'klaviyo', event_name: 'subscribed_to_list', count: 10 }),
	);
	expect(data.events.at(-1)).toMatchObject({ person: expect.stringMatching(/@shop\.example$/) });

	npm!.stdout!.resume();
	npm!.kill('SIGTERM');
	for (let looks = 0; looks < 400; looks++) {
		if (!(await answers(editor)) && !(await answers(monitor))) break;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	expect([await answers(editor), await answers(monitor)]).toEqual([false, false]);
});
