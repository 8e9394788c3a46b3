import type { IWorkflowSettings } from 'n8n-workflow';

import { runEndOf } from '../../../nodes/shared/delivery/runEnd';

const NOW = 5_000;
const WALL = Date.parse('2031-02-03T04:05:06Z');

const runtime = {
	sleep: async () => undefined,
	now: () => NOW,
	wallTime: () => WALL,
	random: () => 0.5,
};

/** Milliseconds that a node may take. */
function leftMs(executionTimeout?: number, usedMs?: number): number | undefined {
	const context = {
		getWorkflowSettings: () => ({ executionTimeout }) as IWorkflowSettings,
		...(usedMs === undefined
			? {}
			: { getExecutionContext: () => ({ establishedAt: WALL - usedMs }) as never }),
	};
	const end = runEndOf(context, runtime);
	return end === undefined ? undefined : end - NOW;
}

describe('the time that a node may take', () => {
	it.each([undefined, -1, 0])('has no end without a time-out: %s', (timeout) => {
		expect(leftMs(timeout, 0)).toBeUndefined();
	});

	it.each([
		[100, 0, 80_000],
		[100, 30_000, 50_000],
		[100, 60_000, 20_000],
	])('of %i s, of which %i ms are used up, ends at 80 %% of all', (timeout, usedMs, left) => {
		expect(leftMs(timeout, usedMs)).toBe(left);
	});

	it('is half of what is left where more than that is used up', () => {
		expect(leftMs(100, 90_000)).toBe(5_000);
	});

	it.each([100_000, 3_600_000, -5_000])(
		'is half of all where the execution began long ago, as one that waited: %i',
		(usedMs) => {
			expect(leftMs(100, usedMs)).toBe(50_000);
		},
	);

	it('is half of all on an n8n that does not say when the execution began', () => {
		expect(leftMs(100)).toBe(50_000);
	});
});
