/** Tests in a real browser on a real n8n, all in one file: they share both. */
/** @type {import('jest').Config} */
module.exports = {
	...require('./jest.e2e.config'),
	testTimeout: 400_000,
	testMatch: ['<rootDir>/test/editor/*.test.ts'],
};
