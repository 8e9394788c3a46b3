import { tryAll } from './support/attack';
import { ECHO_ATTACKS } from './support/echoes';

it('no answer brings a secret into items, errors or executions', async () => {
	const { tried, ...result } = await tryAll(ECHO_ATTACKS);
	expect(result).toEqual({ accepted: [], honest: true });
	expect(tried).toBeGreaterThan(500);
}, 120_000);
