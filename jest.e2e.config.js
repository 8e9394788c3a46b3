/** Tests on a real n8n: slow, each file with an n8n of its own. */
/** @type {import('jest').Config} */
module.exports = {
	...require('./jest.config'),
	// No n8n-core is loaded here, so nothing has to be set for it.
	setupFiles: [],
	testTimeout: 400_000,
	testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
};
