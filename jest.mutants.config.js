/** The tests that judge mutants: those that are quick. */
/** @type {import('jest').Config} */
module.exports = {
	...require('./jest.config'),
	testTimeout: 20_000,
	testMatch: ['<rootDir>/test/unit/**/*.test.ts'],
};
