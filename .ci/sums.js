// Prints 'PASSED FAILED' of a report: jest's own, the demo's with one check per scenario, or one with a list of checks.
const { readFileSync } = require('node:fs');

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
if (Array.isArray(report.scenarios)) {
	const whole = report.scenarios.filter(({ sent, lost }) => sent > 0 && lost === 0).length;
	const failed = report.scenarios.length - whole;
	console.log(`${whole} ${failed === 0 && !report.ok ? 1 : failed}`);
} else if (Array.isArray(report.checks)) {
	const passed = report.checks.filter(({ ok }) => ok).length;
	console.log(`${passed} ${report.checks.length - passed}`);
} else {
	console.log(
		`${report.numPassedTests} ${report.numFailedTests + report.numRuntimeErrorTestSuites}`,
	);
}
