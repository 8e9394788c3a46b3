import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const JEST = {
	numFailedTests: 1,
	numRuntimeErrorTestSuites: 1,
	numPassedTests: 5,
	testResults: [
		{ name: 'broken.test.ts', status: 'failed', assertionResults: [] },
		{
			name: 'join.test.ts',
			status: 'failed',
			assertionResults: [
				{ fullName: 'joins', status: 'failed' },
				{ fullName: 'leaves', status: 'passed' },
			],
		},
	],
};
const SCENARIO = { template: 'win-back', sent: 10, lost: 0 };

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'sums-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
	[
		'jest’s report',
		{ ...JEST, numPendingTests: 3, numTodoTests: 1 },
		'5 2 4\nbroken.test.ts\njoins',
	],
	[
		'the demo’s report',
		{ ok: true, scenarios: [SCENARIO, { ...SCENARIO, lost: 1 }] },
		'1 1 0\nwin-back',
	],
	['a demo that failed in all', { ok: false, scenarios: [SCENARIO] }, '1 1 0'],
	[
		'a list of checks',
		{ checks: [{ ok: true }, { name: 'lost', ok: false }, { ok: true, skipped: true }] },
		'1 1 1\nlost',
	],
])(
	'CI counts what passed, failed and was skipped in %s, and names what failed',
	(_, report, sums) => {
		const file = join(folder, 'report.json');
		writeFileSync(file, JSON.stringify(report));
		const { stdout } = spawnSync(process.execPath, [join(__dirname, '../../.ci/sums.js'), file], {
			encoding: 'utf8',
		});
		expect(stdout.trim()).toBe(sums);
	},
);
