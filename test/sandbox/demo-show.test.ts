import { setImmediate as soon } from 'node:timers/promises';

import { speaking, type Task } from '../../sandbox/demo/show';

/** What a row hears of work: its end, and what it says on the way. */
function heard(work: (interrupt: () => void) => Promise<string>) {
	const interruption = new AbortController();
	const task = { output: '' } as Task;
	const row = { ended: 'no', said: () => task.output };
	const run = speaking(
		task,
		async () => await work(() => interruption.abort()),
		interruption.signal,
	);
	run.then(
		(result) => (row.ended = result),
		(error: Error) => (row.ended = error.message),
	);
	return row;
}

async function fewTurns(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) await soon();
}

it('work tells a row how it ended', async () => {
	const whole = heard(async () => 'whole');
	const failed = heard(async () => await Promise.reject(new Error('n8n has ended')));
	await fewTurns();
	expect([whole.ended, failed.ended]).toEqual(['whole', 'n8n has ended']);
});

it('work that ends or fails as the demo is being ended is told by no row', async () => {
	const whole = heard(async (interrupt) => {
		interrupt();
		return 'not whole';
	});
	const failed = heard(async (interrupt) => {
		interrupt();
		throw new Error('n8n has ended');
	});
	await fewTurns();
	expect([whole.ended, failed.ended]).toEqual(['no', 'no']);
	expect([whole.said(), failed.said()]).toEqual(['', '']);
});
