/** Tests in a real browser: slow, one file after the other. */
/** @type {import('jest').Config} */
module.exports = {
	...require('./jest.config'),
	// No n8n-core is loaded here, so nothing has to be set for it.
	setupFiles: [],
	testTimeout: 180_000,
	testMatch: ['<rootDir>/test/editor/**/*.test.ts'],
};
