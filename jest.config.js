/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	// Above what the slowest test takes on a busy machine with two cores: a limit, not a measure.
	testTimeout: 300_000,
	// Jest leaves a core to others, which on a machine with two cores is half of it.
	maxWorkers: '100%',
	setupFiles: ['<rootDir>/test/support/environment.ts'],
	testMatch: ['<rootDir>/test/{unit,engine,attack,contract,sandbox,package}/**/*.test.ts'],
	transform: {
		'^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
	},
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/dist-packages/'],
};
