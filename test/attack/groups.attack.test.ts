import { tryAll } from './support/attack';
import { ATTACK_GROUPS } from './support/groups';

describe('what is tried gets nowhere, and the honest thing works', () => {
	it.each(ATTACK_GROUPS)('$name', async (group) => {
		const { tried, ...result } = await tryAll(group);
		expect(result).toEqual({ accepted: [], honest: true });
		expect(tried).toBeGreaterThan(50);
	});
});
