const IS_FULL = process.env.TEST_VOLUME === 'full';

/**
 * A test's count: all of it in `npm run test:faults`, a tenth in `npm test`. Such a test's name begins with VOLUME, and
 * its file stands in jest.volume.config.js.
 */
export function inVolume(count: number): number {
	return IS_FULL ? count : count / 10;
}

export const VOLUME = 'in volume:';
