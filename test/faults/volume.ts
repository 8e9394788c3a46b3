import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { atLeast, none, type Findings } from './support/report';

const HOME = join(__dirname, '../..');
/** Fewer would mean that some were not found. */
const LEAST_TESTS = 5;

interface JestReport {
	numPassedTests: number;
	numFailedTests: number;
	numRuntimeErrorTestSuites: number;
}

/** The tests of volume, by jest, in full. */
export function volumeFindings(): Findings {
	const folder = mkdtempSync(join(tmpdir(), 'volume-'));
	const report = join(folder, 'jest.json');
	try {
		spawnSync(
			process.execPath,
			[
				join(HOME, 'node_modules/jest/bin/jest.js'),
				...['--config', 'jest.volume.config.js', '--json', '--outputFile', report],
			],
			{ cwd: HOME, stdio: ['ignore', 'ignore', 'inherit'] },
		);
		const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
			readFileSync(report, 'utf8'),
		) as JestReport;
		return {
			checks: [
				atLeast('tests of volume that passed', numPassedTests, LEAST_TESTS),
				none('tests of volume that failed', numFailedTests + numRuntimeErrorTestSuites),
			],
			figures: { passed: numPassedTests },
			notes: [],
		};
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
