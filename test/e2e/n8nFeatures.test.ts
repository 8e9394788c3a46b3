// What the nodes look for in n8n is there as sandbox/n8n/versions.json says, and publishing goes by it: on every n8n of
// that file, also on those that are refused.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

import type { N8N } from '../../nodes/shared/n8nFeatures';
import type { Instance } from '../../sandbox/instance';
import type { N8nInstallation } from '../../sandbox/n8n/cache';
import { chosenVersion } from '../../sandbox/n8n/versions';
import { withInstance } from './support/instance';
import { arrived, deliver, publishPair, until } from './support/workflows';

const { version, features } = chosenVersion();
const FEATURES = join(__dirname, '../../nodes/shared/n8nFeatures.ts');

let installation: N8nInstallation;
let instance: Instance;

withInstance((...started) => void ([instance, installation] = started));

/** What nodes/shared/n8nFeatures.ts finds beside the n8n that is installed. */
async function found(): Promise<typeof N8N> {
	const { outputFiles } = await build({
		entryPoints: [FEATURES],
		bundle: true,
		platform: 'node',
		external: ['n8n-workflow'],
		write: false,
	});
	const { stdout } = await promisify(execFile)(
		join(installation.binDirectory, 'node'),
		['-e', `${outputFiles[0]!.text}\nconsole.log(JSON.stringify(module.exports.N8N));`],
		{ cwd: join(installation.directory, 'node_modules/n8n') },
	);
	return JSON.parse(stdout) as typeof N8N;
}

it(`n8n ${version} has: ${features.join(', ') || 'none of them'}`, async () => {
	const there = Object.entries(await found()).filter(([, isThere]) => isThere);
	expect(there.map(([name]) => name)).toEqual(features);
});

it('all five nodes are loaded', async () => {
	const types = await instance.client.raw<Array<{ name: string }>>('/types/nodes.json');
	// n8n adds tools for agents, made of some of them.
	expect(types.map(({ name }) => name)).toEqual(
		expect.arrayContaining(
			['klaviyo', 'klaviyoTrigger', 'klaviyoUpdatesTrigger', 'meiroCdp', 'meiroEvents'].map(
				(name) => `${instance.packageName}.${name}`,
			),
		),
	);
});

if (features.includes('answersWhenSaved')) {
	it('Klaviyo Trigger is published', async () => {
		const { url } = await publishPair(instance);
		expect(await deliver(instance, url, 1)).toBe(200);
		await until(() => arrived(instance).length > 0, 'it arrived');
	});
} else {
	it('Klaviyo Trigger is not published, and why is said', async () => {
		await expect(publishPair(instance)).rejects.toThrow(
			/This n8n answers Klaviyo before it has saved an event, so events could be lost\. Update n8n to 2\.20\.12 or newer/,
		);
	});
}
