import { startInstance, type Instance } from '../../../sandbox/instance';
import { ensureN8n, type N8nInstallation } from '../../../sandbox/n8n/cache';

/** An n8n with the package for all tests of a file: `take` gets it before the first, and it ends after the last. */
export function withInstance(
	take: (instance: Instance, installation: N8nInstallation) => void,
): void {
	let instance: Instance | undefined;

	beforeAll(async () => {
		const installation = await ensureN8n(() => undefined);
		instance = await startInstance(installation);
		take(instance, installation);
	}, 900_000);

	afterAll(async () => await instance?.close());
}
