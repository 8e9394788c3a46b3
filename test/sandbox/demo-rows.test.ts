import { bar, headLine, rowLine } from '../../sandbox/demo/rows';
import type { ScenarioResult } from '../../sandbox/demo/scenario';

const row: ScenarioResult = {
	template: 'keep-what-failed',
	sent: 1000,
	resent: 2,
	acknowledged: 1000,
	executed: 10,
	delivered: 250,
	stored: 240,
	skipped: 0,
	duplicate: 0,
	lost: 750,
	median_ms: 12345,
};

/** Without colours. */
// eslint-disable-next-line no-control-regex
const plain = (text: string) => text.replace(/\u001B\[[\d;]*m/g, '');

describe('the rows of the demo', () => {
	it('fit a terminal of 100 columns, with its figures under their headings', () => {
		// The signs and the indentation before them.
		const head = `  ${plain(headLine(3, 15, 100))}`;
		const line = `    ${plain(rowLine(row, { underWay: false, expected: 1000 }, 100))}`;
		expect(line.length).toBeLessThanOrEqual(98);
		expect(line).toHaveLength(head.length);
		for (const [heading, figure] of [
			['Acknowledged', '1000'],
			['Delivered', '250'],
			['Stored', '240'],
			['Lost', '750'],
			['Median', '12345 ms'],
		]) {
			const end = head.indexOf(heading!) + heading!.length;
			expect(line.slice(0, end)).toMatch(new RegExp(`${figure}$`));
		}
	});

	it('call nothing lost that is under way', () => {
		const line = plain(rowLine(row, { underWay: true, expected: 1000 }, 100));
		expect(line).not.toContain('750');
		expect(line).toContain('·');
	});

	it('fill the bar by what was delivered of what is to come', () => {
		expect(plain(bar(0.25, 8))).toBe('██░░░░░░');
		expect(plain(bar(2, 4))).toBe('████');
		const begun = { ...row, sent: 500, delivered: 500 };
		expect(plain(rowLine(begun, { underWay: true, expected: 1000 }, 108))).toContain('█████░░░░░');
		expect(plain(rowLine(begun, { underWay: false, expected: 1000 }, 108))).toContain('██████████');
	});

	it('leave out the bar where there is no room', () => {
		expect(plain(rowLine(row, { underWay: false, expected: 1000 }, 80))).not.toMatch(/[█░]/);
	});
});
