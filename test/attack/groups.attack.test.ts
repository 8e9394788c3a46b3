import { tryAll } from './support/attack';
import { ATTACK_GROUPS } from './support/groups';

/** `npm run test:faults` tries all of them. No product of lists has seven in it, so each kind gets its turn. */
const EVERY = 7;

describe('what is tried gets nowhere, and the honest thing works', () => {
	it.each(ATTACK_GROUPS)('$name', async (group) => {
		const { tried, ...result } = await tryAll(group, EVERY);
		expect(result).toEqual({ accepted: [], honest: true });
		expect(tried).toBeGreaterThan(50 / EVERY);
	});
});
