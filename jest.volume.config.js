/** The tests of volume, in full; `npm test` plays them with a tenth. Run by: npm run test:faults */
process.env.TEST_VOLUME = 'full';

/** @type {import('jest').Config} */
module.exports = {
	...require('./jest.config'),
	testTimeout: 600_000,
	testNamePattern: 'in volume:',
	testMatch: [
		'<rootDir>/test/engine/klaviyo{Campaign,Event,UpdatesFigure}.test.ts',
		'<rootDir>/test/sandbox/klaviyo-api-{campaigns,events}.test.ts',
	],
};
