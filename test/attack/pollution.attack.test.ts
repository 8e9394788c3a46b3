import { tryAll } from './support/attack';
import { POLLUTION_ATTACKS } from './support/pollution';

it('no body, item, path or name changes what every object has', async () => {
	const { tried, ...result } = await tryAll(POLLUTION_ATTACKS);
	expect(result).toEqual({ accepted: [], honest: true });
	expect(tried).toBeGreaterThan(200);
});
