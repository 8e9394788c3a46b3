// Prints 'PASSED FAILED SKIPPED' of a report, then the name of each check that failed, a line each. The report is jest's own,
// the demo's with one check per scenario, or one with a list of checks. What did not run is skipped: tests that are pending
// or to do, and checks that say so.
const { readFileSync } = require('node:fs');

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));

function sumsOf({ scenarios, checks, ...jest }) {
	if (Array.isArray(scenarios)) {
		const failures = scenarios.filter(({ sent, lost }) => sent === 0 || lost !== 0);
		const whole = scenarios.length - failures.length;
		const failed = failures.length === 0 && !jest.ok ? 1 : failures.length;
		return { sums: [whole, failed, 0], failures: failures.map(({ template }) => template) };
	}
	if (Array.isArray(checks)) {
		const skipped = checks.filter((check) => check.skipped === true).length;
		const failures = checks.filter((check) => check.skipped !== true && !check.ok);
		return {
			sums: [checks.length - failures.length - skipped, failures.length, skipped],
			failures: failures.map(({ name }) => name),
		};
	}
	return {
		sums: [
			jest.numPassedTests,
			jest.numFailedTests + jest.numRuntimeErrorTestSuites,
			jest.numPendingTests + jest.numTodoTests,
		],
		failures: jest.testResults.flatMap(({ name, status, assertionResults }) => {
			const failed = assertionResults.filter((result) => result.status === 'failed');
			// A file that can't be loaded has no results.
			return status === 'failed' && failed.length === 0
				? [name]
				: failed.map(({ fullName }) => fullName);
		}),
	};
}

const { sums, failures } = sumsOf(report);
console.log([sums.join(' '), ...failures].join('\n'));
