/** The same tests, with what of nodes/ they run: in full in reports/coverage. */
/** @type {import('jest').Config} */
module.exports = {
	...require('./jest.config'),
	collectCoverage: true,
	collectCoverageFrom: ['nodes/**/*.ts'],
	coverageDirectory: 'reports/coverage',
	coverageReporters: ['json-summary', 'html'],
};
