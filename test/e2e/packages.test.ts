// The packages for one service each, side by side on a real n8n, and what happens beside the combined one.
import { startInstance, type Instance } from '../../sandbox/instance';
import { ensureN8n } from '../../sandbox/n8n/cache';
import { buildPackage, installPackage, SINGLE_PACKAGES } from '../../sandbox/n8n/communityPackage';
import { arrived, deliver, publishPair, until } from './support/workflows';

let instance: Instance;

/** @returns the name of the last */
async function installAll(userFolder: string, sources: Array<string | undefined>): Promise<string> {
	let name = '';
	for (const source of sources) name = await installPackage(userFolder, source);
	return name;
}

async function startWith(...sources: Array<string | undefined>): Promise<void> {
	const install = async (userFolder: string) => await installAll(userFolder, sources);
	instance = await startInstance(await ensureN8n(() => undefined), {}, undefined, install);
}

beforeAll(async () => await buildPackage('packages'));

afterEach(async () => await instance?.close());

it('n8n-nodes-klaviyo and n8n-nodes-meiro bring an event from end to end, of the version that both know', async () => {
	const [klaviyo, meiro] = SINGLE_PACKAGES;
	await startWith(meiro, klaviyo);
	const { url } = await publishPair(instance, { meiroPackage: 'n8n-nodes-meiro' });
	expect(await deliver(instance, url, 1)).toBe(200);
	await until(() => arrived(instance).length > 0, 'it arrived');
	expect(arrived(instance)).toEqual([1]);
	const [{ body } = { body: {} }] = instance.meiro.events({ source: 'klaviyo' });
	expect(body).toMatchObject({ event_version: 1, event_name: 'placed_order' });
}, 600_000);

it('beside the combined package nothing is published, and why is said', async () => {
	await startWith(SINGLE_PACKAGES[1], undefined);
	await expect(publishPair(instance)).rejects.toThrow(
		/n8n-nodes-klaviyo-meiro and n8n-nodes-meiro are both installed/,
	);
}, 600_000);
