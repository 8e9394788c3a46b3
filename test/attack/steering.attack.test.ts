import { tryAll } from './support/attack';
import { HEADER_ATTACKS, REDIRECT_ATTACKS, STEERING_ATTACKS } from './support/steering';

describe('requests go where the user said, with what the user said', () => {
	it.each([STEERING_ATTACKS, HEADER_ATTACKS, REDIRECT_ATTACKS])('$name', async (group) => {
		const { tried, ...result } = await tryAll(group);
		expect(result).toEqual({ accepted: [], honest: true });
		expect(tried).toBeGreaterThan(50);
	});
});
