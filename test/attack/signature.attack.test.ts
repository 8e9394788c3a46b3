import { tryAll } from './support/attack';
import { SIGNATURE_ATTACKS, SIGNATURE_BITS } from './support/signatures';

describe('a system webhook', () => {
	it.each([SIGNATURE_ATTACKS, SIGNATURE_BITS])('$name: none is let in, the genuine one is', async (group) => {
		const { tried, ...result } = await tryAll(group);
		expect(result).toEqual({ accepted: [], honest: true });
		expect(tried).toBeGreaterThan(500);
	});
});
