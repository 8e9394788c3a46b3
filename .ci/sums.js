// Prints 'PASSED FAILED SKIPPED' of a report: jest's own, the demo's with one check per scenario, or one with a list of
// checks. What did not run is skipped: tests that are pending or to do, and checks that say so.
const { readFileSync } = require('node:fs');

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));

function sumsOf({ scenarios, checks, ...jest }) {
	if (Array.isArray(scenarios)) {
		const whole = scenarios.filter(({ sent, lost }) => sent > 0 && lost === 0).length;
		const failed = scenarios.length - whole;
		return [whole, failed === 0 && !jest.ok ? 1 : failed, 0];
	}
	if (Array.isArray(checks)) {
		const skipped = checks.filter((check) => check.skipped === true).length;
		const passed = checks.filter((check) => check.skipped !== true && check.ok).length;
		return [passed, checks.length - passed - skipped, skipped];
	}
	return [
		jest.numPassedTests,
		jest.numFailedTests + jest.numRuntimeErrorTestSuites,
		jest.numPendingTests + jest.numTodoTests,
	];
}

console.log(sumsOf(report).join(' '));
